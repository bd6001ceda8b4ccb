"""What earlier releases gave away, in an attacker's worst case: they know which cells have not changed since.

A value out before and still true cannot be hidden any more. A revised value whose difference from any value out before is
a small count waits. Sums of an earlier release still hold for cells that did not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.lattice import Lattice
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Floats, Ints

SAME = 1e-6


@dataclass(frozen=True)
class Vintage:
    """One earlier release over a lattice: `cells` it held, `values` as shown, NaN where hidden."""

    cells: Ints
    values: Floats

    def over(self, size: int) -> tuple[Floats, Flags]:
        """Return value (NaN where not shown) and membership of each cell of the lattice."""
        values = np.full(size, np.nan)
        values[self.cells] = self.values
        held = np.zeros(size, dtype=bool)
        held[self.cells] = True
        return values, held


@dataclass(frozen=True)
class Legacy:
    """`known`: out already, and true. `holes`: must be hidden now, each with the span that must stay possible.

    `sums`: further equations from earlier releases, over the cells of the lattice and then over `old_values`, the values that
    hidden cells had before they changed. `hidden_before`: holes of the last release that held the cell.
    """

    known: Flags
    holes: Flags
    low: Floats
    high: Floats
    sums: sp.csr_matrix
    old_values: Floats
    hidden_before: Flags


def legacy(lattice: Lattice, values: Floats, vintages: Sequence[Vintage], threshold: int, lowest: int) -> Legacy:
    """Return what the earlier releases (oldest first) mean for a new release of `values`."""
    size = lattice.size
    known, hidden_before = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    waiting, staying = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    parts: list[_OldSums] = []
    for vintage in vintages:
        before, held = vintage.over(size)
        shown = ~np.isnan(before)
        difference = np.where(shown, values - before, 0.0)
        known |= shown & (np.abs(difference) <= SAME)
        hidden_before[held] = ~shown[held]
        small = shown & (np.abs(difference) > SAME) & (np.abs(difference) < threshold)
        waiting |= small
        rising = small & (difference > 0)
        falling = small & (difference < 0)
        low[rising] = np.minimum(low, np.where(shown, before, np.inf))[rising]
        high[rising] = np.maximum(high, np.where(shown, before + threshold, -np.inf))[rising]
        low[falling] = np.minimum(low, np.where(shown, np.maximum(before - threshold, lowest), np.inf))[falling]
        high[falling] = np.maximum(high, np.where(shown, before, -np.inf))[falling]
        if (np.abs(difference) > SAME).any():
            parts.append(_old_sums(lattice, values, before, held))
            staying |= parts[-1].staying
    staying &= ~known & ~waiting
    low[staying], high[staying] = values[staying], values[staying] + 1  # never to be known exactly
    holes = (waiting | staying) & ~known
    now = sp.vstack([part.now for part in parts], format="csr") if parts else sp.csr_matrix((0, size))
    then = sp.block_diag([part.then for part in parts], format="csr") if parts else sp.csr_matrix((0, 0))
    old_values = np.concatenate([part.values for part in parts]) if parts else np.zeros(0)
    return Legacy(known, holes, low, high, sp.hstack([now, then], format="csr"), old_values, hidden_before)


@dataclass(frozen=True)
class _OldSums:
    """Sums of one earlier release around what it hid: over cells unchanged since (`now`), and changed ones (`then`, `values`).

    `staying`: hidden cells of sums that did not stay; showing one now could tell what it was before. Changed cells of such sums
    stay back with them where the sums hang together: whoever knows which cells changed would solve them as one.
    """

    now: sp.csr_matrix
    then: sp.csr_matrix
    values: Floats
    staying: Flags


def _old_sums(lattice: Lattice, values: Floats, before: Floats, held: Flags) -> _OldSums:
    shown, unseen = ~np.isnan(before), held & np.isnan(before)
    whole = np.isclose(abs(lattice.equations) @ held, np.diff(lattice.equations.indptr))
    sums = lattice.equations[np.flatnonzero(whole & (abs(lattice.equations) @ unseen > 0))]
    rest = sums @ np.where(shown, before, np.where(unseen, values, 0.0))
    telling = abs(sums) @ shown > 0  # a sum nobody saw any part of tells of no change
    broken = telling & (np.abs(rest) > SAME)
    part = abs(sums)
    suspects = unseen & (part.T @ broken > 0) & np.isclose(part.T @ (telling & ~broken), 0)
    old = np.where(unseen & ~suspects, values, np.nan)
    for row in np.flatnonzero(broken):  # one suspect in a broken sum: its old value is what mends the sum
        span = slice(sums.indptr[row], sums.indptr[row + 1])
        cells, signs = sums.indices[span], sums.data[span]
        mine = suspects[cells]
        if mine.sum() == 1:
            cell, sign = cells[mine][0], signs[mine][0]
            mended = values[cell] - rest[row] / sign
            old[cell] = mended if np.isnan(old[cell]) or np.isclose(old[cell], mended) else -1.0
    explained = suspects & (np.nan_to_num(old, nan=-1.0) >= 0)
    holds = np.abs(sums @ np.where(shown, before, np.where(unseen, np.nan_to_num(old, nan=-1e9), 0.0))) <= SAME
    staying = np.zeros(lattice.size, dtype=bool)
    staying[sums[np.flatnonzero(broken | ~holds)].indices] = True
    kept = sums[np.flatnonzero(holds)]
    now = (kept @ sp.diags((unseen & ~explained).astype(float))).tocsr()
    now.eliminate_zeros()
    tangled = _tangled(sums[np.flatnonzero(~holds)], unseen)
    changed = shown & (np.abs(np.where(shown, values - before, 0.0)) > SAME)
    held_back = (abs(tangled).T @ np.ones(tangled.shape[0]) > 0) & changed
    return _OldSums(now, kept[:, np.flatnonzero(explained)], old[explained], (staying & unseen) | held_back)


def _tangled(sums: sp.csr_matrix, unseen: Flags) -> sp.csr_matrix:
    """Return the sums that share an unseen cell with another of them."""
    shared = unseen & ((sums != 0).astype(float).T @ np.ones(sums.shape[0]) > 1)
    return sums[np.flatnonzero(abs(sums) @ shared > 0)]


def _sums_within(lattice: Lattice, held: Flags, changed: Flags) -> tuple[Flags, Flags]:
    sums = abs(lattice.equations)
    widths = np.diff(lattice.equations.indptr)
    return np.isclose(sums @ held, widths), (sums @ changed) > 0


def small_group_differences(
    lattice: Lattice, values: Floats, hidden: Flags, known: Flags, vintages: Sequence[Vintage], threshold: int
) -> list[Ints]:
    """Return, for each sum whose unseen part changed by a small count that the shown part gives away, the cells that could wait.

    The unseen part is what was hidden then or is hidden now; its change is the change of the shown part, sign reversed.
    """
    found = []
    for vintage in vintages:
        before, held = vintage.over(lattice.size)
        shown = ~np.isnan(before)
        both = shown & ~hidden & lattice.published
        difference = np.where(both, values - np.where(shown, before, 0.0), 0.0)
        moved = np.abs(difference) > SAME
        whole, changed = _sums_within(lattice, held, moved)
        seen = lattice.equations @ difference
        unseen = abs(lattice.equations) @ (held & ~both)
        for row in np.flatnonzero(whole & changed & (unseen > 0) & (np.abs(seen) > SAME) & (np.abs(seen) < threshold)):
            members = lattice.equations.indices[lattice.equations.indptr[row] : lattice.equations.indptr[row + 1]]
            found.append(members[moved[members] & ~known[members]])
    return found
