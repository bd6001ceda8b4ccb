"""The long table: all periods that are public, each as its newest release has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease


def all_periods(dimension: str, releases: Sequence[PublishedRelease]) -> PublishedRelease:
    """Return the releases of one table, oldest first, as one: every period from the newest that has it, cells in order of their codes.

    Named as the last one. Raises `AggregateError` when the releases do not have the same dimensions.
    """
    newest = releases[-1]
    names = list(newest.codes)
    if any(set(one.codes) != set(names) for one in releases):
        raise AggregateError(f"Rilis terdahulu tabel {newest.table} punya dimensi lain; tabel dengan dimensi baru perlu nama baru.")
    source = {code: place for place, one in enumerate(releases) for code in one.codes[dimension]}
    rows = [
        (cell[names.index(dimension)], cell, value, status)
        for place, one in enumerate(releases)
        for cell, value, status in zip(zip(*(one.codes[name] for name in names), strict=True), one.values, one.statuses, strict=True)
        if source[cell[names.index(dimension)]] == place
    ]
    rows.sort(key=lambda row: row[:2])  # a value may be None, which has no order
    columns = zip(*(cell for _, cell, _, _ in rows), strict=True) if rows else ([] for _ in names)
    codes = {name: list(column) for name, column in zip(names, columns, strict=True)}
    return replace(newest, codes=codes, values=[value for _, _, value, _ in rows], statuses=[status for *_, status in rows])
