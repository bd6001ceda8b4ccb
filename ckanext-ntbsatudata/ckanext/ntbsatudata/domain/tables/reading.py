"""Read any file into a table: its records, where they lie, and the fields they have."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.cells import is_blank, shown
from ckanext.ntbsatudata.domain.tables.delimited import (
    DelimitedText,
    Dialect,
    first_records,
    last_records,
    read_delimited,
    rewrite,
)
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.headers import unit_of_title
from ckanext.ntbsatudata.domain.tables.inference import Column, file_decimal_vote, infer_field
from ckanext.ntbsatudata.domain.tables.layout import Layout, find_layout
from ckanext.ntbsatudata.domain.tables.records import IrregularFileError, Records, column
from ckanext.ntbsatudata.domain.tables.sheet_rows import Row
from ckanext.ntbsatudata.domain.tables.source import SourceKind, source_kind
from ckanext.ntbsatudata.domain.tables.workbook import Merge, Sheet, read_sheet

WHOLE_RECORDS = 20_000  # up to here every record is looked at for the layout; of longer files the beginning and the end
HEAD_RECORDS = 300
TAIL_RECORDS = 50


@dataclass(frozen=True)
class Table:
    """A table found in a file. `rows` are the records looked at, `problems` what the reading met."""

    kind: SourceKind
    records: Records
    layout: Layout
    names: tuple[str, ...]  # one for each column of the layout
    rows: Sequence[Row]
    sheet: str | None = None
    dialect: Dialect | None = None
    usual_length: int = 0
    odd_lengths: Mapping[int, int] = field(default_factory=dict)
    formulas: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_workbook(self) -> bool:
        return self.kind.is_workbook

    @cached_property
    def where(self) -> str:
        """The SQL that leaves titles, header, totals, blank rows and notes out."""
        apart = sorted({*self.layout.totals, *self.layout.left_out})
        conditions = [f"record BETWEEN {self.layout.first} AND {self.layout.last}"]
        if self.layout.blanks:
            conditions.append("(" + " OR ".join(f"{column(position)} IS NOT NULL" for position in self.layout.columns) + ")")
        if apart:
            conditions.append(f"record NOT IN ({', '.join(map(str, apart))})")
        return " AND ".join(conditions)

    @cached_property
    def count(self) -> int:
        """How many records the table has."""
        apart = {*self.layout.totals, *self.layout.blanks, *self.layout.left_out}
        return max(0, self.layout.last - self.layout.first + 1 - sum(self.layout.first <= row <= self.layout.last for row in apart))

    def sample(self) -> Iterator[tuple[int, Row]]:
        """Yield number and cells of the records that were looked at."""
        apart = {*self.layout.totals, *self.layout.blanks, *self.layout.left_out}
        for number in range(self.layout.first, min(self.layout.last, len(self.rows)) + 1):
            if number not in apart:
                yield number, self.rows[number - 1]

    @cached_property
    def sampled(self) -> int:
        """How many records were looked at."""
        return sum(1 for _ in self.sample())

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields as the cells suggest them."""
        sample = [row for _, row in self.sample()]
        columns = [
            Column(name, position, [cell for row in sample if (cell := row[position]) is not None and not is_blank(cell)])
            for name, position in zip(self.names, self.layout.columns, strict=True)
        ]
        vote = file_decimal_vote(columns)
        unit = unit_of_title([" ".join(shown(cell) for cell in self.rows[number - 1]) for number in self.layout.titles])
        return tuple(infer_field(column, vote, unit) for column in columns)


@contextmanager
def opened_table(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """Read a file and give its table; what was written aside is gone afterwards.

    Raises `UnreadableFileError` with the problem when there is no table to be had.
    """
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        table = _read(path, Path(folder), sheet)
        try:
            yield table
        finally:
            table.records.close()


def _read(path: Path, workspace: Path, sheet: str | None) -> Table:
    kind = source_kind(path)
    if kind.is_workbook:
        return _from_sheet(kind, read_sheet(path, workspace, sheet), asked=sheet is not None)
    text = read_delimited(path, workspace)
    try:
        return _from_text(text)
    except IrregularFileError:
        if not text.dialect.plain:
            raise
        return _from_text(rewrite(path, text.dialect, workspace))


def _from_sheet(kind: SourceKind, sheet: Sheet, *, asked: bool) -> Table:
    records = Records(sheet.path, ",", sheet.columns)
    rows = records.head(WHOLE_RECORDS)
    layout = _layout(records, rows, sheet.merges, None, False)
    problems = []
    if len(sheet.tables) > 1 and not asked:
        problems.append(
            Problem("multiple-sheets", values={"count": len(sheet.tables), "sheets": ", ".join(sheet.tables), "sheet": sheet.name})
        )
    return _table(kind, records, layout, rows, problems, sheet=sheet)


def _from_text(text: DelimitedText) -> Table:
    records = Records(text.path, text.delimiter, text.columns, in_parallel=text.dialect.plain)
    rows = first_records(text.path, text.dialect, HEAD_RECORDS) if text.dialect.plain else records.head(WHOLE_RECORDS)
    layout = _layout(records, rows, (), text.dialect.records, text.dialect.plain)
    return _table(SourceKind.DELIMITED, records, layout, rows, [], text=text)


def _layout(records: Records, rows: list[list[str | None]], merges: Sequence[Merge], count: int | None, plain: bool) -> Layout:
    if len(rows) < (HEAD_RECORDS if plain else WHOLE_RECORDS):
        layout = find_layout(rows, merges)
    else:
        layout = _layout_of_long_file(records, rows[:HEAD_RECORDS], merges, count, plain)
    if layout is None:
        raise UnreadableFileError("no-table")
    return layout


def _layout_of_long_file(
    records: Records, head: list[list[str | None]], merges: Sequence[Merge], known: int | None, plain: bool
) -> Layout | None:
    """Join the beginning and the end of a long file; between them only blank rows are looked for.

    `known` is the number of records of a file that has no blank ones.
    """
    count, blanks = (known, ()) if known else records.count_and_blanks()
    wanted = min(TAIL_RECORDS, max(0, count - len(head)))
    tail = (last_records(records.path, records.delimiter, wanted) if plain else None) or records.tail(wanted, count)
    skipped = count - len(head) - len(tail)
    layout = find_layout(head + tail, merges)
    if layout is None:
        return None

    def moved(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number if number <= len(head) else number + skipped for number in numbers)

    return replace(
        layout,
        last=moved((layout.last,))[0],
        totals=moved(layout.totals),
        left_out=moved(layout.left_out),
        blanks=tuple(sorted({*moved(layout.blanks), *blanks})),
        notes=moved(layout.notes),
        other_tables=moved(layout.other_tables),
    )


def _table(
    kind: SourceKind,
    records: Records,
    layout: Layout,
    rows: Sequence[Row],
    problems: list[Problem],
    sheet: Sheet | None = None,
    text: DelimitedText | None = None,
) -> Table:
    if text is not None:
        layout = _without_overhang(layout, text.usual_length)
    names, header_problems = _names(layout)
    return Table(
        kind,
        records,
        layout,
        tuple(names),
        rows,
        sheet.name if sheet else None,
        text.dialect if text else None,
        text.usual_length if text else 0,
        text.odd_lengths if text else {},
        sheet.formulas if sheet else (),
        (*problems, *header_problems, *_table_problems(layout)),
    )


def _without_overhang(layout: Layout, usual: int) -> Layout:
    """Drop the columns without a name that only records with too many cells reach into."""
    kept = [(position, label) for position, label in zip(layout.columns, layout.labels, strict=True) if label or position < usual]
    return replace(layout, columns=tuple(position for position, _ in kept), labels=tuple(label for _, label in kept))


def _names(layout: Layout) -> tuple[list[str], list[Problem]]:
    """Return one name for each column: the header as it stands; a missing or doubled one is a problem."""
    names: list[str] = []
    problems: list[Problem] = []
    row = layout.header_rows[-1] if layout.header_rows else None
    if row is None:
        problems.append(Problem("missing-header", row=layout.first))
    for position, label in zip(layout.columns, layout.labels, strict=True):
        name = label or f"kolom {position + 1}"
        if not label and row is not None:
            severity = Severity.WARNING if position == layout.columns[0] else Severity.ERROR  # the corner of a cross table
            problems.append(Problem("blank-label", row=row, field=name, severity=severity, values={"position": position + 1}))
        if name in names:
            problems.append(Problem("duplicate-label", row=row, field=name))
            name = next(f"{name} ({number})" for number in range(2, len(layout.labels) + 2) if f"{name} ({number})" not in names)
        names.append(name)
    return names, problems


def _table_problems(layout: Layout) -> list[Problem]:
    problems = [Problem("stacked-tables", row=row, values={"count": len(layout.other_tables) + 1}) for row in layout.other_tables]
    if not layout.has_records:
        problems.append(Problem("no-records", row=layout.header_rows[-1] if layout.header_rows else None))
    few = [row for row in layout.blanks if layout.first < row < layout.last]
    if 0 < len(few) <= 3:
        problems += [Problem("blank-row", row=row, severity=Severity.WARNING) for row in few]
    return problems
