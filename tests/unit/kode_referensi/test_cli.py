"""`satudata kode` and `satudata data_induk`, as a user types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import shapely.geometry
from click.testing import CliRunner, Result

from ckanext.ntbsatudata.cli.data_induk import data_induk
from ckanext.ntbsatudata.cli.kode import kode
from ckanext.ntbsatudata.domain.data_induk import DataInduk
from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, UnknownCodeListError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


def run(*arguments: str, stdin: str = "", code: int = 0) -> Result:
    result = CliRunner().invoke(kode, arguments, input=stdin, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_a_bps_code_resolves_to_sekotong_and_not_to_gerung() -> None:
    found = json.loads(run("resolve", "5201010", "--list", "bps", "--json").output)
    [kemendagri] = found["elsewhere"]
    assert [(item["code"], item["name"]) for item in kemendagri["items"]] == [("52.01.07", "Sekotong")]


def test_an_old_code_resolves_without_its_list_being_named() -> None:
    assert run("resolve", "52.03.09.2001").output.splitlines()[:2] == [
        "52.03.09.2001\trecoded\t56/2015 -> 2430/2025\twilayah-kemendagri",
        "52.03.21.2001\tLenek",
    ]


def test_a_code_of_several_lists_must_name_its_list() -> None:
    with pytest.raises(UnknownCodeListError, match='"52" ada di beberapa kode referensi. Sebutkan satu: wilayah-bps, wilayah-indonesia'):
        run("resolve", "52")


def test_the_list_at_a_date_is_a_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(run("items", "wilayah", "--date", "2018-07-01", "--level", "kecamatan").output)))
    assert len(rows) == 116
    assert rows[0] == {"code": "52.01.01", "name": "Gerung", "level": "kecamatan", "kind": "kecamatan", "parent": "52.01"}
    with pytest.raises(UsageError, match="Pakai --version atau --date"):
        run("items", "wilayah", "--date", "2018-07-01", "--version", "137/2017")


def test_names_are_matched_and_what_is_unclear_is_said() -> None:
    rows = list(csv.DictReader(io.StringIO(run("match", "--level", "kabupaten_kota", stdin="Lotim\nBima\nXyz\n", code=1).output)))
    assert [(row["name"], row["state"], row["code"]) for row in rows] == [
        ("Lotim", "certain", "52.03"),
        ("Bima", "ask", ""),
        ("Xyz", "none", ""),
    ]
    assert rows[1]["others"] == "52.06 Kabupaten Bima 100.0; 52.72 Kota Bima 100.0"


def test_a_column_of_a_table_is_matched(tmp_path: Path) -> None:
    table = tmp_path / "tabel.csv"
    table.write_text("kabupaten,nilai\nKab. Bima,1\nKSB,2\n", encoding="utf-8")
    found = json.loads(run("match", str(table), "--column", "kabupaten", "--json").output)
    assert [one["candidates"][0]["code"] for one in found] == ["52.06", "52.07"]
    with pytest.raises(UsageError, match='Tidak ada kolom "kab". Kolom yang ada: kabupaten, nilai'):
        run("match", str(table), "--column", "kab")


def test_a_table_is_moved_to_the_version_in_force_with_a_record(tmp_path: Path) -> None:
    table, out = tmp_path / "lama.csv", tmp_path / "baru.csv"
    table.write_text("kode,nilai\n52.03.09.2001,5\n52.03.08,7\n", encoding="utf-8")
    run("rebase", str(table), "--column", "kode", "--from-version", "137/2017", "--out", str(out))
    assert out.read_text(encoding="utf-8") == "kode,nilai\n52.03.21.2001,5\n52.03.08,7\n"
    assert json.loads((tmp_path / "baru.csv.json").read_text(encoding="utf-8"))["moved"] == {"52.03.09.2001": "52.03.21.2001"}


def test_a_split_code_is_not_moved_and_nothing_is_written(tmp_path: Path) -> None:
    table, out = tmp_path / "lama.csv", tmp_path / "baru.csv"
    table.write_text("kode,nilai\n52.03.09,5\n", encoding="utf-8")
    result = run("rebase", str(table), "--column", "kode", "--from-version", "137/2017", "--out", str(out), code=1)
    assert "52.03.09: menjadi 52.03.09, 52.03.21" in result.output
    assert not out.exists()


def test_a_decree_becomes_a_version_that_an_operator_can_put_in_force(tmp_path: Path) -> None:
    rows = {item.code: item.name for item in CodeLists.load(SchemaFolder()).get("wilayah").edition()}
    rows["52.01.01.2099"] = "Desa Baru"
    decree = tmp_path / "keputusan.csv"
    decree.write_text("kode,nama\n" + "".join(f'{code},"{name}"\n' for code, name in rows.items()), encoding="utf-8")
    options = ["--version", "1/2027", "--legal-basis", "Kepmendagri 1/2027", "--valid-from", "2027-03-01", "--out", str(tmp_path / "skema")]
    result = run("new-version", "wilayah", str(decree), *options)
    assert "1 kode baru, 0 hilang, 0 berganti nama, 0 usulan perubahan." in result.output
    overlaid = CodeLists.load(SchemaFolder((tmp_path / "skema", *SchemaFolder().layers))).get("wilayah")
    assert overlaid.current.id == "1/2027"
    assert overlaid.edition().item("52.01.01.2099").name == "Desa Baru"
    assert len(overlaid.edition("2430/2025")) == 1294


def test_boundaries_of_a_file_are_written_for_maps(tmp_path: Path) -> None:
    ring = [[116.0, -8.5], [116.0, -8.4], [116.1, -8.4], [116.1, -8.5], [116.0, -8.5]]
    feature = {"type": "Feature", "properties": {"kode": "52.01"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    source = tmp_path / "batas.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    run("boundaries", str(source), "--level", "kabupaten_kota", "--out", str(tmp_path / "skema"))
    written = json.loads((tmp_path / "skema" / "kode_referensi" / "batas" / "kabupaten_kota.geojson").read_text(encoding="utf-8"))
    assert written["features"][0]["properties"] == {"code": "52.01", "name": "Kabupaten Lombok Barat"}
    assert shapely.geometry.shape(written["features"][0]["geometry"]).exterior.is_ccw
    source.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="bukan GeoJSON"):
        run("boundaries", str(source), "--level", "kabupaten_kota", "--out", str(tmp_path / "skema"))


POSYANDU = (
    "id,name,updated,kode_posyandu,kode_wilayah,strata\n"
    "p1,Posyandu Melati II,2026-10-01,,52.01.01.1001,madya\n"
    "p2,POSY MELATI 2,2026-10-01,,52.01.01.1001,madya\n"
    "p3,Kenanga,2026-10-01,,52.01.01.1001,madya\n"
)


def induk(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(data_induk, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_an_owners_file_is_checked_and_its_duplicates_are_listed(tmp_path: Path) -> None:
    source = tmp_path / "posyandu.csv"
    source.write_text(POSYANDU, encoding="utf-8")
    assert "3 catatan benar, 0 masalah." in induk("check", "posyandu", str(source))
    assert induk("duplicates", "posyandu", str(source)).splitlines()[1:] == ["p1,Posyandu Melati II,p2,POSY MELATI 2,100.0,"]
    source.write_text(POSYANDU.replace("52.01.01.1001", "52.99", 1), encoding="utf-8")
    assert 'Baris 2, kolom kode_wilayah: "52.99" tidak ada di kode referensi' in induk("check", "posyandu", str(source), code=1)


def test_a_merge_is_written_to_the_trail(tmp_path: Path) -> None:
    folder = tmp_path / "data_induk"
    folder.mkdir()
    (folder / "posyandu.csv").write_text(POSYANDU, encoding="utf-8")
    induk("merge", "posyandu", "p1", "p2", "--reason", "nama dan desa sama", "--by", "Dinas Kesehatan", "--out", str(tmp_path))
    trail = list(csv.DictReader(io.StringIO((folder / "posyandu.merges.csv").read_text(encoding="utf-8"))))
    assert [(row["kept"], row["dropped"], row["reason"], row["decided_by"]) for row in trail] == [
        ("p1", "p2", "nama dan desa sama", "Dinas Kesehatan")
    ]
    copy = tmp_path / "salinan"
    (copy / "data_induk").mkdir(parents=True)
    for name in ("posyandu.csv", "posyandu.merges.csv"):
        (copy / "data_induk" / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    records = DataInduk.load(SchemaFolder((copy, *SchemaFolder().layers))).get("posyandu")
    assert [record.id for record in records.current] == ["p1", "p3"]
    assert records.record("p2").id == "p1"
