"""protect(): from true values to a table that may go public, or the reason why not."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.cells import CellValues
from ckanext.ntbsatudata.domain.aggregates.lattice import Lattice
from ckanext.ntbsatudata.domain.aggregates.policy import Policy, Zeros
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.primary import FEW, Marks, counts_threshold, primary
from ckanext.ntbsatudata.domain.disclosure.protected_table import ProtectedTable, Status, seal
from ckanext.ntbsatudata.domain.disclosure.suppression.earlier import Legacy, Vintage, legacy, small_group_differences
from ckanext.ntbsatudata.domain.disclosure.suppression.insider import revision_tells
from ckanext.ntbsatudata.domain.disclosure.suppression.pattern import search
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Demands, Flags, Floats, Puzzle

TIE = 1e-3  # what any hole costs beside its weight, so that ties fall to few holes and then to the secret
STABLE = 0.25  # share of its weight a cell costs that was hidden in the release before


class Weights(Enum):
    """What a hole costs: `log` keeps totals, `nilai` is the plain value, for comparison with other programs."""

    LOG = "log"
    NILAI = "nilai"


@dataclass(frozen=True)
class Table:
    """What protection needs to know of one table. `must_publish`: never hidden. `marks`: instead of the policy's own rules.

    `statuses`: cells without a usable value (not scheduled, not available, incomplete), SHOWN elsewhere.
    """

    name: str
    lattice: Lattice
    cells: CellValues
    policy: Policy
    must_publish: Flags
    vintages: Sequence[Vintage] = ()
    marks: Marks | None = None
    statuses: Sequence[Status] = ()
    heights: Floats | None = field(default=None)


def protect(table: Table, secret: bytes, weights: Weights = Weights.LOG) -> ProtectedTable:
    """Return the table with every cell it must hide hidden, proven by a filling for each demand.

    The same secret and input give the same answer. Raises `CannotProtect` when no pattern is safe, when a cell that must be
    published is itself primary, or when a level would lose more cells than its registry entry allows.
    """
    lattice, values, policy = table.lattice, table.cells.values, table.policy
    marks = primary(table.cells, policy) if table.marks is None else table.marks
    threshold = counts_threshold(policy) or 1
    past = legacy(lattice, values, table.vintages, threshold, policy.lowest)
    marks = marks | Marks(past.holes, past.low, past.high)
    if (marks.cells & (table.must_publish | past.known)).any():
        raise CannotProtect("Sebuah sel yang wajib dipublikasikan, atau yang sudah terbit, sendiri merupakan sel kecil.")
    if policy.zeros is Zeros.SHOWN:
        _check_fallen_to_zero(table)
    hidden = _pattern(table, marks, past, _costs(table, past, secret, weights))
    _check_revisions(table, hidden, threshold)
    _check_levels(table, hidden)
    return _seal(table, hidden)


def _check_fallen_to_zero(table: Table) -> None:
    """Stop where a hole of an earlier release would be shown as zero now: everybody would see which cell changed, and how."""
    fallen = np.zeros(table.lattice.size, dtype=bool)
    for vintage in table.vintages:
        fallen[vintage.cells] |= np.isnan(vintage.values)
    fallen &= table.lattice.published & (table.cells.values == 0)
    if table.statuses:
        fallen &= np.array([status.has_value for status in table.statuses])
    if fallen.any():
        raise CannotProtect(f"Revisi ditunda: {int(fallen.sum())} sel yang pernah dirahasiakan kini nol, dan nol selalu ditampilkan.")


def _check_revisions(table: Table, hidden: Flags, threshold: int) -> None:
    if table.cells.contributors is not None or table.statuses:
        return
    for vintage in table.vintages:
        if revision_tells(table.lattice, table.cells.values, hidden, vintage, threshold, table.policy.lowest):
            raise CannotProtect("Revisi ditunda: siapa yang tahu sel mana yang berubah dapat menghitung sebuah sel kecil.")


def _pattern(table: Table, marks: Marks, past: Legacy, costs: Floats) -> Flags:
    threshold = counts_threshold(table.policy) or 1
    while True:
        puzzle = puzzle_of(table, marks, past, costs)
        hidden = search(puzzle)[: table.lattice.size]
        groups = small_group_differences(table.lattice, table.cells.values, hidden, puzzle.known[: len(hidden)], table.vintages, threshold)
        if not groups:
            return hidden
        if not all(len(group) for group in groups):
            raise CannotProtect("Revisi memperlihatkan selisih kecil yang tidak dapat ditahan.")
        wait = np.unique([group[np.argmin(costs[group])] for group in groups])
        flags = np.zeros(table.lattice.size, dtype=bool)
        flags[wait] = True
        values = table.cells.values
        marks = marks | Marks(flags, np.maximum(values - threshold, table.policy.lowest), values + threshold)


def puzzle_of(table: Table, marks: Marks, past: Legacy, costs: Floats) -> Puzzle:
    """Return the attacker's puzzle: published cells that may or must be hidden, and the innermost cells nobody shows."""
    lattice, values, policy = table.lattice, table.cells.values, table.policy
    inner = ~lattice.published
    lowest = np.where(inner, 0.0, float(policy.lowest))
    known = (table.must_publish & ~inner) | past.known
    if policy.zeros is Zeros.SHOWN:
        known = known | (~inner & (values == 0))
    holes = (marks.cells | inner) & ~past.known
    if table.statuses:
        incomplete = np.array([status is Status.INCOMPLETE for status in table.statuses])
        no_part = np.array([status in (Status.NOT_AVAILABLE, Status.NOT_SCHEDULED) for status in table.statuses])
        holes, known = (holes | incomplete) & ~past.known & ~no_part, known | no_part
    asked = np.flatnonzero(marks.cells & (~inner | (marks.high > values)))
    low = np.where(inner, values, np.minimum(marks.low, values))  # an inner cell must only not be known as small
    demands = Demands(asked, low[asked], np.maximum(marks.high, values)[asked])
    whole = table.cells.contributors is None and bool((values == np.round(values)).all())
    extra, bounds = _contributor_rows(table, marks.cells)
    puzzle = Puzzle(
        lattice.equations,
        values,
        np.maximum(values - lowest, 0.0),
        known & ~holes,
        holes,
        costs,
        demands,
        lattice.rank,
        whole,
        extra,
        bounds,
    )
    return _with_old_values(puzzle, past, counts_threshold(policy) or 1, policy.lowest)


def _with_old_values(puzzle: Puzzle, past: Legacy, threshold: int, lowest: int) -> Puzzle:
    """Return the puzzle with the sums of earlier releases and, as cells nobody sees, the old values of changed hidden cells."""
    old = past.old_values
    more = len(old)
    if not past.sums.shape[0]:
        return puzzle
    wide = sp.hstack([puzzle.equations, sp.csr_matrix((puzzle.equations.shape[0], more))], format="csr")
    small = np.flatnonzero((old > 0) & (old < threshold))
    demands = Demands(
        np.concatenate([puzzle.demands.cells, puzzle.size + small]),
        np.concatenate([puzzle.demands.low, np.full(len(small), float(lowest))]),
        np.concatenate([puzzle.demands.high, np.full(len(small), float(threshold))]),
    )
    extra = puzzle.extra
    return Puzzle(
        sp.vstack([wide, past.sums], format="csr"),
        np.concatenate([puzzle.values, old]),
        np.concatenate([puzzle.room, np.maximum(old - lowest, 0.0)]),
        np.concatenate([puzzle.known, np.zeros(more, dtype=bool)]),
        np.concatenate([puzzle.holes, np.ones(more, dtype=bool)]),
        np.concatenate([puzzle.weights, np.zeros(more)]),
        demands,
        np.concatenate([puzzle.rank, np.zeros(more, dtype=np.int64)]),
        puzzle.whole,
        None if extra is None else sp.hstack([extra, sp.csr_matrix((extra.shape[0], more))], format="csr"),
        puzzle.bounds,
    )


def _contributor_rows(table: Table, primary_cells: Flags) -> tuple[sp.csr_matrix | None, Floats | None]:
    """In every published sum with a small part, the hidden part has at least three contributors (the singleton rule)."""
    counts = table.cells.contributors
    threshold = counts_threshold(table.policy)
    if counts is None and (threshold is None or threshold >= FEW):
        return None, None  # a hidden part of counts adds up to k at least, or its small cell could not look like k
    contributors = table.cells.values if counts is None else counts.astype(float)
    sums = table.lattice.equations
    asked = np.flatnonzero((sums > 0).astype(float) @ primary_cells > 0)
    if not len(asked):
        return None, None
    rows = sums[asked].tocsr()
    rows.data = np.where(rows.data < 0, float(FEW), np.minimum(contributors[rows.indices], FEW))
    return rows, np.full(len(asked), float(FEW))


def _costs(table: Table, past: Legacy, secret: bytes, weights: Weights) -> Floats:
    values = table.cells.values
    tie = TIE * (1 + _draw(table, secret))
    if weights is Weights.NILAI:
        return values + tie
    height = np.ones(len(values)) if table.heights is None else table.heights
    return np.asarray(np.log1p(values) * height * np.where(past.hidden_before, STABLE, 1.0) + tie)


def _draw(table: Table, secret: bytes) -> Floats:
    """Return a number in [0, 1) for each cell that nobody can compute without the secret."""
    digests = [hmac.digest(secret, f"{table.name}|{key}".encode(), "sha256")[:6] for key in table.lattice.keys.tolist()]
    return np.array([int.from_bytes(one, "big") for one in digests], dtype=np.float64) / 2.0**48


def _check_levels(table: Table, hidden: Flags) -> None:
    limit = table.policy.max_hidden_percent
    if limit is None:
        return
    usable = np.array(
        [status.has_value for status in table.statuses] or [True] * len(hidden), dtype=bool
    )  # `n` and `:` are no loss of ours
    over = [level for level, share in hidden_by_level(table.lattice, hidden & usable).items() if 100 * share > limit]
    if over:
        raise CannotProtect(f"Lebih dari {limit:g} % sel harus disembunyikan pada: {', '.join(over)}.")


def without_limit(table: Table) -> Table:
    """Return the table without the registry's limit on holes, to see how many there would be."""
    return replace(table, policy=replace(table.policy, max_hidden_percent=None))


def hidden_by_level(lattice: Lattice, hidden: Flags) -> dict[str, float]:
    """Return the share of published cells that are hidden, by the levels and measures of the table."""
    labels = lattice.level_labels
    return {one: float(hidden[(labels == one) & lattice.published].mean()) for one in sorted(set(labels[lattice.published].tolist()))}


def _seal(table: Table, hidden: Flags) -> ProtectedTable:
    cells = np.flatnonzero(table.lattice.published)
    given = list(table.statuses) if table.statuses else [Status.SHOWN] * table.lattice.size
    statuses = tuple(Status.HIDDEN if hidden[at] and given[at].has_value else given[at] for at in cells)
    has_value = np.array([status.has_value for status in statuses], dtype=bool)
    values = np.where(has_value, table.cells.values[cells], np.nan)
    return seal(table.name, table.lattice, cells, values, statuses)
