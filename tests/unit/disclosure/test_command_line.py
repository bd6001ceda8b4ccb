"""The commands from end to end: acceptance sets T1 to T6 and T9 of the design, requirement 37, and input that is wrong."""

from __future__ import annotations

import copy
import csv
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.disclosure.command import satudata, written
from tests.unit.disclosure.outsider import Outsider, small, truth
from tests.unit.disclosure.tables import random_table
from tests.unit.disclosure.test_acceptance_sets import REGION_GENDER, dimension


def protected(table: dict, folder: Path, *options: str) -> dict[tuple, int | float | None] | None:
    """Return the published cells by code, None in a hole; None for the whole where the command stopped with exit 1."""
    code, _, error = satudata("protect", written(folder / "tabel.json", table), "--out", folder / "rilis", *options)
    if code == 1:
        assert error.strip()
        return None
    assert code == 0, error
    with open(folder / "rilis" / f"{table['name']}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all((row["nilai"] == "") == (row["status"] == "c") for row in rows)
    names = [d["name"] for d in table["dimensions"]]
    return {tuple(row[name] for name in names): float(row["nilai"]) if row["nilai"] else None for row in rows}


def audited(table: dict, folder: Path) -> tuple[int, str, dict[tuple, tuple]]:
    """Return exit code, verdict and the intervals of a table whose holes are named in it, or of the release beside it."""
    file = written(folder / "tabel.json", table)
    targets = [file] if table.get("hidden") else [folder / "rilis", "--spec", file]
    code, out, error = satudata("audit", *targets, "--json")
    assert out, error
    answer = json.loads(out)
    return code, answer["verdict"], {tuple(one["cell"].values()): (one["lo"], one["hi"]) for one in answer["intervals"]}


@pytest.mark.shared_data
def test_t1_geurts(shared_data: Path) -> None:
    code, out, _ = satudata("audit", shared_data / "disclosure" / "geurts-3x2-audit.json", "--json")
    intervals = {tuple(one["cell"].values()): (one["lo"], one["hi"]) for one in json.loads(out)["intervals"]}
    assert intervals == {("1", "1"): (3, 6), ("1", "2"): (1, 4), ("2", "1"): (0, 3), ("2", "2"): (0, 3)}
    assert json.loads(out)["verdict"] == {0: "safe", 1: "unsafe", 2: "unknown"}[code]


def test_t2_region_by_gender_hides_a_and_c_and_leaves_0_to_12(tmp_path: Path) -> None:
    cells = protected(REGION_GENDER, tmp_path, "--weights", "nilai")
    assert cells is not None
    assert {cell for cell, value in cells.items() if value is None} == set(itertools.product("AC", ("male", "female")))
    assert len(cells) == 15
    code, verdict, intervals = audited(REGION_GENDER, tmp_path)
    assert (code, verdict) == (0, "safe")
    assert intervals[("A", "female")] == (0, 12)


@pytest.mark.parametrize("policy", [{"dominance": [2, 75]}, {"p_percent": 70}], ids=["(2,75)", "p 70 %"])
def test_t3_the_cell_of_a_single_contributor_goes_by_either_rule(tmp_path: Path, policy: dict) -> None:
    rows = {"A": [28] * 10, "B": [28] * 12, "C": [28] * 14, "D": [280]}
    table = {
        "name": "t3",
        "dimensions": [dimension("region", *rows)],
        "cells": [{"region": code, "nilai": sum(parts), "contributions": parts} for code, parts in rows.items()],
        "policy": policy,
    }
    cells = protected(table, tmp_path)
    assert cells is not None
    holes = {cell for cell, value in cells.items() if value is None}
    assert ("D",) in holes and len(holes) == 2


def test_t4_two_linked_tables_safe_alone_are_not_safe_together(tmp_path: Path) -> None:
    alone = {
        "name": "t4",
        "dimensions": [dimension("size", "K", "L", "M", "N")],
        "cells": [{"size": "T", "nilai": 16}, {"size": "N", "nilai": 7}],
        "hidden": [{"size": code} for code in "KLM"],
        "policy": {"threshold": 4},
    }
    link = [{"name": "besar", "dimension": "size", "codes": [{"code": "big", "members": ["L", "M"]}]}]
    assert audited(alone, tmp_path)[:2] == (0, "safe")
    code, verdict, intervals = audited({**alone, "links": link, "cells": [*alone["cells"], {"size": "big", "nilai": 6}]}, tmp_path)
    assert (code, verdict, intervals[("K",)]) == (1, "unsafe", (3, 3))
    mended = {"cells": [{"size": "T", "nilai": 16}, {"size": "big", "nilai": 6}], "hidden": [{"size": code} for code in "KLMN"]}
    assert audited({**alone, "links": link, **mended}, tmp_path)[2][("K",)] == (0, 10)


def test_t5_overlapping_bands_do_not_leave_their_difference(tmp_path: Path) -> None:
    table = {
        "name": "t5",
        "dimensions": [dimension("umur", "0-19", "20-24", "25+")],
        "links": [{"name": "lain", "dimension": "umur", "codes": [{"code": "<25", "members": ["0-19", "20-24"]}]}],
        "cells": [{"umur": "0-19", "nilai": 30}, {"umur": "20-24", "nilai": 1}, {"umur": "25+", "nilai": 40}],
        "policy": {"threshold": 5},
    }
    cells = protected(table, tmp_path)
    assert cells is not None
    assert cells[("20-24",)] is None and None in (cells[("0-19",)], cells[("<25",)])
    assert audited(table, tmp_path)[:2] == (0, "safe")
    bands = {
        "cells": [{"umur": "0-19", "nilai": 30}, {"umur": "<25", "nilai": 31}],
        "hidden": [{"umur": code} for code in ("20-24", "25+", "T")],
    }
    assert audited({**table, **bands}, tmp_path)[:2] == (1, "unsafe")  # 31 − 30 = 1


def test_t6_the_upper_bound_of_the_1_85_rule_is_reached(tmp_path: Path) -> None:
    rows = {"A": [300, 20, 10], "B": [10] * 40, "C": [10] * 50}
    table = {
        "name": "t6",
        "dimensions": [dimension("cabang", *rows)],
        "cells": [{"cabang": code, "nilai": sum(parts), "contributions": parts} for code, parts in rows.items()],
        "policy": {"dominance": [1, 85]},
    }
    cells = protected(table, tmp_path)
    assert cells is not None and cells[("A",)] is None
    low, high = audited(table, tmp_path)[2][("A",)]
    assert low <= 330 <= 352.94 <= high  # 300 / 0.85


def test_t9_accidents_cost_what_the_exact_program_says(tmp_path: Path) -> None:
    from benchmarks.disclosure_exact import cheapest_pattern

    rows = {"serious": (4, 5, 3, 4, 1, 6), "light": (0, 0, 2, 1, 0, 0), "none": (0, 1, 1, 4, 0, 0), "unknown": (0,) * 6}  # SSBtools
    table = {
        "name": "t9",
        "dimensions": [dimension("mun", *(f"k{n}" for n in range(1, 7))), dimension("inj", *rows)],
        "cells": [{"mun": f"k{n + 1}", "inj": kind, "nilai": values[n]} for kind, values in rows.items() for n in range(6)],
        "policy": {"threshold": 3, "zeros": "suppressible"},
    }
    cells = protected(table, tmp_path, "--weights", "nilai")
    assert cells is not None
    values = truth(table)
    best, proven = cheapest_pattern(table)
    assert proven
    assert sum(values[cell] for cell, value in cells.items() if value is None and not 0 < values[cell] < 3) == best
    assert audited(table, tmp_path)[:2] == (0, "safe")


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dimensions=st.integers(1, 4))
def test_requirement_37_no_published_small_cell_and_none_recoverable(seed: int, dimensions: int, tmp_path_factory) -> None:
    """Aggregates suppress small cells, complementary suppression included: in the files as published, for an exhaustive attacker."""
    table = random_table(np.random.default_rng(seed), dimensions, biggest=40)
    cells = protected(table, tmp_path_factory.mktemp("t"), "--weights", "nilai")
    if cells is None:
        return
    values = truth(table)
    shown = {cell: value for cell, value in cells.items() if value is not None}
    holes = {cell for cell, value in cells.items() if value is None}
    assert set(cells) == set(values) and all(values[cell] == value for cell, value in shown.items())
    threshold = table["policy"]["threshold"]
    assert not any(0 < value < threshold for value in shown.values())
    outsider = Outsider(table, shown, holes)
    for cell in small(table, values):
        low, high = outsider.interval(cell)
        assert low <= outsider.lowest and high >= threshold


TABLE = {
    "name": "rusak",
    "dimensions": [dimension("d", "A", "B"), {"name": "m", "codes": [{"code": "1", "parent": None}, {"code": "2", "parent": None}]}],
    "cells": [{"d": d, "m": m, "nilai": n} for d, m, n in (("A", "1", 3), ("B", "1", 9), ("A", "2", 7), ("B", "2", 8))],
    "published": [["d", "m"]],
    "links": [{"name": "l", "dimension": "d", "codes": [{"code": "X", "members": ["A"]}]}],
    "periods": {"dimension": "m", "totals": {"Y": ["1", "2"]}},
    "releases": [
        {"release": "1", "cells": [{"d": "A", "m": "1", "nilai": None, "status": "c"}, {"d": "B", "m": "1", "nilai": 9, "status": ""}]}
    ],
    "policy": {"threshold": 5, "zeros": "suppressible"},
    "must_publish": [{"d": "T", "m": "1"}],
}
WRONG = st.sampled_from([None, [], {}, "", -1, 1.5, float("nan"), float("inf"), True, "x", [None], [[]], {"a": 1}, 10**30, "\u0000", "a/b"])


def places(part: object, at: tuple = ()) -> list[tuple]:
    """List every place in a piece of JSON."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [at, *(place for key, one in inside for place in places(one, (*at, key)))]


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(places(TABLE)[1:]), wrong=WRONG)
def test_a_table_with_anything_wrong_anywhere_ends_in_a_sentence(place: tuple, wrong: object, tmp_path_factory) -> None:
    table: dict = copy.deepcopy(TABLE)
    part = table
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = wrong
    folder = tmp_path_factory.mktemp("t")
    file = written(folder / "tabel.json", table)
    code, _, error = satudata("protect", file, "--out", folder / "rilis")
    assert code in (0, 1, 65)
    assert error.strip()
    code, out, _ = satudata("audit", file, "--json")
    assert code in (0, 1, 2)
    assert json.loads(out)["verdict"] == {0: "safe", 1: "unsafe", 2: "unknown"}[code]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[1", '"x"', "\u0000", '{"dimensions": 1}', "{}"])
def test_what_is_no_table_ends_in_a_sentence(tmp_path: Path, content: str) -> None:
    code, _, error = satudata("protect", written(tmp_path / "tabel.json", content), "--out", tmp_path / "rilis")
    assert code == 65 and error.strip()
    assert not (tmp_path / "rilis").exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\u0000",
        "a,b\n1",
        "d,nilai,status\n",
        "d,nilai,status\nA\n",
        "d,nilai,status\nA,,x\n",
        "d,nilai,status\nA,x,\n",
        'd,nilai,status\n"',
    ],
)
def test_release_files_that_cannot_be_judged_are_unknown(tmp_path: Path, content: str) -> None:
    table = {"name": "x", "dimensions": [dimension("d", "A", "B")], "cells": [{"d": "A", "nilai": 9}], "policy": {"threshold": 5}}
    (tmp_path / "rilis").mkdir()
    written(tmp_path / "rilis" / "x.csv", content)
    code, _, error = satudata("audit", tmp_path / "rilis", "--spec", written(tmp_path / "x.json", table))
    assert code == 2 and error.strip()


@pytest.mark.parametrize("line", ["x\n", "{}\n", "[]\n", "null\n", '{"previous": 1, "hash": 2}\n'])
def test_a_ledger_that_was_touched_stops_the_release(tmp_path: Path, line: str) -> None:
    ledger = written(tmp_path / "buku", line)
    file = written(tmp_path / "tabel.json", REGION_GENDER)
    code, _, error = satudata("protect", file, "--out", tmp_path / "rilis", "--ledger", ledger)
    assert code == 65 and "Buku rilis buku baris 1" in error
    assert not (tmp_path / "rilis").exists()
