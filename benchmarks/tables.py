"""Checking a table against its schema, beside Frictionless, in one run: rows per second, memory, the same verdicts.

    python benchmarks/tables.py            120,999 rows of ten columns, a million of twenty
    python benchmarks/tables.py --small    a tenth of both

Each side runs in a process of its own and is given the best of its runs there. The verdicts compared are those both know: type-error, constraint-error,
unique-error, primary-key, missing-label, extra-label.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TYPES = {"tahun": "year", "tanggal": "date", "jumlah": "integer", "persentase": "number", "nilai": "number"}
RUNS = 3
BOTH_KNOW = {"type-error", "constraint-error", "unique-error", "primary-key", "missing-label", "extra-label"}
FAULTS = {
    "jumlah": ["banyak", "12a", "1.5", ""],
    "nilai": ["dua", "1,5", "--"],
    "tanggal": ["2024-02-31", "31/12/2024", "kemarin"],
    "tahun": ["24", "dua ribu"],
    "persentase": ["101", "-1"],
    "kategori": ["D"],
}


def names_of(columns: int) -> list[str]:
    first = ["id", "nama_wilayah", "tahun", "tanggal", "jenis_kelamin", "jumlah", "persentase", "nilai", "kategori", "keterangan"]
    return first + [f"ukuran_{number}" for number in range(columns - len(first))]


def schema_of(columns: int) -> dict[str, Any]:
    limits = {"jumlah": {"required": True}, "persentase": {"minimum": 0, "maximum": 100}, "kategori": {"enum": ["A", "B", "C"]}}
    fields = [
        {"name": name, "type": TYPES.get(name, "integer" if name.startswith("ukuran") else "string"), "constraints": limits.get(name, {})}
        for name in names_of(columns)
    ]
    return {"fields": fields}


def generate(path: Path, rows: int, columns: int, faults: int) -> None:
    chance = random.Random(rows)
    names = names_of(columns)
    faulty = {chance.randrange(rows): chance.choice(list(FAULTS)) for _ in range(faults)}
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(names) + "\n")
        for number in range(rows):
            row = {
                "id": f"{number:07d}", "nama_wilayah": f"Desa {number % 1166}", "tahun": str(2015 + number % 10), "tanggal": f"20{5 + number % 20:02d}-0{1 + number % 9}-1{number % 9}",
                "jenis_kelamin": "LP"[number % 2], "jumlah": str(chance.randrange(10_000)), "persentase": f"{chance.random() * 100:.2f}",
                "nilai": f"{chance.random() * 1000:.4f}", "kategori": "ABC"[number % 3], "keterangan": f"catatan {number}",
            }  # fmt: skip
            if field := faulty.get(number):
                row[field] = chance.choice(FAULTS[field])
            cells = [row[name] if name in row else str(chance.randrange(100_000)) for name in names]
            out.write(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\n")


def ours(path: Path, columns: int) -> list[list[Any]]:
    from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
    from ckanext.ntbsatudata.domain.tables.reading import opened_table
    from ckanext.ntbsatudata.domain.tables.schema import table_schema
    from ckanext.ntbsatudata.domain.tables.schema_check import check_against

    schema = table_schema(schema_of(columns), "benchmark")
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with opened_table(path) as table:
            problems = check_against(table, schema, CodeLists({}, ())).problems
        seconds.append(time.perf_counter() - started)
    report(min(seconds))
    return sorted([problem.code, problem.row, problem.field] for problem in problems if problem.code in BOTH_KNOW)


def frictionless(path: Path, columns: int) -> list[list[Any]]:
    from frictionless import Resource, Schema

    seconds = []
    for _ in range(RUNS if path.stat().st_size < 50_000_000 else 1):
        checked = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(schema_of(columns)))
        started = time.perf_counter()
        found = checked.validate(limit_errors=1_000_000).flatten(["type", "rowNumber", "fieldName"])
        seconds.append(time.perf_counter() - started)
    report(min(seconds))
    return sorted(list(error) for error in found if error[0] in BOTH_KNOW)


def report(seconds: float) -> None:
    print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), file=sys.stderr)


def run(side: str, path: Path, columns: int) -> tuple[dict[str, float], list[list[Any]]]:
    done = subprocess.run([sys.executable, __file__, "--side", side, str(path), str(columns)], capture_output=True, text=True, check=True)
    return json.loads(done.stderr.strip().splitlines()[-1]), json.loads(done.stdout)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", action="store_true")
    options.add_argument("--side", nargs=3)
    chosen = options.parse_args()
    if chosen.side:
        side, path, columns = chosen.side
        print(json.dumps({"ours": ours, "frictionless": frictionless}[side](Path(path), int(columns))))
        return
    scale = 10 if chosen.small else 1
    print(f"{'table':24s}{'checker':14s}{'rows/s':>12s}{'seconds':>10s}{'MB':>8s}  verdicts")
    with tempfile.TemporaryDirectory() as folder:
        for rows, columns, faults in ((120_999 // scale, 10, 0), (120_999 // scale, 10, 200), (1_000_000 // scale, 20, 0)):
            path = Path(folder) / f"{rows}x{columns}-{faults}.csv"
            generate(path, rows, columns, faults)
            table = f"{rows:,} x {columns}, {faults} faults"
            mine, my_verdicts = run("ours", path, columns)
            peer, peer_verdicts = run("frictionless", path, columns)
            same = (
                "the same"
                if my_verdicts == peer_verdicts
                else f"{len([v for v in my_verdicts if v not in peer_verdicts])} only here, {len([v for v in peer_verdicts if v not in my_verdicts])} only there"
            )
            for name, measured in (("ours", mine), ("frictionless", peer)):
                print(
                    f"{table:24s}{name:14s}{rows / measured['seconds']:12,.0f}{measured['seconds']:10.2f}{measured['megabytes']:8.0f}  {len(my_verdicts if name == 'ours' else peer_verdicts)}"
                )
            print(f"{'':24s}{'':14s}{peer['seconds'] / mine['seconds']:11.1f}x  verdicts: {same}")
            path.unlink()


if __name__ == "__main__":
    main()
