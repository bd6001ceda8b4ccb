"""Dates of range queries: `2024-01-31T00:00:00Z`, `NOW`, `NOW-1MONTH/DAY`.

Source: Apache Solr 9 reference guide, "Date Formatting and Date Math".
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from dateutil.relativedelta import relativedelta

_WHOLE = re.compile(r"(NOW|\d{4,}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)?)?)?Z?)((?:[+-]\d+[A-Z]+|/[A-Z]+)*)")
_STEP = re.compile(r"([+-]\d+|/)([A-Z]+)")
_UNITS = {"YEAR": "years", "MONTH": "months", "DAY": "days", "DATE": "days", "HOUR": "hours", "MINUTE": "minutes", "SECOND": "seconds"}
_ORDER = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_LOWEST = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def moment(text: str, now: datetime | None = None) -> float:
    """Return the seconds since 1970. Raises `ValueError` for what is neither a date nor date math."""
    whole = _WHOLE.fullmatch(text.strip())
    if whole is None:
        raise ValueError(f"not a date: {text[:60]!r}")
    start, steps = whole.groups()
    at = (now or datetime.now(timezone.utc)) if start == "NOW" else _date(start.removesuffix("Z"))
    for amount, unit in _STEP.findall(steps):
        at = _step(at, amount, unit)
    return at.timestamp()


def _date(text: str) -> datetime:
    numbers = [int(part) for part in re.findall(r"\d+", text)[:6]]
    fraction = float("0." + text.partition(".")[2]) if "." in text else 0.0
    year, month, day, hour, minute, second = (*numbers, *(1, 1, 1, 0, 0, 0)[len(numbers) :])
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc) + timedelta(seconds=fraction)


def _step(at: datetime, amount: str, unit: str) -> datetime:
    name = unit.removesuffix("S") if unit not in ("MILLIS", "MILLISECONDS") else unit
    if name in ("MILLI", "MILLIS", "MILLISECOND", "MILLISECONDS"):
        return at if amount == "/" else at + timedelta(milliseconds=int(amount))
    if name not in _UNITS:
        raise ValueError(f"not a unit of time: {unit}")
    try:
        if amount != "/":
            return at + relativedelta(**{_UNITS[name]: int(amount)})
    except (OverflowError, ValueError) as error:
        raise ValueError(f"out of range: {amount}{unit}") from error
    finer = _ORDER[_ORDER.index({"DATE": "day"}.get(name, name.lower())) + 1 :]
    return at.replace(**{part: _LOWEST[part] for part in finer})
