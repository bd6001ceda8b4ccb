"""AggregateSpec: the registry entry of one published table, read from YAML.

It says which dimensions, measures, identities and rates the table has, which crosses may ever be public at which depth, and
the disclosure policy. The page `docs/reference/aggregate-spec.md` describes each key.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension, Sum
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.period import totals_of
from ckanext.ntbsatudata.domain.aggregates.policy import Policy
from ckanext.ntbsatudata.domain.aggregates.quantile import QuantileSpec, parse_quantiles
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists

KEYS = {
    "name", "version", "title", "description", "source", "region", "dimensions", "period", "measures", "identities", "rates", "quantiles", "crosses",
    "policy", "minimum_reporting_percent", "tier", "headline", "example",
}  # fmt: skip
MEASURE = "indikator"
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Measure:
    """A count. `within`: the measure it is a true part of. `sensitive`: nobody may tell that all, or all but few, have it."""

    code: str
    title: Mapping[str, str]
    within: str | None = None
    sensitive: bool = False

    @property
    def complement(self) -> str:
        """The code of those within the whole who do not have it; never published."""
        return f"{self.within}~{self.code}"


@dataclass(frozen=True)
class RateSpec:
    """`numerator` / `denominator` · `per`, published only where both are."""

    code: str
    title: Mapping[str, str]
    numerator: str
    denominator: str
    per: float = 100
    decimals: int = 1


@dataclass(frozen=True)
class RegisteredCross:
    """At these levels of the region: the other dimensions whose codes are shown; the kinds of period and the measures, None for all."""

    levels: tuple[str, ...]
    by: frozenset[str]
    periods: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None


@dataclass(frozen=True)
class AggregateSpec:
    """One registered table. `dimensions` holds the region first, then the others, without period and measure.

    `headline`: the measure or rate that is drawn and read first. `code_lists`: `list@version` by dimension, where it has one.
    """

    name: str
    version: str
    title: Mapping[str, str]
    region: str
    dimensions: tuple[Dimension, ...]
    titles: Mapping[str, Mapping[str, str]]
    period: str
    period_totals: tuple[str, ...]
    measures: tuple[Measure, ...]
    identities: tuple[Sum, ...]
    rates: tuple[RateSpec, ...]
    crosses: tuple[RegisteredCross, ...]
    policy: Policy
    minimum_reporting_percent: float
    example: Sequence[Mapping[str, Any]]
    source: str = ""
    headline: str = ""
    code_lists: Mapping[str, str] = field(default_factory=dict)
    quantiles: tuple[QuantileSpec, ...] = ()

    @property
    def derived(self) -> tuple[RateSpec | QuantileSpec, ...]:
        """What is computed from published counts and from nothing else."""
        return (*self.rates, *self.quantiles)

    @property
    def columns(self) -> tuple[str, ...]:
        """The dimensions of the published table, in order."""
        return (self.period, *(d.name for d in self.dimensions), MEASURE)

    def all_dimensions(self, months: Sequence[str]) -> tuple[Dimension, ...]:
        """Return period, region, the others and the measures as dimensions, the period made of the months at hand."""
        period = Dimension(self.period, tuple(months)).with_groups(totals_of(months, self.period_totals))
        parts = [m for m in self.measures if m.within is not None]
        codes = tuple(m.code for m in self.measures) + tuple(m.complement for m in parts)
        sums = self.identities + tuple(Sum(str(m.within), (m.code, m.complement)) for m in parts)
        measures = Dimension(MEASURE, codes, sums, unpublished=frozenset(m.complement for m in parts))
        levels = {code: code for code in codes}
        return (period, *self.dimensions, replace(measures, levels=levels))


def load_spec(path: Path, code_lists: CodeLists | None) -> AggregateSpec:
    """Return the spec of a YAML file. Raises `AggregateError` saying what is missing, unknown or contradictory.

    Codes come from the named code list, or from a CSV (`code,parent[,level]`) beside the file.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AggregateError(f"Berkas {path.name} bukan YAML yang dapat dibaca.") from error
    if not isinstance(content, dict):
        raise AggregateError(f"Berkas {path.name} bukan spesifikasi tabel.")
    unknown = set(content) - KEYS
    if unknown:
        raise AggregateError(f"Spesifikasi {path.name} memuat kunci yang tidak dikenal: {', '.join(sorted(unknown))}.")
    try:
        return _parse(content, path.parent, code_lists)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AggregateError(f"Spesifikasi {path.name} tidak lengkap: {type(error).__name__} pada {error}.") from error


def _parse(content: Mapping[str, Any], folder: Path, code_lists: CodeLists | None) -> AggregateSpec:
    name = str(content["name"])
    if not FILE_NAME.fullmatch(name):
        raise AggregateError("Nama tabel hanya boleh memuat huruf kecil, angka, - dan _.")
    region = str(content.get("region", "wilayah"))
    dimensions = [_dimension(str(key), value, folder, code_lists, str(key) == region) for key, value in content["dimensions"].items()]
    dimensions.sort(key=lambda d: d.name != region)
    if taken := {MEASURE, "nilai", "status"} & {d.name for d in dimensions}:
        raise AggregateError(f"Dimensi tidak boleh bernama {', '.join(sorted(taken))}: kolom itu milik setiap tabel yang terbit.")
    if not dimensions or dimensions[0].name != region or dimensions[0].levels is None:
        raise AggregateError(f"Dimensi {region} tidak ada atau tidak punya tingkat.")
    measures = tuple(_measure(str(code), value or {}) for code, value in content["measures"].items())
    known = {m.code for m in measures}
    identities = tuple(_identities(content.get("identities") or {}))
    rates = tuple(_rate(str(code), value) for code, value in (content.get("rates") or {}).items())
    named = [m.within for m in measures if m.within] + [code for one in identities for code in (one.total, *one.members)]
    named += [code for rate in rates for code in (rate.numerator, rate.denominator)]
    if not set(named) <= known or known & {rate.code for rate in rates}:
        raise AggregateError("Identitas, bagian atau rasio menyebut indikator yang tidak terdaftar, atau rasio memakai kode indikator.")
    crosses = tuple(_cross(one, region, dimensions, known) for one in content["crosses"])
    policy = Policy.read({"max_hidden_percent": 30, **content["policy"]})
    return AggregateSpec(
        name,
        str(content["version"]),
        _title(content["title"]),
        region,
        tuple(dimensions),
        {str(key): _title(value.get("title", str(key))) for key, value in content["dimensions"].items()},
        str(content["period"]["name"]),
        tuple(map(str, content["period"].get("totals", ()))),
        measures,
        identities,
        rates,
        crosses,
        policy,
        float(content.get("minimum_reporting_percent", 80)),
        tuple(content.get("example", ())),
        str(content.get("source", "")),
        _headline(content, rates, measures),
        {str(key): _list_of(value) for key, value in content["dimensions"].items() if "code_list" in value},
        tuple(parse_quantiles(content.get("quantiles"), known, {d.name: d.codes for d in dimensions})),
    )


def _headline(content: Mapping[str, Any], rates: Sequence[RateSpec], measures: Sequence[Measure]) -> str:
    known = [*(one.code for one in rates), *(one.code for one in measures)]
    headline = str(content.get("headline", known[0]))
    if headline not in known:
        raise AggregateError(f"headline menyebut {headline}, yang bukan indikator tabel ini.")
    return headline


def _list_of(value: Mapping[str, Any]) -> str:
    edition = value.get("edition")
    return str(value["code_list"]) if edition is None else f"{value['code_list']}@{edition}"


def _identities(content: Mapping[str, Any]) -> Iterator[Sum]:
    """Return the sums of a total: one list of parts, or a list of several that each add up to it."""
    for total, members in content.items():
        for parts in members if isinstance(members[0], list) else [members]:
            yield Sum(str(total), tuple(map(str, parts)))


def _title(value: Any) -> Mapping[str, str]:
    return {"id": value, "en": value} if isinstance(value, str) else {"id": str(value["id"]), "en": str(value["en"])}


def _measure(code: str, value: Mapping[str, Any]) -> Measure:
    within = value.get("within")
    return Measure(code, _title(value.get("title", code)), None if within is None else str(within), bool(value.get("sensitive", False)))


def _rate(code: str, value: Mapping[str, Any]) -> RateSpec:
    return RateSpec(
        code,
        _title(value.get("title", code)),
        str(value["numerator"]),
        str(value["denominator"]),
        float(value.get("per", 100)),
        int(value.get("decimals", 1)),
    )


def _cross(one: Mapping[str, Any], region: str, dimensions: Sequence[Dimension], known: set[str]) -> RegisteredCross:
    levels = tuple(map(str, one[region]))
    for level in levels:
        dimensions[0].at_level(level)
    by = frozenset(map(str, one.get("by", ())))
    strangers = by - {d.name for d in dimensions[1:]}
    if strangers:
        raise AggregateError(f"Silangan menyebut dimensi yang tidak ada: {', '.join(sorted(strangers))}.")
    unknown = set(one) - {region, "by", "periods", "measures"} | set(one.get("measures", ())) - known
    if unknown:
        raise AggregateError(f"Silangan memuat yang tidak dikenal: {', '.join(sorted(map(str, unknown)))}.")
    periods, measures = one.get("periods"), one.get("measures")
    return RegisteredCross(
        levels, by, None if periods is None else tuple(map(str, periods)), None if measures is None else tuple(map(str, measures))
    )


def _dimension(name: str, value: Mapping[str, Any], folder: Path, code_lists: CodeLists | None, is_region: bool) -> Dimension:
    if "codes" in value:
        pairs = [(str(code), None if parent is None else str(parent)) for code, parent in value["codes"].items()]
        dimension = Dimension.from_parents(name, pairs)
    elif "hierarchy" in value:
        dimension = _from_csv(name, folder / str(value["hierarchy"]))
    else:
        dimension = _from_code_list(name, value, code_lists, is_region)
    total = value.get("total")
    if total is not None:
        dimension = Dimension.from_parents(name, [(str(total), None), *((code, str(total)) for code in dimension.codes)])
    if dimension.total is None:
        raise AggregateError(f"Dimensi {name} tidak punya kode total.")
    for group in value.get("groups", ()):
        dimension = _with_groups(dimension, group, folder)
    return dimension


def _from_code_list(name: str, value: Mapping[str, Any], code_lists: CodeLists | None, is_region: bool) -> Dimension:
    if code_lists is None:
        raise AggregateError(f"Dimensi {name} meminta kode referensi, yang tidak tersedia di sini.")
    code_list = code_lists.get(str(value["code_list"]))
    edition = code_list.edition(None if value.get("edition") is None else str(value["edition"]))
    top, down_to = value.get("top"), value.get("down_to")
    kept = [item for item in edition if top is None or item.code == top or any(one.code == top for one in edition.ancestors(item.code))]
    if down_to is not None:
        order = [level.id for level in code_list.levels]
        if down_to not in order:
            raise AggregateError(f"Kode referensi {code_list.id} tidak punya tingkat {down_to}.")
        kept = [item for item in kept if order.index(item.level) <= order.index(down_to)]
    where = value.get("where")
    if where is not None:
        wanted, empty = str(where["is"]), str(where.get("if_empty", ""))
        kept = [item for item in kept if (item.attributes.get(str(where["attribute"])) or empty) == wanted]
    codes = {item.code for item in kept}
    pairs = [(item.code, item.parent if item.parent in codes else None) for item in kept]
    pairs += [(str(code), None) for code in value.get("also", ())]
    return Dimension.from_parents(name, pairs, {item.code: item.level for item in kept} if is_region else None)


def _from_csv(name: str, path: Path) -> Dimension:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise AggregateError(f"Berkas hierarki {path.name} tidak ada.") from error
    if not rows or not {"code", "parent"} <= set(rows[0]):
        raise AggregateError(f"Berkas hierarki {path.name} harus punya kolom code dan parent.")
    levels = {row["code"]: row["level"] for row in rows} if "level" in rows[0] else None
    return Dimension.from_parents(name, [(row["code"], row["parent"] or None) for row in rows], levels)


def _with_groups(dimension: Dimension, group: Mapping[str, Any], folder: Path) -> Dimension:
    """Add a second grouping of the same codes, from a CSV (`code,member`) or from the entry itself; it is a level of its own."""
    members: dict[str, list[str]] = {}
    if "file" in group:
        try:
            with open(folder / str(group["file"]), encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    members.setdefault(row["code"], []).append(row["member"])
        except OSError as error:
            raise AggregateError(f"Berkas pengelompokan {group['file']} tidak ada.") from error
    else:
        members = {str(code): list(map(str, inside)) for code, inside in group["codes"].items()}
    grown = dimension.with_groups(Sum(code, tuple(inside)) for code, inside in members.items())
    if dimension.levels is None:
        return grown
    return replace(grown, levels={**dimension.levels, **{code: str(group["name"]) for code in members}})
