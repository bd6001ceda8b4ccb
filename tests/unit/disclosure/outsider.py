"""An attacker for tests, written against the description of the neutral form alone: it imports nothing of the product.

It thinks in innermost cells. Every published number is a sum of them; the attacker knows the published numbers, knows that
counts are whole and not negative, knows that a hidden cell is at least 1 where zeros are always shown, and asks an integer
program how small and how large each hidden cell can be. On tiny tables it lists every filling instead.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


class Outsider:
    """`shown`: published values by cell (tuple of codes in the dimensions' order). `holes`: published cells without value."""

    def __init__(self, table: dict, shown: dict, holes: set, earlier: list[dict] = ()):
        self.names = [d["name"] for d in table["dimensions"]]
        self.leaves_of = [leaves_by_code(table, d) for d in table["dimensions"]]
        leaf_codes = [sorted({leaf for part in parts.values() for leaf in part}) for parts in self.leaves_of]
        self.base = {cell: at for at, cell in enumerate(itertools.product(*leaf_codes))}
        self.lowest = 1 if table["policy"].get("zeros") == "shown" else 0
        self.shown, self.holes = shown, holes
        rows = [(self.row(cell), value, value) for cell, value in shown.items()]
        rows += [(self.row(cell), self.lowest, np.inf) for cell in holes]
        for release in earlier:
            rows += [(self.row(cell), value, value) for cell, value in release.items()]
        self.matrix = np.array([row for row, _, _ in rows])
        self.low = np.array([low for _, low, _ in rows], dtype=float)
        self.high = np.array([high for _, _, high in rows], dtype=float)

    def row(self, cell: tuple) -> np.ndarray:
        row = np.zeros(len(self.base))
        for leaf in itertools.product(*(parts[code] for parts, code in zip(self.leaves_of, cell))):
            row[self.base[leaf]] = 1
        return row

    def interval(self, cell: tuple, whole: bool = True) -> tuple[float, float]:
        """Return the least and greatest value of a cell that fits everything public."""
        aim = self.row(cell)
        ends = []
        for sign in (1, -1):
            answer = milp(
                sign * aim,
                constraints=LinearConstraint(self.matrix, self.low, self.high),
                bounds=Bounds(0, np.inf),
                integrality=np.full(len(aim), int(whole)),
            )
            if answer.status == 3 or (answer.x is None and answer.status == 4):
                ends.append(np.inf)
            else:
                assert answer.x is not None, "what is public contradicts itself"
                ends.append(float(aim @ answer.x))
        return ends[0], ends[1]

    def fillings(self, largest: int):
        """List every filling of the innermost cells with no number above `largest`."""
        for numbers in itertools.product(range(largest + 1), repeat=len(self.base)):
            sums = self.matrix @ np.array(numbers)
            if (sums >= self.low).all() and (sums <= self.high).all():
                yield numbers


def leaves_by_code(table: dict, dimension: dict) -> dict[str, list[str]]:
    """Return the innermost codes each code stands for: hierarchy, links and period totals; `_T` is all."""
    children: dict[str, list[str]] = {}
    for code in dimension["codes"]:
        if code["parent"] is not None:
            children.setdefault(code["parent"], []).append(code["code"])

    def down(code: str) -> list[str]:
        return [leaf for child in children[code] for leaf in down(child)] if code in children else [code]

    parts = {code["code"]: down(code["code"]) for code in dimension["codes"]}
    roots = [code["code"] for code in dimension["codes"] if code["parent"] is None]
    parts["_T"] = [leaf for root in roots for leaf in parts[root]]
    for link in table.get("links", ()):
        if link["dimension"] == dimension["name"]:
            for one in link["codes"]:
                parts[one["code"]] = [leaf for member in one["members"] for leaf in parts[member]]
    periods = table.get("periods") or {}
    if periods.get("dimension") == dimension["name"]:
        for total, members in periods.get("totals", {}).items():
            parts[total] = [leaf for member in members for leaf in parts[member]]
    return parts


def truth(table: dict) -> dict[tuple, float]:
    """Return the true value of every cell of the published crosses, added up from the innermost cells."""
    names = [d["name"] for d in table["dimensions"]]
    parts = [leaves_by_code(table, d) for d in table["dimensions"]]
    inner = {}
    for cell in table["cells"]:
        key = tuple(cell[name] for name in names)
        inner[key] = inner.get(key, 0) + cell["nilai"]
    values = {}
    for cross in table.get("published") or [names]:
        axes = []
        for d, by_code in zip(table["dimensions"], parts):
            roots = [c["code"] for c in d["codes"] if c["parent"] is None]
            own = [
                code for code in by_code if code != "_T" or len(roots) > 1 and any(d["name"] not in c for c in table.get("published", []))
            ]
            axes.append(own if d["name"] in cross else [roots[0] if len(roots) == 1 else "_T"])
        for cell in itertools.product(*axes):
            leaves = itertools.product(*(by_code[code] for by_code, code in zip(parts, cell)))
            values[cell] = sum(inner.get(leaf, 0) for leaf in leaves)
    return values


def small(table: dict, values: dict[tuple, float]) -> set[tuple]:
    return {cell for cell, value in values.items() if 0 < value < table["policy"]["threshold"]}
