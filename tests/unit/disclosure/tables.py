"""Random tables in the neutral form, from plain to nasty."""

from __future__ import annotations

import itertools

import numpy as np

SHAPES = {
    "two": [("T", None), ("1", "T"), ("2", "T")],
    "three": [("T", None), ("1", "T"), ("2", "T"), ("3", "T")],
    "five": [("T", None), *((str(n), "T") for n in range(1, 6))],
    "tree": [("T", None), ("A", "T"), ("B", "T"), ("A1", "A"), ("A2", "A"), ("B1", "B"), ("B2", "B"), ("B3", "B")],
    "uneven": [("T", None), ("A", "T"), ("B", "T"), ("A1", "A"), ("A2", "A")],
    "chain": [("T", None), ("A", "T"), ("B", "T"), ("A1", "A")],
}


def random_table(rng: np.random.Generator, dimensions: int, biggest: int = 60, extras: bool = True) -> dict:
    """Return a table of up to `biggest` cells; with `extras` also links, periods, crosses, must_publish."""
    biggest = max(biggest, 3**dimensions)  # no shape is smaller
    while True:
        shapes = [SHAPES[str(rng.choice(list(SHAPES)))] for _ in range(dimensions)]
        if np.prod([len(shape) for shape in shapes]) <= biggest:
            break
    table: dict = {
        "name": "acak",
        "dimensions": [
            {"name": f"d{at}", "codes": [{"code": code, "parent": parent} for code, parent in shape]} for at, shape in enumerate(shapes)
        ],
        "policy": {"threshold": int(rng.choice([3, 4, 5])), "zeros": str(rng.choice(["suppressible", "shown"]))},
    }
    leaves = [[code for code, _ in shape if all(parent != code for _, parent in shape)] for shape in shapes]
    if extras and rng.random() < 0.3:
        axis = int(rng.integers(dimensions))
        members = sorted(rng.choice(leaves[axis], size=max(1, len(leaves[axis]) // 2), replace=False).tolist())
        rest = [leaf for leaf in leaves[axis] if leaf not in members]
        codes = [{"code": "X", "members": members}] + ([{"code": "Y", "members": rest}] if rest and rng.random() < 0.7 else [])
        table["links"] = [{"name": "lain", "dimension": f"d{axis}", "codes": codes}]
    if extras and rng.random() < 0.25 and dimensions < 4:
        months = ["2024-01", "2024-02", "2024-03"]
        leaves.append(months)
        table["dimensions"].append({"name": "bulan", "codes": [{"code": month, "parent": None} for month in months]})
        table["periods"] = {"dimension": "bulan", "totals": {"2024-TW1": months}}
    if extras and rng.random() < 0.3 and dimensions >= 3:
        names = [d["name"] for d in table["dimensions"]]
        fixed = ["bulan"] if "bulan" in names else []
        pairs = [list(pair) + fixed for pair in itertools.combinations([n for n in names if n != "bulan"], 2)]
        table["published"] = pairs if rng.random() < 0.5 else pairs[:2]
    mean = float(rng.choice([2, 5, 12, 30]))
    names = [d["name"] for d in table["dimensions"]]
    table["cells"] = [
        dict(zip(names, combination), nilai=int(rng.poisson(mean * rng.gamma(0.8, 1.25)))) for combination in itertools.product(*leaves)
    ]
    return table
