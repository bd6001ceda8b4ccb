"""The difference of two tables by key beside dictionaries of plain Python, each in a process of its own: `python benchmarks/curation.py [rows]`."""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path


def ours(one: Path, other: Path) -> tuple[int, int, int]:
    from ckanext.ntbsatudata.domain.curation.difference import table_difference

    found = table_difference(one, other, key=["id"])
    return found.rows_added, found.rows_removed, found.rows_changed


def by_hand(one: Path, other: Path) -> tuple[int, int, int]:
    """Both tables in dictionaries by their key, as a program without a database would."""
    tables = []
    for path in (one, other):
        with path.open(encoding="utf-8", newline="") as file:
            tables.append({row["id"]: row for row in csv.DictReader(file)})
    before, after = tables
    changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
    return len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed


def _measured(way, one: Path, other: Path, told) -> None:
    started = time.monotonic()
    found = way(one, other)
    told.put((found, time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.csv", Path(folder) / "other.csv"
        for path, first, shift in ((one, 0, 0), (other, 100, 1)):
            with path.open("w", encoding="utf-8") as file:
                file.write("id,nama,jumlah\n")
                file.writelines(
                    f"{row},desa {row % 1166},{row % 977 + (shift if row % 1000 == 0 else 0)}\n" for row in range(first, first + rows)
                )
        context = multiprocessing.get_context("spawn")
        for name, way in (("ours (DuckDB)", ours), ("dictionaries", by_hand)):
            told = context.Queue()
            process = context.Process(target=_measured, args=(way, one, other, told))
            process.start()
            found, seconds, memory = told.get()
            process.join()
            print(f"{name:16}{rows:>10,} rows  added, removed, changed {found}  {seconds:6.2f} s  {memory:6.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
