"""A revision against somebody who knows which two cells were changed, though not by how much.

Such a person takes every other innermost cell for unchanged and solves both releases as one system. Neither a small cell of
today nor one of the earlier release may be told from it.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from ckanext.ntbsatudata.domain.aggregates.neutral_form import parse_neutral_table
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Weights, protect
from tests.unit.disclosure.outsider import Outsider, small, truth
from tests.unit.disclosure.tables import random_table
from tests.unit.disclosure.test_protection_against_an_outsider import SECRET, release, split


class Insider:
    """Unknowns: every innermost cell now, and once more, as it was then, each of those that changed."""

    def __init__(self, table: dict, now: tuple[dict, set], then: tuple[dict, set], changed: list[tuple]) -> None:
        self.today, before = Outsider(table, *now), Outsider(table, *then)
        self.changed = [self.today.base[cell] for cell in changed]
        rows_then = before.matrix.astype(float)
        rows_of_changed = rows_then[:, self.changed].copy()
        rows_then[:, self.changed] = 0
        self.matrix = np.vstack(
            [
                np.hstack([self.today.matrix, np.zeros((len(self.today.matrix), len(changed)))]),
                np.hstack([rows_then, rows_of_changed]),
            ]
        )
        self.low = np.concatenate([self.today.low, before.low])
        self.high = np.concatenate([self.today.high, before.high])

    def interval(self, cell: tuple, then: bool) -> tuple[float, float]:
        aim = np.concatenate([self.today.row(cell), np.zeros(len(self.changed))])
        if then:
            aim[len(aim) - len(self.changed) :] = aim[self.changed]
            aim[self.changed] = 0
        ends = []
        for sign in (1, -1):
            answer = milp(
                sign * aim,
                constraints=LinearConstraint(self.matrix, self.low, self.high),
                bounds=Bounds(0, np.inf),
                integrality=np.ones(len(aim)),
            )
            assert answer.x is not None or answer.status in (3, 4)
            ends.append(np.inf if answer.x is None else float(aim @ answer.x))
        return ends[0], ends[1]


def revised(table: dict, first: dict, rng: np.random.Generator) -> tuple[dict, list[tuple]]:
    """Return the table with two innermost cells changed, its first release on record, and which cells these are."""
    names = [d["name"] for d in table["dimensions"]]
    later = copy.deepcopy(table)
    changed = []
    for at in rng.choice(len(later["cells"]), size=2, replace=False):
        cell = later["cells"][at]
        step = int(rng.choice([-9, -6, -2, -1, 1, 2, 6, 9]))
        cell["nilai"] += step if cell["nilai"] + step >= 0 else -step
        changed.append(tuple(cell[name] for name in names))
    later["releases"] = [first]
    return later, changed


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_no_small_cell_of_either_release_is_told_by_knowing_which_two_cells_changed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    judged = 0
    for _ in range(18):
        table = random_table(rng, 2, biggest=24, extras=False)
        first = release(table)
        if first is None:
            continue
        later, changed = revised(table, first, rng)
        second = release(later, "2")
        if second is None:  # the revision waits as a whole
            continue
        judged += 1
        insider = Insider(later, split(later, second), split(table, first), changed)
        for one, then in ((later, False), (table, True)):
            for cell in small(one, truth(one)):
                low, high = insider.interval(cell, then)
                assert low <= insider.today.lowest and high >= table["policy"]["threshold"]
    assert judged > 6


def areas_by_sex(rows: dict[str, tuple[int, int]], zeros: str) -> dict:
    def tree(name: str, codes: str) -> dict:
        return {"name": name, "codes": [{"code": "T", "parent": None}, *({"code": code, "parent": "T"} for code in codes)]}

    return {
        "name": "revisi",
        "dimensions": [tree("desa", "".join(rows)), tree("jk", "LP")],
        "cells": [{"desa": area, "jk": sex, "nilai": n} for area, both in rows.items() for sex, n in zip("LP", both, strict=True)],
        "policy": {"threshold": 5, "zeros": zeros},
    }


def test_a_revision_that_knowledge_of_its_cells_would_solve_is_not_released_as_it_is() -> None:
    # The total rose by 11, D's boys by 9: whoever knows that only A's girls and D's boys changed would read A = 2.
    before = {"A": (0, 0), "B": (2, 4), "C": (1, 2), "D": (0, 3), "E": (0, 0)}
    table = areas_by_sex(before, "suppressible")
    first = release(table)
    assert first is not None
    later = areas_by_sex({**before, "A": (0, 2), "D": (9, 3)}, "suppressible") | {"releases": [first]}
    second = release(later, "2")
    if second is not None:
        shown, _ = split(later, second)
        assert not {("T", "T"), ("D", "L")} <= set(shown), "the 11 and the 9 beside each other say 2"


def test_a_hole_that_fell_to_zero_makes_the_revision_wait_where_zeros_are_shown() -> None:
    before = {"A": (1, 8), "B": (7, 9), "C": (8, 12)}
    first = release(areas_by_sex(before, "shown"))
    later = areas_by_sex({**before, "A": (0, 8)}, "shown") | {"releases": [first]}
    with pytest.raises(CannotProtect, match="Revisi ditunda: 1 sel yang pernah dirahasiakan kini nol"):
        protect(neutral_to_protect(parse_neutral_table(later)), SECRET, Weights.NILAI)
