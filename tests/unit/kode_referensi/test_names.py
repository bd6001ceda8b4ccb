from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, NameIndex, UnknownCodeError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import UnknownLevelError


@pytest.fixture(scope="module")
def regions(kemendagri: CodeList) -> NameIndex:
    return NameIndex.of(kemendagri)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("KAB. LOMBOK BARAT", "52.01"),
        ("Kabupaten Lombok Barat", "52.01"),
        ("Lombok Barat", "52.01"),
        ("kab lombok barat", "52.01"),
        ("Lobar", "52.01"),
        ("Loteng", "52.02"),
        ("Lotim", "52.03"),
        ("KSB", "52.07"),
        ("KLU", "52.08"),
        ("NTB", "52"),
        ("Kota Bima", "52.72"),
        ("Kab. Bima", "52.06"),
        ("Kota Mataram", "52.71"),
        ("Sumbaw Barat", "52.07"),
    ],
)
def test_a_kabupaten_is_known_however_it_is_written(regions: NameIndex, name: str, code: str) -> None:
    certain = regions.match(name).certain
    assert certain is not None
    assert certain.item.code == code


def test_bima_without_kabupaten_or_kota_is_asked(regions: NameIndex) -> None:
    match = regions.match("Bima", level="kabupaten_kota")
    assert match.certain is None
    assert [(candidate.item.code, candidate.score) for candidate in match.candidates[:2]] == [("52.06", 100.0), ("52.72", 100.0)]


def test_mataram_among_kabupaten_and_kota_is_certain(regions: NameIndex) -> None:
    certain = regions.match("Mataram", level="kabupaten_kota").certain
    assert certain is not None
    assert certain.item.code == "52.71"


def test_a_village_name_that_occurs_three_times_is_asked_and_its_kabupaten_settles_it(regions: NameIndex) -> None:
    everywhere = regions.match("Kuta", level="desa_kelurahan")
    assert everywhere.certain is None
    assert sum(candidate.score == 100 for candidate in everywhere.candidates) == 3
    within = regions.match("Kuta", level="desa_kelurahan", within="52.02").certain
    assert within is not None
    assert within.item.code.startswith("52.02.")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Selaprang", "Selaparang"),
        ("Mamak", "Mama"),
        ("Rasabau", "Rasabou"),
        ("Doro Oo", "Doro O'o"),
        ("Parado Wane", "Paradowane"),
        ("Labuhan Kenanga", "Labuan Kananga"),
        ("SESELE", "Sesela"),
        ("BELEKE", "Beleka"),
        ("UPT PERODE SP III", "UPT. Prode SP III"),
        (" Batu Rakit", "Batu Rakit"),
    ],
)
def test_a_respelling_leads_to_the_name_of_today(regions: NameIndex, written: str, name: str) -> None:
    assert name in [candidate.item.name for candidate in regions.match(written).candidates if candidate.score >= 90]


@pytest.mark.parametrize(
    ("name", "code"), [("Kota Raja", "52.03.04.2005"), ("Desa Kota Raja", "52.03.04.2005"), ("Desa Beru", "52.07.05.2001")]
)
def test_a_village_whose_own_name_begins_with_kota_or_desa_is_found(regions: NameIndex, name: str, code: str) -> None:
    assert code in [candidate.item.code for candidate in regions.match(name).candidates if candidate.score == 100]


def test_narrowed_to_a_level_the_right_one_is_found_among_hundreds_of_nearer_names(regions: NameIndex) -> None:
    certain = regions.match("Domppu", level="kabupaten_kota").certain
    assert certain is not None
    assert certain.item.code == "52.05"


def test_a_roman_number_is_part_of_the_name(regions: NameIndex) -> None:
    certain = regions.match("UPT. Prode SP II").certain
    assert certain is not None
    assert certain.item.code == "52.04.13.2009"


def test_a_kabupaten_of_another_province_is_not_taken_for_one_of_ours(regions: NameIndex) -> None:
    """Sumba Barat lies in Nusa Tenggara Timur and differs from Sumbawa Barat in two letters."""
    match = regions.match("Kabupaten Sumba Barat", level="kabupaten_kota")
    assert match.certain is None
    assert (match.candidates[0].item.name, match.candidates[0].score) == ("Kabupaten Sumbawa Barat", 75.0)


def test_one_wrong_letter_is_certain_where_nothing_else_is_near_and_asked_where_two_are(regions: NameIndex) -> None:
    certain = regions.match("Gaapt", level="desa_kelurahan", within="52.04").certain
    assert certain is not None
    assert certain.item.name == "Gapit"
    assert regions.match("Blo", level="desa_kelurahan", within="52.06").certain is None  # Bolo or Belo


def test_a_name_of_nowhere_has_no_candidate(regions: NameIndex) -> None:
    assert regions.match("Xqzwvjk").candidates == ()
    assert regions.match("  ").candidates == ()


def test_a_name_says_its_code_or_not(regions: NameIndex) -> None:
    assert regions.says("SEKOTONG", "52.01.07")
    assert not regions.says("Gerung", "52.01.07")


def test_a_level_or_a_place_that_does_not_exist_is_told(regions: NameIndex) -> None:
    with pytest.raises(UnknownLevelError, match="tidak punya tingkat kabupaten. Yang ada: provinsi, kabupaten_kota"):
        regions.match("Bima", level="kabupaten")
    with pytest.raises(UnknownCodeError, match='"52.99" tidak ada'):
        regions.match("Bima", within="52.99")


def test_a_column_of_names_is_answered_in_its_order(regions: NameIndex) -> None:
    matches = regions.match_all(["Lotim", "Bima", "Lotim"], level="kabupaten_kota")
    assert [match.name for match in matches] == ["Lotim", "Bima", "Lotim"]
    assert matches[0] is matches[2]


SPELLINGS = {
    "Tahunan": "TAHUNAN", "tahunan": "TAHUNAN", "tahunana": "TAHUNAN", "Tahun": "TAHUNAN", "R/P1Y": "TAHUNAN", "1 Tahun Sekali": "TAHUNAN",
    "20 Tahun Sekali": "LEBIH_DARI_DUA_TAHUNAN", "Bulanan": "BULANAN", "1 Bulan Sekali": "BULANAN", "3 Bulan Sekali": "TRIWULANAN",
    "6 Bulan Sekali": "SEMESTERAN", "Semesteran": "SEMESTERAN", "Triwulan": "TRIWULANAN", "Harian": "HARIAN", "Periode": "TIDAK_DIKETAHUI",
    "Tidak didifinisikan": "TIDAK_DIKETAHUI", "2": "TIDAK_DIKETAHUI",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_seventeen_spellings_of_frequency_in_real_feeds_are_known(lists: CodeLists, spelling: str) -> None:
    item = NameIndex.of(lists.get("frekuensi")).exact(spelling)
    assert item is not None
    assert item.code == SPELLINGS[spelling]


def test_a_letter_of_kbli_2020_is_another_letter_now(lists: CodeLists) -> None:
    match = NameIndex.of(lists.get("kbli")).match("Aktivitas keuangan dan asuransi")
    assert match.certain is not None
    assert match.certain.item.code == "L"
