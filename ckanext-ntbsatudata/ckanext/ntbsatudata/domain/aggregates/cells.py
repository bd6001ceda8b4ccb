"""The values of a lattice's cells, added up from the cells that were handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.lattice import Flags, Ints, Lattice, look_up, ravel, unravel

Floats = npt.NDArray[np.float64]
LARGEST = 2.0**46  # sums of a few hundred of these are still exact


@dataclass(frozen=True)
class Records:
    """Cells as handed in: one row for each, positions of codes by dimension, and a value.

    `contributors` and `contributions` (the largest of each cell, in falling order) belong to magnitudes.
    """

    coordinates: Ints
    values: Floats
    contributors: Ints | None = None
    contributions: Sequence[Sequence[float]] = field(default=())


@dataclass(frozen=True)
class CellValues:
    """One entry for each cell of a lattice. `largest`: cells × 2, the two largest contributions (magnitudes only)."""

    values: Floats
    contributors: Ints | None = None
    largest: Floats | None = None


def add_up(lattice: Lattice, records: Records, given: int | None = None) -> CellValues:
    """Return the value of every cell of the lattice.

    `given`: the axis whose codes each carry their own records (measures), sums among them included.

    A record at innermost codes is added to all cells that contain it; a record at a total is checked against the sum,
    or taken as given where its members were not handed in. A measure that a dimension never divides (target children by sex)
    has its records at that dimension's total; they are added up along the others. Raises `AggregateError` when a total disagrees, when a value
    is negative or no number, or when a cell's value does not follow from the records.
    """
    if not ((records.values >= 0) & (records.values <= LARGEST)).all():
        raise AggregateError("Nilai sel harus bilangan nol atau lebih, dan tidak lebih besar daripada yang dapat dihitung tepat.")
    inner = np.ones(len(records.values), dtype=bool)
    for axis, dimension in enumerate(lattice.dimensions):
        if axis == given:
            continue
        is_leaf = np.zeros(len(dimension.codes), dtype=bool)
        is_leaf[[dimension.position[code] for code in dimension.leaves]] = True
        deep = is_leaf[records.coordinates[:, axis]]
        if given is not None and dimension.total is not None and dimension.levels is None:
            measure = records.coordinates[:, given]
            undivided = (records.coordinates[:, axis] == dimension.position[dimension.total]) & ~np.isin(measure, measure[deep])
            deep |= undivided
        inner &= deep
    sums = _sums(lattice, records.coordinates[inner], records.values[inner], given)
    known: Flags = np.full(lattice.size, bool(inner.any()))
    if given is not None:
        known &= np.isin(lattice.coordinates[:, given], np.unique(records.coordinates[inner, given]))
        sums, known = fill(lattice, sums, known)
        absent = _absent(lattice, records, given) & ~known
        if absent.any():  # nobody reported the measure: no value, and nothing to its sums
            sums, known = fill(lattice, np.where(absent, 0.0, sums), known | absent)
    values = sums
    if not inner.all():
        values, known = _with_given_totals(lattice, records, inner, sums, known)
    if (values < -1e-6).any():
        raise AggregateError(f"Bagian lebih besar daripada keseluruhannya pada {int((values < -1e-6).sum())} sel.")
    if not known.all():
        raise AggregateError(f"Nilai {int((~known).sum())} sel tidak mengikuti dari sel yang diberikan.")
    if abs(lattice.equations @ values).max(initial=0) > 1e-6 * max(1.0, float(np.abs(values).max(initial=0))):
        raise AggregateError("Jumlah bagian tidak sama dengan totalnya pada sedikitnya satu sel.")
    if records.contributors is None and not records.contributions:
        return CellValues(values)
    return _with_contributions(lattice, records, inner, values)


def _absent(lattice: Lattice, records: Records, given: int) -> Flags:
    """Return which cells are of a code that has no record at all, complements apart: these follow from their wholes."""
    measures = lattice.dimensions[given]
    without = np.array([code not in measures.unpublished for code in measures.codes])
    without[np.unique(records.coordinates[:, given])] = False
    return np.asarray(without[lattice.coordinates[:, given]])


def _expand(lattice: Lattice, coordinates: Ints, given: int | None) -> tuple[Ints, Ints]:
    """Return (record, cell) for each cell of the lattice that contains the record."""
    record: Ints = np.arange(len(coordinates), dtype=np.int64)
    key: Ints = np.zeros(len(coordinates), dtype=np.int64)
    for axis, dimension in enumerate(lattice.dimensions):
        if axis == given:
            key = key * len(dimension.codes) + coordinates[record, axis]
            continue
        used = np.unique(lattice.coordinates[:, axis])
        containing = dimension.leaf_matrix[used].tocsc()
        leaf_of = np.full(len(dimension.codes), -1, dtype=np.int64)
        leaf_of[[dimension.position[code] for code in dimension.leaves]] = np.arange(len(dimension.leaves))
        if dimension.total is not None and dimension.total not in dimension.leaves:  # a record that is not divided: in the total alone
            total = dimension.position[dimension.total]
            leaf_of[total] = len(dimension.leaves)
            containing = sp.hstack([containing, sp.csc_matrix((used == total).astype(float)[:, None])], format="csc")
        leaf = leaf_of[coordinates[record, axis]]
        start, stop = containing.indptr[leaf], containing.indptr[leaf + 1]
        width = (stop - start).astype(np.int64)
        offset = np.arange(int(width.sum()), dtype=np.int64) - np.repeat(np.cumsum(width) - width, width)
        codes = used[containing.indices[np.repeat(start, width) + offset]]
        record = np.repeat(record, width)
        key = np.repeat(key, width) * len(dimension.codes) + codes
    cell = look_up(lattice.keys, key)
    return record[cell >= 0], cell[cell >= 0]


CHUNK = 200_000


def _sums(lattice: Lattice, coordinates: Ints, values: Floats, given: int | None) -> Floats:
    total = np.zeros(lattice.size)
    for start in range(0, len(values), CHUNK):
        record, cell = _expand(lattice, coordinates[start : start + CHUNK], given)
        total += np.bincount(cell, values[start : start + CHUNK][record], minlength=lattice.size)
    return total


def _with_given_totals(lattice: Lattice, records: Records, inner: Flags, sums: Floats, known: Flags) -> tuple[Floats, Flags]:
    cell = lattice.find(records.coordinates[~inner])
    if (cell < 0).any():
        raise AggregateError(f"{int((cell < 0).sum())} baris total berada di luar silangan yang terdaftar.")
    if len(np.unique(cell)) != len(cell):
        raise AggregateError("Sebuah total diberikan lebih dari satu kali.")
    values = sums.copy()
    if inner.any():
        if np.abs(sums[cell] - records.values[~inner]).max() > 1e-6:
            raise AggregateError("Sebuah total yang diberikan tidak sama dengan jumlah sel-selnya.")
        return values, known
    known = np.zeros(lattice.size, dtype=bool)
    known[cell] = True
    values[cell] = records.values[~inner]
    return fill(lattice, values, known)


def fill(lattice: Lattice, values: Floats, known: Flags) -> tuple[Floats, Flags]:
    """Return the values with every cell filled in that is alone unknown in a sum, again and again."""
    values, known = np.where(known, values, 0.0), known.copy()
    size = abs(lattice.equations)
    while True:
        open_cells = size @ (~known)
        rows = np.flatnonzero(np.isclose(open_cells, 1))
        if not len(rows):
            return values, known
        part = lattice.equations[rows].tocoo()
        at = ~known[part.col]
        row, column, sign = part.row[at], part.col[at], part.data[at]
        values[column] = -(lattice.equations[rows] @ values)[row] / sign
        known[column] = True


def _with_contributions(lattice: Lattice, records: Records, inner: Flags, values: Floats) -> CellValues:
    if not inner.all():
        raise AggregateError("Tabel besaran harus diberikan sebagai sel terdalam beserta penyumbangnya.")
    record, cell = _expand(lattice, records.coordinates, None)
    if records.contributions:
        given = [sorted(one, reverse=True) for one in records.contributions]
        count = np.array([len(one) for one in given], dtype=np.int64)
        top = np.array([[*one[:2], 0.0, 0.0][:2] for one in given])
    else:
        count = np.asarray(records.contributors, dtype=np.int64)
        top = np.stack([records.values, np.zeros(len(count))], axis=1)  # the worst case: one contributor holds all of it
    contributors = np.bincount(cell, count[record], minlength=lattice.size).astype(np.int64)
    # The two largest of each cell: rank all candidates within their cell, keep ranks 0 and 1.
    cells = np.concatenate([cell, cell])
    sizes = np.concatenate([top[record, 0], top[record, 1]])
    order = np.lexsort((-sizes, cells))
    cells, sizes = cells[order], sizes[order]
    rank = np.arange(len(cells)) - np.searchsorted(cells, cells)
    largest = np.zeros((lattice.size, 2))
    for place in (0, 1):
        at = rank == place
        largest[cells[at], place] = sizes[at]
    return CellValues(values, contributors, largest)


def distinct(records: Records, shape: Sequence[int], as_contributions: bool) -> Records:
    """Return one record for each cell; rows of the same cell are added, and are its contributions where asked for."""
    keys = ravel(records.coordinates, shape)
    found, inverse = np.unique(keys, return_inverse=True)
    if len(found) == len(keys):
        return records
    contributions: list[list[float]] = [[] for _ in found] if as_contributions else []
    if as_contributions:
        for at, value in zip(inverse.tolist(), records.values.tolist(), strict=True):
            contributions[at].append(value)
    return Records(unravel(found, shape), np.bincount(inverse, records.values).astype(np.float64), None, contributions)
