"""Cost of our patterns beside the exact optimum on small tables. Run: .venv/bin/python -m benchmarks.disclosure_cost [tables]"""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks.disclosure_exact import cheapest_pattern, memberships
from ckanext.ntbsatudata.domain.aggregates.neutral_form import parse_neutral_table
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Weights, protect
from tests.unit.disclosure.tables import random_table


def our_cost(table: dict) -> float | None:
    try:
        protected = protect(neutral_to_protect(parse_neutral_table(table)), b"benchmark secret", Weights.NILAI)
    except CannotProtect:
        return None
    cells, _, values = memberships(table)
    value = dict(zip(cells, values, strict=True))
    k = table["policy"]["threshold"]
    holes = [value[tuple(cell.values())] for cell, _, status in protected.rows() if not status.has_value]
    return sum(one for one in holes if not 0 < one < k)


def main(tables: int) -> None:
    rng = np.random.default_rng(2026)
    ratios = []
    sys.stdout.reconfigure(line_buffering=True)
    print(f"{'cells':>5} {'small':>5} {'optimum':>8} {'ours':>8} {'ratio':>6} {'exact s':>8} {'ours s':>7}")
    for _ in range(tables):
        table = random_table(rng, int(rng.integers(2, 4)), biggest=60, extras=False)
        _, _, values = memberships(table)
        start = time.perf_counter()
        best, proven = cheapest_pattern(table)
        middle = time.perf_counter()
        ours = our_cost(table)
        end = time.perf_counter()
        small = int(((values > 0) & (values < table["policy"]["threshold"])).sum())
        if best is None or ours is None:
            print(f"{len(values):>5} {small:>5} {'none' if best is None else best!s:>8} {'none' if ours is None else ours!s:>8}")
            continue
        ratio = ours / best if best else 1.0
        if proven:
            ratios.append(ratio)
        print(
            f"{len(values):>5} {small:>5} {best:>8.0f} {ours:>8.0f} {ratio:>6.3f} {middle - start:>8.2f} {end - middle:>7.2f}{'' if proven else ' *'}"
        )
    print(f"mean ratio {np.mean(ratios):.4f}, greatest {np.max(ratios):.4f}, over {len(ratios)} tables with a proven optimum")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
