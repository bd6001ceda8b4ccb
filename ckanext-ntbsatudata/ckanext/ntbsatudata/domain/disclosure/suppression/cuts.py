"""Cuts: linear conditions every safe pattern keeps, `rows @ hidden >= bounds`.

Capacity constraints of Fischetti & Salazar (JASA 95, 2000): if a demand cannot be met, the multipliers of the sums that
prove it bound how far the protected cell moves in any pattern, cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Floats, Ints, Puzzle
from ckanext.ntbsatudata.domain.disclosure.suppression.witness import TOLERANCE, UP, Witnesses

SHADOW = 1e-3  # a shown cell may move this share of the way: the multipliers then lean on few shown cells


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


def capacity_cut(pool: CutPool, puzzle: Puzzle, hidden: Flags, cell: int, direction: int, need: float) -> bool:
    """Add the cut that a demand unmet by `hidden` violates. Returns False where none was found."""
    free = ~puzzle.known
    lower = np.where(hidden, -puzzle.room, np.where(free, -SHADOW * np.minimum(puzzle.room, need), 0.0))
    upper = np.where(hidden, np.inf, np.where(free, SHADOW * need, 0.0))
    if direction == UP:
        lower[cell], upper[cell] = 0.0, need
    else:
        lower[cell], upper[cell] = -need, 0.0
    aim = np.zeros(puzzle.size)
    aim[cell] = -direction
    columns = np.flatnonzero(free)
    rows = puzzle.columns[:, columns].tocsr()
    answer = linprog(
        aim[columns], A_eq=rows, b_eq=np.zeros(rows.shape[0]), bounds=np.stack([lower[columns], upper[columns]], axis=1), method="highs-ds"
    )
    if answer.status != 0:
        return False
    # direction · z_cell = r @ z for r = direction · e_cell − A'λ; each cell bounds its share by the way it can move
    share = np.zeros(puzzle.size)
    share[columns] = -(rows.T @ -np.asarray(answer.eqlin.marginals))
    share[cell] += direction
    share[np.abs(share) < 1e-7] = 0
    reach = np.where(share > 0, need, np.minimum(-share * puzzle.room, need))
    reach[cell] = 0
    reach[puzzle.known] = 0
    if (share[puzzle.holes & (np.arange(puzzle.size) != cell)] > TOLERANCE).any():
        return False
    return add_cut(pool, puzzle, reach, need)


def another_cell(pool: CutPool, puzzle: Puzzle, hidden: Flags) -> bool:
    """Add what always holds once a pattern has failed: some further cell must be hidden."""
    cells = np.flatnonzero(~hidden & ~puzzle.known)
    return pool.add(cells, np.ones(len(cells)), 1.0)


def no_lonely_holes(puzzle: Puzzle) -> sp.csr_matrix:
    """Return rows `@ hidden >= 0`: a chosen cell has another hole in each of its sums, or hiding it would serve nothing."""
    sums = puzzle.equations
    has_hole = (abs(sums) @ puzzle.holes) > 0
    rows, columns, signs = [], [], []
    count = 0
    free = ~puzzle.known & ~puzzle.holes
    for row in np.flatnonzero(~has_hole):
        members = sums.indices[sums.indptr[row] : sums.indptr[row + 1]]
        members = members[free[members]]
        for cell in members:
            rows += [count] * len(members)
            columns += members.tolist()
            signs += np.where(members == cell, -1.0, 1.0).tolist()
            count += 1
    return sp.csr_matrix((signs, (rows, columns)), shape=(count, puzzle.size))
