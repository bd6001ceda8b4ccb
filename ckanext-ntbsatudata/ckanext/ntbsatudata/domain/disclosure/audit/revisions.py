"""Differences between releases: a revised cell, or a revised sum around cells nobody sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.audit.equations import Cell

Ints = npt.NDArray[np.int64]
Revised = tuple[str, tuple[Cell, ...]]
SAME = 1e-6


def small_revisions(cells: Sequence[Cell], releases: Sequence[PublishedRelease], numbers: Sequence[Ints], threshold: int) -> list[Revised]:
    """Return, by earlier release, the cells whose last value differs from the value then by 1 to k − 1."""
    now = _shown(releases[-1], numbers[-1], len(cells))
    found = []
    for release, at in zip(releases[:-1], numbers[:-1], strict=True):
        with np.errstate(invalid="ignore"):
            difference = np.abs(now - _shown(release, at, len(cells)))
            small = np.flatnonzero((difference > SAME) & (difference < threshold))
        if len(small):
            found.append((release.release, tuple(cells[one] for one in small)))
    return found


def changed_sums(
    cells: Sequence[Cell], matrix: sp.csr_matrix, releases: Sequence[PublishedRelease], numbers: Sequence[Ints], threshold: int
) -> list[Revised]:
    """Return, by earlier release, the cells of sums whose unseen part changed by 1 to k − 1, told by the seen part."""
    size = len(cells)
    now = _shown(releases[-1], numbers[-1], size)
    here = np.zeros(size, dtype=bool)
    here[numbers[-1]] = True
    found = []
    for release, at in zip(releases[:-1], numbers[:-1], strict=True):
        then = _shown(release, at, size)
        there = np.zeros(size, dtype=bool)
        there[at] = True
        both = here & there
        difference = now - then
        seen = ~np.isnan(difference)
        sums = abs(matrix)
        whole = np.isclose(sums @ both, np.diff(matrix.indptr))
        unseen = sums @ ~seen
        change = np.abs(matrix @ np.where(seen, difference, 0.0))
        rows = np.flatnonzero(whole & (unseen > 0) & (change > SAME) & (change < threshold))
        if len(rows):
            members = np.unique(matrix[rows].indices)
            found.append((release.release, tuple(cells[one] for one in members if not seen[one])))
    return found


def _shown(release: PublishedRelease, at: Ints, size: int) -> npt.NDArray[np.float64]:
    values = np.full(size, np.nan)
    values[at] = [np.nan if value is None else value for value in release.values]
    return values
