"""A table in the neutral form, made ready for protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ckanext.ntbsatudata.domain.aggregates.cells import Records, add_up, distinct
from ckanext.ntbsatudata.domain.aggregates.crosses import carries_itself
from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.lattice import Cross, Lattice, build_lattice
from ckanext.ntbsatudata.domain.aggregates.neutral_form import VALUE, NeutralTable
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.suppression.earlier import Vintage
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Table


def neutral_to_protect(neutral: NeutralTable, earlier: Sequence[PublishedRelease] = ()) -> Table:
    """Return the table with its own earlier releases and those of a ledger. Raises `AggregateError` for a bad cell."""
    releases = [*neutral.releases, *earlier]
    lattice = neutral_lattice(neutral, releases)
    must = np.zeros(lattice.size, dtype=bool)
    must[[lattice.find_cell(cell) for cell in neutral.must_publish]] = True
    return Table(
        neutral.name,
        lattice,
        add_up(lattice, neutral_records(neutral)),
        neutral.policy,
        must,
        vintages_of(lattice, neutral.dimensions, neutral.period, releases),
    )


def neutral_lattice(neutral: NeutralTable, earlier: Sequence[PublishedRelease] = ()) -> Lattice:
    """Return the cells and sums; crosses in a circle bring the innermost cells with them, unpublished.

    Cells of `earlier` releases that lie outside the crosses of today belong to it too.
    """
    registered = [_cross(neutral, names) for names in neutral.crosses]
    inner = () if carries_itself(neutral.crosses) else (_cross(neutral, frozenset(d.name for d in neutral.dimensions)),)
    places = [release.positions(neutral.dimensions, neutral.period) for release in earlier]
    return build_lattice(neutral.dimensions, registered, inner, [coordinates[belongs] for coordinates, belongs in places])


def neutral_records(neutral: NeutralTable) -> Records:
    """Return the cells to be protected. Raises `AggregateError` for an unknown code or a value that is no number."""
    cells, dimensions = neutral.cells, neutral.dimensions
    coordinates = np.array([_position(dimensions, cell) for cell in cells], dtype=np.int64).reshape(-1, len(dimensions))
    values = np.array([_value(cell) for cell in cells], dtype=float)
    contributions = [cell["contributions"] for cell in cells if "contributions" in cell]
    contributors = [cell["contributors"] for cell in cells if "contributors" in cell]
    for given in (contributions, contributors):
        if given and len(given) != len(cells):
            raise AggregateError("Penyumbang harus disebut pada setiap sel, atau tidak pada satu pun.")
    if contributions and max(abs(sum(one) - v) for one, v in zip(contributions, values, strict=True)) > 1e-6:
        raise AggregateError("Jumlah sumbangan tidak sama dengan nilai selnya.")
    records = Records(coordinates, values, np.array(contributors, dtype=np.int64) if contributors else None, contributions)
    if contributions or contributors:
        return records
    return distinct(records, tuple(len(d.codes) for d in dimensions), as_contributions=neutral.policy.for_magnitudes)


def vintages_of(
    lattice: Lattice, dimensions: Sequence[Dimension], period: str | None, releases: Sequence[PublishedRelease]
) -> list[Vintage]:
    """Return the earlier releases as cells of the lattice, which must have been built with them."""
    vintages = []
    for release in releases:
        coordinates, belongs = release.positions(dimensions, period)
        values = np.array([np.nan if value is None else value for value in release.values], dtype=float)
        if belongs.any():
            vintages.append(Vintage(lattice.find(coordinates[belongs]), values[belongs]))
    return vintages


def _cross(neutral: NeutralTable, names: frozenset[str]) -> Cross:
    return Cross(tuple(d.codes if d.name in names else (_total(d),) for d in neutral.dimensions))


def _total(dimension: Dimension) -> str:
    if dimension.total is None:
        raise AggregateError(f"Dimensi {dimension.name} tidak punya total, padahal ada silangan tanpa dimensi itu.")
    return dimension.total


def _position(dimensions: Sequence[Dimension], cell: Mapping[str, Any]) -> list[int]:
    try:
        return [d.position[str(cell[d.name])] for d in dimensions]
    except KeyError as error:
        raise AggregateError("Sebuah sel menyebut kode yang tidak ada dalam dimensinya, atau tidak lengkap.") from error


def _value(cell: Mapping[str, Any]) -> float:
    value = cell.get(VALUE)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AggregateError(f"Sebuah sel tidak punya {VALUE} berupa bilangan.")
    return float(value)
