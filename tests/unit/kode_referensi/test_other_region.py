"""Region is data: the folder of another province replaces NTB whole, without a line of code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ckanext.ntbsatudata.domain.data_induk import DataInduk
from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeCheck, CodeLists, NameIndex
from ckanext.ntbsatudata.domain.kode_referensi.boundaries import load
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@pytest.fixture
def folder(tmp_path: Path) -> SchemaFolder:
    """Nusa Tenggara Timur, cut down to one kabupaten; the descriptions of the lists are ours with other versions."""
    installed = SchemaFolder()
    codes, master = tmp_path / "kode_referensi", tmp_path / "data_induk"
    (codes / "batas").mkdir(parents=True)
    master.mkdir()
    for name in ("wilayah-kemendagri", "wilayah-bps"):
        described = installed.read_yaml(f"kode_referensi/{name}.yaml")
        described.pop("changes", None)
        described["versions"] = described["versions"][-1:]
        (codes / f"{name}.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
        (codes / f"{name}.alias.csv").write_text("code,alias\n53,NTT\n", encoding="utf-8")
    kemendagri = "code,name\n53,Nusa Tenggara Timur\n53.01,Kabupaten Kupang\n53.01.04,Semau\n53.01.04.2001,Batuinan\n"
    (codes / "wilayah-kemendagri.csv").write_text(kemendagri, encoding="utf-8")
    (codes / "wilayah-bps.csv").write_text("code,name\n53,NUSA TENGGARA TIMUR\n5303,KAB. KUPANG\n5303100,SEMAU\n", encoding="utf-8")
    bridge = "source,target\n53,53\n5303,53.01\n5303100,53.01.04\n"
    (codes / "wilayah-bps-kemendagri.crosswalk.csv").write_text(bridge, encoding="utf-8")
    box = {"list": "wilayah-kemendagri", "box": {"west": 118, "south": -11.5, "east": 125.5, "north": -8}}
    (codes / "batas" / "batas.yaml").write_text(yaml.safe_dump(box), encoding="utf-8")
    ring = [[123.4, -10.3], [123.5, -10.3], [123.5, -10.2], [123.4, -10.2], [123.4, -10.3]]
    feature = {"type": "Feature", "properties": {"code": "53.01"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    shapes = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (codes / "batas" / "kabupaten_kota.geojson").write_text(shapes, encoding="utf-8")
    (master / "wilayah.csv").write_text("id,name,updated,penduduk\n53.01,Kabupaten Kupang,2025-04-25,400000\n", encoding="utf-8")
    return SchemaFolder((tmp_path, *installed.layers))


def test_codes_names_bridge_checks_boundaries_and_master_records_are_those_of_the_other_province(folder: SchemaFolder) -> None:
    lists = CodeLists.load(folder)
    kemendagri = lists.get("wilayah")
    assert [item.code for item in kemendagri.edition()] == ["53", "53.01", "53.01.04", "53.01.04.2001"]
    certain = NameIndex.of(kemendagri).match("NTT").certain
    assert certain is not None
    assert certain.item.code == "53"
    problem = CodeCheck.of(lists, CodeBinding.parse("wilayah#kecamatan")).problem("5303100")
    assert problem is not None
    assert (problem.code, problem.values["proposal"]) == ("other-system-code", "53.01.04 Semau")
    assert [item.code for item in lists.crosswalk("wilayah-kemendagri", "wilayah-bps").gaps(kemendagri.edition())] == ["53.01.04.2001"]
    assert list(load(folder, kemendagri.edition(), "kabupaten_kota").shapes) == ["53.01"]
    record = DataInduk.load(folder).get("wilayah").record("53.01")
    assert (record.identifiers["kode_bps"], record.values["penduduk"]) == ("5303", "400000")
