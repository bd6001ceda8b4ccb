"""Requirement 37, as a property: no small number is published, none can be told from what is, and every number is true.

The outsider of these tests thinks in innermost cells and imports nothing of the product.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.ntbsatudata.domain.aggregates.neutral_form import parse_neutral_table
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Verdict, audit
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import neutral_to_audit
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Weights, protect
from ckanext.ntbsatudata.domain.publication.release_folder import as_published
from tests.unit.disclosure.outsider import Outsider, small, truth
from tests.unit.disclosure.tables import random_table

SECRET = b"a secret of the tests"


def release(table: dict, name: str = "1") -> dict | None:
    """Return one release as JSON, None where the table cannot be protected."""
    try:
        published = as_published(protect(neutral_to_protect(parse_neutral_table(table)), SECRET, Weights.NILAI), name)
    except CannotProtect:
        return None
    names = [d["name"] for d in table["dimensions"]]
    cells = zip(*(published.codes[one] for one in names), published.values, published.statuses, strict=True)
    return {"release": name, "cells": [dict(zip([*names, "nilai", "status"], cell, strict=True)) for cell in cells]}


def split(table: dict, one: dict) -> tuple[dict, set]:
    names = [d["name"] for d in table["dimensions"]]
    shown = {tuple(cell[name] for name in names): cell["nilai"] for cell in one["cells"] if cell["status"] == ""}
    holes = {tuple(cell[name] for name in names) for cell in one["cells"] if cell["status"] == "c"}
    return shown, holes


def nothing_gives_way(table: dict, shown: dict, holes: set, earlier: list[dict] = ()) -> None:
    values = truth(table)
    assert set(values) == set(shown) | holes, "every published cell has a row, and no other"
    assert all(values[cell] == value for cell, value in shown.items()), "every published number is true"
    assert small(table, values) <= holes, "no small number is published"
    outsider = Outsider(table, shown, holes, earlier)
    for cell in small(table, values):
        low, high = outsider.interval(cell)
        assert low <= outsider.lowest, "a small cell might be as little as nothing"
        assert high >= table["policy"]["threshold"], "nobody can tell that a small cell is small"


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dimensions=st.integers(2, 4))
def test_no_small_cell_can_be_told_from_a_random_table(seed: int, dimensions: int) -> None:
    table = random_table(np.random.default_rng(seed), dimensions, biggest=48)
    one = release(table)
    if one is not None:
        nothing_gives_way(table, *split(table, one))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_audit_finds_the_same_intervals_as_the_outsider(seed: int) -> None:
    table = random_table(np.random.default_rng(seed), 2, biggest=40)
    one = release(table)
    if one is None:
        return
    neutral = parse_neutral_table(table)
    published = as_published(protect(neutral_to_protect(neutral), SECRET, Weights.NILAI), "1")
    result = audit(neutral_to_audit(neutral, [published], released=True))
    assert result.verdict is Verdict.SAFE
    outsider = Outsider(table, *split(table, one))
    for found in result.intervals[:8]:
        assert (found.low, found.high) == outsider.interval(found.cell)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_filling_of_a_tiny_table_is_listed_and_none_gives_a_small_cell_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = [{"code": "T", "parent": None}, {"code": "1", "parent": "T"}, {"code": "2", "parent": "T"}]
    table = {
        "name": "mungil",
        "dimensions": [{"name": "a", "codes": codes}, {"name": "b", "codes": codes}],
        "cells": [{"a": a, "b": b, "nilai": int(rng.integers(0, 6))} for a in "12" for b in "12"],
        "policy": {"threshold": 3, "zeros": "suppressible"},
    }
    one = release(table)
    if one is None:
        return
    shown, holes = split(table, one)
    outsider = Outsider(table, shown, holes)
    fillings = np.array(list(outsider.fillings(12)))
    for cell in small(table, truth(table)):
        seen = {int(outsider.row(cell) @ filling) for filling in fillings}
        assert 0 in seen and max(seen) >= 3


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_twelve_months_with_their_year_do_not_give_a_month_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    areas = ["A", "B", "C"]
    table = {
        "name": "tahun",
        "dimensions": [
            {"name": "desa", "codes": [{"code": "K", "parent": None}, *({"code": area, "parent": "K"} for area in areas)]},
            {"name": "bulan", "codes": [{"code": month, "parent": None} for month in months]},
        ],
        "policy": {"threshold": 5, "zeros": "suppressible"},
    }
    counts = rng.poisson(rng.choice([4, 9, 20]), (12, 3))
    earlier: list[dict] = []
    past: list[dict] = []
    for number, month in enumerate(months, start=1):
        table["cells"] = [
            {"desa": area, "bulan": months[m], "nilai": int(counts[m, a])} for m in range(number) for a, area in enumerate(areas)
        ]
        table["dimensions"][1]["codes"] = [{"code": one, "parent": None} for one in months[:number]]
        table["periods"] = {"dimension": "bulan", "totals": {"2024": months} if number == 12 else {}}
        table["releases"] = copy.deepcopy(earlier)
        one = release(table, month)
        if one is None:  # what is out already can make a later release impossible; then it stops, and that is safe
            return
        shown, holes = split(table, one)
        nothing_gives_way(table, shown, holes, past)
        earlier.append(one)
        past.append(shown)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_revision_of_one_to_four_waits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = random_table(rng, 2, biggest=30, extras=False)
    first = release(table)
    if first is None:
        return
    revised = copy.deepcopy(table)
    cell = revised["cells"][int(rng.integers(len(revised["cells"])))]
    cell["nilai"] += int(rng.choice([1, 2, 6, 9]))
    revised["releases"] = [first]
    second = release(revised, "2")
    if second is None:
        return
    before, _ = split(table, first)
    after, _ = split(revised, second)
    values = truth(revised)
    assert all(values[one] == value for one, value in after.items())
    for one in set(before) & set(after):
        assert not 0 < abs(after[one] - before[one]) < table["policy"]["threshold"]


def test_the_same_secret_gives_the_same_pattern_and_another_secret_may_not() -> None:
    codes = [{"code": "T", "parent": None}, *({"code": str(n), "parent": "T"} for n in range(1, 6))]
    table = {
        "name": "seri",
        "dimensions": [{"name": "a", "codes": codes}, {"name": "b", "codes": codes}],
        "cells": [{"a": a, "b": b, "nilai": 1 if a == b == "1" else 9} for a in "12345" for b in "12345"],
        "policy": {"threshold": 5, "zeros": "suppressible"},
    }
    neutral = parse_neutral_table(table)

    def holes(secret: bytes) -> tuple:
        return protect(neutral_to_protect(neutral), secret, Weights.NILAI).statuses

    assert holes(b"one") == holes(b"one")
    assert len({holes(bytes([number])) for number in range(12)}) > 1, "ties must not fall the same way whatever the secret"


def test_a_cell_that_must_be_published_and_is_small_stops_the_table() -> None:
    table = random_table(np.random.default_rng(7), 2, extras=False)
    table["cells"][0]["nilai"] = 1
    names = [d["name"] for d in table["dimensions"]]
    table["must_publish"] = [{name: table["cells"][0][name] for name in names}]
    with pytest.raises(CannotProtect, match="wajib dipublikasikan"):
        protect(neutral_to_protect(parse_neutral_table(table)), SECRET)


def test_a_total_that_is_itself_small_is_hidden_too() -> None:
    codes = [{"code": "T", "parent": None}, {"code": "1", "parent": "T"}, {"code": "2", "parent": "T"}]
    table = {
        "name": "kecil",
        "dimensions": [{"name": "a", "codes": codes}],
        "cells": [{"a": "1", "nilai": 1}, {"a": "2", "nilai": 2}],
        "policy": {"threshold": 5, "zeros": "suppressible"},
    }
    shown, holes = split(table, release(table))
    assert not shown
    assert holes == {("T",), ("1",), ("2",)}
