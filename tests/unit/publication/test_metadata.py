"""Every registered table can be published with complete metadata, whatever programme it is of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec, load_spec
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.publication.all_periods import all_periods
from ckanext.ntbsatudata.domain.publication.metadata import Programme, TableMetadata
from ckanext.ntbsatudata.domain.publication.provisional import Provisional
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
SPECS = sorted((path for layer in FOLDER.layers for path in (layer / "aggregates").rglob("*.yaml")), key=lambda path: path.name)


def release(spec: AggregateSpec) -> PublishedRelease:
    codes = {name: ["x", "x", "x"] for name in spec.columns} | {spec.period: ["2026-01", "2026-02", "2026-02"]}
    return PublishedRelease(spec.name, "1", codes, [7, None, None], ["s", "c", "n"])


def metadata(path: Path) -> TableMetadata:
    spec = load_spec(path, CodeLists.load(FOLDER))
    return TableMetadata(spec, Programme.load(FOLDER, path.parent.name), release(spec), "Provinsi Nusa Tenggara Barat")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_each_registered_table_has_its_standar_data_columns_and_indicators(path: Path) -> None:
    made = metadata(path)
    dataset = made.dataset()
    missing = [
        name
        for name in ("konsep", "definisi", "klasifikasi", "ukuran", "satuan", "id_sds", "frequency", "license_id")
        if not dataset.get(name)
    ]
    assert missing == []
    standard = Standard.of(FOLDER)
    assert standard.names.check(dataset["konsep"]) == []
    assert [one["name"] for one in made.columns()] == [*made.spec.columns, "nilai", "status"]
    assert made.columns()[1]["kode_referensi"].startswith("wilayah-kemendagri@"), "the region is bound to its code list"
    for answers in made.indicators("Kompilasi"):
        blocking = [
            one for one in check_record(standard.forms[Kind.MSIND], answers, standard.names, date(2026, 11, 24)) if one.severity.blocks
        ]
        assert blocking == [], answers["nama"]


def test_a_half_year_covers_its_six_months() -> None:
    spec = load_spec(next(path for path in SPECS if path.stem == "pengaduan-peka-tahun"), CodeLists.load(FOLDER))
    codes = {name: ["x", "x"] for name in spec.columns} | {spec.period: ["2025-S1", "2025-S2"]}
    half_years = PublishedRelease(spec.name, "1", codes, [7, 8], ["", ""])
    dataset = TableMetadata(spec, Programme.load(FOLDER, "ntbcare"), half_years, "Provinsi Nusa Tenggara Barat").dataset()
    assert (dataset["temporal_start"], dataset["temporal_end"]) == ("2025-01", "2025-12")


def test_the_notes_on_quality_name_what_is_incomplete_provisional_and_hidden() -> None:
    made = metadata(next(path for path in SPECS if path.stem == "balita-bulanan"))
    assert made.gaps() == "Belum lengkap (n): Februari 2026. Masih sementara (s): Januari 2026. Dirahasiakan (c): 1 dari 3 sel (33,3 %)."


def test_the_methodology_says_how_persons_are_protected_only_where_persons_are_counted() -> None:
    persons = metadata(next(path for path in SPECS if path.stem == "balita-bulanan")).methodology()
    assert "Jumlah di bawah 5 tidak ditampilkan" in persons and "rilis yang tidak lolos ditahan" in persons
    things = metadata(next(path for path in SPECS if path.stem == "pengaduan-umum")).methodology()
    assert "menghitung benda dan kejadian umum, bukan orang" in things
    for text in (persons, things):
        assert all(f"- **{symbol}** (" in text for symbol in ("kosong", "c", ":", "-", "n", "s")), "every symbol is explained"


def test_a_programme_without_words_of_its_own_leaves_them_to_a_person() -> None:
    made = metadata(next(path for path in SPECS if path.stem == "balita-bulanan"))
    bare = TableMetadata(made.spec, Programme.load(FOLDER, "makan-sekolah"), made.release, "Provinsi NTB")
    assert (
        "konsep" not in bare.dataset() and bare.dataset()["title"] == "Balita ditimbang, diukur dan status gizi per bulan di Provinsi NTB"
    )


def test_a_quarter_is_provisional_while_one_of_its_months_is() -> None:
    codes = {"bulan": ["2025-12", "2026-TW1", "2026-01", "2026-TW1"]}
    given = PublishedRelease("t", "1", codes, [1, 2, 3, None], ["", "", "", "c"])
    assert Provisional("bulan", frozenset({"2026-03"})).mark(given).statuses == ["", "s", "", "c"]


def test_the_long_table_has_each_period_as_its_newest_release_has_it() -> None:
    def one(name: str, **values: float) -> PublishedRelease:
        return PublishedRelease(
            "t", name, {"bulan": [month.replace("m", "2026-0") for month in values]}, list(values.values()), [""] * len(values)
        )

    whole = all_periods("bulan", [one("1", m2=2, m1=1), one("2", m1=9), one("3", m3=3)])
    assert (whole.codes["bulan"], whole.values, whole.release) == (["2026-01", "2026-02", "2026-03"], [9, 2, 3], "3")
    with pytest.raises(AggregateError, match="punya dimensi lain"):
        all_periods("bulan", [PublishedRelease("t", "1", {"bulan": [], "umur": []}, [], []), one("2", m1=1)])


def test_a_month_that_is_final_loses_its_mark() -> None:
    given = PublishedRelease("t", "1", {"bulan": ["2026-01", "2026-02"]}, [1, 2], ["s", "s"])
    assert Provisional("bulan", frozenset({"2026-02"})).mark(given).statuses == ["", "s"]
