"""The search for the cheapest safe pattern: an integer program over which cells to hide, grown by the cuts that fail.

Small blocks are solved to the optimum. Larger ones stop early: what the program chose so far stays hidden, the rest is
closed step by step, and holes that turn out to be superfluous are shown again, dearest first. Limits count steps, never
seconds, so that the same input gives the same answer on every machine.
"""

from __future__ import annotations

from dataclasses import replace

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
    regions,
)
from ckanext.ntbsatudata.domain.disclosure.suppression.puzzle import Flags, Ints, Puzzle
from ckanext.ntbsatudata.domain.disclosure.suppression.witness import Witnesses

EXACT_SIZE = 150  # cells of a block that is solved to the optimum
EXACT_ROUNDS = 200
LARGE = 1000  # cells of a block that is first solved area by area
ROUNDS = 12
NODES = 2000
TRIALS = 60  # holes that may be tried for showing again
ROUGH_GAP, GAP = 0.05, 0.005  # how far from the optimum the program over the cuts so far may stop
NOT_SAFE = "Tabel ini tidak dapat dilindungi: sel yang boleh disembunyikan tidak cukup."


def search(puzzle: Puzzle) -> Flags:
    """Return the cells to hide. Raises `CannotProtect` when even hiding all that may be hidden does not do."""
    hidden = puzzle.holes.copy()
    for cells, block in puzzle.blocks():
        hidden[cells] = search_block(block, Witnesses(block))
    stuck = puzzle.known[puzzle.demands.cells]
    if stuck.any():
        raise CannotProtect(NOT_SAFE)
    return hidden


def search_block(puzzle: Puzzle, witnesses: Witnesses) -> Flags:
    """Return the cells to hide in one block, every demand proven by a filling. Raises `CannotProtect` when there is no pattern."""
    everything = ~puzzle.known
    if len(witnesses.unmet(everything)):
        raise CannotProtect(NOT_SAFE)
    if puzzle.size > LARGE and puzzle.rank.any():
        return _in_parts(puzzle, witnesses)
    if not len(witnesses.unmet(puzzle.holes)) and _keeps_extra(puzzle, puzzle.holes):
        return puzzle.holes.copy()
    pool = CutPool(puzzle.size)
    cuts_of_single_sums(pool, puzzle, witnesses)
    exact = puzzle.size <= EXACT_SIZE
    lonely = no_lonely_holes(puzzle)
    gap = ROUGH_GAP
    for _ in range(EXACT_ROUNDS if exact else ROUNDS):
        hidden = _cheapest(puzzle, pool, lonely, gap)
        unmet = witnesses.unmet(hidden)
        if not len(unmet) and gap == ROUGH_GAP:  # the cuts are nearly complete: now in earnest
            gap = 0.0 if exact else GAP
            hidden = _cheapest(puzzle, pool, lonely, gap)
            unmet = witnesses.unmet(hidden)
        if not len(unmet):
            return hidden
        _add_cuts(pool, puzzle, hidden, witnesses, unmet)
    closed = _closed(puzzle, hidden, witnesses)
    return _without_superfluous(puzzle, closed, np.flatnonzero(closed & ~puzzle.holes), witnesses)


def _in_parts(puzzle: Puzzle, witnesses: Witnesses) -> Flags:
    """Return a pattern found area by area, all totals of areas shown; where that is not enough, totals join in."""
    hidden = puzzle.holes.copy()
    for cells, part in replace(puzzle, known=puzzle.known | (~puzzle.holes & (puzzle.rank > 0))).blocks():
        part = replace(part, rank=np.zeros(part.size, dtype=np.int64))
        found = Witnesses(part)
        try:
            hidden[cells] = search_block(part, found)
        except CannotProtect:
            continue
        witnesses.adopt(found, cells)
    closed = _closed(puzzle, hidden, witnesses)
    return _without_superfluous(puzzle, closed, np.flatnonzero(closed & ~hidden), witnesses)


def _add_cuts(pool: CutPool, puzzle: Puzzle, hidden: Flags, witnesses: Witnesses, unmet: Ints) -> None:
    found = False
    area = regions(puzzle, hidden, witnesses.cells[unmet])
    for number in unmet:
        cell, direction = int(witnesses.cells[number]), int(witnesses.direction[number])
        found |= capacity_cut(pool, puzzle, area[cell], hidden, cell, direction, float(witnesses.need[number]))
    if not found:
        another_cell(pool, puzzle, hidden)


def _cheapest(puzzle: Puzzle, pool: CutPool, lonely: sp.csr_matrix, gap: float) -> Flags:
    """Return the cheapest pattern that keeps all cuts so far, to within `gap`."""
    free = np.flatnonzero(~puzzle.known & ~puzzle.holes)
    if not len(free):
        raise CannotProtect(NOT_SAFE)
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
        options={"mip_rel_gap": gap, "node_limit": NODES},
    )
    if answer.status == 2:
        raise CannotProtect(NOT_SAFE)
    if answer.x is None:
        raise SolverError(answer.message)
    hidden = puzzle.holes.copy()
    hidden[free[answer.x > 0.5]] = True
    return hidden


def _closed(puzzle: Puzzle, hidden: Flags, witnesses: Witnesses) -> Flags:
    """Return a safe pattern that keeps all of `hidden`, adding the cheapest cells that the failing demands ask for, again and again."""
    while True:
        unmet = witnesses.unmet(hidden)
        if not len(unmet):
            return hidden
        kept = replace(puzzle, holes=hidden)
        pool = CutPool(puzzle.size)
        _add_cuts(pool, kept, hidden, witnesses, unmet)
        hidden = _cheapest(kept, pool, no_lonely_holes(kept, pool.cells()), ROUGH_GAP)


def _without_superfluous(puzzle: Puzzle, hidden: Flags, chosen: Ints, witnesses: Witnesses) -> Flags:
    """Return the pattern with each of the chosen holes shown again that the others can do without, dearest first."""
    hidden = hidden.copy()
    for cell in chosen[np.argsort(-puzzle.weights[chosen], kind="stable")][:TRIALS]:
        hidden[cell] = False
        if not _keeps_extra(puzzle, hidden) or len(witnesses.unmet(hidden, first=True)):
            hidden[cell] = True
    return hidden


def _keeps_extra(puzzle: Puzzle, hidden: Flags) -> bool:
    return puzzle.extra is None or puzzle.bounds is None or bool((puzzle.extra @ hidden >= puzzle.bounds - 1e-7).all())
