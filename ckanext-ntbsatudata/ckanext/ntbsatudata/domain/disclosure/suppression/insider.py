"""A revision in the eyes of somebody who knows which cells were changed, though not by how much.

Every pair of innermost cells that could explain the differences seen is tried in turn: all others are taken for unchanged and
both releases are solved as one system. Asked of small tables; a large one is left to the rules of `earlier`.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from ckanext.ntbsatudata.domain.aggregates.lattice import Lattice
from ckanext.ntbsatudata.domain.disclosure.errors import SolverError
from ckanext.ntbsatudata.domain.disclosure.suppression.earlier import SAME, Vintage
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Floats, Ints

INNERMOST = 60  # innermost cells of a table that is asked pair by pair
UNBOUNDED = (3, 4)  # how HiGHS says that a program has no end; what is public is never without any filling


def revision_tells(lattice: Lattice, values: Floats, hidden: Flags, vintage: Vintage, threshold: int, lowest: int) -> bool:
    """Tell whether knowing which one or two innermost cells changed since `vintage` opens a small cell of either release."""
    parts = _innermost(lattice)
    before, held = vintage.over(lattice.size)
    shown_now, shown_then = lattice.published & ~hidden, held & ~np.isnan(before)
    both = shown_now & shown_then
    difference = values[both] - before[both]
    if parts is None or not (held & ~shown_then).any() or not (np.abs(values - before)[shown_then] > SAME).any():
        return False
    size = parts.shape[1]
    candidates = itertools.chain(itertools.combinations(range(size), 1), itertools.combinations(range(size), 2))
    for pair in candidates:
        changed = np.array(pair)
        columns = parts[both][:, changed]
        step = np.linalg.lstsq(columns, difference, rcond=None)[0]
        if np.abs(columns @ step - difference).max(initial=0) > SAME:
            continue
        system = _Both(parts, changed, values, before, shown_now, lattice.published & hidden, shown_then, held & ~shown_then, lowest)
        if system.tells(np.flatnonzero(lattice.published & hidden), np.flatnonzero(held & ~shown_then), threshold):
            return True
    return False


def _innermost(lattice: Lattice) -> Floats | None:
    """Return cells × innermost cells, 1 where a cell holds it; None where the table is too large or is more than its parts."""
    size = int(np.prod([len(d.leaves) for d in lattice.dimensions]))
    if size > INNERMOST:
        return None
    parts = np.ones((lattice.size, 1))
    for axis, dimension in enumerate(lattice.dimensions):
        mine = dimension.leaf_matrix[lattice.coordinates[:, axis]].toarray()
        parts = (parts[:, :, None] * mine[:, None, :]).reshape(lattice.size, -1)
    return parts if np.abs(lattice.equations @ parts).max(initial=0) <= SAME else None


class _Both:
    """Unknown: the innermost cells now, and once more, as they were, those that changed."""

    def __init__(
        self,
        parts: Floats,
        changed: Ints,
        values: Floats,
        before: Floats,
        now: Flags,
        holes: Flags,
        then: Flags,
        holes_then: Flags,
        lowest: int,
    ) -> None:
        self.now = np.hstack([parts, np.zeros((len(parts), len(changed)))])
        self.then = np.hstack([parts, parts[:, changed]])
        self.then[:, changed] = 0
        self.values, self.lowest = values, float(lowest)
        self.touched: Flags = np.asarray(parts[:, changed].sum(axis=1) > 0)
        rows = np.vstack([self.now[now], self.then[then], self.now[holes], self.then[holes_then]])
        least = np.concatenate([values[now], before[then], np.full(holes.sum() + holes_then.sum(), self.lowest)])
        most = np.concatenate([values[now], before[then], np.full(holes.sum() + holes_then.sum(), np.inf)])
        self.constraints = LinearConstraint(rows, least, most)
        self.possible = self._solve(np.zeros(rows.shape[1]))[0] is not None

    def tells(self, holes: Ints, holes_then: Ints, threshold: int) -> bool:
        if not self.possible:
            return False
        for cells, rows, old in ((holes, self.now, False), (holes_then, self.then, True)):
            for cell in cells:
                unsure = old and bool(self.touched[cell])  # what it was is not known here: judge as an outsider would
                if not unsure and not 0 < self.values[cell] < threshold:
                    continue
                low, high = self._end(rows[cell], 1), self._end(rows[cell], -1)
                narrow = low > self.lowest and (not unsure or high - low < threshold - self.lowest)
                if low < threshold and high > 0 and (high < threshold or narrow):
                    return True
        return False

    def _end(self, row: Floats, sign: int) -> float:
        value, endless = self._solve(sign * row)
        if value is None and not endless:
            raise SolverError("revisi tanpa isian")
        return sign * value if value is not None else -sign * np.inf

    def _solve(self, aim: Floats) -> tuple[float | None, bool]:
        answer = milp(aim, constraints=self.constraints, bounds=Bounds(0, np.inf), integrality=np.ones(len(aim)))
        return (None if answer.x is None else float(round(answer.fun))), answer.status in UNBOUNDED
