"""How dates are written, in the shapes met in real tables; what is written is ISO 8601.

`03/04/2024` is the third of April or the fourth of March. The order belongs to the column and is taken from the cells
that leave no choice; where there is none, the question is put.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"

_MONTH_NAMES = {
    1: "januari january jan", 2: "februari february pebruari feb peb", 3: "maret march mar mrt", 4: "april apr", 5: "mei may",
    6: "juni june jun", 7: "juli july jul", 8: "agustus august agu ags agt agst aug", 9: "september sep sept", 10: "oktober october okt oct",
    11: "november nopember nov nop", 12: "desember december des dec",
}  # fmt: skip
MONTHS = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}
_NAME = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = re.compile(r"^(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*,?\s+", re.IGNORECASE)
_TIME = re.compile(r"(?:[ T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(am|pm|wita|wib|wit|z|[+-]\d{2}:?\d{2})?)$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_DAY_NAME = re.compile(rf"(\d{{1,2}})[\s\-/.]+{_NAME}[\s\-/.,]+(\d{{4}}|\d{{2}})", re.IGNORECASE)
_NAME_DAY = re.compile(rf"{_NAME}\s+(\d{{1,2}}),?\s+(\d{{4}})", re.IGNORECASE)
_NAME_YEAR = re.compile(rf"{_NAME}[\s\-/.,']+(\d{{4}})", re.IGNORECASE)
_COMPACT = re.compile(r"(19|20)(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])")


@dataclass(frozen=True)
class DateVote:
    """What the cells of a column say about the order of day and month."""

    day_first: int = 0
    month_first: int = 0
    open: int = 0


def _split_time(text: str) -> tuple[str, str | None]:
    plain = _WEEKDAY.sub("", text.strip().lstrip("'"))
    match = _TIME.search(plain)
    if match is None or not match[1]:
        return plain, None
    hour, half = int(match[1]), (match[4] or "").lower()
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    if hour > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return plain, None
    return plain[: match.start()], f"{hour:02d}:{match[2]}:{match[3] or '00'}"


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else (2000 + year if year < 50 else 1900 + year)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def canonical_date(text: str, order: str = DAY_FIRST) -> str | None:
    """Return `2024-03-04`, `2024-03-04T08:15:00` or, for a month alone, `2024-03`; None when it is no date."""
    plain, clock = _split_time(text)
    if match := _YEAR_FIRST.fullmatch(plain):
        day = _iso(int(match[1]), int(match[3]), int(match[4]))
    elif match := _YEAR_LAST.fullmatch(plain):
        first, second = int(match[1]), int(match[3])
        day = _iso(_year(match[4]), *((second, first) if order == DAY_FIRST else (first, second)))
    elif match := _DAY_NAME.fullmatch(plain):
        day = _iso(_year(match[3]), MONTHS[match[2].lower()], int(match[1]))
    elif match := _NAME_DAY.fullmatch(plain):
        day = _iso(int(match[3]), MONTHS[match[1].lower()], int(match[2]))
    elif match := _NAME_YEAR.fullmatch(plain):
        return f"{match[2]}-{MONTHS[match[1].lower()]:02d}"
    else:
        return None
    if day is None:
        return None
    return f"{day}T{clock}" if clock else day


def canonical_compact_date(text: str) -> str | None:
    """Return the ISO date of `20240304`, which only a date column may hold."""
    match = _COMPACT.fullmatch(text.strip())
    return _iso(int(match[1] + match[2]), int(match[3]), int(match[4])) if match else None


def is_date(text: str) -> bool:
    """Return whether a cell is a date in one order or the other."""
    return canonical_date(text, DAY_FIRST) is not None or canonical_date(text, MONTH_FIRST) is not None


def looks_like_date(text: str) -> bool:
    """Return whether a cell is written as a date, possible or not: `31/02/2024` is, and is wrong."""
    plain, _ = _split_time(text)
    return any(shape.fullmatch(plain) for shape in (_YEAR_FIRST, _YEAR_LAST, _DAY_NAME, _NAME_DAY, _NAME_YEAR))


def has_open_order(text: str) -> bool:
    """Return whether day and month of a cell may be changed round to another date."""
    plain, _ = _split_time(text)
    match = _YEAR_LAST.fullmatch(plain)
    return bool(match) and match is not None and match[1] != match[3] and int(match[1]) <= 12 and int(match[3]) <= 12


def date_vote(texts: Iterable[str]) -> DateVote:
    """Count the cells that can only be day first, only month first, and those that can be both."""
    day_first = month_first = either = 0
    for text in texts:
        plain, _ = _split_time(text)
        match = _YEAR_LAST.fullmatch(plain)
        if match is None:
            continue
        if has_open_order(text):
            either += 1
        elif int(match[1]) > 12 and canonical_date(text, DAY_FIRST):
            day_first += 1
        elif int(match[3]) > 12 and canonical_date(text, MONTH_FIRST):
            month_first += 1
    return DateVote(day_first, month_first, either)


def serial_date(number: float) -> str | None:
    """Return the ISO date of a day count as Excel keeps it (45000 is 2023-03-15), or None outside 1950 to 2100."""
    if not 18264 <= number <= 73415:
        return None
    return date.fromordinal(datetime(1899, 12, 30).toordinal() + int(number)).isoformat()
