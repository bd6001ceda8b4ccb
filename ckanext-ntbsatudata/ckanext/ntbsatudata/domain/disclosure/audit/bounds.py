"""How far an outsider can pin down each hidden cell: interval arithmetic, then linear, then integer programs.

The arithmetic is the shuttle algorithm (Buzzigoli & Giusti; Dobra & Fienberg): bounds of one cell tighten those of its
neighbours until nothing moves. A corner that a program visits shows how far every cell can go; a cell whose two sides meet
needs no program of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

from ckanext.ntbsatudata.domain.disclosure.errors import SolverError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
TOLERANCE = 1e-6


class Contradiction(Exception):
    """No filling at all fits what is public: the assumptions behind the system are wrong."""


@dataclass(frozen=True)
class System:
    """`rows @ x == right`, and `low <= sloped @ x <= 0`-like lines of rates as `slopes @ x <= limits`; x ≥ `least`."""

    rows: sp.csr_matrix
    right: Floats
    least: Floats
    most: Floats
    whole: bool
    slopes: sp.csr_matrix | None = None
    limits: Floats | None = None

    def part(self, columns: Ints) -> System:
        rows = self.rows[:, columns]
        kept = np.flatnonzero(np.diff(rows.indptr))
        slopes = limits = None
        if self.slopes is not None and self.limits is not None:
            lines = self.slopes[:, columns]
            asked = np.flatnonzero(np.diff(lines.indptr))
            slopes, limits = lines[asked], self.limits[asked]
        return System(rows[kept], self.right[kept], self.least[columns], self.most[columns], self.whole, slopes, limits)

    def components(self) -> Ints:
        m, n = self.rows.shape
        parts = [self.rows] if self.slopes is None else [self.rows, self.slopes]
        stacked = sp.vstack(parts, format="csr") if m or self.slopes is not None else sp.csr_matrix((0, n))
        graph = sp.bmat([[None, abs(stacked)], [abs(stacked).T, None]], format="csr") if stacked.shape[0] else sp.csr_matrix((n, n))
        _, label = connected_components(graph, directed=False)
        _, label = np.unique(label[stacked.shape[0] :], return_inverse=True)
        return np.asarray(label, dtype=np.int64)


def shuttle(system: System, rounds: int = 60) -> tuple[Floats, Floats]:
    """Return bounds by interval arithmetic. Raises `Contradiction` when a cell's bounds cross."""
    low, high = system.least.copy(), system.most.copy()
    rows = system.rows.tocoo()
    r, c, a = rows.row, rows.col, rows.data
    plus = a > 0
    m = system.rows.shape[0]
    for _ in range(rounds):
        lowest = np.where(plus, a * low[c], a * high[c])
        highest = np.where(plus, a * high[c], a * low[c])
        # x_j = (b − Σ others)/a_j: from the row's activity without j, infinities counted apart
        down_infinite, up_infinite = ~np.isfinite(lowest), ~np.isfinite(highest)
        down = np.bincount(r, np.where(down_infinite, 0, lowest), minlength=m)
        up = np.bincount(r, np.where(up_infinite, 0, highest), minlength=m)
        downs = np.bincount(r, down_infinite, minlength=m)
        ups = np.bincount(r, up_infinite, minlength=m)
        rest_low = np.where(downs[r] - down_infinite > 0, -np.inf, down[r] - np.where(down_infinite, 0, lowest))
        rest_high = np.where(ups[r] - up_infinite > 0, np.inf, up[r] - np.where(up_infinite, 0, highest))
        b = system.right[r]
        new_low = np.where(plus, (b - rest_high) / a, (b - rest_low) / a)
        new_high = np.where(plus, (b - rest_low) / a, (b - rest_high) / a)
        before_low, before_high = low.copy(), high.copy()
        np.maximum.at(low, c, new_low)
        np.minimum.at(high, c, new_high)
        if system.whole:
            low, high = np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)
        if (low > high + TOLERANCE).any():
            raise Contradiction()
        if np.array_equal(low, before_low) and np.array_equal(high, before_high):
            break
    if not m:
        return low, high
    fixed = np.isclose(low, high)
    residual = np.abs(system.rows @ np.where(fixed, low, 0) - system.right)
    if (residual[np.isclose(abs(system.rows) @ ~fixed, 0)] > TOLERANCE * (1 + np.abs(system.right).max(initial=0))).any():
        raise Contradiction()
    return low, high


def intervals(system: System, enough_low: Floats, enough_high: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest value of each cell that fits. Raises `Contradiction` when nothing fits.

    A side is left where it stands once a filling shows that it reaches `enough_low` or `enough_high`: pass −inf and +inf
    for exact intervals.
    """
    low, high = shuttle(system)
    size = len(low)
    reach_low, reach_high = np.full(size, np.inf), np.full(size, -np.inf)
    component = system.components() if size else np.zeros(0, dtype=np.int64)
    together = True
    while True:
        open_low = (reach_low > low + TOLERANCE) & (reach_low > enough_low + TOLERANCE)
        open_high = (reach_high < high - TOLERANCE) & (reach_high < enough_high - TOLERANCE)
        wanted = np.flatnonzero(open_low | open_high)
        if not len(wanted):
            break
        if together:  # first all at once, to find corners that serve many
            together = False
            for direction in (1, -1):
                aim = np.where(open_low, float(direction), 0) + np.where(open_high, -float(direction), 0)
                _visit(
                    system, component, np.flatnonzero(np.isin(component, component[wanted])), aim, low, high, reach_low, reach_high, None
                )
            continue
        _, first = np.unique(component[wanted], return_index=True)
        targets = wanted[first]
        down = open_low[targets]
        aim = np.zeros(size)
        aim[targets] = np.where(down, 1.0, -1.0)
        columns = np.flatnonzero(np.isin(component, component[targets]))
        _visit(system, component, columns, aim, low, high, reach_low, reach_high, (targets, down))
    return low, high


def _visit(
    system: System,
    component: Ints,
    columns: Ints,
    aim: Floats,
    low: Floats,
    high: Floats,
    reach_low: Floats,
    reach_high: Floats,
    targets: tuple[Ints, Flags] | None,
) -> None:
    """Go to the corner of the fillings that `aim` points to; note how far every cell went, and close the targets' sides."""
    part = system.part(columns)
    bounds = np.stack([low[columns], high[columns]], axis=1)
    # No finite bound exceeds the sum of all known parts: what comes out beyond it has no end.
    ends = system.most[np.isfinite(system.most)]
    parts = [system.right, system.least, ends] + ([] if system.limits is None else [system.limits])
    beyond = float(sum(np.abs(one).sum() for one in parts)) + 1.0
    bounds = np.clip(bounds, -1e3 * beyond, 1e3 * beyond)
    answer = linprog(aim[columns], A_ub=part.slopes, b_ub=part.limits, A_eq=part.rows, b_eq=part.right, bounds=bounds, method="highs")
    if answer.status == 2:
        raise Contradiction()
    if answer.x is None:
        raise SolverError(answer.message)
    x = answer.x
    if system.whole:
        uneven = np.abs(x - np.round(x)) > 1e-5
        if uneven.any():
            x = _whole_corner(part, aim[columns], bounds, component[columns], x, uneven)
        x = np.round(x)
    x = np.where(x > beyond, np.inf, x)
    reach_low[columns] = np.minimum(reach_low[columns], x)
    reach_high[columns] = np.maximum(reach_high[columns], x)
    if targets is None:
        return
    cells, down = targets
    value = np.zeros(len(aim))
    value[columns] = x
    low[cells[down]] = value[cells[down]]
    high[cells[~down]] = value[cells[~down]]


def _whole_corner(part: System, aim: Floats, bounds: Floats, component: Ints, x: Floats, uneven: Flags) -> Floats:
    """Return the corner with the components that came out in fractions solved as integer programs."""
    x = x.copy()
    for one in np.unique(component[uneven]):
        columns = np.flatnonzero(component == one)
        mine = part.part(columns)
        constraints = [LinearConstraint(mine.rows, mine.right, mine.right)]
        if mine.slopes is not None and mine.slopes.shape[0]:
            constraints.append(LinearConstraint(mine.slopes, -np.inf, mine.limits))
        answer = milp(
            aim[columns], constraints=constraints, bounds=(bounds[columns, 0], bounds[columns, 1]), integrality=np.ones(len(columns))
        )
        if answer.status == 2:
            raise Contradiction()
        if answer.x is not None:
            x[columns] = answer.x
    return x
