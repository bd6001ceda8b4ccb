"""The plain reading: every number in it is one of the figures, and no sentence says more than is known."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator
from ckanext.ntbsatudata.domain.publication.reading import reading
from ckanext.ntbsatudata.domain.publication.wording import Language, number, period_name

STUNTING = Indicator("prevalensi_stunting", {"id": "Prevalensi stunting", "en": "Prevalence of stunting"}, "%", 1, "stunting", "diukur")
PENGADUAN = Indicator("pengaduan", {"id": "Jumlah pengaduan", "en": "Complaints"})


def months(*values: float | Status) -> list[Figure]:
    return [
        figure(f"2025-{place:02d}", period_name(f"2025-{place:02d}", Language.ID), value) for place, value in enumerate(values, start=1)
    ]


def figure(code: str, name: str, value: float | Status) -> Figure:
    return Figure(code, name, None, value) if isinstance(value, Status) else Figure(code, name, value, Status.SHOWN)


def regions(**values: float | Status) -> list[Figure]:
    return [figure(name, name, value) for name, value in values.items()]


def read(series: list[Figure], parts: list[Figure] = [], indicator: Indicator = STUNTING, **more: object) -> str:
    return reading(indicator, "Provinsi Nusa Tenggara Barat", series, parts, "kabupaten/kota", Language.ID, **more)  # type: ignore[arg-type]


def test_it_says_when_where_how_much_and_what_changed() -> None:
    text = read(months(13.9, 13.8, 13.5), regions(Bima=17.2, Dompu=12.0, Mataram=8.1), share=(31204.0, 231141.0))
    assert text == (
        "Pada Maret 2025, prevalensi stunting di Provinsi Nusa Tenggara Barat 13,5 % (31.204 dari 231.141), "
        "turun 0,3 poin persen dari Februari 2025. "
        "Di antara 3 kabupaten/kota, tertinggi Bima (17,2 %) dan terendah Mataram (8,1 %)."
    )


def test_hidden_areas_are_counted_and_not_compared() -> None:
    text = read(months(13.5), regions(Bima=17.2, Dompu=Status.HIDDEN, Mataram=8.1, Sumbawa=Status.NOT_AVAILABLE))
    assert "Di antara 2 dari 4 kabupaten/kota, tertinggi Bima (17,2 %) dan terendah Mataram (8,1 %)." in text
    assert "Tidak ikut dibandingkan: 1 dirahasiakan, 1 tidak tersedia." in text
    assert "Dompu" not in text


def test_a_hidden_newest_figure_is_not_filled_with_an_older_one() -> None:
    text = read(months(13.5, Status.HIDDEN))
    assert (
        text
        == "Pada Februari 2025, prevalensi stunting di Provinsi Nusa Tenggara Barat dirahasiakan agar tidak seorang pun dapat dikenali."
    )


def test_an_incomplete_month_is_said_to_be_so_with_the_last_complete_one() -> None:
    text = read(months(13.9, Status.INCOMPLETE), regions(Bima=Status.INCOMPLETE, Dompu=Status.INCOMPLETE))
    assert text.startswith(
        "Laporan Februari 2025 belum lengkap, sehingga prevalensi stunting di Provinsi Nusa Tenggara Barat belum dapat disajikan"
    )
    assert "angka lengkap terakhir 13,9 % (Januari 2025)." in text
    assert "Tidak satu pun dari 2 kabupaten/kota punya angka yang dapat ditampilkan." in text


def test_no_change_is_told_over_a_gap() -> None:
    text = read(months(13.9, Status.HIDDEN, 13.5))
    assert "naik" not in text and "turun" not in text


@pytest.mark.parametrize(("before", "words"), [(13.5, "sama dengan Januari 2025"), (12.0, "naik 1,5 poin persen dari Januari 2025")])
def test_a_change_has_its_direction(before: float, words: str) -> None:
    assert words in read(months(before, 13.5))


def test_counts_are_most_and_fewest() -> None:
    text = read(months(1200, 1204), regions(Bima=700.0, Mataram=504.0), PENGADUAN)
    assert "Pada Februari 2025, jumlah pengaduan di Provinsi Nusa Tenggara Barat 1.204, naik 4 dari Januari 2025." in text
    assert "terbanyak Bima (700) dan paling sedikit Mataram (504)" in text


def test_areas_of_the_same_figure_are_all_named_or_counted() -> None:
    assert "tertinggi Bima dan Dompu (9,0 %)" in read(months(8.0), regions(Bima=9.0, Dompu=9.0, Mataram=7.0))
    five = regions(a=9.0, b=9.0, c=9.0, d=9.0, e=9.0, f=7.0)
    assert "tertinggi a, b, c dan 2 lainnya (9,0 %)" in read(months(8.0), five)
    assert "Di seluruh 2 kabupaten/kota angkanya sama, 9,0 %." in read(months(8.0), regions(Bima=9.0, Dompu=9.0))


def test_provisional_and_synthetic_figures_say_so() -> None:
    series = [*months(13.9), Figure("2025-02", "Februari 2025", 13.5, Status.PROVISIONAL)]
    text = read(series, synthetic=True)
    assert text.endswith("Angka Februari 2025 bersifat sementara. Data sintetis untuk peragaan, bukan keadaan sebenarnya.")


def test_in_english() -> None:
    series = [Figure("2025-01", "January 2025", 13.9, Status.SHOWN), Figure("2025-02", "February 2025", 13.5, Status.SHOWN)]
    text = reading(STUNTING, "Nusa Tenggara Barat", series, regions(Bima=17.2, Mataram=8.1), "regencies", Language.EN)
    assert text.startswith(
        "In February 2025, prevalence of stunting in Nusa Tenggara Barat: 13.5 %, down 0.4 percentage points from January 2025."
    )
    assert "Among 2 regencies, highest in Bima (17.2 %) and lowest in Mataram (8.1 %)." in text


def test_numbers_and_periods_are_written_as_the_language_does() -> None:
    assert number(1234567.25, 1, Language.ID) == "1.234.567,2"
    assert number(1234567.25, 1, Language.EN) == "1,234,567.2"
    assert [period_name(code, Language.ID) for code in ("2025-03", "2025-TW1", "2025-S2", "2025")] == [
        "Maret 2025", "triwulan I 2025", "semester II 2025", "tahun 2025",
    ]  # fmt: skip
    assert period_name("2025-08", Language.ID, short=True) == "Agu 2025"
