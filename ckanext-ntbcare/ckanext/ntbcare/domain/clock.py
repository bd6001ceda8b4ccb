"""Times as the sources write them, and whether their hours can be used.

NTB Care's screens export `d-m-Y h:i`: a twelve-hour clock without AM or PM (asyncrode/ntbcare, controllers). The day is sure, the
hour is not: such a column tells months and never a duration.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d-%m-%Y %I:%M %p", "%d-%m-%Y %I:%M:%S %p", "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M", "%Y-%m-%d", "%d-%m-%Y",
)  # fmt: skip
UNMARKED = r"^\d{1,2}-\d{1,2}-\d{4} \d{1,2}:\d{2}(:\d{2})?$"  # day first, hours without AM or PM
WITH_HOURS = r":\d{2}"


class Clock(Enum):
    """What the hours of one column are worth."""

    SURE = "sure"
    TWELVE_HOURS_WITHOUT_AM_PM = "jam-tanpa-am-pm"


def clock_of(unmarked_hours: Iterable[int]) -> Clock:
    """Return the clock of a column from the hours of its unmarked values (`UNMARKED`), 0 to 23.

    One hour of 0 or from 13 on proves a day of 24 hours. Without such a proof nobody can tell 1:30 from 13:30.
    """
    hours = set(unmarked_hours)
    if hours and all(1 <= hour <= 12 for hour in hours):
        return Clock.TWELVE_HOURS_WITHOUT_AM_PM
    return Clock.SURE


def moment(column: str) -> str:
    """Return the SQL of a text column read as a time, NULL where it has no known form."""
    formats = ", ".join(f"'{one}'" for one in FORMATS)
    return f"try_strptime(trim({column}), [{formats}])"


def hours_known(column: str, clock: Clock) -> str:
    """Return the SQL that tells whether the hours of a value can be used."""
    known = f"regexp_matches({column}, '{WITH_HOURS}')"
    return known if clock is Clock.SURE else f"({known} AND NOT regexp_matches(trim({column}), '{UNMARKED}'))"
