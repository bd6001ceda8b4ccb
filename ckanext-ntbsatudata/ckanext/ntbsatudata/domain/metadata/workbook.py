"""The paper forms MS-Var and MS-Ind of BPS, filled in as a workbook, read into records.

The sheets are found by their row of column numbers `(1) (2) (3) …`, not by cell addresses, so that a copy with inserted rows is
still read. The column numbers are the `block` of the form's fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from ckanext.ntbsatudata.domain.metadata.answers import read_answer
from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType, Form, Kind
from ckanext.ntbsatudata.domain.problems import Problem

Grid = Sequence[Sequence[Any]]
_NUMBER = re.compile(r"\((\d+)\)")
_HEADER = {
    "nama kegiatan": "judul_kegiatan",
    "kode kegiatan": "kode_kegiatan",
    "instansi": "i_instansi_penyelanggara",
    "unit kerja eselon i": "ii_unit_eselon1",
    "unit kerja eselon ii": "ii_unit_eselon2",
    "unit kerja eselon iii": "unit_kerja_eselon3",
}
_END = ("mengetahui", "catatan")


@dataclass(frozen=True)
class FormSheet:
    """One form: which, the block on the activity above it, and a record for each filled line."""

    kind: Kind
    activity: Mapping[str, str]
    records: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...] = ()


def read_workbook(path: Path, forms: Mapping[Kind, Form]) -> list[FormSheet]:
    """Return the forms of a workbook. A workbook without any gives one `FormSheet`-less problem through `not_a_form`."""
    workbook = CalamineWorkbook.from_path(str(path))
    sheets = (workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names)
    return [sheet for sheet in (read_grid(grid, forms) for grid in sheets) if sheet is not None]


def not_a_form() -> Problem:
    return Problem("workbook-not-a-form")


def read_grid(grid: Grid, forms: Mapping[Kind, Form]) -> FormSheet | None:
    """Return the form on one sheet, or None. MS-Var has 12 columns, MS-Ind 17."""
    for top, row in enumerate(grid):
        numbers = {int(found.group(1)): place for place, cell in enumerate(row) if (found := _NUMBER.fullmatch(str(cell).strip()))}
        if set(numbers) in (set(range(1, 13)), set(range(1, 18))):
            kind = Kind.MSVAR if len(numbers) == 12 else Kind.MSIND
            records, problems = _records(grid, top + 1, numbers, forms[kind])
            return FormSheet(kind, _activity(grid[:top]), records, problems)
    return None


def _activity(grid: Grid) -> dict[str, str]:
    """Return the answers right of the labels of the header block, by the key of MS-Keg where it has one."""
    found: dict[str, str] = {}
    for row in grid:
        texts = [re.sub(r"\s+", " ", str(cell)).strip() for cell in row]
        for place, text in enumerate(texts):
            key = _HEADER.get(re.sub(r" \(.*\)$", "", text).casefold())
            if key is None or key in found:
                continue
            answer = next((cell for cell in texts[place + 1 :] if cell not in ("", ":")), "")
            if answer and answer.casefold() not in (*_HEADER, "penyelenggara"):
                found[key] = answer
    return found


def _records(grid: Grid, top: int, numbers: Mapping[int, int], form: Form) -> tuple[tuple[dict[str, Any], ...], tuple[Problem, ...]]:
    records: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for place, row in enumerate(grid[top:], start=top + 1):
        cells = {number: _text(row[column]) if column < len(row) else "" for number, column in numbers.items()}
        if any(str(cell).strip().casefold().startswith(_END) for cell in row):
            break
        if not cells[2]:  # a line without a name is a blank one, or the line of the date above the signature
            continue
        record: dict[str, Any] = {}
        for field in form.fields:
            if field.type is FieldType.SYSTEM:
                continue
            value = _value(field, cells)
            if value is not None:
                record[field.name] = value
            if field.type is FieldType.BOOLEAN and value is not None and not isinstance(value, bool):
                problems.append(Problem("workbook-unreadable-cell", row=place, field=field.name, values={"label": field.label}))
        record.setdefault("nomor", len(records) + 1)
        records.append(record)
    return tuple(records), tuple(problems)


def _value(field: Field, cells: Mapping[int, str]) -> Any:
    first, _, last = field.block.partition("-")
    if not first.isdigit():
        return None
    if field.type is FieldType.ROWS and last:
        row = {column.name: cells[int(first) + step] for step, column in enumerate(field.columns)}
        return [row] if any(row.values()) else None
    if field.name in ("rumus", "value_domain"):  # column 6 holds method or formula, column 9 the value domain: read once
        return None
    return read_answer(field, cells[int(first)])


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
