"""The lattice of a table: every cell at a registered cross, and every sum among them, as one sparse system.

`equations @ values == 0` holds for the true values. Where the registered crosses alone do not carry all that follows from
the innermost cells (AB, AC and BC of three dimensions), the innermost cells are part of the lattice, never published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cross:
    """The codes of each dimension, in the dimensions' order, whose combinations are published."""

    codes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Lattice:
    """`coordinates`: cells × dimensions, positions of codes. `published`: may be shown. `equations`: sums × cells, total −1."""

    dimensions: tuple[Dimension, ...]
    coordinates: Ints
    published: Flags
    equations: sp.csr_matrix

    @property
    def size(self) -> int:
        return int(self.coordinates.shape[0])

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension.codes) for dimension in self.dimensions)

    @cached_property
    def keys(self) -> Ints:
        """One sorted number for each cell: its coordinates raveled."""
        return ravel(self.coordinates, self.shape)

    @cached_property
    def level_labels(self) -> npt.NDArray[np.object_]:
        """The names of each cell's levels and measure, joined by a space; `semua sel` without levels."""
        label = np.full(self.size, "", dtype=object)
        for axis, dimension in enumerate(self.dimensions):
            if dimension.levels is not None:
                names = np.array([dimension.levels.get(code, code) for code in dimension.codes], dtype=object)
                label = label + " " + names[self.coordinates[:, axis]]
        return np.array([str(one).strip() or "semua sel" for one in label], dtype=object)

    @cached_property
    def rank(self) -> Ints:
        """Steps each cell lies above the innermost codes of the longest dimension (of regions: 0 desa, 1 kecamatan, …)."""
        axis = int(np.argmax([len(d.codes) for d in self.dimensions]))
        dimension = self.dimensions[axis]
        steps = np.zeros(len(dimension.codes), dtype=np.int64)
        for _ in dimension.sums:
            before = steps.copy()
            for one in dimension.sums:
                at = dimension.position[one.total]
                steps[at] = max(int(steps[at]), 1 + max(int(steps[dimension.position[code]]) for code in one.members))
            if np.array_equal(before, steps):
                break
        return np.asarray(steps[self.coordinates[:, axis]])

    def cell(self, number: int) -> dict[str, str]:
        """Return the codes of one cell by dimension name."""
        return {d.name: d.codes[at] for d, at in zip(self.dimensions, self.coordinates[number], strict=True)}

    def find(self, coordinates: Ints) -> Ints:
        """Return the cell numbers of the coordinates, −1 where the lattice has no such cell."""
        if not len(coordinates):
            return np.zeros(0, dtype=np.int64)
        return look_up(self.keys, ravel(coordinates, self.shape))

    def find_cell(self, codes: Mapping[str, Any]) -> int:
        """Return the number of one cell. Raises `AggregateError` for an unknown code or a cell outside the registry."""
        try:
            at = [d.position[str(codes[d.name])] for d in self.dimensions]
        except KeyError as error:
            raise AggregateError("Sel menyebut dimensi atau kode yang tidak ada dalam tabel.") from error
        number = int(self.find(np.array([at], dtype=np.int64))[0])
        if number < 0:
            raise AggregateError("Sel berada di luar silangan yang terdaftar.")
        return number


def ravel(coordinates: Ints, shape: Sequence[int]) -> Ints:
    key: Ints = np.zeros(len(coordinates), dtype=np.int64)
    for axis, size in enumerate(shape):
        key = key * size + coordinates[:, axis]
    return key


def unravel(keys: Ints, shape: Sequence[int]) -> Ints:
    columns = []
    for size in reversed(shape):
        columns.append(keys % size)
        keys = keys // size
    return np.stack(columns[::-1], axis=1) if columns else np.zeros((len(keys), 0), dtype=np.int64)


def look_up(sorted_keys: Ints, keys: Ints) -> Ints:
    at = np.searchsorted(sorted_keys, keys)
    at = np.minimum(at, len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == keys, at, -1)


def build_lattice(
    dimensions: Sequence[Dimension], crosses: Sequence[Cross], unpublished: Sequence[Cross] = (), earlier: Sequence[Ints] = ()
) -> Lattice:
    """Return the lattice of the registered crosses.

    The `unpublished` crosses, and the coordinates of cells that went public `earlier`, join it as cells not shown now.
    """
    shape = tuple(len(d.codes) for d in dimensions)
    shown = _keys_of(dimensions, crosses, shape)
    keys = np.unique(np.concatenate([shown, _keys_of(dimensions, unpublished, shape), *(ravel(one, shape) for one in earlier)]))
    coordinates = unravel(keys, shape)
    published = np.isin(keys, shown, assume_unique=True)
    for axis, dimension in enumerate(dimensions):
        if dimension.unpublished:
            never = np.array([code in dimension.unpublished for code in dimension.codes])
            published &= ~never[coordinates[:, axis]]
    return Lattice(tuple(dimensions), coordinates, published, _equations(dimensions, keys, coordinates, shape))


def _keys_of(dimensions: Sequence[Dimension], crosses: Sequence[Cross], shape: Sequence[int]) -> Ints:
    parts = []
    for cross in crosses:
        key: Ints = np.zeros(1, dtype=np.int64)
        for dimension, codes, size in zip(dimensions, cross.codes, shape, strict=True):
            positions = np.array([dimension.position[code] for code in codes], dtype=np.int64)
            key = (key[:, None] * size + positions[None, :]).ravel()
        parts.append(key)
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


def _equations(dimensions: Sequence[Dimension], keys: Ints, coordinates: Ints, shape: Sequence[int]) -> sp.csr_matrix:
    rows: list[Ints] = []
    columns: list[Ints] = []
    signs: list[npt.NDArray[np.float64]] = []
    count = 0
    stride = np.ones(len(shape), dtype=np.int64)
    for axis in range(len(shape) - 2, -1, -1):
        stride[axis] = stride[axis + 1] * shape[axis + 1]
    for axis, dimension in enumerate(dimensions):
        by_code = [np.flatnonzero(coordinates[:, axis] == at) for at in range(shape[axis])] if dimension.sums else []
        for one in dimension.sums:
            at = dimension.position[one.total]
            totals = by_code[at]
            members = np.array([dimension.position[code] for code in one.members], dtype=np.int64)
            if not len(totals):
                continue
            wanted = keys[totals][:, None] + (members - at)[None, :] * stride[axis]
            found = look_up(keys, wanted.ravel()).reshape(wanted.shape)
            whole = (found >= 0).all(axis=1)
            found, totals = found[whole], totals[whole]
            number = np.arange(count, count + len(totals), dtype=np.int64)
            count += len(totals)
            rows += [number, np.repeat(number, len(members))]
            columns += [totals, found.ravel()]
            signs += [np.full(len(totals), -1.0), np.ones(found.size)]
    if not rows:
        return sp.csr_matrix((0, len(keys)))
    entries = (np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_matrix(entries, shape=(count, len(keys)))
