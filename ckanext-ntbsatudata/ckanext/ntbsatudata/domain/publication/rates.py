"""Rates beside the counts they come from: published where both numerator and denominator are, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, RateSpec
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status

ORDER = (Status.NOT_SCHEDULED, Status.NOT_AVAILABLE, Status.INCOMPLETE, Status.HIDDEN, Status.PROVISIONAL, Status.SHOWN)


def with_rates(release: PublishedRelease, rates: Sequence[RateSpec]) -> PublishedRelease:
    """Return the release with the rows of its rates added.

    A rate takes the graver status of its two counts; over a denominator of zero it is not available, never 0.
    """
    if not rates:
        return release
    names = list(release.codes)
    axis = names.index(MEASURE)
    cells = list(zip(*release.codes.values(), strict=True))
    found = {cell: (value, Status(status)) for cell, value, status in zip(cells, release.values, release.statuses, strict=True)}
    columns = {name: list(column) for name, column in release.codes.items()}
    values, statuses = list(release.values), list(release.statuses)
    for rate in rates:
        for cell in cells:
            if cell[axis] != rate.numerator:
                continue
            whole = found.get((*cell[:axis], rate.denominator, *cell[axis + 1 :]))
            if whole is None:
                continue
            value, status = _rate(rate, found[cell], whole)
            for name, code in zip(names, (*cell[:axis], rate.code, *cell[axis + 1 :]), strict=True):
                columns[name].append(code)
            values.append(value)
            statuses.append(status.value)
    return replace(release, codes=columns, values=values, statuses=statuses)


def _rate(rate: RateSpec, part: tuple[float | None, Status], whole: tuple[float | None, Status]) -> tuple[float | None, Status]:
    status = min(part[1], whole[1], key=ORDER.index)
    if part[0] is None or whole[0] is None:
        return None, status
    if whole[0] == 0:
        return None, Status.NOT_AVAILABLE
    return round(part[0] / whole[0] * rate.per, rate.decimals), status
