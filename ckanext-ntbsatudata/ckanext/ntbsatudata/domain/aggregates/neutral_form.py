"""A statistical table in the neutral JSON form: one file is one table to protect or to audit.

Keys: `name`, `dimensions`, `cells`, `published`, `links`, `periods`, `releases`, `policy`, `must_publish`, `hidden`; the
page `docs/reference/neutral-table.md` describes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension, Sum
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.policy import Policy
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease

VALUE = "nilai"
SHOWN = ("", "s")  # statuses of a cell that has a value
FILE_NAME = re.compile(r"[^\W.][^/\\:*?\"<>|\x00-\x1f]{0,120}")
KEYS = {
    "name", "source", "dimensions", "cells", "published", "links", "periods", "releases", "policy", "must_publish", "hidden", "expected",
}  # fmt: skip


@dataclass(frozen=True)
class NeutralTable:
    """A table read from the neutral form. `hidden` belongs to an audit, whose `cells` are the published ones."""

    name: str
    dimensions: tuple[Dimension, ...]
    crosses: tuple[frozenset[str], ...]
    policy: Policy
    cells: tuple[Mapping[str, Any], ...]
    must_publish: tuple[Mapping[str, str], ...]
    hidden: tuple[Mapping[str, str], ...]
    releases: tuple[PublishedRelease, ...]
    period: str | None


def is_neutral_form(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def read_neutral_table(path: Path) -> NeutralTable:
    """Return the table of one JSON file. Raises `AggregateError` when it is not JSON or not of the neutral form."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AggregateError(f"Berkas {path.name} tidak dapat dibaca sebagai JSON.") from error
    if not isinstance(content, dict):
        raise AggregateError(f"Berkas {path.name} bukan sebuah tabel.")
    return parse_neutral_table(content, path.stem)


def parse_neutral_table(content: Mapping[str, Any], fallback_name: str = "tabel") -> NeutralTable:
    """Return the table of parsed JSON. Raises `AggregateError` when a part is missing, unknown, or of the wrong shape."""
    unknown = set(content) - KEYS
    if unknown:
        raise AggregateError(f"Bentuk netral tidak mengenal kunci: {', '.join(sorted(unknown))}.")
    try:
        return _parse(content, fallback_name)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AggregateError(f"Tabel tidak berbentuk netral: {type(error).__name__} pada {error}.") from error


def _parse(content: Mapping[str, Any], fallback_name: str) -> NeutralTable:
    names = [str(d["name"]) for d in content["dimensions"]]
    published = content.get("published")
    crosses = tuple(frozenset(map(str, names)) for names in published) if published else (frozenset(names),)
    strangers = frozenset().union(*crosses) - set(names)
    if strangers or len(set(names)) != len(names):
        raise AggregateError("Silangan menyebut dimensi yang tidak ada, atau sebuah dimensi diberikan dua kali.")
    period = (content.get("periods") or {}).get("dimension")
    if period is not None and period not in names:
        raise AggregateError("Periode menyebut dimensi yang tidak ada.")
    cells = tuple(content.get("cells") or ())
    if not all(isinstance(cell, dict) for key in ("cells", "must_publish", "hidden") for cell in content.get(key) or ()):
        raise AggregateError("Sebuah sel tidak ditulis sebagai pasangan dimensi dan kode.")
    dimensions = tuple(_dimension(content, d, crosses) for d in content["dimensions"])
    if not content.get("hidden"):
        dimensions = tuple(_with_data(d, cells) if d.name == period else d for d in dimensions)
    name = str(content.get("name") or fallback_name)
    if not FILE_NAME.fullmatch(name):
        raise AggregateError("Nama tabel memuat tanda yang tidak dapat menjadi nama berkas.")
    return NeutralTable(
        name,
        dimensions,
        crosses,
        Policy.read(content.get("policy") or {}),
        cells,
        tuple(content.get("must_publish") or ()),
        tuple(content.get("hidden") or ()),
        tuple(_release(one, names, name, at) for at, one in enumerate(content.get("releases") or ())),
        None if period is None else str(period),
    )


def _dimension(content: Mapping[str, Any], one: Mapping[str, Any], crosses: Sequence[frozenset[str]]) -> Dimension:
    name = str(one["name"])
    pairs = [(str(c["code"]), None if c.get("parent") is None else str(c["parent"])) for c in one["codes"]]
    dimension = Dimension.from_parents(name, pairs)
    if any(name not in cross for cross in crosses):
        dimension = dimension.with_total()
    groups = [
        Sum(str(c["code"]), tuple(map(str, c["members"])))
        for link in content.get("links") or ()
        if str(link["dimension"]) == name
        for c in link["codes"]
    ]
    periods = content.get("periods") or {}
    if periods and str(periods["dimension"]) == name:
        groups += [Sum(str(total), tuple(map(str, members))) for total, members in (periods.get("totals") or {}).items()]
    return dimension.with_groups(_new(dimension, groups)) if groups else dimension


def _with_data(dimension: Dimension, cells: Sequence[Mapping[str, Any]]) -> Dimension:
    """Return the period dimension without the periods no cell is given for; a total over such a period is an error."""
    given = {str(cell.get(dimension.name)) for cell in cells}
    absent = {code for code in dimension.leaves if code not in given}
    if not absent or given & {one.total for one in dimension.sums}:
        return dimension
    if any(absent & set(one.members) for one in dimension.sums):
        raise AggregateError(f"Jumlah atas {dimension.name} meminta sel dari semua periodenya; {len(absent)} periode tidak diberikan.")
    return replace(dimension, codes=tuple(code for code in dimension.codes if code not in absent))


def _new(dimension: Dimension, groups: Sequence[Sum]) -> list[Sum]:
    """Return the groups that say something new: a period total may repeat what the hierarchy already says."""
    told = {(one.total, frozenset(one.members)) for one in dimension.sums}
    return [one for one in groups if (one.total, frozenset(one.members)) not in told]


def _release(one: Mapping[str, Any], names: Sequence[str], table: str, at: int) -> PublishedRelease:
    statuses = [str(cell.get("status") or "") for cell in one["cells"]]
    values = [
        float(cell[VALUE]) if status in SHOWN and cell.get(VALUE) not in (None, "") else None
        for cell, status in zip(one["cells"], statuses, strict=True)
    ]
    codes = {name: [str(cell[name]) for cell in one["cells"]] for name in names}
    return PublishedRelease(table, str(one.get("release", at + 1)), codes, values, statuses)
