"""Dates as catalogues write them, read into ISO 8601. Day and month are never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime

from ckanext.ntbsatudata.domain.problems import Problem, Severity

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|[+-]\d{2}:?\d{2})?")
_GMT = re.compile(r"(\d{4}-\d{2}-\d{2}) GMT (\d{2}:\d{2}:\d{2})(?:\.\d+)?")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_WORDS = re.compile(r"(\d{1,2}) ([A-Za-z]+) (\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("januari january jan", "februari february feb", "maret march mar", "april apr", "mei may", "juni june jun", "juli july jul",
         "agustus august agu aug", "september sep", "oktober october okt oct", "november nov", "desember december des dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip


def is_period(text: str) -> bool:
    """True for a year, a month or a day in ISO 8601: 2018, 2018-07, 2018-07-01."""
    found = _PERIOD.fullmatch(text)
    if not found:
        return False
    year, month, day = (int(part or 1) for part in found.groups())
    return _date(year, month, day) is not None


def period_bounds(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period, or None."""
    found = _PERIOD.fullmatch(text or "")
    if not found or not is_period(text):
        return None
    year, month, day = found.groups()
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first
    if month:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return first, date.fromordinal(following.toordinal() - 1)
    return first, date(first.year, 12, 31)


def read_moment(text: object, field: str) -> tuple[str | None, Problem | None]:
    """Return a date or a moment in ISO 8601, and a warning when a text was there that is none. Blank and «-» say nothing.

    A moment keeps its offset; without one it is given as written. A negative year and an impossible day are no dates.
    """
    raw = "" if text is None else str(text).strip()
    if raw in ("", "-"):
        return None, None
    if is_period(raw):
        return raw, None
    found = _GMT.fullmatch(raw)
    if found:
        return f"{found.group(1)}T{found.group(2)}+00:00", None
    found = _ISO.fullmatch(raw)
    if found and _moment(raw):
        day, clock, _fraction, offset = found.groups()
        clock = clock if clock.count(":") == 2 else clock + ":00"
        offset = "" if offset is None else "+00:00" if offset == "Z" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
        return f"{day}T{clock}{offset}", None
    return _day(raw, field)


def _day(raw: str, field: str) -> tuple[str | None, Problem | None]:
    found = _WORDS.fullmatch(raw)
    if found and found.group(2).casefold() in _MONTHS:
        day = _date(int(found.group(3)), _MONTHS[found.group(2).casefold()], int(found.group(1)))
        return (day.isoformat(), None) if day else (None, _unreadable(raw, field))
    found = _NUMBERS.fullmatch(raw)
    if found:
        first, second, year = map(int, found.groups())
        if first <= 12 and second <= 12 and first != second:
            return None, Problem("date-ambiguous", field=field, severity=Severity.WARNING, values={"value": raw})
        day = _date(year, second, first) or _date(year, first, second)
        return (day.isoformat(), None) if day else (None, _unreadable(raw, field))
    return None, _unreadable(raw, field)


def _unreadable(raw: str, field: str) -> Problem:
    return Problem("date-unreadable", field=field, severity=Severity.WARNING, values={"value": raw[:40]})


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(raw: str) -> bool:
    try:
        datetime.strptime(raw[:16].replace("T", " "), "%Y-%m-%d %H:%M")
    except ValueError:
        return False
    return True
