"""Figures that are written soundly and yet cannot be: a thousandfold, a count below zero, a year to come.

All are warnings: a share above 100 may be true (services reach more children than were estimated to be there).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.cells import year_of
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.figures import Array, Figures
from ckanext.ntbsatudata.domain.tables.headers import is_rate_header, words_of
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.values import value_of

MIN_ROWS = 4
MIN_FOR_OUTLIER, OUTLIER = 10, 50
MIN_FOR_HOLES, MOST_HOLES = 50, 2
MIN_WHOLE = 9
UNIT_CHANGE = (300.0, 3000.0)  # persons beside thousands of persons
HIGHEST_SHARE = 200.0
FIRST_YEAR, LAST_YEAR = 1945, 2075
_MAY_BE_NEGATIVE = frozenset({"laju", "pertumbuhan", "perubahan", "selisih", "inflasi", "deflasi", "saldo", "neraca", "lintang", "lat", "latitude", "bujur", "lng", "long", "longitude", "y", "x", "skor", "zscore", "z", "kenaikan", "penurunan", "growth", "net", "margin", "silpa", "surplus", "defisit"})  # fmt: skip
_COVERAGE = frozenset(
    {"cakupan", "capaian", "pelayanan", "imunisasi", "realisasi", "serapan", "apk", "rasio", "kontribusi", "laju", "pertumbuhan", "idl"}
)


def plausibility_problems(table: Table, fields: Sequence[Field], figures: Figures, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Return warnings for figures out of all proportion with their column or their row; cells of `faulty` fields are no blanks."""
    problems = _unit_changes(figures)
    for found, array in zip(figures.fields, figures.arrays, strict=True):
        problems += _negatives(found, array, figures) + _shares(found, array, figures) + _fractions(found, array, figures)
        problems += _outliers(found, array, figures)
        if found.name not in faulty:
            problems += _holes(found, array, figures)
    return problems + _thousandfolds(figures) + _years(table, fields)


def _unit_changes(figures: Figures) -> list[Problem]:
    """Neighbouring year columns whose every row is a thousand times the other: the unit has changed between them."""
    problems = []
    years = [
        (found, array)
        for found, array in zip(figures.fields, figures.arrays, strict=True)
        if year_of(found.name.split(" / ")[-1]) is not None
    ]
    for (before, left), (after, right) in zip(years, years[1:], strict=False):
        with numpy.errstate(divide="ignore", invalid="ignore"):
            ratios = left / right
        ratios = ratios[numpy.isfinite(ratios) & (ratios > 0)]
        if len(ratios) < 2:
            continue
        middle = float(numpy.median(ratios))
        for ratio in (middle, 1 / middle):
            if UNIT_CHANGE[0] <= ratio <= UNIT_CHANGE[1]:
                problems.append(Problem("unit-change", field=after.name, severity=Severity.WARNING, values={"before": before.name}))
    return problems


def _negatives(found: Field, array: Array, place: Figures) -> list[Problem]:
    known = array[~numpy.isnan(array)]
    below = int((known < 0).sum())
    if not 0 < below <= max(1, 0.1 * len(known)) or len(known) < MIN_ROWS or words_of(found.name) & _MAY_BE_NEGATIVE:
        return []
    with numpy.errstate(invalid="ignore"):
        return [
            Problem("negative-value", row=place.record(index), field=found.name, severity=Severity.WARNING)
            for index in numpy.flatnonzero(array < 0)
        ]


def _fractions(found: Field, array: Array, place: Figures) -> list[Problem]:
    """One fraction among whole numbers: 1,5 persons."""
    known = array[~numpy.isnan(array)]
    if len(known) < MIN_WHOLE or is_rate_header(found.name):
        return []
    with numpy.errstate(invalid="ignore"):
        broken = numpy.flatnonzero(numpy.isfinite(array) & (array != numpy.round(array)))
    if not 0 < len(broken) <= max(1, 0.02 * len(known)):
        return []
    return [Problem("fractional-count", row=place.record(index), field=found.name, severity=Severity.WARNING) for index in broken]


def _outliers(found: Field, array: Array, place: Figures) -> list[Problem]:
    """One figure that is fifty times the next largest."""
    sizes = numpy.abs(numpy.nan_to_num(array))
    if len(sizes) < MIN_FOR_OUTLIER:
        return []
    largest, next_largest = numpy.sort(sizes)[-1], numpy.sort(sizes)[-2]
    if next_largest <= 0 or largest < OUTLIER * next_largest or numpy.count_nonzero(sizes) < MIN_FOR_OUTLIER:
        return []
    return [Problem("far-value", row=place.record(int(numpy.argmax(sizes))), field=found.name, severity=Severity.WARNING)]


def _holes(found: Field, array: Array, place: Figures) -> list[Problem]:
    """One or two blanks in a long column of figures."""
    blank = numpy.flatnonzero(numpy.isnan(array))
    if len(array) < MIN_FOR_HOLES or not 0 < len(blank) <= 0.02 * len(array) or len(blank) > MOST_HOLES:
        return []
    return [Problem("missing-value", row=place.record(index), field=found.name, severity=Severity.WARNING) for index in blank]


def _shares(found: Field, array: Array, place: Figures) -> list[Problem]:
    if found.unit != "persen" or words_of(found.name) & _COVERAGE:
        return []
    known = array[~numpy.isnan(array)]
    if len(known) < MIN_ROWS:
        return []
    over = int((known > 100).sum())
    with numpy.errstate(invalid="ignore"):
        far = numpy.flatnonzero(
            array > (HIGHEST_SHARE if over > max(1, 0.1 * len(known)) else 100.0 if float(numpy.median(known)) < 60 else 130.0)
        )
    if len(far) > max(3, 0.1 * len(known)):
        return []
    return [Problem("share-above-100", row=place.record(index), field=found.name, severity=Severity.WARNING) for index in far]


def _thousandfolds(figures: Figures) -> list[Problem]:
    """One figure of a row of years that is a thousand times its neighbours, or a thousandth."""
    years = [index for index, found in enumerate(figures.fields) if year_of(found.name.split(" / ")[-1]) is not None]
    if len(years) < 3:
        return []
    block = numpy.vstack([figures.arrays[index] for index in years])
    with numpy.errstate(divide="ignore", invalid="ignore"):
        middles = (
            numpy.nanmedian(numpy.where(block > 0, block, numpy.nan), axis=1) if block.size and (block > 0).any(axis=1).all() else None
        )
        if middles is None:
            return []
        scaled = block / middles[:, None]  # a change of unit concerns the whole column
        typical = numpy.array(
            [
                numpy.median(values[values > 0]) if (values := column[numpy.isfinite(column)]).size and (values > 0).any() else numpy.nan
                for column in scaled.T
            ]
        )
        ratios = scaled / typical[None, :]
    found = []
    for line, index in enumerate(years):
        for row in numpy.flatnonzero(numpy.isfinite(ratios[line]) & (ratios[line] > 0)):
            ratio = float(ratios[line][row])
            if UNIT_CHANGE[0] <= ratio <= UNIT_CHANGE[1] or UNIT_CHANGE[0] <= 1 / ratio <= UNIT_CHANGE[1]:
                found.append(
                    Problem("thousandfold-value", row=figures.record(row), field=figures.fields[index].name, severity=Severity.WARNING)
                )
    return found if len(found) <= max(2, 0.05 * block.size) else []


def _years(table: Table, fields: Sequence[Field]) -> list[Problem]:
    problems = []
    for found in fields:
        if found.type is not FieldType.YEAR:
            continue
        for record, row in table.sample():
            year = value_of(found, row[found.position]).text
            if year is not None and not FIRST_YEAR <= int(year) <= LAST_YEAR:
                problems.append(Problem("implausible-year", row=record, field=found.name, severity=Severity.WARNING))
    return problems
