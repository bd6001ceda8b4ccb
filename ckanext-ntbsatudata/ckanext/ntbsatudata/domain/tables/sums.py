"""Sums that do not add up: parts beside their sum, and records above their total row.

A sum is believed when most rows keep it; then the rows that do not are named. So no rule is made up, and no share or
average is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.cells import shown
from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.figures import Array, Figures
from ckanext.ntbsatudata.domain.tables.headers import is_rate_header, plain, words_of
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.values import value_of

Mask = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]

BELIEVED_SHARE = 0.6
FEW_WRONG = 0.05
MIN_ROWS = 3
MOST_PARTS = 12
_TOTAL_WORDS = frozenset({"jumlah", "total", "jml", "l+p", "laki+perempuan", "keseluruhan", "seluruhnya", "semua"})


def sum_problems(table: Table, figures: Figures, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Return the rows whose parts do not make their sum, and the totals that are not the sum of the records.

    The totals of the `faulty` fields are left alone: a cell that cannot be read is missing in their sum.
    """
    if table.count < 2:
        return []
    return _row_sums(figures) + _column_totals(table, figures, faulty)


def _row_sums(figures: Figures) -> list[Problem]:
    fields, arrays = figures.fields, figures.arrays
    problems: list[Problem] = []
    explained: set[int] = set()
    for position, found in sorted(enumerate(fields), key=lambda pair: not words_of(pair[1].name) & _TOTAL_WORDS):
        if is_rate_header(found.name) or position in explained:
            continue
        parts = _parts(position, fields, arrays)
        if parts is None:
            continue
        explained |= set(parts)
        total = _added([arrays[part] for part in parts])
        problems += stated_sum_problems(figures, found.name, " + ".join(fields[part].name for part in parts), total, arrays[position])
    return problems


def stated_sum_problems(figures: Figures, name: str, parts: str, total: Array, value: Array) -> list[Problem]:
    """Return the rows in which a field is not the sum of its parts."""
    wrong = numpy.flatnonzero(_wrong(total, value))
    severity = Severity.ERROR if len(wrong) <= max(1, FEW_WRONG * len(value)) else Severity.WARNING  # kept so seldom, it may be no rule
    return [
        Problem(
            "sum-mismatch",
            figures.record(index),
            name,
            severity,
            {"parts": parts, "sum": _figure(total[index]), "value": _figure(value[index])},
        )
        for index in wrong
    ]


def _parts(position: int, fields: Sequence[Field], arrays: Sequence[Array]) -> range | None:
    """Return the neighbours that make up a column, if most rows say so."""
    named = bool(words_of(fields[position].name) & _TOTAL_WORDS) or "+" in fields[position].name
    best: tuple[float, range] | None = None
    for size in range(2, min(MOST_PARTS, len(fields) - 1) + 1):
        for start in (position - size, position + 1):
            parts = range(start, start + size)
            if start < 0 or parts.stop > len(fields) or any(is_rate_header(fields[part].name) for part in parts):
                continue
            members = [arrays[part] for part in parts]
            share = _kept_share(_added(members), arrays[position], members)
            if share >= (BELIEVED_SHARE if named else 0.8) and (best is None or share >= best[0]):
                best = (share, parts)
    return best[1] if best else None


def _added(parts: Sequence[Array]) -> Array:
    total: Array = numpy.sum(numpy.vstack(parts), axis=0)
    return total


def _kept_share(total: Array, value: Array, parts: Sequence[Array]) -> float:
    """Return in which share of the rows, of those that can tell, the parts make the sum."""
    known = ~numpy.isnan(total) & ~numpy.isnan(value)
    telling = known & (sum((numpy.nan_to_num(part) != 0).astype(int) for part in parts) >= 2)
    rows = int(telling.sum())
    if rows < MIN_ROWS:
        return 0.0
    every = known & ((total != 0) | (value != 0))
    return min(int((mask & ~_wrong(total, value)).sum()) / int(mask.sum()) for mask in (telling, every))


def _wrong(total: Array, value: Array) -> Mask:
    with numpy.errstate(invalid="ignore"):
        allowed = numpy.where(value == numpy.round(value), 0.51, 0.0) + 1e-9 * numpy.abs(value) + 0.06
        allowed = numpy.where((total == numpy.round(total)) & (value == numpy.round(value)), 0.01, allowed)
        difference = numpy.abs(total - value) > allowed
    wrong: Mask = ~numpy.isnan(total) & ~numpy.isnan(value) & difference
    return wrong


def region_total_problems(figures: Figures, totals: Sequence[int], faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Return the figures of a region that are not the sum of those within. `totals` is the record that names the region."""
    problems = []
    for record in totals:
        row = int(numpy.flatnonzero(figures.records == record)[0])
        others = ~numpy.isin(figures.records, totals)
        verdicts = []
        for found, array in zip(figures.fields, figures.arrays, strict=True):
            part = array[others]
            if found.name in faulty or is_rate_header(found.name) or numpy.isnan(array[row]) or numpy.isnan(part).any():
                continue
            total, stated = float(part.sum()), float(array[row])
            allowed = 0.01 if stated.is_integer() and total.is_integer() else 0.06 * len(part) + 1e-9 * abs(stated)
            verdicts.append((found, stated, total, abs(stated - total) <= allowed))
        if sum(right for *_, right in verdicts) * 2 >= len(verdicts) > 1:  # else they are no sums
            problems += [
                Problem(
                    "sum-mismatch",
                    row=record,
                    field=found.name,
                    values={"parts": str(int(others.sum())), "sum": _figure(total), "value": _figure(stated)},
                )
                for found, stated, total, right in verdicts
                if not right
            ]
    return problems


def _column_totals(table: Table, figures: Figures, faulty: frozenset[str]) -> list[Problem]:
    problems = []
    for record in table.layout.totals:
        if (
            record > len(table.rows)
            or "rata" in _label(table, record)
            or "rerata" in _label(table, record)
            or "sub" in plain(_label(table, record))
        ):
            continue
        inside = _records_above(table, record)
        verdicts = []
        for found, array in zip(figures.fields, figures.arrays, strict=True):
            stated = _stated(found, table.rows[record - 1][found.position])
            part = array[inside[0] : inside[1]]
            if stated is None or found.name in faulty or is_rate_header(found.name) or not len(part) or numpy.isnan(part).all():
                continue
            total = float(numpy.nansum(part))
            allowed = 0.01 if stated.is_integer() and total.is_integer() else 0.06 * len(part) + 1e-9 * abs(stated)
            verdicts.append((found, stated, total, abs(stated - total) <= allowed))
        kept = sum(right for *_, right in verdicts)
        if len(verdicts) > 2 and kept * 2 < len(verdicts):
            continue  # this row is no sum of these records
        wrong = [abs(stated - total) for _, stated, total, right in verdicts if not right]
        if len(wrong) > 1 and max(wrong) <= 2:
            continue  # each record was rounded, so was the total
        problems += [
            Problem(
                "sum-mismatch",
                row=record,
                field=found.name,
                values={"parts": f"{table.count}", "sum": _figure(total), "value": _figure(stated)},
            )
            for found, stated, total, right in verdicts
            if not right and (kept or 0.5 <= (total / stated if stated else 0) <= 2)
        ]
    return problems


def _records_above(table: Table, record: int) -> tuple[int, int]:
    """Return the slice of the records a total row sums up: those since the total before it, if there are several."""
    apart = sorted({*table.layout.totals, *table.layout.blanks, *table.layout.left_out})
    kept = (
        [number for number in range(table.layout.first, table.layout.last + 1) if number not in set(apart)] if table.count < 50_000 else []
    )
    if not kept:
        return 0, table.count
    earlier = [total for total in table.layout.totals if total < record]
    is_last = record == max(table.layout.totals)
    before = sum(number < record for number in kept)
    if before == 0:
        return 0, len(kept)  # the total stands above its records
    start = 0 if is_last or not earlier else sum(number < max(earlier) for number in kept)
    return start, before


def _label(table: Table, record: int) -> str:
    return next((shown(cell).lower() for cell in table.rows[record - 1] if shown(cell)), "")


def _stated(found: Field, cell: str | None) -> float | None:
    text = value_of(found, cell).text
    return float(text) if text is not None else None


def _figure(number: float) -> str:
    return f"{number:,.10g}".replace(",", "\0").replace(".", ",").replace("\0", ".")
