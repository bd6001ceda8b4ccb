"""Dates of feeds: ISO 8601 only, moments with an offset. A date is a promise, so it is taken from the dataset and never from the clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.metadata.moments import is_period, period_bounds

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?")


def moment(text: object) -> str | None:
    """Return a day as it is, a moment in whole seconds with its offset (UTC when it has none); None for what is neither."""
    raw = str(text or "")
    if is_period(raw):
        return raw
    found = _MOMENT.fullmatch(raw)
    return f"{found.group(1)}{found.group(2) or 'Z'}" if found else None


def issued(dataset: Mapping[str, Any]) -> str | None:
    return moment(dataset.get("issued")) or moment(dataset.get("metadata_created"))


def modified(dataset: Mapping[str, Any]) -> str | None:
    return moment(dataset.get("modified")) or moment(dataset.get("metadata_modified"))


def interval(dataset: Mapping[str, Any]) -> str | None:
    """Return the period as an ISO 8601 interval of days, `2018-01-01/2024-12-31`; None unless both ends are known."""
    start, end = (period_bounds(str(dataset.get(name) or "")) for name in ("temporal_start", "temporal_end"))
    return f"{start[0].isoformat()}/{end[1].isoformat()}" if start and end else None
