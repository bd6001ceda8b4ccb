"""The naming rules of a konsep, each with its source."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.metadata.konsep import KonsepNames, not_unique
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

NAMES = KonsepNames.load(SchemaFolder(), regions=["Lombok Barat", "Mataram"])
MESSAGES = Messages.load(SchemaFolder(), "id")


def codes(name: str) -> list[str]:
    return [problem.code for problem in NAMES.check(name)]


def test_percentage_with_a_year_breaks_two_rules_and_says_which():
    problems = NAMES.check("Persentase X Tahun 2024")
    assert [problem.code for problem in problems] == ["konsep-starts-with-ukuran", "konsep-has-period"]
    assert MESSAGES.line(problems[0]) == (
        'Kolom konsep: Nama konsep "Persentase X Tahun 2024" diawali ukuran "Persentase". '
        "Hapus kata itu dari konsep dan tulis pada isian ukuran. Dasar: Peraturan BPS 4/2020, penamaan konsep, aturan 4."
    )
    assert '"2024"' in MESSAGES.line(problems[1])


@pytest.mark.parametrize(
    "name",
    [
        "Penduduk",
        "Kawasan Suaka Alam",
        "Balita Gizi Buruk",
        "Pendapatan dari Pajak",
        "Tahun Ajaran",
        "Kota Layak Anak",
        "Air Minum",
        "Tingkat Pendidikan",
    ],
)
def test_a_well_named_konsep_has_no_problem(name):
    assert codes(name) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("penduduk miskin", "konsep-not-capitalised"),
        ("Angka PDRB", "konsep-has-abbreviation"),
        ("Jml Penduduk", "konsep-has-abbreviation"),
        ("Jumlah Penduduk", "konsep-starts-with-ukuran"),
        ("Penduduk Triwulan II", "konsep-has-period"),
        ("Inflasi Januari", "konsep-has-period"),
        ("Penduduk Lombok Barat", "konsep-has-region"),
        ("Penduduk Kabupaten Dompu", "konsep-has-region"),
        ("Kemiskinan NTB", "konsep-has-region"),
    ],
)
def test_each_rule_finds_its_offence(name, code):
    assert code in codes(name)


def test_a_konsep_with_another_meaning_elsewhere_is_a_warning_that_names_the_place():
    problem = not_unique("Penduduk", "Jumlah Penduduk 2024")
    assert not problem.severity.blocks
    assert "Jumlah Penduduk 2024" in MESSAGES.line(problem)


def test_every_sentence_exists_in_both_languages():
    english = Messages.load(SchemaFolder(), "en")
    for problem in NAMES.check("Persentase PDRB mataram Tahun 2024") + [not_unique("A", "B")]:
        assert english.sentence(problem).remedy and MESSAGES.sentence(problem).remedy


def test_a_name_is_proposed_with_its_capitals():
    assert NAMES.capitalised("penduduk miskin dan rentan di DAS") == "Penduduk Miskin dan Rentan di DAS"
