"""Witnesses: fillings of the holes that prove a protected cell may be small and may be large.

A filling in whole numbers that an attacker cannot exclude is a proof by example; it does not rest on a relaxation. One
filling proves as many demands as it can, independent components are filled in one program, and fillings are kept for as
long as the cells they move stay hidden.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import LinearConstraint, milp

from ckanext.ntbsatudata.domain.disclosure.errors import SolverError
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Floats, Ints, Puzzle, hidden_components

UP, DOWN = 1, -1
TOLERANCE = 1e-6
KEPT = 5000  # fillings kept for one puzzle


class Witnesses:
    """The fillings found so far for one puzzle."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        demands = puzzle.demands
        value = puzzle.values[demands.cells]
        up = demands.high - value > TOLERANCE
        down = value - demands.low > TOLERANCE
        self.cells: Ints = np.concatenate([demands.cells[up], demands.cells[down]])
        self.direction: Ints = np.concatenate([np.full(up.sum(), UP), np.full(down.sum(), DOWN)]).astype(np.int64)
        self.need: Floats = np.concatenate([(demands.high - value)[up], (value - demands.low)[down]])
        self._support: list[Ints] = []
        self._meets: list[Ints] = []

    def unmet(self, hidden: Flags, first: bool = False) -> Ints:
        """Return the numbers of the demands no filling of the hidden cells meets; `first`: stop at the first one found."""
        waiting = np.ones(len(self.cells), dtype=bool)
        for support, meets in zip(self._support, self._meets, strict=True):
            if waiting[meets].any() and hidden[support].all():
                waiting[meets] = False
        failed = ~hidden[self.cells]
        waiting &= ~failed
        if not waiting.any():
            return np.flatnonzero(failed)
        rows, cells, component = hidden_components(self.puzzle, hidden)
        at = np.full(self.puzzle.size, -1, dtype=np.int64)
        at[cells] = np.arange(len(cells))
        self._fill_single_sums(rows, cells, component, at, waiting, failed)
        if not waiting.any() or (first and failed.any()):
            return np.flatnonzero(failed)
        # From here on only the components that still have something to prove.
        busy = np.zeros(component.max() + 1, dtype=bool)
        busy[component[at[self.cells[waiting]]]] = True
        keep = busy[component]
        rows, cells, component = rows[:, keep], cells[keep], component[keep]
        rows = rows[np.flatnonzero(np.diff(rows.indptr))]
        at = np.full(self.puzzle.size, -1, dtype=np.int64)
        at[cells] = np.arange(len(cells))
        for _ in range(6):  # many demands at once
            before = waiting.sum()
            for direction in (UP, DOWN):
                wanted = np.flatnonzero(waiting & (self.direction == direction))
                if len(wanted):
                    self._try(rows, cells, at, wanted, wanted, waiting)
            if not waiting.any() or before - waiting.sum() < max(1, before // 8):
                break
        while waiting.any() and not (first and failed.any()):  # one demand of each component at a time, to the end
            wanted = np.flatnonzero(waiting)
            _, leading = np.unique(component[at[self.cells[wanted]]], return_index=True)
            chosen = wanted[leading]
            self._try(rows, cells, at, chosen, wanted, waiting)
            failed[chosen] |= waiting[chosen]
            waiting[chosen] = False
        return np.flatnonzero(failed)

    def adopt(self, part: Witnesses, cells: Ints) -> None:
        """Take over the fillings found for a part of the puzzle, whose cells are numbered `cells` here."""
        number = {key: at for at, key in enumerate(zip(self.cells.tolist(), self.direction.tolist(), strict=True))}
        mine = np.array([number[key] for key in zip(cells[part.cells].tolist(), part.direction.tolist(), strict=True)], dtype=np.int64)
        self._support += [cells[support] for support in part._support]
        self._meets += [mine[meets] for meets in part._meets]

    def _fill_single_sums(self, rows: sp.csr_matrix, cells: Ints, component: Ints, at: Ints, waiting: Flags, failed: Flags) -> None:
        """Settle, by hand, the components that are one single sum of hidden cells."""
        if not rows.shape[0]:
            waiting[:] = False  # hidden cells in no sum at all move as they like
            return
        row_component = component[rows.indices[rows.indptr[:-1]]]
        rows_in = np.bincount(row_component, minlength=component.max() + 1)
        single = rows_in == 1
        entry_row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        sign = np.sign(rows.data)
        in_single = single[row_component[entry_row]]
        if not (np.abs(rows.data[in_single]) == 1).all():
            return
        entries = in_single
        comp, cell, sign = row_component[entry_row[entries]], rows.indices[entries], sign[entries]
        room = self.puzzle.room[cells]
        if self.puzzle.whole:
            room = np.floor(room + TOLERANCE)
        size = component.max() + 1
        plus = np.bincount(comp, (sign > 0), minlength=size)
        minus = np.bincount(comp, (sign < 0), minlength=size)
        fall_plus = np.bincount(comp, np.where(sign > 0, room[cell], 0), minlength=size)
        fall_minus = np.bincount(comp, np.where(sign < 0, room[cell], 0), minlength=size)
        sign_of = np.zeros(len(cells))
        sign_of[cell] = sign
        asked = np.flatnonzero(waiting)
        place = at[self.cells[asked]]
        c = component[place]
        alone = rows_in[c] == 0
        mine = single[c]
        s, own = sign_of[place], room[place]
        same_fall = np.where(s > 0, fall_plus[c], fall_minus[c]) - own
        same = np.where(s > 0, plus[c], minus[c]) - 1
        other = np.where(s > 0, minus[c], plus[c])
        other_fall = np.where(s > 0, fall_minus[c], fall_plus[c])
        most = np.where(
            self.direction[asked] == UP, np.where(other > 0, np.inf, same_fall), np.where(same > 0, own, np.minimum(own, other_fall))
        )
        met = alone | (mine & (most >= self.need[asked] - TOLERANCE))
        failed[asked[mine & ~met]] = True
        waiting[asked[mine | alone]] = False

    def _try(self, rows: sp.csr_matrix, cells: Ints, at: Ints, wanted: Ints, proving: Ints, waiting: Flags) -> None:
        """Fill the holes so that the wanted demands come as near as they can; strike off all that this filling meets."""
        place = at[self.cells[wanted]]
        lower = -self.puzzle.room[cells]
        upper = np.full(len(cells), np.inf)
        aim = np.zeros(len(cells))
        up = self.direction[wanted] == UP
        need = np.ceil(self.need[wanted] - TOLERANCE) if self.puzzle.whole else self.need[wanted]
        upper[place[up]] = need[up]
        lower[place[~up]] = np.maximum(lower[place[~up]], -need[~up])
        aim[place] = -self.direction[wanted] / need
        z = solve(rows, lower, upper, aim, self.puzzle.whole)
        self._keep(z, cells, waiting)

    def _keep(self, z: Floats, cells: Ints, waiting: Flags) -> None:
        move = np.zeros(self.puzzle.size)
        move[cells] = z
        meets = np.flatnonzero(move[self.cells] * self.direction >= self.need - TOLERANCE)
        if not waiting[meets].any():
            return
        waiting[meets] = False
        self._support.append(np.flatnonzero(np.abs(move) > TOLERANCE))
        self._meets.append(meets)
        if len(self._support) > KEPT:
            del self._support[0], self._meets[0]


def solve(rows: sp.csr_matrix, lower: Floats, upper: Floats, aim: Floats, whole: bool) -> Floats:
    """Return the z that minimises `aim @ z` with `rows @ z == 0`. Raises `SolverError` when the program has no answer.

    The relaxation is tried first: its corners are whole numbers in nearly all tables.
    """
    if whole:
        lower, upper = np.ceil(lower - TOLERANCE), np.floor(upper + TOLERANCE)
    constraints = LinearConstraint(rows, 0, 0) if rows.shape[0] else ()
    for integrality in (0, 1) if whole else (0,):
        answer = milp(aim, constraints=constraints, bounds=(lower, upper), integrality=np.full(len(aim), integrality))
        if answer.x is None:
            raise SolverError(answer.message)
        if not whole:
            return np.asarray(answer.x)
        z = np.round(answer.x)
        if (rows @ z == 0).all() and np.abs(z - answer.x).max(initial=0) < 1e-5 and (z >= lower).all() and (z <= upper).all():
            return np.asarray(z)
    raise SolverError("bilangan bulat tidak tercapai")
