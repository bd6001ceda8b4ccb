"""What a person or a sheet writes, read as the answer of a field: «Ya», «1», «Survei», «2026», one line for each date.

The way back (`write_answer`) gives the text to show in an input. Nothing is guessed: what cannot be read is returned as it is, for
the check to name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType

_YES = {"1", "ya", "yes", "true", "y"}
_NO = {"2", "tidak", "no", "false", "t"}
_BETWEEN = re.compile(r"\s*(?:s\.?d\.?|sampai|to|/|\.\.)\s*|\s+[-–]\s+", re.IGNORECASE)


def read_answer(field: Field, raw: Any) -> Any:
    """Return the typed answer of one text, of a list of texts (ticked options) or of a list of rows; None when nothing is said."""
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "":
        return [] if field.may_be_none else None
    if field.type in (FieldType.INTEGER, FieldType.YEAR):
        return int(raw) if re.fullmatch(r"-?\d+(\.0)?", str(raw)) and not str(raw).endswith(".0") else _whole(raw)
    if field.type is FieldType.BOOLEAN:
        return _boolean(raw)
    if field.type is FieldType.CHOICE:
        return _option(field, str(raw))
    if field.type is FieldType.FLAGS:
        return [_option(field, part) for part in _parts(raw)]
    if field.type in (FieldType.LIST, FieldType.DATES):
        return _parts(raw)
    if field.type is FieldType.DATE_RANGES:
        return [_span(part) for part in (raw if isinstance(raw, list | tuple) else str(raw).splitlines()) if part]
    if field.type is FieldType.ROWS:
        return _rows(field, raw)
    return raw if isinstance(raw, str) or field.type in (FieldType.STRUCTURE, FieldType.SYSTEM) else str(raw)


def read_answers(fields: Sequence[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed answers of the given fields that `raw` holds."""
    return {field.name: read_answer(field, raw[field.name]) for field in fields if field.name in raw}


def write_answer(field: Field, value: Any) -> str:
    """Return the text that shows an answer in one input; `read_answer` of it gives the value back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "2"
    if field.type is FieldType.DATE_RANGES:
        return "\n".join(f"{span.get('awal') or ''} / {span.get('akhir') or ''}" for span in value)
    if field.type is FieldType.ROWS:
        return "\n".join(" | ".join(str(row.get(column.name) or "") for column in field.columns) for row in value)
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return str(value)


def _whole(raw: Any) -> Any:
    return int(raw) if isinstance(raw, float) and raw.is_integer() else (int(float(raw)) if re.fullmatch(r"\d+\.0", str(raw)) else raw)


def _boolean(raw: Any) -> Any:
    if isinstance(raw, bool):
        return raw
    word = str(_whole(raw)).strip().casefold()
    return True if word in _YES else False if word in _NO else raw


def _option(field: Field, text: str) -> str:
    known = text.strip().casefold()
    for option in field.options:
        words = {option.value.casefold(), str(option.code), *(label.casefold() for label in option.label.values())}
        if known in words:
            return option.value
    return text.strip()


def _parts(raw: Any) -> list[str]:
    items = raw if isinstance(raw, list | tuple) else re.split(r"[;\n]", str(raw))
    return [str(item).strip() for item in items if str(item).strip()]


def _span(part: Any) -> dict[str, str]:
    if isinstance(part, Mapping):
        return {"awal": part.get("awal") or "", "akhir": part.get("akhir") or ""}
    ends = [end for end in _BETWEEN.split(str(part).strip()) if end]
    return {"awal": ends[0] if ends else "", "akhir": ends[1] if len(ends) > 1 else ""}


def _rows(field: Field, raw: Any) -> list[dict[str, str]]:
    """One row a line, its cells between bars; a line with fewer cells fills the first ones."""
    rows = []
    for item in raw if isinstance(raw, list | tuple) else str(raw).splitlines():
        if isinstance(item, Mapping):
            cells = {column.name: str(item.get(column.name) or "").strip() for column in field.columns}
        else:
            texts = [text.strip() for text in str(item).split("|")]
            cells = {column.name: text for column, text in zip(field.columns, texts, strict=False)}
        if any(cells.values()):
            rows.append(cells)
    return rows
