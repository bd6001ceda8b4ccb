"""What is public of one table: its description, and its releases as anybody can read them."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.neutral_form import VALUE, NeutralTable
from ckanext.ntbsatudata.domain.aggregates.period import months_of
from ckanext.ntbsatudata.domain.aggregates.policy import Policy
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, AggregateSpec
from ckanext.ntbsatudata.domain.disclosure.audit.equations import Cell, innermost_matter

SHOWN = ("", "s")
NO_PART = ("-", ":")  # not scheduled, not available: counted in no sum
HIDDEN = "c"


@dataclass(frozen=True)
class Rate:
    """A published rate: `numerator` / `denominator` · `per`, rounded to `decimals`, all three codes of one dimension."""

    code: str
    numerator: str
    denominator: str
    per: float
    decimals: int


@dataclass(frozen=True)
class PublicTable:
    """`releases`: oldest first, the last one is under audit. `others`: cells that exist without being public."""

    name: str
    dimensions: tuple[Dimension, ...]
    policy: Policy
    releases: tuple[PublishedRelease, ...]
    period: str | None
    others: tuple[Cell, ...] = ()
    with_innermost: bool = False
    rates: tuple[Rate, ...] = ()
    measure: str | None = None

    def __post_init__(self) -> None:
        if not self.releases or not self.releases[-1].values:
            raise AggregateError(f"Rilis {self.name} yang diaudit tidak memuat satu sel pun.")


def neutral_to_audit(neutral: NeutralTable, releases: Sequence[PublishedRelease] = (), released: bool = False) -> PublicTable:
    """Return the public side of a table in the neutral form.

    Its `cells` are shown and its `hidden` are holes, after its own earlier releases and further `releases`; where the table
    was `released`, the last of those is under audit and the file only tells dimensions and policy.
    """
    last = list(releases) if released else [*releases, _neutral_release(neutral)]
    every = (*neutral.releases, *last)
    for dimension in neutral.dimensions:
        if any(code not in dimension.position for code in set(last[-1].codes[dimension.name])):
            raise AggregateError(f"Sebuah sel menyebut kode {dimension.name} yang tidak ada.")
    return PublicTable(
        neutral.name,
        neutral.dimensions,
        neutral.policy,
        every,
        neutral.period,
        tuple(cells_of_crosses(neutral.dimensions, neutral.crosses)),
        innermost_matter(neutral.crosses),
    )


def _neutral_release(neutral: NeutralTable) -> PublishedRelease:
    names = [d.name for d in neutral.dimensions]
    try:
        shown = {tuple(str(cell[name]) for name in names): float(cell[VALUE]) for cell in neutral.cells}
        holes = dict.fromkeys(tuple(str(cell[name]) for name in names) for cell in neutral.hidden)
    except (KeyError, TypeError, ValueError) as error:
        raise AggregateError("Sebuah sel tidak menyebut semua dimensinya atau tidak punya nilai.") from error
    cells = [cell for cell in shown if cell not in holes] + list(holes)
    codes = {name: [cell[axis] for cell in cells] for axis, name in enumerate(names)}
    values = [None if cell in holes else shown[cell] for cell in cells]
    return PublishedRelease(neutral.name, "terbaru", codes, values, [HIDDEN if cell in holes else "" for cell in cells])


def spec_to_audit(spec: AggregateSpec, releases: Sequence[PublishedRelease]) -> PublicTable:
    """Return the public side of a registered table; `releases` oldest first, the last one under audit.

    Raises `AggregateError` for a code the registry does not know: a place that was recoded cannot be judged.
    """
    months = sorted({month for one in releases for code in set(one.codes[spec.period]) for month in months_of(code)})
    dimensions = spec.all_dimensions(months)
    rates = tuple(Rate(r.code, r.numerator, r.denominator, r.per, r.decimals) for r in spec.rates)
    quantiles = {one.code for one in spec.quantiles}  # read off published bands: they say nothing those do not say
    releases = [one.without(MEASURE, quantiles) for one in releases]
    known = {d.name: set(d.codes) for d in dimensions}
    known[MEASURE] |= {rate.code for rate in rates}
    for one in releases:
        for name, codes in known.items():
            if not set(one.codes[name]) <= codes:
                raise AggregateError(f"Rilis {one.release} memuat kode {name} yang tidak dikenal spesifikasi.")
    crosses = [cross.by | {spec.region} for cross in spec.crosses]
    largest = [one for one in set(crosses) if not any(one < other for other in crosses)]
    return PublicTable(
        spec.name, dimensions, spec.policy, tuple(releases), spec.period, with_innermost=len(largest) > 1, rates=rates, measure=MEASURE
    )


def cells_of_crosses(dimensions: Sequence[Dimension], crosses: Iterable[frozenset[str]]) -> Iterable[Cell]:
    for cross in crosses:
        yield from itertools.product(*(d.codes if d.name in cross else (d.total or "",) for d in dimensions))


def read_release_folder(folder: Path, dimensions: Sequence[str]) -> PublishedRelease:
    """Return the release in a folder, from its CSV alone. Raises `AggregateError` when it is not such a folder."""
    files = sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise AggregateError(f"Folder {folder.name} harus memuat tepat satu berkas CSV.")
    try:
        return _read_release(files[0], _release_name(folder), dimensions)
    except (UnicodeDecodeError, csv.Error) as error:
        raise AggregateError(f"Berkas {files[0].name} tidak dapat dibaca sebagai CSV.") from error


def _read_release(path: Path, release: str, dimensions: Sequence[str]) -> PublishedRelease:
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or []
        if sorted(header) != sorted([*dimensions, VALUE, "status"]):
            raise AggregateError(f"Kolom {path.name} bukan dimensi tabel beserta nilai dan status.")
        codes: dict[str, list[str]] = {name: [] for name in dimensions}
        values: list[float | None] = []
        statuses: list[str] = []
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise AggregateError(f"{path.name} baris {number}: banyaknya kolom tidak sama dengan kepalanya.")
            status, text = row["status"], row[VALUE]
            if (text != "") != (status in SHOWN) or status not in (*SHOWN, *NO_PART, HIDDEN, "n"):
                raise AggregateError(f"{path.name} baris {number}: nilai dan status tidak cocok.")
            for name in dimensions:
                codes[name].append(row[name])
            try:
                values.append(float(text) if text != "" else None)
            except ValueError as error:
                raise AggregateError(f"{path.name} baris {number}: nilai bukan bilangan.") from error
            statuses.append(status)
    return PublishedRelease(path.stem, release, codes, values, statuses)


def _release_name(folder: Path) -> str:
    report = folder / "report.json"
    try:
        content = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    except ValueError as error:
        raise AggregateError(f"Berkas report.json pada folder {folder.name} tidak dapat dibaca.") from error
    return str(content.get("release", folder.name)) if isinstance(content, dict) else folder.name
