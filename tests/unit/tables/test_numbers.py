"""How numbers are written in Indonesian tables."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.tables.numbers import COMMA, POINT, DecimalVote, canonical_number, decimal_vote, is_number


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("685.161,0", "685161.0"),
        ("1 067,7", "1067.7"),
        ("1\u00a0067,7", "1067.7"),
        ("5.473,7", "5473.7"),
        ("721,5", "721.5"),
        ("1.234.567", "1234567"),
        ("Rp6.000.000", "6000000"),
        ("Rp 1.250.000,50", "1250000.50"),
        ("Rp 5.000,-", "5000"),
        ("-11,44%", "-11.44"),
        ("12,5 %", "12.5"),
        ("(25)", "-25"),
        ("5.320,1*", "5320.1"),
        ("1.300,1**", "1300.1"),
        ("'1200", "1200"),
        ("−3,2", "-3.2"),
    ],
)
def test_a_number_with_a_decimal_comma_is_read(written, meant):
    assert canonical_number(written, COMMA) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("24,777.18", "24777.18"), ("0.0001", "0.0001"), (".5", "0.5"), ("1e5", "1e5"), ("-4", "-4")]
)
def test_a_number_with_a_decimal_point_is_read(written, meant):
    assert canonical_number(written, POINT) == meant


@pytest.mark.parametrize("text", ["dua puluh", "12 orang", "1.0.5", "1,2,3", "2023-01-05", "12-15", "1O5", "", "Rp", "%"])
def test_what_is_no_number_stays_none(text):
    assert not is_number(text)


def test_a_point_among_commas_is_never_converted():
    assert canonical_number("11.34", COMMA) is None
    assert canonical_number("12,5", POINT) is None


def test_only_cells_that_leave_no_choice_decide_the_mark():
    # 12,5 fits a comma only; 1.234 and 2.500 fit both; 7 tells nothing
    assert decimal_vote(["12,5", "1.234", "2.500", "7"]) == DecimalVote(comma=1, point=0, open=2)
