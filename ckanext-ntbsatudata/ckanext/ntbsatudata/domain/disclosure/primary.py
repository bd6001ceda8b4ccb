"""Primary rules: functions from cells to marks. A mark says which cell must be hidden and what must stay possible for it.

Handbook on Statistical Disclosure Control, 2nd edition, chapter 4.2, for the rules on magnitudes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ckanext.ntbsatudata.domain.aggregates.cells import CellValues
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.policy import Policy

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FEW = 3  # contributors; two know each other's share
DEFAULT_P = 10.0


@dataclass(frozen=True)
class Marks:
    """`cells`: primary. An attacker must reckon with `low` or less and with `high` or more (in the unit of the value)."""

    cells: Flags
    low: Floats
    high: Floats

    def __or__(self, other: Marks) -> Marks:
        low = np.minimum(np.where(self.cells, self.low, np.inf), np.where(other.cells, other.low, np.inf))
        high = np.maximum(np.where(self.cells, self.high, -np.inf), np.where(other.cells, other.high, -np.inf))
        return Marks(self.cells | other.cells, low, high)


def small_counts(values: Floats, threshold: int, lowest: int = 0) -> Marks:
    """Mark 0 < n < k: nobody may tell that the cell is small, so it must look like `lowest` and like k."""
    size = len(values)
    return Marks((values > 0) & (values < threshold), np.full(size, float(lowest)), np.full(size, float(threshold)))


def p_percent(values: Floats, largest: Floats, percent: float) -> Marks:
    """Mark cells whose second largest contributor could tell the largest one's share to within p percent.

    `largest`: cells × 2. The room on either side is p/100·x₁ − (X − x₁ − x₂).
    """
    room = percent / 100 * largest[:, 0] - (values - largest[:, 0] - largest[:, 1])
    return Marks((values > 0) & (room > 0), np.maximum(values - room, 0), values + np.maximum(room, 0))


def dominance(values: Floats, largest: Floats, n: int, percent: float) -> Marks:
    """Mark cells whose n (1 or 2) largest contributors hold more than `percent` of the value, (n, k) rule.

    The upper bound must reach Σ largest · 100/percent, the least total at which the rule would not apply.
    """
    top = largest[:, :n].sum(axis=1)
    high = top * 100 / percent
    return Marks((values > 0) & (high > values + 1e-9), np.maximum(2 * values - high, 0), np.maximum(high, values))


def few_contributors(values: Floats, contributors: npt.NDArray[np.int64], minimum: int, largest: Floats, percent: float) -> Marks:
    """Mark cells with 1 to `minimum` − 1 contributors; the room on either side is p percent of the largest one."""
    room = percent / 100 * largest[:, 0]
    return Marks((contributors > 0) & (contributors < minimum) & (values > 0), np.maximum(values - room, 0), values + room)


def whole_groups(parts: Floats, wholes: Floats, threshold: int) -> Marks:
    """Mark n = N > 0: everybody of the group has the attribute; it must stay possible that `threshold` of them do not."""
    return Marks((parts == wholes) & (wholes > 0), np.maximum(parts - threshold, 0), parts.copy())


def combine(marks: Sequence[Marks], size: int) -> Marks:
    """Return one mark for each cell, the widest demands of all rules."""
    combined = Marks(np.zeros(size, dtype=bool), np.zeros(size), np.zeros(size))
    for one in marks:
        combined = combined | one
    return combined


def counts_threshold(policy: Policy) -> int | None:
    """Return k for counts of persons, where each person contributes 1: the other rules then are thresholds too."""
    wanted = [policy.threshold, policy.minimum_contributors]
    if policy.threshold is not None and policy.for_magnitudes:
        wanted.append(FEW)  # with equal contributions p percent marks 1 and 2
    return max((one for one in wanted if one is not None), default=None)


def primary(cells: CellValues, policy: Policy) -> Marks:
    """Apply the rules of a policy. Raises `AggregateError` when the policy names none, or one that lacks its input."""
    values, size = cells.values, len(cells.values)
    if cells.contributors is None or cells.largest is None:
        threshold = counts_threshold(policy)
        if threshold is None:
            raise AggregateError("Kebijakan pengungkapan tidak menyebut ambang, atau aturan besaran tanpa penyumbang sel.")
        return small_counts(values, threshold, policy.lowest)
    marks = []
    if policy.threshold is not None:
        marks.append(small_counts(values, policy.threshold, policy.lowest))
    if policy.minimum_contributors is not None:
        percent = policy.p_percent or DEFAULT_P
        marks.append(few_contributors(values, cells.contributors, policy.minimum_contributors, cells.largest, percent))
    if policy.p_percent is not None:
        marks.append(p_percent(values, cells.largest, policy.p_percent))
    if policy.dominance is not None:
        marks.append(dominance(values, cells.largest, *policy.dominance))
    if not marks:
        raise AggregateError("Kebijakan pengungkapan tidak menyebut satu aturan pun.")
    return combine(marks, size)
