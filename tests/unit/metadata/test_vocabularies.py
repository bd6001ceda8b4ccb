"""Frequencies, dates and licences as real catalogues write them."""

from __future__ import annotations

from datetime import date

import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.frequency import Frequencies
from ckanext.ntbsatudata.domain.metadata.licences import Licences
from ckanext.ntbsatudata.domain.metadata.moments import is_period, period_bounds, read_moment
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FREQUENCIES = Frequencies.of(CodeLists.load(SchemaFolder()).get("frekuensi"))
LICENCES = Licences.load(SchemaFolder())

# The seventeen spellings of the national feeds, blank and dash included.
SPELLINGS = """
Tahunan             | TAHUNAN
tahunan             | TAHUNAN
tahunana            | TAHUNAN
Tahun               | TAHUNAN
R/P1Y               | TAHUNAN
1 Tahun Sekali      | TAHUNAN
20 Tahun Sekali     | LEBIH_DARI_DUA_TAHUNAN
Bulanan             | BULANAN
1 Bulan Sekali      | BULANAN
3 Bulan Sekali      | TRIWULANAN
6 Bulan Sekali      | SEMESTERAN
Semesteran          | SEMESTERAN
Triwulan            | TRIWULANAN
Harian              | HARIAN
Periode             | ?
Tidak didifinisikan | ?
2                   | ?
"""


@pytest.mark.parametrize("line", SPELLINGS.strip().splitlines())
def test_each_spelling_of_a_frequency_is_read_or_stays_unknown_with_a_warning(line):
    spelling, expected = (part.strip() for part in line.split("|"))
    frequency, problem = FREQUENCIES.read(spelling)
    if expected == "?":
        assert frequency is None and problem is not None and problem.code == "frequency-unknown" and not problem.severity.blocks
        assert spelling in Messages.load(SchemaFolder()).line(problem)
    else:
        assert frequency is not None and frequency.code == expected and problem is None


def test_a_frequency_broken_over_two_lines_stays_unknown():
    frequency, problem = FREQUENCIES.read("Tidak\n    didifinisikan")
    assert frequency is None and problem is not None


@pytest.mark.parametrize("nothing", [None, "", " ", "-"])
def test_nothing_said_is_no_frequency_and_no_warning(nothing):
    assert FREQUENCIES.read(nothing) == (None, None)


@pytest.mark.parametrize(
    ("code", "iso", "eu"),
    [
        ("HARIAN", "R/P1D", "DAILY"), ("MINGGUAN", "R/P1W", "WEEKLY"), ("BULANAN", "R/P1M", "MONTHLY"), ("TRIWULANAN", "R/P3M", "QUARTERLY"),
        ("EMPAT_BULANAN", "R/P4M", "ANNUAL_3"), ("SEMESTERAN", "R/P6M", "ANNUAL_2"), ("TAHUNAN", "R/P1Y", "ANNUAL"), ("HANYA_SEKALI", None, "NEVER"),
    ],
)  # fmt: skip
def test_each_code_has_its_interval_and_its_eu_word(code, iso, eu):
    frequency = FREQUENCIES.known[code]
    assert frequency.iso == iso and frequency.eu_uri.endswith(f"/frequency/{eu}")
    for written in filter(None, (code, iso, frequency.eu_uri)):
        assert FREQUENCIES.read(written)[0] == frequency


def test_the_longest_wait_follows_from_the_interval():
    assert [FREQUENCIES.known[code].days for code in ("HARIAN", "MINGGUAN", "BULANAN", "TRIWULANAN", "TAHUNAN", "HANYA_SEKALI")] == [
        1,
        7,
        31,
        92,
        366,
        None,
    ]
    assert [FREQUENCIES.known[code].months for code in ("HARIAN", "TRIWULANAN", "TAHUNAN", "HANYA_SEKALI")] == [1, 3, 12, 12]


def test_intervals_that_mean_the_same_are_read():
    assert FREQUENCIES.read("P12M")[0].code == "TAHUNAN"
    assert FREQUENCIES.read("R/P10Y")[0].code == "LEBIH_DARI_DUA_TAHUNAN"
    assert FREQUENCIES.read("R/P7D")[0].code == "MINGGUAN"
    assert FREQUENCIES.read("P5M")[0] is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2011-12-15", "2011-12-15"),
        ("2024-03-20T00:00:00+08:00", "2024-03-20T00:00:00+08:00"),
        ("2025-01-31 00:00:00", "2025-01-31T00:00:00"),
        ("2025-01-31T04:05:06.123456Z", "2025-01-31T04:05:06+00:00"),
        ("2021-01-28 GMT 01:51:03.34919300", "2021-01-28T01:51:03+00:00"),
        ("2024", "2024"),
        ("28 Januari 2021", "2021-01-28"),
        ("28/01/2021", "2021-01-28"),
        ("05/05/2021", "2021-05-05"),
    ],
)
def test_a_date_of_a_known_shape_becomes_iso(written, read):
    assert read_moment(written, "issued") == (read, None)


@pytest.mark.parametrize("nothing", [None, "", "-"])
def test_a_dash_is_no_date_and_no_warning(nothing):
    assert read_moment(nothing, "issued") == (None, None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-000001-11-29T16:52:48.000000Z", "date-unreadable"),
        ("2021-02-30", "date-unreadable"),
        ("2021-13-01 00:00:00", "date-unreadable"),
        ("kemarin", "date-unreadable"),
        ("03/04/2024", "date-ambiguous"),
    ],
)
def test_what_is_no_date_is_empty_with_a_warning(written, code):
    value, problem = read_moment(written, "modified")
    assert value is None and problem.code == code and problem.field == "modified" and not problem.severity.blocks


def test_a_period_is_a_year_a_month_or_a_day():
    assert [text for text in ("2018", "2018-07", "2018-07-31", "2018-7", "2018-02-30", "18", "") if is_period(text)] == [
        "2018",
        "2018-07",
        "2018-07-31",
    ]
    assert period_bounds("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
    assert period_bounds("2018-12") == (date(2018, 12, 1), date(2018, 12, 31))
    assert period_bounds("2018") == (date(2018, 1, 1), date(2018, 12, 31))
    assert period_bounds("x") is None


def test_licences_are_found_by_id_title_or_address_and_never_invented():
    for written in ("cc-by", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "http://www.opendefinition.org/licenses/cc-by"):
        assert LICENCES.read(written).id == "CC-BY-4.0"
    assert LICENCES.read("https://creativecommons.org/publicdomain/zero/1.0/").id == "CC0-1.0"
    assert LICENCES.read("") is None and LICENCES.read(None) is None and LICENCES.read("http://www.usa.gov/publicdomain/label/1.0/") is None
    assert LICENCES.known["CC-BY-4.0"].is_open and not LICENCES.known["other-closed"].is_open
