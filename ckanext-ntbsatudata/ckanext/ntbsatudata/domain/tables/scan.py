"""The scan of all cells: SQL lets through what is surely right, the rest is judged one by one.

Of a sound file one pass finds nothing, so its cost is that of reading it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.tables.cells import NATIVE, is_missing_mark, shown
from ckanext.ntbsatudata.domain.tables.dates import looks_like_date
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.personal_data import PREFILTER, Personal, personal_datum
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.records import column
from ckanext.ntbsatudata.domain.tables.values import published, surely_right, value_of

MOST_SUSPECTS = 200_000
_MOJIBAKE = ("Ã©", "Ã¨", "Ã±", "Ã¡", "Ã³", "â€™", "â€œ", "â€“", "Â°", "Â²")


@dataclass
class Findings:
    """What the scan found: faults of cells, personal data by column, blanks in required columns."""

    faults: list[tuple[int, Field, str, str]] = field(default_factory=list)  # record, field, code, cell
    personal: dict[str, list[tuple[int, Personal]]] = field(default_factory=lambda: defaultdict(list))
    blanks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def problems(self, hidden: frozenset[str]) -> list[Problem]:
        """Return the faults as problems; a value is shown only outside the columns named in `hidden`."""
        return [
            Problem(
                code,
                row=record,
                field=found.name,
                values={"value": shown_cell(cell, found.name in hidden), "type": found.type.value, "mark": found.decimal},
            )
            for record, found, code, cell in self.faults
        ]


def shown_cell(cell: str, hidden: bool) -> str:
    """Return a cell that may be shown: short, no run of digits as long as a telephone number, no e-mail; else an ellipsis."""
    text = shown(cell)
    digits = sum(character.isdigit() for character in text)
    return "…" if hidden or len(text) > 40 or (digits > 8 and not looks_like_date(text)) or "@" in text else text


def scan(table: Table, fields: Sequence[Field], *, needed: Sequence[Field] = ()) -> Findings:
    """Judge every cell of the table. `needed` are the fields in which a blank is to be told."""
    findings = Findings()
    sifted = [(found, _sure(found, table.is_workbook)) for found in fields]
    fast = [(found, sure) for found, sure in sifted if sure != "false"]
    _scan_rows(table, fast, needed, findings)
    for found, sure in sifted:
        if sure == "false":
            _scan_distinct(table, found, findings)
    findings.faults.sort(key=lambda fault: (fault[0], fault[1].position))
    return findings


def _sure(found: Field, workbook: bool) -> str:
    name = column(found.position)
    if found.type is FieldType.STRING:
        limits = found.constraints.sql(published(found, name, workbook), False) if found.constraints else ""
        return limits if limits == "false" else f"({limits or 'true'})"
    sure = surely_right(found, name, workbook)
    if sure == "false" or not found.type.is_number:
        return sure
    return f"({sure} AND length({name}) < 14 AND NOT (length({name}) > 9 AND {name}[1] = '0'))" if found.type is FieldType.INTEGER else sure


def _scan_rows(table: Table, fast: Sequence[tuple[Field, str]], needed: Sequence[Field], findings: Findings) -> None:
    conditions = [f"({column(found.position)} IS NOT NULL AND NOT {sure})" for found, sure in fast if sure != "(true)"]
    if texts := [column(found.position) for found, _ in fast if found.type is FieldType.STRING]:
        conditions.append(
            f"regexp_matches(concat_ws('|', {', '.join(texts)}), '{PREFILTER}')"
        )  # one search over a row's texts: no match spans the bar
    conditions += [f"{column(found.position)} IS NULL" for found in needed]
    if not conditions:
        return
    chosen = list({found.position: found for found in (*(found for found, _ in fast), *needed)}.values())
    selected = ", ".join(["record", *(column(found.position) for found in chosen)])
    sql = f"SELECT {selected} FROM {table.records.relation} WHERE {table.where} AND ({' OR '.join(conditions)}) LIMIT {MOST_SUSPECTS}"
    wanted = {found.position for found in needed}
    judged = {found.position for found, _ in fast}
    for record, *cells in table.records.query(sql):
        for found, cell in zip(chosen, cells, strict=True):
            if cell is None:
                if found.position in wanted:
                    findings.blanks[found.name].append(record)
            elif found.position in judged:
                _judge(record, found, cell, findings)


def _scan_distinct(table: Table, found: Field, findings: Findings) -> None:
    judged = Findings()
    for number, (cell, _, _) in enumerate(classes := list(distinct(table, found))):
        _judge(number, found, cell, judged)
    wrong = {classes[number][0]: code for number, _, code, _ in judged.faults}
    personal = {classes[number][0]: kind for number, kind in judged.personal.get(found.name, ())}
    for record, cell in standing_in(table, found, [*wrong, *personal]):
        if cell in personal:
            findings.personal[found.name].append((record, personal[cell]))
        if cell in wrong:
            findings.faults.append((record, found, wrong[cell], cell))


def distinct(table: Table, found: Field) -> Iterator[tuple[str, int, int]]:
    """Yield each cell of a column once, in the order of the file, with the first record that has it and how many have."""
    name = column(found.position)
    yield from table.records.query(
        f"SELECT {name}, min(record) AS first, count(*) FROM {table.records.relation} WHERE {table.where} AND {name} IS NOT NULL GROUP BY {name} ORDER BY first"
    )


def unsure_cells(table: Table, fields: Sequence[Field]) -> list[tuple[Field, list[str]]]:
    """Return for each field its distinct cells that are not surely published as they stand; one scan for most fields."""
    sure = {found.position: surely_right(found, column(found.position), table.is_workbook) for found in fields}
    cells: dict[int, dict[str, None]] = {found.position: {} for found in fields}
    sifted = [found for found in fields if sure[found.position] != "false"]
    if sifted:
        doubts = [f"({column(found.position)} IS NOT NULL AND NOT {sure[found.position]})" for found in sifted]
        selected = ", ".join(f"CASE WHEN {doubt} THEN {column(found.position)} END" for found, doubt in zip(sifted, doubts, strict=True))
        sql = f"SELECT DISTINCT {selected} FROM {table.records.relation} WHERE {table.where} AND ({' OR '.join(doubts)})"
        for row in table.records.query(sql):
            for found, cell in zip(sifted, row, strict=True):
                if cell is not None:
                    cells[found.position][cell] = None
    for found in fields:
        if sure[found.position] == "false":
            cells[found.position] = {cell: None for cell, _, _ in distinct(table, found)}
    return [(found, list(cells[found.position])) for found in fields]


def standing_in(table: Table, found: Field, cells: Sequence[str]) -> list[tuple[int, str]]:
    """Return the records, with the cell, in which one of some cells stands."""
    if not cells:
        return []
    name, listed = column(found.position), ", ".join("'" + cell.replace("'", "''") + "'" for cell in dict.fromkeys(cells))
    return table.records.query(
        f"SELECT record, {name} FROM {table.records.relation} WHERE {table.where} AND {name} IN ({listed}) ORDER BY record LIMIT {MOST_SUSPECTS}"
    )


def _judge(record: int, found: Field, cell: str, findings: Findings) -> None:
    kind = personal_datum(cell.removeprefix(NATIVE), found.name) if not is_missing_mark(cell) else None
    if kind is not None and not (found.type is FieldType.NUMBER and "." in cell):
        findings.personal[found.name].append((record, kind))
        if found.type is FieldType.STRING or kind is not Personal.NIK:
            return
    fault = value_of(found, cell).fault
    if fault is None and found.type is FieldType.STRING:
        fault = "encoding-error" if "\ufffd" in cell else "mojibake" if any(sign in cell for sign in _MOJIBAKE) else None
    if fault is not None:
        findings.faults.append((record, found, fault, cell))
