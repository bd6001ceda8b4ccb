"""What a page's inputs hold, read into raw answers by field: ticked options, tables of rows, pairs of dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType

BLANK_ROWS = 2  # offered below the rows that are there, so that rows can be added without a script

__all__: list[str] = []  # no blueprint


def typed_answers(fields: Sequence[Field], inputs: MultiDict[str, str]) -> dict[str, Any]:
    """Return the raw answer of each field that the page asked; `read_answer` makes them typed."""
    raw: dict[str, Any] = {}
    for field in fields:
        if field.type is FieldType.FLAGS:
            if f"{field.name}:asked" in inputs:
                raw[field.name] = inputs.getlist(field.name)
        elif field.type is FieldType.ROWS:
            raw[field.name] = _rows(field.name, [column.name for column in field.columns], inputs)
        elif field.type is FieldType.DATE_RANGES:
            raw[field.name] = _rows(field.name, ["awal", "akhir"], inputs)
        elif field.name in inputs:
            raw[field.name] = inputs[field.name]
    return raw


def _rows(name: str, columns: Sequence[str], inputs: MultiDict[str, str]) -> list[dict[str, str]]:
    pattern = re.compile(rf"{re.escape(name)}:(\d+):")
    numbers = sorted({int(found.group(1)) for key in inputs if (found := pattern.match(key))})
    rows = [{column: inputs.get(f"{name}:{number}:{column}", "").strip() for column in columns} for number in numbers]
    return [row for row in rows if any(row.values())]
