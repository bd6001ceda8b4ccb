"""The utility report: what a release hides, in numbers a walidata can choose a registry by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from ckanext.ntbsatudata.domain.disclosure.protected_table import ProtectedTable, Status
from ckanext.ntbsatudata.domain.disclosure.suppression.earlier import Vintage

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LevelUtility:
    """One level (of one measure): cells, the share of them and of their sum that is hidden, and Spearman's rank correlation.

    The correlation compares the truth with what a reader has who takes a hole for zero; None where it is not defined.
    """

    level: str
    cells: int
    hidden_share: float
    hidden_mass_share: float
    rank_correlation: float | None


@dataclass(frozen=True)
class Utility:
    """`gained`, `lost`: holes that are new, and that are gone, against the last release of the same cells."""

    levels: tuple[LevelUtility, ...]
    gained: int
    lost: int


def utility(table: ProtectedTable, true_values: Floats, vintages: Sequence[Vintage] = ()) -> Utility:
    """Return the report of a protected table beside the true values of its lattice. It is internal: it is made of the truth."""
    hidden = np.array([status is Status.HIDDEN for status in table.statuses])
    truth = true_values[table.cells]
    labels = table.lattice.level_labels[table.cells]
    levels = []
    for label in sorted(set(labels.tolist())):
        at = labels == label
        mass = float(truth[at].sum())
        shown = np.where(hidden[at], 0.0, truth[at])
        levels.append(
            LevelUtility(
                label,
                int(at.sum()),
                float(hidden[at].mean()),
                float(truth[at][hidden[at]].sum()) / mass if mass else 0.0,
                _rank_correlation(truth[at], shown),
            )
        )
    before = np.full(table.lattice.size, -1)
    for vintage in vintages:
        before[vintage.cells] = np.isnan(vintage.values)
    then = before[table.cells]
    return Utility(tuple(levels), int((hidden & (then == 0)).sum()), int((~hidden & (then == 1)).sum()))


def _rank_correlation(truth: Floats, shown: Floats) -> float | None:
    if len(truth) < 3 or np.ptp(truth) == 0 or np.ptp(shown) == 0:
        return None
    return float(spearmanr(truth, shown).statistic)
