"""The registered tables: every one loads, its example is read, and the measures of a month go all the way to the files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.aggregates.cell_files import CellProblems, read_cells
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.publication.release_folder import as_published, write_release
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

SPECS = sorted((INSTALLED / "aggregates").glob("*/*.yaml"))
LISTS = CodeLists.load(SchemaFolder())


def write_cells(path: Path, columns: tuple[str, ...], rows: list[dict]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*columns, "nilai"])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("path", SPECS, ids=[path.stem for path in SPECS])
def test_the_example_of_a_registered_table_is_read(path, tmp_path):
    spec = load_spec(path, LISTS)
    assert path.stem == spec.name
    assert spec.example, "every registered table shows an example"
    rows = read_cells(spec, [write_cells(tmp_path / "sel.csv", spec.columns, list(spec.example))])
    assert len(rows.values) == len(spec.example)


def test_no_measure_stands_in_two_tables_of_a_programme():
    for programme in ("posyandu",):
        measures = [m.code for path in SPECS if path.parent.name == programme for m in load_spec(path, LISTS).measures]
        assert len(measures) == len(set(measures)), "two tables with one measure would be linked without knowing"


SMALL = """
name: contoh
version: 1
title: Contoh
dimensions:
  wilayah: {hierarchy: wilayah.csv}
  jk: {codes: {T: null, L: T, P: T}}
period: {name: bulan, totals: [triwulan]}
measures:
  diukur: {}
  stunting: {within: diukur, sensitive: true}
rates:
  prevalensi: {numerator: stunting, denominator: diukur}
crosses:
  - {wilayah: [kecamatan], by: [jk]}
  - {wilayah: [desa]}
policy: {threshold: 5, max_hidden_percent: 100}
"""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "wilayah.csv").write_text("code,parent,level\nK,,kecamatan\nA,K,desa\nB,K,desa\nC,K,desa\n")
    (tmp_path / "contoh.yaml").write_text(SMALL)
    return load_spec(tmp_path / "contoh.yaml", None)


def rows_of(counts: dict[str, tuple[int, int]]) -> list[dict]:
    """One month; (diukur, stunting) of each desa, half and half by sex."""
    return [
        {"bulan": "2026-01", "wilayah": desa, "jk": sex, "indikator": measure, "nilai": value // 2 + (value % 2 if sex == "L" else 0)}
        for desa, both in counts.items()
        for measure, value in zip(("diukur", "stunting"), both, strict=True)
        for sex in "LP"
    ]


def released(spec, tmp_path, rows):
    table = spec_to_protect(spec, read_cells(spec, [write_cells(tmp_path / "sel.csv", spec.columns, rows)]))
    return as_published(protect(without_limit(table), b"a secret of the tests"), "1", spec.rates), table


def test_a_small_village_is_hidden_with_a_partner_and_its_rate_with_it(small, tmp_path):
    release, _ = released(small, tmp_path, rows_of({"A": (60, 2), "B": (60, 12), "C": (60, 20)}))
    found = {
        (area, measure): (value, status)
        for area, jk, measure, value, status in zip(
            release.codes["wilayah"], release.codes["jk"], release.codes["indikator"], release.values, release.statuses, strict=True
        )
        if jk == "T"
    }
    assert found[("A", "stunting")] == found[("A", "prevalensi")] == (None, "c")
    assert [found[(area, "stunting")][1] for area in "ABC"].count("c") == 2
    assert found[("K", "stunting")] == (34, "")  # 2 + 12 + 20
    assert found[("K", "prevalensi")] == (18.9, "")  # 34 / 180


def test_everybody_stunted_is_hidden_though_the_number_is_large(small, tmp_path):
    release, _ = released(small, tmp_path, rows_of({"A": (30, 30), "B": (60, 12), "C": (60, 20)}))
    at = [i for i in range(len(release.values)) if (release.codes["wilayah"][i], release.codes["indikator"][i]) == ("A", "stunting")]
    assert release.statuses[at[0]] == "c"


def test_a_village_that_reported_nothing_is_not_zero(small, tmp_path):
    release, _ = released(small, tmp_path, rows_of({"A": (60, 10), "B": (60, 12)}))
    statuses = {
        (area, jk): status
        for area, jk, measure, status in zip(
            release.codes["wilayah"], release.codes["jk"], release.codes["indikator"], release.statuses, strict=True
        )
        if measure == "diukur"
    }
    assert statuses[("C", "T")] == ":"
    assert statuses[("K", "T")] == "n", "2 of 3 villages are fewer than 80 %"


def test_more_stunted_than_measured_stops(small, tmp_path):
    with pytest.raises(AggregateError, match="lebih besar daripada keseluruhannya"):
        released(small, tmp_path, rows_of({"A": (10, 12), "B": (60, 12), "C": (60, 20)}))


def test_all_problems_of_a_file_are_named_with_their_rows(small, tmp_path):
    rows = rows_of({"A": (60, 10)})
    rows[0]["nilai"] = "dua"
    rows[1]["wilayah"] = "Z"
    rows.append(rows[2])
    with pytest.raises(CellProblems) as caught:
        released(small, tmp_path, rows)
    lines = [Messages.load(SchemaFolder()).line(problem) for problem in caught.value.problems]
    assert any(line.startswith("Baris 2, kolom nilai: Nilainya bukan bilangan") for line in lines)
    assert any(line.startswith("Baris 3, kolom wilayah: Kodenya tidak dikenal") for line in lines)
    assert any("lebih dari satu kali" in line for line in lines)


def test_the_folder_of_a_release_is_whole(small, tmp_path):
    _, table = released(small, tmp_path, rows_of({"A": (60, 2), "B": (60, 12), "C": (60, 20)}))
    protected = protect(without_limit(table), b"a secret of the tests")
    for _ in range(2):  # a second release replaces the first as a whole
        write_release(protected, tmp_path / "rilis", {"release": "1"}, {}, small.rates)
    assert sorted(path.suffix for path in (tmp_path / "rilis").iterdir()) == [".csv", ".json", ".json", ".parquet", ".xlsx"]
    lines = (tmp_path / "rilis" / "contoh.csv").read_text().splitlines()
    assert lines[0] == "bulan,wilayah,jk,indikator,nilai,status"
    assert "2026-01,A,T,stunting,,c" in lines
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".rilis")]


def test_a_measure_that_nobody_reported_is_not_available_and_hinders_no_other(small, tmp_path):
    rows = [row for row in rows_of({"A": (60, 2), "B": (60, 12), "C": (60, 20)}) if row["indikator"] == "diukur"]
    release, _ = released(small, tmp_path, rows)
    found = set(zip(release.codes["indikator"], release.statuses, strict=True))
    assert ("diukur", "") in found and {status for measure, status in found if measure == "stunting"} == {":"}


def test_a_measure_that_a_dimension_never_divides_is_added_up_along_the_others(small, tmp_path):
    """Target children are known by village alone: their rows stand at the total of the sexes, beside divided ones."""
    text = SMALL.replace("measures:", "measures:\n  sasaran: {}").replace("by: [jk]}", "by: [jk], measures: [diukur, stunting]}")
    text = text.replace(
        "  - {wilayah: [desa]}",
        "  - {wilayah: [desa], measures: [diukur, stunting]}\n  - {wilayah: [kecamatan, desa], measures: [sasaran]}",
    )
    (tmp_path / "contoh.yaml").write_text(text)
    spec = load_spec(tmp_path / "contoh.yaml", None)
    target = [{"bulan": "2026-01", "wilayah": area, "jk": "T", "indikator": "sasaran", "nilai": 70} for area in "ABC"]
    release, _ = released(spec, tmp_path, rows_of({"A": (60, 20), "B": (60, 12), "C": (60, 20)}) + target)
    found = {
        (area, jk): value
        for area, jk, measure, value in zip(
            release.codes["wilayah"], release.codes["jk"], release.codes["indikator"], release.values, strict=True
        )
        if measure == "sasaran"
    }
    assert found == {("K", "T"): 210, ("A", "T"): 70, ("B", "T"): 70, ("C", "T"): 70}


def test_no_dimension_bears_the_name_of_a_published_column(tmp_path):
    (tmp_path / "wilayah.csv").write_text("code,parent,level\nK,,kecamatan\nA,K,desa\nB,K,desa\n")
    (tmp_path / "contoh.yaml").write_text(SMALL.replace("jk", "status"))
    with pytest.raises(AggregateError, match="Dimensi tidak boleh bernama status"):
        load_spec(tmp_path / "contoh.yaml", None)
