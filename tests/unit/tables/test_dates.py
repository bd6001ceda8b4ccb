"""How dates are written, in eight shapes and more."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.tables.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    DateVote,
    canonical_compact_date,
    canonical_date,
    date_vote,
    has_open_order,
    looks_like_date,
    serial_date,
)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-04",
        "2024/3/4",
        "04/03/2024",
        "4-3-2024",
        "04.03.2024",
        "4 Maret 2024",
        "04-Mar-24",
        "Senin, 4 Maret 2024",
        "Maret 4, 2024",
        "2024-03-04 00:00:00",
    ],
)
def test_every_shape_gives_the_same_day(written):
    assert canonical_date(written, DAY_FIRST)[:10] == "2024-03-04"


def test_the_order_belongs_to_the_column():
    assert canonical_date("03/04/2024", DAY_FIRST) == "2024-04-03"
    assert canonical_date("03/04/2024", MONTH_FIRST) == "2024-03-04"


def test_a_month_alone_and_a_time_are_kept():
    assert canonical_date("Nopember 2023") == "2023-11"
    assert canonical_date("16/11/2021 07:25") == "2021-11-16T07:25:00"
    assert canonical_date("01/05/2024 2:10 PM") == "2024-05-01T14:10:00"


@pytest.mark.parametrize("written", ["31/02/2024", "2024-13-01", "45/13/2021", "0000-00-00"])
def test_an_impossible_date_is_none_though_it_looks_like_one(written):
    assert canonical_date(written, DAY_FIRST) is None
    assert looks_like_date(written)


def test_eight_digits_and_day_counts_of_a_spreadsheet():
    assert canonical_compact_date("20240304") == "2024-03-04"
    assert canonical_compact_date("52010304") is None
    assert serial_date(45000) == "2023-03-15"  # as Excel shows it
    assert serial_date(12) is None


def test_only_days_above_twelve_decide_the_order():
    assert date_vote(["13/01/2024", "02/03/2024", "01/01/2024"]) == DateVote(day_first=1, month_first=0, open=1)
    assert not has_open_order("01/01/2024")
