"""The figures of a table as arrays, for the rules that add and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.headers import is_identifier_header
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.records import column
from ckanext.ntbsatudata.domain.tables.scan import unsure_cells
from ckanext.ntbsatudata.domain.tables.values import published, surely_right, value_of

Array = numpy.ndarray[Any, numpy.dtype[numpy.float64]]


@dataclass(frozen=True)
class Figures:
    """One array of doubles for each field, NaN where there is no value; `records` gives the number of each row."""

    fields: tuple[Field, ...]
    arrays: tuple[Array, ...]
    records: Array

    def record(self, index: int) -> int:
        return int(self.records[index])


def figures_of(table: Table, fields: Sequence[Field]) -> Figures:
    """Return the figures of the fields that count or measure."""
    chosen = tuple(found for found in fields if found.type.is_number and not is_identifier_header(found.name))
    odd = odd_values(table, chosen)
    expressions = []
    for found in chosen:
        name = column(found.position)
        sure = (
            f"CASE WHEN {surely_right(found, name, table.is_workbook)} THEN try_cast({published(found, name, table.is_workbook)} AS DOUBLE)"
        )
        cases = "".join(f" WHEN {name} = {quoted(cell)} THEN {value}" for cell, value in odd[found.position].items() if value is not None)
        expressions.append(f"{sure}{cases} END")
    *arrays, records = table.records.numbers([*expressions, "record"], table.where)
    return Figures(chosen, tuple(arrays), records)


def odd_values(table: Table, fields: Sequence[Field]) -> dict[int, dict[str, str | None]]:
    """Return, by position, the cells the scan is not sure of with their published values (None: no value, or a fault)."""
    return {found.position: {cell: value_of(found, cell).text for cell in cells} for found, cells in unsure_cells(table, fields)}


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
