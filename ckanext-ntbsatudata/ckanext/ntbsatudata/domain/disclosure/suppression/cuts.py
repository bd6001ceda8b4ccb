"""Cuts: linear conditions every safe pattern keeps, `rows @ hidden >= bounds`.

Capacity constraints of Fischetti & Salazar (JASA 95, 2000): if a demand cannot be met, the multipliers of the sums that
prove it bound how far the protected cell moves in any pattern, cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Floats, Ints, Puzzle, hidden_components
from ckanext.ntbsatudata.domain.disclosure.suppression.witness import TOLERANCE, UP, Witnesses

SHADOW = 1e-3  # a shown cell may move this share of the way: the multipliers then lean on few shown cells

WHOLE = 400  # cells of a puzzle whose cuts may lean on any of its sums


@dataclass
class CutPool:
    """Cuts over the cells of one puzzle, growing."""

    size: int
    columns: list[Ints] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def add(self, cells: Ints, coefficients: Floats, bound: float) -> bool:
        """Add one cut unless it is there already."""
        key = cells.tobytes() + np.round(coefficients / bound, 6).tobytes()
        if key in self.seen:
            return False
        self.seen.add(key)
        self.columns.append(cells)
        self.coefficients.append(coefficients / bound)
        self.bounds.append(1.0)
        return True

    def cells(self) -> Ints:
        """Return the cells that occur in any cut."""
        return np.unique(np.concatenate(self.columns)) if self.columns else np.zeros(0, dtype=np.int64)

    def matrix(self) -> sp.csr_matrix:
        widths = np.array([len(one) for one in self.columns], dtype=np.int64)
        indptr = np.concatenate([[0], np.cumsum(widths)])
        if not len(widths):
            return sp.csr_matrix((0, self.size))
        return sp.csr_matrix((np.concatenate(self.coefficients), np.concatenate(self.columns), indptr), shape=(len(widths), self.size))


def add_cut(pool: CutPool, puzzle: Puzzle, reach: Floats, need: float) -> bool:
    """Add `reach @ hidden >= need`, what is hidden anyway taken off and no cell counting for more than what is left.

    Returns False when the cut says nothing about the cells that can be chosen, or is there already.
    """
    bound = need - float(reach[puzzle.holes].sum())
    if bound <= TOLERANCE:
        return False
    cells = np.flatnonzero((reach > TOLERANCE) & ~puzzle.holes & ~puzzle.known)
    return pool.add(cells, np.minimum(reach[cells], bound), bound)


def cuts_of_single_sums(pool: CutPool, puzzle: Puzzle, witnesses: Witnesses) -> None:
    """Add the capacity constraint of each demand in each sum its cell is part of."""
    sums = puzzle.equations
    for cell, direction, need in zip(witnesses.cells, witnesses.direction, witnesses.need, strict=True):
        for row in puzzle.columns.indices[puzzle.columns.indptr[cell] : puzzle.columns.indptr[cell + 1]]:
            span = slice(sums.indptr[row], sums.indptr[row + 1])
            members, signs = sums.indices[span], sums.data[span]
            own = signs[members == cell][0]
            # z_cell = −own · Σ sign z over the others: a member helps by rising or by falling as its sign says
            pull = -own * signs * direction
            reach = np.zeros(puzzle.size)
            reach[members] = np.where(pull > 0, need, np.minimum(puzzle.room[members], need))
            reach[cell] = 0
            add_cut(pool, puzzle, reach, float(need))


def capacity_cut(pool: CutPool, puzzle: Puzzle, region: Region, hidden: Flags, cell: int, direction: int, need: float) -> bool:
    """Add the cut that a demand unmet by `hidden` violates, from the sums of `region`. Returns False where none was found."""
    columns, rows = region.cells, region.sums
    inside, room = hidden[columns], puzzle.room[columns]
    lower = np.where(inside, -room, np.where(puzzle.known[columns], 0.0, -SHADOW * np.minimum(room, need)))
    upper = np.where(inside, np.inf, np.where(puzzle.known[columns], 0.0, SHADOW * need))
    at = int(np.searchsorted(columns, cell))
    lower[at], upper[at] = (0.0, need) if direction == UP else (-need, 0.0)
    aim = np.zeros(len(columns))
    aim[at] = -direction
    answer = linprog(aim, A_eq=rows, b_eq=np.zeros(rows.shape[0]), bounds=np.stack([lower, upper], axis=1), method="highs-ds")
    if answer.status != 0:
        return False
    # direction · z_cell = r @ z for r = direction · e_cell − A'λ; each cell bounds its share by the way it can move
    share = rows.T @ np.asarray(answer.eqlin.marginals)
    share[at] += direction
    share[np.abs(share) < 1e-7] = 0
    reach = np.where(share > 0, need, np.minimum(-share * room, need))
    reach[at] = 0
    reach[puzzle.known[columns]] = 0
    stuck = puzzle.holes[columns]
    stuck[at] = False
    if (share[stuck] > TOLERANCE).any():
        return False
    whole = np.zeros(puzzle.size)
    whole[columns] = reach
    return add_cut(pool, puzzle, whole, need)


@dataclass(frozen=True)
class Region:
    """The sums that touch one component of hidden cells, and all cells of these sums."""

    cells: Ints
    sums: sp.csr_matrix


def regions(puzzle: Puzzle, hidden: Flags, wanted: Ints) -> dict[int, Region]:
    """Return the region of each wanted cell; cells of one component share it. A small puzzle is one region."""
    if puzzle.size <= WHOLE:
        whole = Region(np.arange(puzzle.size, dtype=np.int64), puzzle.equations)
        return {int(cell): whole for cell in wanted}
    rows, cells, component = hidden_components(puzzle, hidden)
    at = np.full(puzzle.size, -1, dtype=np.int64)
    at[cells] = component
    found: dict[int, Region] = {}
    by_component: dict[int, Region] = {}
    for cell in np.unique(wanted).tolist():
        mine = int(at[cell])
        if mine not in by_component or mine < 0:
            members = cells[component == mine] if mine >= 0 else np.array([cell])
            touched = np.unique(puzzle.columns[:, members].indices)
            sums = puzzle.equations[touched]
            columns = np.unique(sums.indices)
            by_component[mine] = Region(columns, sums[:, columns])
        found[cell] = by_component[mine]
    return found


def another_cell(pool: CutPool, puzzle: Puzzle, hidden: Flags) -> bool:
    """Add what always holds once a pattern has failed: some further cell must be hidden."""
    cells = np.flatnonzero(~hidden & ~puzzle.known)
    return pool.add(cells, np.ones(len(cells)), 1.0)


def no_lonely_holes(puzzle: Puzzle, among: Ints | None = None) -> sp.csr_matrix:
    """Return rows `@ hidden >= 0`: a chosen cell has another hole in each of its sums, or hiding it would serve nothing.

    `among`: only for these cells.
    """
    sums = puzzle.equations
    asked = ~puzzle.known & ~puzzle.holes
    if among is not None:
        asked &= np.isin(np.arange(puzzle.size), among)
    without_hole = np.flatnonzero((abs(sums) @ puzzle.holes) == 0)
    part = sums[without_hole]
    part = sp.csr_matrix((np.ones(part.nnz), part.indices, part.indptr), shape=part.shape)
    entry_row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
    kept = asked[part.indices]
    cells, lines = part.indices[kept], part[entry_row[kept]]
    return (lines - 2 * sp.csr_matrix((np.ones(len(cells)), (np.arange(len(cells)), cells)), shape=lines.shape)).tocsr()
