"""A month of e-PPGBM goes through the platform's reading to the very totals of its children, whatever its files look like."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import duckdb
import pytest

from ckanext.ntbsatudata.domain.aggregates.cube import cube
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.extracts.reading import open_database, read_extract
from ckanext.ntbsatudata.domain.extracts.source import Extract, Prepared
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from ckanext.posyandu.reader import PosyanduSource
from ckanext.posyandu.synthetic import write_demonstration
from tests.sources.synthetic_posyandu import write_month

LISTS = CodeLists.load(SchemaFolder())
PROFILES = load_profiles(SchemaFolder(), "posyandu")
HEADER = [
    "NIK",
    "Nama",
    "JK",
    "Tgl Lahir",
    "Nama Ortu",
    "Kab/Kota",
    "Kec",
    "Pukesmas",
    "Desa/Kel",
    "Tanggal Pengukuran",
    "Waktu Input",
    "Berat",
    "Tinggi",
    "Cara Ukur",
    "LiLA",
    "Naik Berat Badan",
]
CHILD = {
    "NIK": "5201990101230001\u00a0", "Nama": "a", "JK": "L", "Tgl Lahir": "1/2/2023", "Nama Ortu": "b", "Kab/Kota": "LOMBOK BARAT", "Kec": "GERUNG",
    "Pukesmas": "GERUNG", "Desa/Kel": "GERUNG SELATAN", "Tanggal Pengukuran": "3/14/2025", "Waktu Input": "", "Berat": "11.5", "Tinggi": "86.1",
    "Cara Ukur": "Berdiri", "LiLA": "0", "Naik Berat Badan": "N",
}  # fmt: skip


def write(path: Path, rows: list[dict[str, str]], header: list[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def prepare(folder: Path, files: list[Path], period: str = "2025-03", **operator: Path) -> tuple[Prepared, duckdb.DuckDBPyConnection]:
    number = len(list(folder.glob("run*")))
    workspace = folder / f"run{number}"
    workspace.mkdir()
    connection = open_database(workspace)
    read = read_extract(connection, PROFILES, files, workspace)
    prepared = PosyanduSource().prepare(Extract(connection, read.tables, period, LISTS, operator))
    assert prepared.used + prepared.rejected + prepared.duplicates + prepared.outside_period == read.rows
    return prepared, connection


def counts(prepared: Prepared, connection: duckdb.DuckDBPyConnection, table: str = "balita-bulanan", period: str = "2025-03"):
    spec = load_spec(INSTALLED / "aggregates" / "posyandu" / f"{table}.yaml", LISTS)
    cells = cube(connection, spec, prepared.records[table], period)
    dimensions = [cells.codes[d.name] for d in spec.dimensions]
    return {
        measure: {key: int(count) for key, count in zip(zip(*dimensions, strict=True), values, strict=True) if count > 0}
        for measure, values in cells.counts.items()
    }


def test_the_totals_of_ten_files_with_every_quirk_are_those_of_the_children(tmp_path):
    month = write_month(tmp_path, LISTS, "2025-03", children=12_000)
    prepared, connection = prepare(tmp_path, list(month.files.values()))
    found = counts(prepared, connection)
    for measure, cells in month.truth.items():
        assert found[measure] == cells, measure
    for name, ours in (("used", 12_000), ("duplicates", None), ("outside_period", None), ("rejected", None)):
        expected = sum(getattr(one, name) for one in month.written.values())
        assert getattr(prepared, name) == expected and (ours is None or expected == ours), name
    assert prepared.completeness.present == prepared.completeness.expected == frozenset(month.files)


def test_the_same_rows_in_another_order_give_the_same_counts(tmp_path):
    month = write_month(tmp_path, LISTS, "2025-03", children=2_000)
    paths = list(month.files.values())
    before = counts(*prepare(tmp_path, paths))
    for path in paths:
        encoding = "cp1252" if b"\xa0" in path.read_bytes()[:4000].replace(b"\xc2\xa0", b"") else "utf-8-sig"
        header, *lines = path.read_text(encoding=encoding).splitlines(keepends=True)
        random.Random(5).shuffle(lines)
        path.write_text(header + "".join(lines), encoding="utf-8")
    assert counts(*prepare(tmp_path, paths[::-1])) == before


def test_the_last_measurement_of_a_month_counts_and_a_tie_is_settled_by_the_values(tmp_path):
    earlier = {**CHILD, "Tanggal Pengukuran": "3/2/2025", "Berat": "20"}
    for rows in ([CHILD, earlier], [earlier, CHILD]):
        prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", rows)])
        assert (prepared.used, prepared.duplicates) == (1, 1)
        assert connection.execute("SELECT berat FROM eppgbm_children").fetchall() == [(11.5,)]
    heavier = {**CHILD, "Berat": "11.9"}
    for rows in ([CHILD, heavier], [heavier, CHILD]):
        prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", rows)])
        assert connection.execute("SELECT berat FROM eppgbm_children").fetchall() == [(11.9,)]
        assert prepared.notes["ties-settled-by-values"] == 1
    late = {**CHILD, "Berat": "11.0", "Waktu Input": "3/15/2025 08:00"}
    soon = {**CHILD, "Berat": "12.0", "Waktu Input": "3/14/2025 17:00"}
    prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", [late, soon])])
    assert connection.execute("SELECT berat FROM eppgbm_children").fetchall() == [(11.0,)]
    assert "ties-settled-by-values" not in prepared.notes


def test_a_damaged_nik_is_no_key(tmp_path):
    one, two = ({**CHILD, "NIK": "5.20199E+15", "Nama": name} for name in "xy")
    prepared, _ = prepare(tmp_path, [write(tmp_path / "a.csv", [one, two])])
    assert (prepared.used, prepared.duplicates) == (2, 0)
    assert prepared.notes["children-without-nik"] == 2
    short = {**CHILD, "NIK": "520199010123000", "Berat": "11.2", "Tanggal Pengukuran": "3/1/2025"}
    prepared, _ = prepare(tmp_path, [write(tmp_path / "a.csv", [CHILD, short])])
    assert (prepared.used, prepared.duplicates) == (1, 1), "the same name, birth day and mother beside a sound NIK is the same child"
    others = [{**CHILD, "Nama": name, "Nama Ortu": f"ibu {name}"} for name in "pqr"]
    prepared, _ = prepare(tmp_path, [write(tmp_path / "a.csv", others)])
    assert prepared.used == 3, "one number beside three names of three mothers tells nobody apart"


def test_grams_decimal_comma_and_a_missing_arm_are_read_as_meant(tmp_path):
    rows = [
        {**CHILD, "NIK": f"52019901012300{n:02d}", "Nama": str(n), "Berat": weight} for n, weight in enumerate(["11500", "11,5", "11,25"])
    ]
    prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", rows)])
    assert connection.execute("SELECT berat, lila FROM eppgbm_children ORDER BY berat").fetchall() == [
        (11.25, None),
        (11.5, None),
        (11.5, None),
    ]
    assert prepared.notes["grams-read-as-kilograms"] == 1


def test_days_that_can_be_read_in_two_ways_are_not_guessed_in_a_mixed_file(tmp_path):
    mixed = [
        {**CHILD, "NIK": f"52019901012300{n:02d}", "Nama": str(n), "Tanggal Pengukuran": day}
        for n, day in enumerate(["3/14/2025", "14/3/2025", "3/4/2025"])
    ]
    prepared, _ = prepare(tmp_path, [write(tmp_path / "a.csv", [{**row, "Tgl Lahir": "1/1/2023"} for row in mixed])])
    assert prepared.rejected >= 2
    codes = {problem.code for problem in prepared.problems}
    assert "day-unreadable" in codes


def test_bima_is_told_apart_by_its_kecamatan_and_unknown_places_are_rejected(tmp_path):
    rows = [
        {**CHILD, "NIK": "5201990101230011", "Kab/Kota": "BIMA", "Kec": "Asakota", "Desa/Kel": "Jatiwangi"},
        {**CHILD, "NIK": "5201990101230012", "Kab/Kota": "BIMA", "Kec": "Bolo", "Desa/Kel": "Rato"},
        {**CHILD, "NIK": "5201990101230013", "Kec": "GERUNG", "Desa/Kel": "Desa Entah Di Mana"},
    ]
    prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", rows)])
    assert {code[:5] for (code,) in connection.execute("SELECT wilayah FROM eppgbm_children").fetchall()} == {"52.72", "52.06"}
    assert prepared.rejected == 1
    (problem,) = (one for one in prepared.problems if one.code == "place-unknown")
    assert (problem.row, problem.field, problem.values) == (4, "desa_kelurahan", {"file": 1, "count": 1, "rows": "4"})
    assert (
        Messages.load(SchemaFolder())
        .line(problem)
        .startswith("Baris 4, kolom desa_kelurahan: Berkas 1: 1 baris menyebut wilayah yang tidak ada")
    )


def test_the_operators_table_settles_what_names_leave_open(tmp_path):
    own = tmp_path / "wilayah_asal.csv"
    own.write_text("kode_asal,kode_wilayah,nama\nLOMBOK BARAT/GERUNG/DESA BARU,52.01.01.1001,Gerung\n", encoding="utf-8")
    prepared, connection = prepare(tmp_path, [write(tmp_path / "a.csv", [{**CHILD, "Desa/Kel": "Desa Baru"}])], wilayah_asal=own)
    assert connection.execute("SELECT wilayah FROM eppgbm_children").fetchall() == [("52.01.01.1001",)]


RECAP = {"Kab/Kota": "Lombok Barat", "Kec": "Gerung", "Desa": "Gerung Selatan", "Bulan": "Februari", "Tahun": "2025", "[9]": "40", "[10]": "60", "[11]": "100",
         "[12]": "30", "[14]": "50", "[16]": "80", "[30]": "95", "[63]": "10", "[64]": "9", "[66]": "80", "[67]": "81", "[54]": "12", "[57]": "6"}  # fmt: skip


def test_a_recap_gives_target_and_coverage_and_what_is_not_scheduled_is_not_zero(tmp_path):
    prepared, connection = prepare(tmp_path, [write(tmp_path / "r.csv", [RECAP], list(RECAP))], "2025-02")
    found = counts(prepared, connection, period="2025-02")
    (code, sex, age) = next(iter(found["sasaran"]))
    assert (sex, age, found["sasaran"][(code, sex, age)], found["buku_kia"][(code, sex, age)]) == ("T", "T", 100, 95)
    coverage = connection.execute(
        f"SELECT sasaran_vitamin_a_6_59, vitamin_a_6_59, mpasi_diwawancarai FROM {prepared.records['cakupan-gizi-bulanan']}"
    ).fetchall()
    assert coverage == [(90, 90, None)], "MPASI is asked for in March, June, September and December"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("[11]", "101", "identity-not-met"), ("[16]", "delapan", "count-unreadable"), ("[57]", "13", "numerator-exceeds-denominator")],
)
def test_a_recap_row_that_breaks_a_rule_is_not_used(tmp_path, column, value, code):
    prepared, _ = prepare(tmp_path, [write(tmp_path / "r.csv", [{**RECAP, column: value}], list(RECAP))], "2025-02")
    assert (prepared.used, prepared.rejected) == (0, 1)
    assert [one.code for one in prepared.problems] == [code]


def test_the_recap_is_compared_with_the_children_and_never_counted_beside_them(tmp_path):
    recap = {**RECAP, "Bulan": "3"}
    files = [write(tmp_path / "a.csv", [CHILD]), write(tmp_path / "r.csv", [recap], list(RECAP))]
    prepared, connection = prepare(tmp_path, files)
    found = counts(prepared, connection)
    assert sum(found["ditimbang"].values()) == 1
    (notice,) = (one for one in prepared.problems if one.code == "recap-differs")
    assert (notice.field, notice.values) == ("ditimbang", {"region": "52.01", "desa": 1, "differing": 1})


def test_posyandu_are_counted_by_stratum_and_by_the_forms_they_sent(tmp_path):
    place = {"Kab/Kota": "Lombok Barat", "Kec": "Gerung", "Desa": "Gerung Selatan"}
    listed = [
        {**place, "Posyandu": name, "Strata": strata, "Aktif": "Ya"} for name, strata in (("Melati 1", "Madya"), ("Melati 2", "Mandiri"))
    ]
    form = [{**place, "Posyandu": "melati 1", "Bulan": "Maret", "HB0": "4", "BCG": "5"}]
    files = [write(tmp_path / "p.csv", listed, list(listed[0])), write(tmp_path / "f6.csv", form, list(form[0]))]
    prepared, connection = prepare(tmp_path, files)
    found = counts(prepared, connection, "posyandu-strata")
    assert found["posyandu"] == {("52.01.01", "madya"): 1, ("52.01.01", "mandiri"): 1}
    assert found["posyandu_aktif"] == found["posyandu"]
    assert found["posyandu_melapor"] == {("52.01.01", "madya"): 1}
    assert counts(prepared, connection, "imunisasi-bulanan")["imunisasi_bcg"] == {("52.01.01",): 5}


def test_the_demonstration_gives_every_table_and_no_row_without_a_reason(tmp_path):
    files = write_demonstration(tmp_path, LISTS, "2025-02", children=3_000)
    prepared, _ = prepare(tmp_path, files, "2025-02")
    assert set(prepared.records) == {path.stem for path in (INSTALLED / "aggregates" / "posyandu").glob("*.yaml")}
    assert {problem.code for problem in prepared.problems} <= {"place-unknown", "recap-differs"}
    messages = Messages.load(SchemaFolder())
    assert all(messages.line(problem) for problem in prepared.problems) and set(prepared.notes) <= set(messages.sentences)
