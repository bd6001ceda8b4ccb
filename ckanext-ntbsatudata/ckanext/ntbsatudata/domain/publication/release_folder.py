"""The folder of a release: CSV, Parquet, XLSX, data dictionary and report, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from openpyxl import Workbook

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.quantile import QuantileSpec
from ckanext.ntbsatudata.domain.aggregates.spec import RateSpec
from ckanext.ntbsatudata.domain.disclosure.protected_table import NotProtected, ProtectedTable, Status
from ckanext.ntbsatudata.domain.publication.all_periods import all_periods
from ckanext.ntbsatudata.domain.publication.provisional import Provisional
from ckanext.ntbsatudata.domain.publication.quantiles import with_quantiles
from ckanext.ntbsatudata.domain.publication.rates import with_rates
from ckanext.ntbsatudata.domain.publication.wording import STATUS_WORDS, Language

VALUE, STATUS = "nilai", "status"
STATUS_MEANING = STATUS_WORDS[Language.ID]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """What the data dictionary says of one column beside its name."""

    title: str
    description: str = ""


def write_release(
    table: ProtectedTable,
    folder: Path,
    report: Mapping[str, Any],
    columns: Mapping[str, Column] | None = None,
    derived: Sequence[RateSpec | QuantileSpec] = (),
    provisional: Provisional | None = None,
    earlier: Sequence[PublishedRelease] = (),
) -> None:
    """Write all files of a release into `folder`, which is replaced as a whole. Raises `NotProtected` for anything else.

    `earlier`: releases of the table that are public or about to be, oldest first; their other periods stay in the files.
    """
    if not isinstance(table, ProtectedTable):
        raise NotProtected()
    folder.parent.mkdir(parents=True, exist_ok=True)
    release = as_published(table, "", derived, provisional)
    if provisional is not None:
        release = provisional.mark(all_periods(provisional.dimension, [*earlier, release]))
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        os.chmod(staging, 0o755)
        _write_csv(staging / f"{table.name}.csv", release)
        _write_parquet(staging / f"{table.name}.parquet", release)
        _write_xlsx(staging / f"{table.name}.xlsx", release)
        _write_json(staging / "datapackage.json", _dictionary(release, columns or {}))
        _write_json(staging / "report.json", {**_counts(release), **report})
        _switch(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def as_published(
    table: ProtectedTable, release: str, derived: Sequence[RateSpec | QuantileSpec] = (), provisional: Provisional | None = None
) -> PublishedRelease:
    """Return the rows of a release, what is derived from them last: what the files hold and the ledger keeps."""
    coordinates = table.lattice.coordinates[table.cells]
    codes = {d.name: [d.codes[at] for at in coordinates[:, axis]] for axis, d in enumerate(table.lattice.dimensions)}
    values = [_number(v) if s.has_value else None for v, s in zip(table.values.tolist(), table.statuses, strict=True)]
    plain = PublishedRelease(table.name, release, codes, values, [status.value for status in table.statuses])
    marked = plain if provisional is None else provisional.mark(plain)
    rates = [one for one in derived if isinstance(one, RateSpec)]
    quantiles = [one for one in derived if isinstance(one, QuantileSpec)]
    return with_quantiles(with_rates(marked, rates), quantiles, {d.name: str(d.total) for d in table.lattice.dimensions})


def _switch(staging: Path, folder: Path) -> None:
    if not folder.exists():
        os.rename(staging, folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent)) / "before"
    os.rename(folder, aside)
    os.rename(staging, folder)
    shutil.rmtree(aside.parent)


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _header(release: PublishedRelease) -> list[str]:
    return [*release.codes, VALUE, STATUS]


def _rows(release: PublishedRelease) -> Iterator[tuple[Any, ...]]:
    return zip(*release.codes.values(), release.values, release.statuses, strict=True)


def _write_csv(path: Path, release: PublishedRelease) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_header(release))
        writer.writerows(_rows(release))


def _write_parquet(path: Path, release: PublishedRelease) -> None:
    arrays: dict[str, Any] = {f"d{axis}": np.array(codes, dtype=object) for axis, codes in enumerate(release.codes.values())}
    arrays["v"] = np.array([np.nan if value is None else value for value in release.values], dtype=float)
    statuses = {status.value: status for status in Status}
    arrays["s"] = np.array(release.statuses, dtype=object)
    arrays["o"] = np.array([statuses[one].observation for one in release.statuses], dtype=object)
    arrays["k"] = np.array([statuses[one].confidentiality for one in release.statuses], dtype=object)
    dimensions = ", ".join(f"d{axis} AS {_quoted(name)}" for axis, name in enumerate(release.codes))
    value = "CASE WHEN isnan(v) THEN NULL ELSE v END"
    value = f"CAST({value} AS BIGINT)" if _whole(release) else value
    with duckdb.connect() as connection:
        connection.register("cells", arrays)
        connection.execute(
            f"COPY (SELECT {dimensions}, {value} AS {VALUE}, s AS {STATUS}, o AS obs_status, k AS conf_status FROM cells) TO ? (FORMAT parquet)",
            [str(path)],
        )


def _whole(release: PublishedRelease) -> bool:
    return all(value is None or float(value).is_integer() for value in release.values)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _write_xlsx(path: Path, release: PublishedRelease) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in release.table if c not in "[]:*?/\\")[:31])
    sheet.append([_safe(text) for text in _header(release)])
    for row in _rows(release):
        sheet.append([_safe(value) for value in row[:-1]] + [row[-1]])
    notes = book.create_sheet("status")
    notes.append(["status", "arti"])
    for status, meaning in STATUS_MEANING.items():
        notes.append([status.value, meaning])
    book.save(path)


def _safe(value: Any) -> Any:
    """Neutralise text a spreadsheet would run as a formula; numbers and one-letter statuses stay."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _dictionary(release: PublishedRelease, columns: Mapping[str, Column]) -> dict[str, Any]:
    """Return the data dictionary: a Frictionless data package with its table schema."""
    fields: list[dict[str, Any]] = []
    for name in release.codes:
        column = columns.get(name, Column(name))
        fields.append(
            {"name": name, "type": "string", "title": column.title, "description": column.description, "constraints": {"required": True}}
        )
    kind = "integer" if _whole(release) else "number"
    fields.append({"name": VALUE, "type": kind, "title": "Nilai", "description": "Kosong bila status memuat c, :, - atau n."})
    meanings = "; ".join(f"{status.value or 'kosong'} = {meaning}" for status, meaning in STATUS_MEANING.items())
    known = [status.value for status in Status if status.value]
    fields.append({"name": STATUS, "type": "string", "title": "Status", "description": meanings, "constraints": {"enum": known}})
    schema = {"fields": fields, "primaryKey": list(release.codes), "missingValues": [""]}
    path = f"{release.table}.csv"
    resource = {"name": release.table, "path": path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": schema}
    return {"name": release.table, "resources": [resource]}


def _counts(release: PublishedRelease) -> dict[str, Any]:
    return {"table": release.table, "cells": len(release.values), "statuses": dict(sorted(Counter(release.statuses).items()))}


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
