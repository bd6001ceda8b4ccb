"""Shares that are not what their numerator and denominator make."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.figures import Array, Figures
from ckanext.ntbsatudata.domain.tables.headers import is_rate_header

Mask = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]

BELIEVED_SHARE = 0.8
FEW_WRONG = 0.05
MIN_ROWS = 4
MOST_FIGURES = 15


def rate_problems(figures: Figures) -> list[Problem]:
    """Return the rows in which a share is not numerator over denominator times 100, where most rows keep that."""
    counts = [(found, array) for found, array in zip(figures.fields, figures.arrays, strict=True) if not is_rate_header(found.name)][
        :MOST_FIGURES
    ]
    problems: list[Problem] = []
    for found, rate in zip(figures.fields, figures.arrays, strict=True):
        if found.unit != "persen" or not is_rate_header(found.name):
            continue
        pair = _parts(rate, [array for _, array in counts])
        if pair is None:
            continue
        (above, numerator), (below, denominator) = counts[pair[0]], counts[pair[1]]
        wrong = numpy.flatnonzero(_differs(rate, numerator, denominator))
        severity = Severity.ERROR if len(wrong) <= max(1, FEW_WRONG * len(rate)) else Severity.WARNING
        for index in wrong:
            larger = numerator[index] > denominator[index]
            field, code = (above.name, "numerator-larger") if larger else (found.name, "rate-mismatch")
            values = {"numerator": above.name, "denominator": below.name}
            problems.append(Problem(code, row=figures.record(index), field=field, severity=severity, values=values))
    return problems


def _parts(rate: Array, counts: Sequence[Array]) -> tuple[int, int] | None:
    for above, below in permutations(range(len(counts)), 2):
        known = ~(numpy.isnan(rate) | numpy.isnan(counts[above]) | numpy.isnan(counts[below])) & (counts[below] != 0)
        if int(known.sum()) >= MIN_ROWS and (known & ~_differs(rate, counts[above], counts[below])).sum() >= BELIEVED_SHARE * known.sum():
            return above, below
    return None


def _differs(rate: Array, numerator: Array, denominator: Array) -> Mask:
    with numpy.errstate(divide="ignore", invalid="ignore"):
        right = numerator / denominator * 100
        differs: Mask = (
            numpy.isfinite(right) & numpy.isfinite(rate) & (numpy.abs(right - rate) > numpy.where(rate == numpy.round(rate), 0.51, 0.06))
        )
    return differs
