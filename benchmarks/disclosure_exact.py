"""The cheapest safe pattern of a small table by one integer program that shares nothing with the product.

For every small cell and either direction the program holds a whole further filling of the innermost cells; a published cell
may differ from the truth in it only if it is hidden (Fischetti & Salazar, JASA 95, 2000, written out in full). Slow by
design, and exact.
"""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from scipy.optimize import LinearConstraint, milp


def memberships(table: dict) -> tuple[list[tuple], np.ndarray, np.ndarray]:
    """Return the published cells of a table in the neutral form, cells × innermost cells as 0 and 1, and the true values.

    Links, periods and crosses of fewer dimensions are not needed here and not read.
    """
    axes = []
    for dimension in table["dimensions"]:
        children: dict[str, list[str]] = {}
        for code in dimension["codes"]:
            children.setdefault(code["parent"], []).append(code["code"])

        def leaves(code: str, children: dict[str, list[str]] = children) -> list[str]:
            return [leaf for child in children[code] for leaf in leaves(child)] if code in children else [code]

        axes.append({code["code"]: leaves(code["code"]) for code in dimension["codes"]})
    names = [d["name"] for d in table["dimensions"]]
    inner = {tuple(cell[name] for name in names): at for at, cell in enumerate(table["cells"])}
    counts = np.array([cell["nilai"] for cell in table["cells"]], dtype=float)
    cells = list(itertools.product(*axes))
    matrix = np.zeros((len(cells), len(inner)))
    for row, cell in enumerate(cells):
        for leaf in itertools.product(*(axis[code] for axis, code in zip(axes, cell, strict=True))):
            matrix[row, inner[leaf]] = 1
    return cells, matrix, matrix @ counts


def cheapest_pattern(table: dict, seconds: float = 15) -> tuple[float | None, bool]:
    """Return the least cost (sum of complementary `nilai`; None: no safe pattern) and whether it is proven."""
    _, matrix, values = memberships(table)
    k = table["policy"]["threshold"]
    lowest = 1 if table["policy"].get("zeros") == "shown" else 0
    n, m = matrix.shape
    small = (values > 0) & (values < k)
    fixed = (values == 0) & (lowest == 1)
    demands = [(cell, up) for cell in np.flatnonzero(small) for up in (True, False) if up or values[cell] > lowest]
    if not demands:
        return 0.0, True
    far = values.max() * 2 + 10 * k
    width = n + m * len(demands)
    low, high = np.zeros(width), np.full(width, np.inf)
    low[:n], high[:n] = small, 1.0 - fixed
    rows, least, most = [], [], []
    shared = sp.csr_matrix(matrix)
    for number, (cell, up) in enumerate(demands):
        left = sp.csr_matrix((n, m * number))
        right = sp.csr_matrix((n, m * (len(demands) - number - 1)))
        rows.append(sp.hstack([sp.diags(np.full(n, -far)), left, shared, right]))
        least.append(np.full(n, -np.inf))
        most.append(values)
        rows.append(sp.hstack([sp.diags(values - lowest), left, shared, right]))
        least.append(values)
        most.append(np.full(n, np.inf))
        one = sp.hstack([sp.csr_matrix((1, n)), sp.csr_matrix((1, m * number)), shared[cell], right[:1]])
        rows.append(one)
        least.append(np.array([k if up else -np.inf]))
        most.append(np.array([np.inf if up else lowest]))
    cost = np.zeros(width)
    cost[:n] = np.where(small, 0, values)
    integer = np.zeros(width)
    integer[:n] = 1
    answer = milp(
        cost,
        constraints=LinearConstraint(sp.vstack(rows, format="csr"), np.concatenate(least), np.concatenate(most)),
        bounds=(low, high),
        integrality=integer,
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    return (None if answer.x is None else float(answer.fun)), answer.status in (0, 2)
