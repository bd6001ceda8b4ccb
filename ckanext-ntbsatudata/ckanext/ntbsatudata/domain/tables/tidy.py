"""The tidy file that becomes public: UTF-8, comma, header in row 1, ISO dates, decimal point; wide or long.

A cell that is faulty is left blank here and named among the problems; nothing is converted by guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ckanext.ntbsatudata.domain.tables.checking import Check
from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.figures import quoted
from ckanext.ntbsatudata.domain.tables.long_form import LongForm, long_form
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.records import column
from ckanext.ntbsatudata.domain.tables.scan import unsure_cells
from ckanext.ntbsatudata.domain.tables.values import published, surely_right, value_of

CASES_IN_PLACE = 200


def write_tidy(check: Check, target: Path, *, as_long: bool = False) -> None:
    """Write the records of a checked table. `as_long`: in the long form its proposal offers, if it offers one."""
    wide = long_form(check.fields) if as_long else None
    check.table.records.copy_to(tidy_sql(check, wide), target)


def tidy_sql(check: Check, wide: LongForm | None = None) -> str:
    """Return the SQL of the tidy records, in the order of the file."""
    table = check.table
    values = [f"{_value_sql(table, found, cells)} AS v{found.position}" for found, cells in unsure_cells(table, check.fields)]
    inner = f"SELECT record, {', '.join(values)} FROM {table.records.relation} WHERE {table.where}"
    if wide is None:
        named = ", ".join(f"v{found.position} AS {_identifier(found.name)}" for found in check.fields)
        return f"SELECT {named} FROM ({inner}) ORDER BY record"
    kept = "".join(f"v{found.position} AS {_identifier(found.name)}, " for found in wide.kept)
    parts = [
        f"SELECT record, {number} AS turn, {kept}{quoted(key)} AS {_identifier(wide.variable)}, v{found.position} AS {_identifier(wide.value)} FROM tidy"
        for number, (found, key) in enumerate(zip(wide.spread, wide.keys, strict=True))
    ]
    return f"WITH tidy AS ({inner}) SELECT * EXCLUDE (record, turn) FROM ({' UNION ALL '.join(parts)}) ORDER BY record, turn"


def _value_sql(table: Table, found: Field, unsure: Sequence[str]) -> str:
    """Return the SQL of the published text of a cell: as it stands where that is sure, else as it was judged."""
    name = column(found.position)
    sure = surely_right(found, name, table.is_workbook)
    judged = {cell: value_of(found, cell).text for cell in unsure}
    odd = {cell: text for cell, text in judged.items() if text is not None}
    plain = f"CASE WHEN {sure} THEN {published(found, name, table.is_workbook)}" if sure != "false" else None
    if len(odd) <= CASES_IN_PLACE:
        cases = "".join(f" WHEN {name} = {quoted(cell)} THEN {quoted(text)}" for cell, text in odd.items())
        if plain is None:
            return f"CASE{cases} END" if cases else "NULL"
        return f"{plain}{cases} END"
    looked_up = f"(SELECT value FROM {table.records.lookup(found.position, odd)} WHERE cell = {name})"
    return f"{plain} ELSE {looked_up} END" if plain is not None else looked_up


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
