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

    `sums`: further equations among cells, from earlier releases. `hidden_before`: holes of the last release that held the cell.
    """

    known: Flags
    holes: Flags
    low: Floats
    high: Floats
    sums: sp.csr_matrix
    hidden_before: Flags


def legacy(lattice: Lattice, values: Floats, vintages: Sequence[Vintage], threshold: int, lowest: int) -> Legacy:
    """Return what the earlier releases (oldest first) mean for a new release of `values`."""
    size = lattice.size
    known, hidden_before = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    waiting, staying = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    rows = []
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
        whole, changed = _sums_within(lattice, held, shown & (np.abs(difference) > SAME))
        asked = np.flatnonzero(whole & changed)
        if not len(asked):
            continue
        unseen = held & ~shown
        sums = lattice.equations[asked]
        rest = sums @ np.where(shown, before, np.where(unseen, values, 0.0))
        only_unseen = (sums @ sp.diags(unseen.astype(float))).tocsr()
        only_unseen.eliminate_zeros()
        still_true = np.abs(rest) <= SAME
        rows.append(only_unseen[still_true])
        staying[only_unseen[~still_true].indices] = True
    staying &= ~known & ~waiting
    low[staying] = np.maximum(values - threshold, lowest)[staying]
    high[staying] = (values + threshold)[staying]
    holes = (waiting | staying) & ~known
    sums = sp.vstack(rows, format="csr") if rows else sp.csr_matrix((0, size))
    sums = sums[np.flatnonzero(np.diff(sums.indptr))]
    return Legacy(known, holes, low, high, sums, hidden_before)


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
