"""Attacks across releases, by what the audit says of them."""

from __future__ import annotations

from ckanext.ntbsatudata.domain.aggregates.neutral_form import parse_neutral_table
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Attack, Verdict, audit
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import neutral_to_audit

CODES = [{"code": "T", "parent": None}, *({"code": code, "parent": "T"} for code in "ABC")]


def judged(cells: dict, hidden: str, earlier: dict | None = None):
    table = {
        "name": "rilis",
        "dimensions": [{"name": "desa", "codes": CODES}],
        "cells": [{"desa": code, "nilai": value} for code, value in cells.items()],
        "hidden": [{"desa": code} for code in hidden],
        "policy": {"threshold": 5, "zeros": "suppressible"},
    }
    if earlier:
        status = [{"desa": code, "nilai": value, "status": "" if value is not None else "c"} for code, value in earlier.items()]
        table["releases"] = [{"release": "lama", "cells": status}]
    result = audit(neutral_to_audit(parse_neutral_table(table)))
    return result.verdict, {one.attack for one in result.findings}


def test_two_holes_with_room_are_safe():
    assert judged({"T": 40, "C": 25}, "AB") == (Verdict.SAFE, set())  # A + B = 15


def test_a_single_hole_is_arithmetic():
    assert judged({"T": 40, "B": 12, "C": 25}, "A") == (Verdict.UNSAFE, {Attack.ARITHMETIC})  # 40 − 12 − 25 = 3


def test_a_small_cell_shown_is_found():
    assert judged({"T": 40, "A": 3, "B": 12, "C": 25}, "") == (Verdict.UNSAFE, {Attack.SMALL_CELL_SHOWN})


def test_what_was_shown_once_opens_what_is_hidden_now():
    verdict, attacks = judged({"T": 40, "C": 25}, "AB", {"T": 40, "A": None, "B": 12, "C": None})
    assert (verdict, attacks) == (Verdict.UNSAFE, {Attack.EARLIER_RELEASES})  # A = 15 − 12


def test_a_revision_of_two_is_a_small_cell():
    verdict, attacks = judged({"T": 42, "A": 17, "B": 12, "C": 13}, "", {"T": 40, "A": 15, "B": 12, "C": 13})
    assert (verdict, attacks) == (Verdict.UNSAFE, {Attack.REVISION})


def test_a_revised_sum_around_holes_tells_their_change():
    # the total rose by 6, C by 9: A and B together lost 3
    verdict, attacks = judged({"T": 46, "C": 34}, "AB", {"T": 40, "A": None, "B": None, "C": 25})
    assert (verdict, attacks) == (Verdict.UNSAFE, {Attack.REVISION_OF_A_SUM})
