"""Twelve months and a revision of both programmes' tables, attacked with programs of this file's own.

The attacker reads what is public and nothing else: published numbers, holes, and what the tables' descriptions say of sums. He thinks in
innermost cells (month, area, group, measure), never negative, and asks how small and how large a hidden cell can be.
"""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from ckanext.ntbcare.synthetic import complaints
from ckanext.ntbsatudata.domain.aggregates.cell_files import CellRows
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.publication.release_folder import as_published
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from tests.sources.synthetic_ntbcare import received

LISTS = CodeLists.load(SchemaFolder())
YEAR = [f"2025-{month:02d}" for month in range(1, 13)]
AREAS = ("52.01", "52.02", "52.03", "52.04", "52.05", "52.06", "52.07", "52.08", "52.71", "52.72")
QUARTERS = {f"2025-TW{q}": YEAR[3 * q - 3 : 3 * q] for q in (1, 2, 3, 4)}
HALVES = {"2025-S1": YEAR[:6], "2025-S2": YEAR[6:]}
PERIODS = {**{month: [month] for month in YEAR}, **QUARTERS, **HALVES, "2025": YEAR}
CLASSES = {
    "pengaduan-pribadi-triwulan": ("kesehatan", "adminduk", "bansos", "pendidikan", "ketenagakerjaan"),
    "pengaduan-peka-tahun": ("kedaruratan_sosial", "kdrt_anak", "pungli_aparat", "whistleblowing", "kamtibmas", "lainnya"),
    "gizi-buruk-triwulan": ("-",),
}
MEASURES = {"gizi-buruk-triwulan": ("gizi_buruk", "gizi_buruk_dirawat")}


class Attacker:
    """`areas`, `classes`, `measures`: innermost codes as the tables' public descriptions list them."""

    def __init__(self, areas, classes, measures, part_of=None):
        self.areas, self.classes, self.measures = areas, classes, measures
        self.part_of = part_of or {}
        self.rows: list[tuple[list, float]] = []
        self.number: dict[tuple, int] = {}

    def leaves(self, cell: dict) -> list[tuple]:
        area = self.areas if cell["wilayah"] == "52" else [cell["wilayah"]]
        group = self.classes if cell.get("kategori", "semua") == "semua" else [cell["kategori"]]
        return list(itertools.product(PERIODS[cell["bulan"]], area, group, [cell["indikator"]]))

    def columns(self, cell: dict) -> list[int]:
        return [self.number.setdefault(leaf, len(self.number)) for leaf in self.leaves(cell)]

    def learn(self, cells: list[tuple[dict, float | None]]) -> None:
        self.rows += [(self.columns(cell), value) for cell, value in cells if value is not None]

    def intervals(self, cells: list[dict]) -> list[tuple[float, float]]:
        aims = [self.columns(cell) for cell in cells]
        for period, area, group, part in list(self.number):
            if part in self.part_of:
                self.number.setdefault((period, area, group, self.part_of[part]), len(self.number))
        size = len(self.number)
        matrix = sp.csr_matrix(
            (np.ones(sum(len(c) for c, _ in self.rows)), ([r for r, (c, _) in enumerate(self.rows) for _ in c], [i for c, _ in self.rows for i in c])),
            shape=(len(self.rows), size),
        )  # fmt: skip
        within = [(self.number[leaf], self.number[(*leaf[:3], self.part_of[leaf[3]])]) for leaf in self.number if leaf[3] in self.part_of]
        smaller = sp.csr_matrix(
            ([1.0, -1.0] * len(within), ([r for r in range(len(within)) for _ in (0, 1)], [at for pair in within for at in pair])),
            shape=(len(within), size),
        )
        found = []
        for aim in aims:
            ends = []
            for sign in (1, -1):
                cost = np.zeros(size)
                cost[aim] = sign
                answer = linprog(
                    cost,
                    smaller if within else None,
                    np.zeros(len(within)) if within else None,
                    matrix,
                    [v for _, v in self.rows],
                    method="highs",
                )
                ends.append(np.inf if answer.status == 3 else sign * answer.fun if answer.status == 0 else np.nan)
            found.append((ends[0], ends[1]))
        return found


def cells_of(release) -> list[tuple[dict, float | None]]:
    rows = zip(*release.codes.values(), strict=True)
    return [(dict(zip(release.codes, row, strict=True)), value) for row, value in zip(rows, release.values, strict=True)]


def rows_of(spec, counts: dict[tuple, int]) -> CellRows:
    """`counts`: (month, area[, class], measure) to a number."""
    columns = list(zip(*counts, strict=True))
    codes = tuple(np.array(column, dtype=object) for column in columns)
    return CellRows(codes, np.array(list(counts.values()), dtype=float), tuple(sorted(set(columns[0]))))


def publish(spec, history: list[dict[tuple, int]]) -> list:
    """Release each state of the counts in turn, as the portal would: what cannot be protected is not released."""
    public: list = []
    for counts in history:
        try:
            table = protect(without_limit(spec_to_protect(spec, rows_of(spec, counts), public)), b"a secret of the tests")
        except CannotProtect:
            continue
        public.append(as_published(table, str(len(public) + 1), spec.derived))
    return public


def complaints_of(table: str, revised: bool) -> dict[tuple, int]:
    tier = "B" if table == "pengaduan-pribadi-triwulan" else "C"
    areas = AREAS if tier == "B" else ("52",)
    counts = {(month, area, group, "pengaduan"): 0 for month in YEAR for area in areas for group in CLASSES[table]}
    made = complaints(YEAR, 160)
    for month in YEAR:
        for (of, area, group), number in received(made, month).items():
            if of == tier:
                counts[(month, area if tier == "B" else "52", group, "pengaduan")] += number
    if revised:  # records that came late: some many, one single
        counts[("2025-05", areas[0], CLASSES[table][0] if tier == "B" else "kamtibmas", "pengaduan")] += 1
        counts[("2025-06", areas[-1], CLASSES[table][1], "pengaduan")] += 12
    return counts


def children(revised: bool) -> dict[tuple, int]:
    draw = np.random.default_rng(50)
    counts = {}
    for month, area in itertools.product(YEAR, AREAS):
        ill = int(draw.poisson(9 if area in AREAS[:3] else 3))
        late = 2 if revised and (month, area) == ("2025-04", "52.03") else 0
        counts[(month, area, "gizi_buruk")] = ill + late
        counts[(month, area, "gizi_buruk_dirawat")] = int(draw.binomial(ill, 0.8))
    return counts


@pytest.mark.parametrize("table", list(CLASSES))
def test_a_year_and_a_revision_withstand_linear_programs(table):
    programme = "posyandu" if table.startswith("gizi") else "ntbcare"
    spec = load_spec(INSTALLED / "aggregates" / programme / f"{table}.yaml", LISTS)
    make = children if programme == "posyandu" else lambda revised: complaints_of(table, revised)
    first, revised = make(False), make(True)
    history = [{key: n for key, n in first.items() if key[0] <= month} for month in (YEAR[2], YEAR[5], YEAR[8], YEAR[11])] + [revised]
    public = publish(spec, history)
    assert len(public) >= 4, "a year of data goes public"
    least = {"pengaduan-pribadi-triwulan": 5, "pengaduan-peka-tahun": 10, "gizi-buruk-triwulan": 10}[table]
    measures = MEASURES.get(table, ("pengaduan",))
    areas = AREAS if table != "pengaduan-peka-tahun" else ("52",)
    part_of = {"gizi_buruk_dirawat": "gizi_buruk"}
    shares = {one.code for one in spec.rates}

    def truth(cell: dict, counts: dict) -> int:
        keys = Attacker(areas, CLASSES[table], measures).leaves(cell)
        return sum(counts[key if programme == "ntbcare" else (key[0], key[1], key[3])] for key in keys)

    last_seen: dict[tuple, float] = {}
    for number, release in enumerate(public):
        counted = [(cell, value) for cell, value in cells_of(release) if cell["indikator"] not in shares]
        counts = history[number] if len(public) == len(history) else {**first, **history[number]}
        shown = {tuple(cell.values()) for cell, value in counted if value is not None}
        for cell, value in counted:
            assert value is None or not 0 < value < least, "no small number is shown"
            if value is not None:
                change = value - last_seen.get(tuple(cell.values()), value)
                assert change == 0 or abs(change) >= least, "no revision shows a small difference"
                last_seen[tuple(cell.values())] = value
        for cell, value in cells_of(release):
            if cell["indikator"] in shares and value is not None:
                parts = [{**cell, "indikator": code} for code in measures]
                assert all(tuple(part.values()) in shown for part in parts), "a rate is shown only beside its counts"
        holes = [cell for cell, value in counted if value is None]
        small = [cell for cell in holes if 0 < truth(cell, counts) < least]
        attacks = [[counted]]
        if number:
            attacks.append([counted, *[unchanged(cells_of(one), counted, shares) for one in public[:number]]])
        for known in attacks:
            attacker = Attacker(areas, CLASSES[table], measures, part_of if programme == "posyandu" else None)
            for cells in known:
                attacker.learn(cells)
            for low, high in attacker.intervals(small):
                if np.isnan(low):
                    continue  # the releases contradict each other: something changed, and the earlier one says nothing
                assert low <= 1e-6, "a small cell may be nothing"
                assert high >= least - 1e-6, "nobody can tell that a small cell is small"


def unchanged(cells, newest, shares) -> list:
    """Return the earlier numbers the newest release does not contradict."""
    now = {tuple(cell.values()): value for cell, value in newest}
    return [
        (cell, value) for cell, value in cells if cell["indikator"] not in shares and now.get(tuple(cell.values()), value) in (None, value)
    ]


def test_the_attacker_succeeds_where_a_table_is_badly_hidden():
    attacker = Attacker(("52.01", "52.02"), ("a", "b"), ("pengaduan",))
    cell = lambda area, group: {"bulan": "2025-01", "wilayah": area, "kategori": group, "indikator": "pengaduan"}  # noqa: E731
    attacker.learn([(cell("52.01", "semua"), 30.0), (cell("52.01", "a"), 27.0), (cell("52.01", "b"), None)])
    assert attacker.intervals([cell("52.01", "b")]) == [(3.0, 3.0)]
    months = Attacker(("52.01",), ("a",), ("pengaduan",))
    year = defaultdict(lambda: 20.0, {"2025-07": None, "2025": 222.0})
    months.learn([({"bulan": one, "wilayah": "52.01", "kategori": "a", "indikator": "pengaduan"}, year[one]) for one in [*YEAR, "2025"]])
    assert months.intervals([{"bulan": "2025-07", "wilayah": "52.01", "kategori": "a", "indikator": "pengaduan"}]) == [(2.0, 2.0)]
