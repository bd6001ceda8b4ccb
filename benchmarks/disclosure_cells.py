"""Synthetic base cells at the size of NTB: no person behind them, proportions as reported for the routine nutrition data."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, AggregateSpec

CHILDREN = 430  # balita of a desa, on average; gamma-distributed over desa
SHARES = {
    "buku_kia": 0.9, "ditimbang": 0.85, "diukur": 0.85, "ditimbang_diukur": 0.83, "naik": 0.55, "tidak_naik": 0.2, "tidak_ditimbang_lalu": 0.07,
    "baru": 0.03, "bawah_garis_merah": 0.02, "dua_kali_tidak_naik": 0.05, "stunting": 0.135, "wasting": 0.03, "overweight": 0.02, "underweight": 0.09,
}  # fmt: skip
SEVERE = 0.2  # of the stunted


def children_by_group(areas: int, groups: int, seed: int) -> np.ndarray:
    """Return the children of each area and group, areas × groups."""
    draw = np.random.default_rng(seed)
    sizes = draw.gamma(4, CHILDREN / 4, areas)
    return draw.poisson(np.repeat(sizes[:, None] / groups, groups, axis=1))


def month_of_cells(children: np.ndarray, seed: int, shares: Mapping[str, float] = SHARES) -> dict[str, np.ndarray]:
    """Return one month's counts by measure, areas × groups each, every identity of the registry kept."""
    draw = np.random.default_rng(seed)
    counts = {"sasaran": children}
    for part, whole in (("buku_kia", "sasaran"), ("ditimbang", "sasaran"), ("diukur", "sasaran"), ("ditimbang_diukur", "sasaran")):
        counts[part] = draw.binomial(counts[whole], shares[part])
    for part, whole in (
        ("naik", "ditimbang"), ("bawah_garis_merah", "ditimbang"), ("dua_kali_tidak_naik", "ditimbang"), ("underweight", "ditimbang"),
        ("stunting", "diukur"), ("wasting", "ditimbang_diukur"), ("overweight", "ditimbang_diukur"),
        ("tidak_ditimbang_lalu", "ditimbang"), ("baru", "ditimbang"),
    ):  # fmt: skip
        counts[part] = draw.binomial(counts[whole], shares[part])
    counts["tidak_naik"] = draw.binomial(counts["ditimbang"] - counts["naik"], shares["tidak_naik"] / (1 - shares["naik"]))
    counts["ditimbang_dinilai"] = counts["naik"] + counts["tidak_naik"]
    counts["sangat_pendek"] = draw.binomial(counts["stunting"], SEVERE)
    counts["pendek"] = counts["stunting"] - counts["sangat_pendek"]
    return counts


def rows(spec: AggregateSpec, month: str, counts: Mapping[str, np.ndarray], areas: Sequence[str]) -> Iterator[list[object]]:
    """Return the rows of a cells file: the innermost codes of every dimension, each measure."""
    sexes, ages = (d.leaves for d in spec.dimensions[1:])
    registered = {one.code for one in spec.measures}
    for measure, values in ((code, counts[code]) for code in counts if code in registered):
        for area, line in zip(areas, values, strict=True):
            for group, value in enumerate(line):
                yield [month, area, sexes[group // len(ages)], ages[group % len(ages)], measure, int(value)]


def write_month(path: Path, spec: AggregateSpec, month: str, counts: Mapping[str, np.ndarray], areas: Sequence[str]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*spec.columns[:-1], MEASURE, "nilai"])
        writer.writerows(rows(spec, month, counts, areas))
