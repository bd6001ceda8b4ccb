"""The puzzle an attacker faces: which cells move together once some are hidden, and how far.

All is said in deviations z from the true values: `equations @ z == 0`, z of a shown cell is 0, and a hidden cell may fall
to the least value an attacker must reckon with. A protected cell is safe when one filling of the holes brings it down to
`low` and another up to `high`; both fillings are whole numbers where the table counts persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Demands:
    """What must stay possible in an attacker's eyes: `cells[i]` may be as little as `low[i]` and as much as `high[i]`."""

    cells: Ints
    low: Floats
    high: Floats

    @property
    def size(self) -> int:
        return len(self.cells)

    def of(self, keep: Flags) -> Demands:
        return Demands(self.cells[keep], self.low[keep], self.high[keep])


@dataclass(frozen=True)
class Puzzle:
    """Cells and sums of one table.

    `room`: how far a hidden cell may fall (value − least value). `known`: shown whatever happens. `holes`: hidden whatever
    happens. `weights`: what hiding costs. `whole`: only whole numbers count. `extra`: further rows `extra @ hidden >= bound`
    a pattern must keep (contributors in the hidden part of a sum). `rank`: steps above the innermost codes of the longest
    dimension.
    """

    equations: sp.csr_matrix
    values: Floats
    room: Floats
    known: Flags
    holes: Flags
    weights: Floats
    demands: Demands
    rank: Ints
    whole: bool = True
    extra: sp.csr_matrix | None = None
    bounds: Floats | None = None

    @property
    def size(self) -> int:
        return len(self.values)

    @cached_property
    def columns(self) -> sp.csc_matrix:
        return self.equations.tocsc()

    def blocks(self) -> Iterator[tuple[Ints, Puzzle]]:
        """Return the independent parts that have something to protect, each with its cells' numbers in the whole."""
        free = np.flatnonzero(~self.known)
        if not len(free):
            return
        equations = self.equations[:, free]
        links = equations if self.extra is None else sp.vstack([equations, self.extra[:, free]])
        links = links[np.flatnonzero(np.diff(links.indptr))]
        label = _components(links)
        at = np.full(self.size, -1, dtype=np.int64)
        at[free] = label
        wanted = set(at[self.demands.cells[~self.known[self.demands.cells]]].tolist())
        if self.extra is not None and self.bounds is not None:
            asked = self.extra[np.flatnonzero(self.bounds > self.extra @ self.holes)]
            wanted |= set(at[asked.indices][at[asked.indices] >= 0].tolist())
        order = np.argsort(label, kind="stable")
        starts = np.searchsorted(label[order], np.arange(label.max() + 2))
        for number in sorted(wanted):
            cells = free[order[starts[number] : starts[number + 1]]]
            yield cells, self.part(cells)

    def part(self, cells: Ints) -> Puzzle:
        """Return the puzzle of some cells, all others known."""
        at = np.full(self.size, -1, dtype=np.int64)
        at[cells] = np.arange(len(cells))
        columns = self.columns[:, cells]
        rows = np.unique(columns.indices)
        inside = at[self.demands.cells] >= 0
        demands = self.demands.of(inside)
        extra = bounds = None
        if self.extra is not None and self.bounds is not None:
            mine = self.extra.tocsc()[:, cells].tocsr()
            asked = np.flatnonzero(np.diff(mine.indptr))
            extra, bounds = mine[asked], self.bounds[asked]
        return Puzzle(
            columns.tocsr()[rows],
            self.values[cells],
            self.room[cells],
            self.known[cells],
            self.holes[cells],
            self.weights[cells],
            Demands(at[demands.cells], demands.low, demands.high),
            self.rank[cells],
            self.whole,
            extra,
            bounds,
        )


def _components(rows: sp.csr_matrix) -> Ints:
    """Return the component of each column, columns being linked by the rows they share."""
    m, n = rows.shape
    pattern = sp.csr_matrix((np.ones(rows.nnz), rows.indices, rows.indptr), shape=(m, n))
    graph = sp.bmat([[None, pattern], [pattern.T, None]], format="csr") if m else sp.csr_matrix((n, n))
    _, label = connected_components(graph, directed=False)
    _, label = np.unique(label[m:], return_inverse=True)
    return np.asarray(label, dtype=np.int64)


def hidden_components(puzzle: Puzzle, hidden: Flags) -> tuple[sp.csr_matrix, Ints, Ints]:
    """Return the sums among the hidden cells, the hidden cells' numbers and the component of each."""
    cells = np.flatnonzero(hidden)
    rows = puzzle.columns[:, cells].tocsr()
    rows = rows[np.flatnonzero(np.diff(rows.indptr))]
    return rows, cells, _components(rows) if len(cells) else np.zeros(0, dtype=np.int64)
