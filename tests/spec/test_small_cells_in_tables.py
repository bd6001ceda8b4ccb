"""Requirement 37 as text tables: cells in, published table out. k = 5, zeros may be hidden, cost is the plain value."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.aggregates.neutral_form import parse_neutral_table
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Weights, protect


def published(text: str) -> str:
    """Protect an areas × sex table given with its inner cells; totals T are added."""
    header, *lines = [line.split() for line in text.strip().splitlines()]
    areas = [line[0] for line in lines]

    def tree(name: str, codes: list[str]) -> dict:
        return {"name": name, "codes": [{"code": "T", "parent": None}, *({"code": code, "parent": "T"} for code in codes)]}

    table = {
        "name": "spec",
        "dimensions": [tree("wilayah", areas), tree("jk", header)],
        "cells": [{"wilayah": a, "jk": s, "nilai": int(v)} for a, *values in lines for s, v in zip(header, values, strict=True)],
        "policy": {"threshold": 5, "zeros": "suppressible"},
    }
    protected = protect(neutral_to_protect(parse_neutral_table(table)), b"a secret of the tests", Weights.NILAI)
    found = {(cell["wilayah"], cell["jk"]): status.value or f"{value:.0f}" for cell, value, status in protected.rows()}
    return "\n".join(" ".join([area, *(found[(area, s)] for s in [*header, "T"])]) for area in [*areas, "T"])


def test_nothing_small_nothing_hidden():
    assert published("L P\nA 10 20\nB 30 40") == "A 10 20 30\nB 30 40 70\nT 40 60 100"


def test_one_small_cell_takes_the_cheapest_rectangle_with_it():
    # hiding A P, B L and B P costs 6 + 7 + 8 = 21; with C it would be 6 + 30 + 40 = 76
    assert published("L P\nA 2 6\nB 7 8\nC 30 40") == "A c c 8\nB c c 15\nC 30 40 70\nT 39 54 93"


def test_a_true_zero_stays_a_zero_and_a_hole_is_empty_of_number():
    assert published("L P\nA 0 9\nB 30 40") == "A 0 9 9\nB 30 40 70\nT 30 49 79"


def test_a_small_cell_beside_a_zero_is_not_saved_by_the_zero():
    # A holds 3 in all: the total itself is small and goes too
    lines = published("L P\nA 3 0\nB 30 40\nC 20 25").splitlines()
    assert lines[0].split()[1] == lines[0].split()[3] == "c"


def test_a_table_with_nobody_to_hide_behind_stops():
    with pytest.raises(CannotProtect, match="tidak dapat dilindungi"):
        table = {
            "name": "spec",
            "dimensions": [
                {"name": "a", "codes": [{"code": "T", "parent": None}, {"code": "1", "parent": "T"}, {"code": "2", "parent": "T"}]}
            ],
            "cells": [{"a": "1", "nilai": 3}, {"a": "2", "nilai": 60}],
            "must_publish": [{"a": "T"}, {"a": "2"}],
            "policy": {"threshold": 5},
        }
        protect(neutral_to_protect(parse_neutral_table(table)), b"a secret of the tests")
