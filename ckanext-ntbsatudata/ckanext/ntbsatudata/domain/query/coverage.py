"""Which regions and years a dataset covers, from its metadata and, where that is silent, from its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.places import PlaceNames

FIRST_YEAR, LAST_YEAR = 1945, 2100
_RANGE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:-|–|/|s\.?/?d\.?|sampai|hingga)\s*((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
LONGEST_RANGE = 60


@dataclass(frozen=True)
class Coverage:
    """`codes`: the regions themselves; `within`: these and all regions they lie in; `years`."""

    codes: tuple[str, ...]
    within: tuple[str, ...]
    years: tuple[int, ...]


def coverage(codes: Iterable[str], period: tuple[str, str], texts: Iterable[str], places: PlaceNames) -> Coverage:
    """Return the coverage.

    `codes` are codes of Kemendagri, `period` the first and last day as ISO dates (either may be empty), `texts` titles, names of
    resources and of the organisation.
    """
    texts = list(texts)
    found = dict.fromkeys(code.strip() for code in codes if code.strip())
    if not found:
        for text in texts:
            for mention in places.mentions(words(text)):
                if len(mention.places) == 1:
                    found[mention.places[0].code] = None
    within = dict.fromkeys(found)
    for code in found:
        parts = code.split(".")
        within.update(dict.fromkeys(".".join(parts[:count]) for count in range(1, len(parts))))
    years = _years_between(*(_year(day) for day in period))
    for text in texts:
        years |= _years_in(text)
    return Coverage(tuple(found), tuple(within), tuple(sorted(years)))


def _year(day: str) -> int | None:
    return int(day[:4]) if re.match(r"(?:19|20)\d\d", day) else None


def _years_between(first: int | None, last: int | None) -> set[int]:
    first, last = first or last, last or first
    if first is None or last is None or not first <= last <= first + LONGEST_RANGE:
        return {year for year in (first, last) if year is not None}
    return set(range(first, last + 1))


def _years_in(text: str) -> set[int]:
    years = {int(year) for year in _YEAR.findall(text)}
    for first, last in _RANGE.findall(text):
        years |= _years_between(int(first), int(last))
    return {year for year in years if FIRST_YEAR <= year <= LAST_YEAR}
