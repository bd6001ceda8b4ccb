"""Quantiles beside the bands they are read off: published where the count and all its bands are, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.quantile import QuantileSpec
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.rates import ORDER


def with_quantiles(release: PublishedRelease, quantiles: Sequence[QuantileSpec], totals: dict[str, str]) -> PublishedRelease:
    """Return the release with the rows of its quantiles added, at the totals of their bands. `totals`: total code by dimension.

    A quantile takes the gravest status of its count and bands; of too few, or beyond the last edge, it is not available.
    """
    if not quantiles:
        return release
    names = list(release.codes)
    measure = names.index(MEASURE)
    cells = list(zip(*release.codes.values(), strict=True))
    found = {cell: (value, Status(status)) for cell, value, status in zip(cells, release.values, release.statuses, strict=True)}
    columns = {name: list(column) for name, column in release.codes.items()}
    values, statuses = list(release.values), list(release.statuses)
    for one in quantiles:
        axis, total = names.index(one.over), totals[one.over]
        bands = sorted({cell[axis] for cell in cells} - {total})
        for cell in cells:
            if cell[measure] != one.measure or cell[axis] != total:
                continue
            parts = {band: found.get((*cell[:axis], band, *cell[axis + 1 :])) for band in bands}
            there = {band: part for band, part in parts.items() if part is not None}
            status = min((part[1] for part in (found[cell], *there.values())), key=ORDER.index)
            value = None
            if len(there) == len(bands) and status.has_value:
                value = one.of({band: part[0] or 0.0 for band, part in there.items()}, found[cell][0] or 0.0)
                status = status if value is not None else Status.NOT_AVAILABLE
            for name, code in zip(names, (*cell[:measure], one.code, *cell[measure + 1 :]), strict=True):
                columns[name].append(code)
            values.append(value)
            statuses.append(status.value)
    return replace(release, codes=columns, values=values, statuses=statuses)
