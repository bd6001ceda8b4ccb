"""Protect and audit one month at NTB's size with twelve months on the ledger; and holes by prevalence on the slim registry.

Run: .venv/bin/python -m benchmarks.disclosure_ntb [provinces]. Peer: the prototype's figures of the design (4.7 s at 0.5 %).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.disclosure_cells import children_by_group, month_of_cells, write_month
from ckanext.ntbsatudata.domain.aggregates.cells import Records, add_up
from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.lattice import Cross, Lattice, build_lattice
from ckanext.ntbsatudata.domain.aggregates.policy import Policy, Zeros
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Table, protect
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

SPEC = INSTALLED / "aggregates" / "posyandu" / "balita-bulanan.yaml"
PROTOTYPE = {0.135: "0 %", 0.03: "11.3 %", 0.005: "49.0 %"}


def slim(region: Dimension, provinces: int) -> Lattice:
    """Return the slim registry over one or more like provinces, side by side under no common total."""
    pairs = []
    parents = {member: one.total for one in region.sums for member in one.members}
    levels = {}
    for number in range(provinces):
        for code in region.codes:
            parent = parents.get(code)
            pairs.append((f"{number}/{code}", None if parent is None else f"{number}/{parent}"))
            levels[f"{number}/{code}"] = (region.levels or {})[code]
    wide = Dimension.from_parents("wilayah", pairs, levels)
    sex = Dimension.from_parents("jk", [("T", None), ("L", "T"), ("P", "T")])
    age = Dimension.from_parents("umur", [("T", None), *((f"u{n}", "T") for n in range(5))])
    at = wide.at_level
    return build_lattice(
        (wide, sex, age),
        [
            Cross((at("provinsi") + at("kabupaten_kota"), sex.codes, age.codes)),
            Cross((at("kecamatan"), sex.codes, ("T",))),
            Cross((at("desa_kelurahan"), ("T",), ("T",))),
        ],
    )


def by_prevalence(region: Dimension, provinces: int) -> None:
    lattice = slim(region, provinces)
    areas = lattice.dimensions[0].leaves
    children = children_by_group(len(areas), 10, 1)
    position = lattice.dimensions[0].position
    coordinates = np.array([(position[area], 1 + group // 5, 1 + group % 5) for area in areas for group in range(10)])
    height = np.array(
        [
            {"provinsi": 1000.0, "kabupaten_kota": 4.0, "kecamatan": 2.0}.get((lattice.dimensions[0].levels or {})[code], 1.0)
            for code in lattice.dimensions[0].codes
        ]
    )
    for share in PROTOTYPE:
        for zeros in Zeros:
            counts = np.random.default_rng(2).binomial(children, share).ravel()
            cells = add_up(lattice, Records(coordinates, counts.astype(float)))
            none = np.zeros(lattice.size, dtype=bool)
            table = Table("slim", lattice, cells, Policy(5, zeros), none, heights=height[lattice.coordinates[:, 0]])
            start = time.perf_counter()
            try:
                protected = protect(table, b"benchmark secret")
            except CannotProtect:  # with zeros shown, a small total of small parts cannot look like a single person
                print(f"{provinces:>3} prov {100 * share:>5.1f} % zeros {zeros.value:<12} cannot be protected", flush=True)
                continue
            took = time.perf_counter() - start
            hidden = protected.count()[Status.HIDDEN] / lattice.size
            small = float(((cells.values > 0) & (cells.values < 5)).mean())
            desa = np.array([status is Status.HIDDEN for status in protected.statuses])[
                np.isin(lattice.coordinates[:, 0], [position[a] for a in areas])
            ].mean()
            print(
                f"{provinces:>3} prov {100 * share:>5.1f} % zeros {zeros.value:<12} {lattice.size:>6} cells: small {100 * small:.1f} %, hidden {100 * hidden:.1f} %, "
                f"desa {100 * desa:.1f} %, {took:.1f} s; prototype (zeros suppressible) {PROTOTYPE[share]}",
                flush=True,
            )


def one_month_after_a_year(spec_path: Path) -> None:
    spec = load_spec(spec_path, CodeLists.load(SchemaFolder()))
    areas = spec.dimensions[0].leaves
    children = children_by_group(len(areas), 8, 1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "secret").write_text("a secret of the benchmark\n")
        command = [sys.executable, "-c", "from ckanext.ntbsatudata.cli.main import main; main()"]
        for number in range(1, 14):
            month = f"{2025 + (number - 1) // 12}-{(number - 1) % 12 + 1:02d}"
            write_month(home / "cells.csv", spec, month, month_of_cells(children, number), areas)
            release = ["--out", str(home / "out"), "--ledger", str(home / "ledger"), "--secret-file", str(home / "secret")]
            start = time.perf_counter()
            subprocess.run([*command, "protect", str(spec_path), str(home / "cells.csv"), *release], check=True, capture_output=True)
            took = time.perf_counter() - start
        start = time.perf_counter()
        subprocess.run(
            [*command, "audit", str(home / "out"), "--spec", str(spec_path), "--ledger", str(home / "ledger")],
            check=True,
            capture_output=True,
        )
        audited = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"month 13, {len(spec.measures)} measures, twelve months on the ledger: protect {took:.1f} s, audit {audited:.1f} s, at most {memory:.0f} MB"
    )


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    region = load_spec(SPEC, CodeLists.load(SchemaFolder())).dimensions[0]
    for provinces in (1, many):
        by_prevalence(region, provinces)
    one_month_after_a_year(SPEC)
