"""The search for the cheapest safe pattern: an integer program over which cells to hide, grown by the cuts that fail.

Small blocks are solved to the optimum. Larger ones stop early: what the program chose so far stays hidden, the rest is
closed step by step, and holes that turn out to be superfluous are shown again, dearest first. Limits count steps, never
seconds, so that the same input gives the same answer on every machine.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import LinearConstraint, milp

from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect, SolverError
from ckanext.ntbsatudata.domain.disclosure.suppression.cuts import (
    CutPool,
    another_cell,
    capacity_cut,
    cuts_of_single_sums,
    no_lonely_holes,
)
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Ints, Puzzle
from ckanext.ntbsatudata.domain.disclosure.suppression.witness import Witnesses

EXACT_SIZE = 150  # cells of a block that is solved to the optimum
EXACT_ROUNDS = 200
ROUNDS = 12
NODES = 2000
GAP = 0.002
NOT_SAFE = "Tabel ini tidak dapat dilindungi: sel yang boleh disembunyikan tidak cukup."


def search(puzzle: Puzzle) -> Flags:
    """Return the cells to hide. Raises `CannotProtect` when even hiding all that may be hidden does not do."""
    hidden = puzzle.holes.copy()
    for cells, block in puzzle.blocks():
        hidden[cells] = search_block(block)
    stuck = puzzle.known[puzzle.demands.cells]
    if stuck.any():
        raise CannotProtect(NOT_SAFE)
    return hidden


def search_block(puzzle: Puzzle) -> Flags:
    witnesses = Witnesses(puzzle)
    everything = ~puzzle.known
    if len(witnesses.unmet(everything)):
        raise CannotProtect(NOT_SAFE)
    pool = CutPool(puzzle.size)
    cuts_of_single_sums(pool, puzzle, witnesses)
    exact = puzzle.size <= EXACT_SIZE
    lonely = no_lonely_holes(puzzle)
    for _ in range(EXACT_ROUNDS if exact else ROUNDS):
        hidden = _cheapest(puzzle, pool, lonely, exact)
        unmet = witnesses.unmet(hidden)
        if not len(unmet):
            return hidden
        _add_cuts(pool, puzzle, hidden, witnesses, unmet)
    return _without_superfluous(puzzle, _closed(puzzle, hidden, witnesses, pool), witnesses)


def _add_cuts(pool: CutPool, puzzle: Puzzle, hidden: Flags, witnesses: Witnesses, unmet: Ints) -> None:
    found = False
    for number in unmet:
        found |= capacity_cut(
            pool, puzzle, hidden, int(witnesses.cells[number]), int(witnesses.direction[number]), float(witnesses.need[number])
        )
    if not found:
        another_cell(pool, puzzle, hidden)


def _cheapest(puzzle: Puzzle, pool: CutPool, lonely: sp.csr_matrix, exact: bool) -> Flags:
    """Return the cheapest pattern that keeps all cuts so far."""
    free = np.flatnonzero(~puzzle.known & ~puzzle.holes)
    rows, bounds = [pool.matrix(), lonely], [np.ones(len(pool.bounds)), np.zeros(lonely.shape[0])]
    if puzzle.extra is not None and puzzle.bounds is not None:
        rows.append(puzzle.extra)
        bounds.append(puzzle.bounds - puzzle.extra @ puzzle.holes)
    matrix = sp.vstack(rows, format="csc")[:, free]
    answer = milp(
        puzzle.weights[free],
        constraints=LinearConstraint(matrix, np.concatenate(bounds) - 1e-7, np.inf),
        bounds=(0, 1),
        integrality=np.ones(len(free)),
        options={"mip_rel_gap": 0.0 if exact else GAP, "node_limit": NODES},
    )
    if answer.status == 2:
        raise CannotProtect(NOT_SAFE)
    if answer.x is None:
        raise SolverError(answer.message)
    hidden = puzzle.holes.copy()
    hidden[free[answer.x > 0.5]] = True
    return hidden


def _closed(puzzle: Puzzle, hidden: Flags, witnesses: Witnesses, pool: CutPool) -> Flags:
    """Return a safe pattern that keeps all of `hidden`: the cuts it fails are met one by one, by the cheapest cell for its reach."""
    hidden = np.array(hidden, dtype=bool)
    while True:
        unmet = witnesses.unmet(hidden)
        if not len(unmet):
            return hidden
        start = len(pool.columns)
        _add_cuts(pool, puzzle, hidden, witnesses, unmet)
        before = hidden.sum()
        for cells, reach in zip(pool.columns[start:], pool.coefficients[start:], strict=True):
            while reach[hidden[cells]].sum() < 1 - 1e-7:
                left = ~hidden[cells]
                if not left.any():
                    break
                price = puzzle.weights[cells[left]] / reach[left]
                hidden[cells[left][np.argmin(price)]] = True
        if hidden.sum() == before:
            shown = np.flatnonzero(~hidden & ~puzzle.known)
            if not len(shown):
                raise CannotProtect(NOT_SAFE)
            hidden[shown[np.argmin(puzzle.weights[shown])]] = True


def _without_superfluous(puzzle: Puzzle, hidden: Flags, witnesses: Witnesses) -> Flags:
    """Return the pattern with each hole shown again that the others can do without, dearest first."""
    hidden = hidden.copy()
    chosen = np.flatnonzero(hidden & ~puzzle.holes)
    for cell in chosen[np.argsort(-puzzle.weights[chosen], kind="stable")]:
        hidden[cell] = False
        kept = puzzle.extra is None or puzzle.bounds is None or (puzzle.extra @ hidden >= puzzle.bounds - 1e-7).all()
        if not kept or len(witnesses.unmet(hidden, first=True)):
            hidden[cell] = True
    return hidden
