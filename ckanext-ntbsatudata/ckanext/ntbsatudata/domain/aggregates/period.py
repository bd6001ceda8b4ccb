"""Periods: months, and the quarters, half-years and years that are sums of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ckanext.ntbsatudata.domain.aggregates.dimension import Sum
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
LENGTHS = {"triwulan": 3, "semester": 6, "tahun": 12}
KINDS = {
    "bulan": MONTH,
    "triwulan": re.compile(r"\d{4}-TW[1-4]"),
    "semester": re.compile(r"\d{4}-S[12]"),
    "tahun": re.compile(r"\d{4}"),
}


def kind_of(code: str) -> str:
    """Return bulan, triwulan, semester or tahun. Raises `AggregateError` for any other form."""
    for kind, form in KINDS.items():
        if form.fullmatch(code):
            return kind
    raise AggregateError("Kode periode harus berbentuk 2026-03, 2026-TW1, 2026-S1 atau 2026.")


def months_of(code: str) -> tuple[str, ...]:
    """Return the months a period is made of. Raises `AggregateError` for a code of no known form."""
    kind = kind_of(code)
    year = code[:4]
    if kind == "bulan":
        return (code,)
    length = LENGTHS[kind]
    first = 1 if kind == "tahun" else (int(code[-1]) - 1) * length + 1
    return tuple(f"{year}-{month:02d}" for month in range(first, first + length))


def totals_of(months: Sequence[str], kinds: Sequence[str]) -> list[Sum]:
    """Return the sums of the kinds asked for whose months are all at hand: over months first, then over shorter sums."""
    at_hand = set(months)
    found: dict[str, tuple[str, ...]] = {}
    for kind in sorted(kinds, key=lambda one: LENGTHS.get(one, 0)):
        if kind not in LENGTHS:
            raise AggregateError(f"Jumlah periode {kind} tidak dikenal; yang ada: {', '.join(LENGTHS)}.")
        for year in sorted({month[:4] for month in months}):
            for code in _codes(year, kind):
                if set(months_of(code)) <= at_hand:
                    found[code] = months_of(code)
    sums = [Sum(code, members) for code, members in found.items()]
    for code, members in found.items():
        for length in sorted({len(other) for other in found.values() if len(other) < len(members)}):
            parts = tuple(other for other, inside in found.items() if len(inside) == length and set(inside) <= set(members))
            if len(parts) * length == len(members):
                sums.append(Sum(code, parts))
    return sums


def _codes(year: str, kind: str) -> list[str]:
    if kind == "tahun":
        return [year]
    mark = {"triwulan": "TW", "semester": "S"}[kind]
    return [f"{year}-{mark}{number}" for number in range(1, 12 // LENGTHS[kind] + 1)]
