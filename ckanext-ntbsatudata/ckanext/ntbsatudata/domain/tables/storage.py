"""The types a table has in PostgreSQL, from its fields; codes stay text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType

LONGEST_NAME = 63  # bytes, of a PostgreSQL identifier

_TYPES = {
    FieldType.STRING: "text",
    FieldType.INTEGER: "bigint",
    FieldType.NUMBER: "numeric",
    FieldType.YEAR: "integer",
    FieldType.YEARMONTH: "text",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamp",
    FieldType.BOOLEAN: "boolean",
}


@dataclass(frozen=True)
class StoredColumn:
    """A column of the stored table: its name, its PostgreSQL type, and what the data dictionary says of it."""

    name: str
    type: str
    info: Mapping[str, Any]


def stored_columns(fields: Sequence[Field]) -> tuple[StoredColumn, ...]:
    """Return the columns, each name unique and no longer than PostgreSQL allows; the full name stays in the dictionary."""
    columns: list[StoredColumn] = []
    taken: set[str] = set()
    for found in fields:
        name = _short(found.name.lstrip("_") or "kolom", taken)
        taken.add(name.lower())
        info: dict[str, Any] = {"label": found.name}
        if found.unit:
            info["notes"] = f"Satuan: {found.unit}"
        if found.code_list:
            info["kode_referensi"] = str(found.binding or found.naming)
        columns.append(StoredColumn(name, _TYPES[found.type], info))
    return tuple(columns)


def _short(name: str, taken: set[str]) -> str:
    short = name.replace('"', "'").encode("utf-8")[:LONGEST_NAME].decode("utf-8", "ignore").strip()
    number = 2
    while short.lower() in taken:
        tail = f" {number}"
        short = name.encode("utf-8")[: LONGEST_NAME - len(tail)].decode("utf-8", "ignore").strip() + tail
        number += 1
    return short
