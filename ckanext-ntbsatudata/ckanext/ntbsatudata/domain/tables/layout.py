"""Where the table lies on the sheet: titles above, header rows, records, totals among them, notes and sources below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.tables.cells import CellKind, is_blank, shown
from ckanext.ntbsatudata.domain.tables.sheet_rows import Row, SheetRows
from ckanext.ntbsatudata.domain.tables.workbook import Merge

MAX_HEADER_ROWS = 5

_AFTER_TOTAL = re.compile(r"^\W*(persentase|prosentase|persen|proporsi|%|rata[ -]?rata|rerata|distribusi)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The parts of a sheet. Row numbers count from 1; columns from 0."""

    titles: tuple[int, ...]
    header_rows: tuple[int, ...]
    columns: tuple[int, ...]
    labels: tuple[str, ...]  # one for each column; empty: no header
    first: int
    last: int
    totals: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()  # blank rows, repeated headers, section rows
    blanks: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    other_tables: tuple[int, ...] = ()  # the first row of each further table below

    @property
    def has_records(self) -> bool:
        return self.first <= self.last


def find_layout(rows: Sequence[Row], merges: Sequence[Merge] = (), *, complete: bool = True) -> Layout | None:
    """Return the layout of the first table among the rows, or None when there is no table.

    `complete`: the rows are the whole file; else they are its beginning, and the records go on after them.
    """
    return _Finder(rows, merges).layout(complete)


class _Finder(SheetRows):
    """Puts the parts of a sheet together."""

    def layout(self, complete: bool) -> Layout | None:
        first = self._first_record()
        if first is None:
            return None
        header = self._header_above(first)
        start = header[0] if header else first
        last, others, notes = self._records_from(first, header, complete)
        columns, labels = self._labels(header, first, last)
        if not columns:
            return None
        totals, blanks, left_out = self._apart(first, last, header)
        return Layout(
            titles=tuple(index + 1 for index in range(start) if self.used[index]),
            header_rows=tuple(index + 1 for index in header),
            columns=columns,
            labels=labels,
            first=first + 1,
            last=last + 1,
            totals=tuple(index + 1 for index in totals),
            left_out=tuple(index + 1 for index in left_out),
            blanks=tuple(index + 1 for index in blanks),
            notes=tuple(index + 1 for index in notes),
            other_tables=tuple(index + 1 for index in others),
        )

    def _first_record(self) -> int | None:
        records = [index for index in range(len(self.rows)) if self.is_record(index)]
        if records:
            return records[0]
        # texts only: the first full row is the header, unless it comes again below
        full = [index for index, used in enumerate(self.used) if len(used) >= max(1, self.usual_width * 0.6)]
        if not full:
            return None
        head = [shown(cell) for cell in self.rows[full[0]]]
        again = any([shown(cell) for cell in self.rows[index]] == head for index in full[1:])
        if again:
            return full[0]
        if self.figure_columns and not self.is_year_header(full[0]):
            return full[0] + 1
        return full[0] + 1

    def _header_above(self, first: int) -> list[int]:
        header: list[int] = []
        index = first - 1
        while index >= 0 and not self.used[index] and first - index <= 3:
            index -= 1
        while index >= 0 and self.is_section(index):
            index -= 1
        while index >= 0 and self.used[index] and len(header) < MAX_HEADER_ROWS:
            if self.is_caption(index) or self.is_note(index):
                break
            header.insert(0, index)
            index -= 1
        while len(header) > 1 and self.is_numbering(header[0]):
            header.pop(0)
        # in a file that begins with records, the lone text row above is a title after all
        if header and self.usual_width > 2 and all(len(self.used[index]) == 1 for index in header):
            return []
        return header

    def _records_from(self, first: int, header: Sequence[int], complete: bool) -> tuple[int, list[int], list[int]]:
        """Return the last record, the first rows of further tables, and the notes."""
        end = len(self.rows) - 1
        others = self._further_tables(first, header)
        if others:
            end = others[0] - 1
        if not complete and not others:
            return end, [], []
        last = end
        while last >= first and not self._belongs(last, first):
            last -= 1
        notes = [index for index in range(last + 1, len(self.rows)) if self.used[index] and (not others or index < others[0])]
        return last, others, notes

    def _belongs(self, index: int, first: int) -> bool:
        """Return whether the last row of a table is a record or a total, not a note."""
        used = self.used[index]
        if not used:
            return False
        if self.is_record(index):
            return not (self.is_note(index) and len(used) <= 2)
        if self.is_note(index) or self.is_total(index):
            return self.is_total(index)
        after_gap = index > first and not self.used[index - 1]
        if self.usual_width <= 1:
            return not after_gap
        if not self.figure_columns or not any(self.is_record(other) for other in range(first, min(first + 50, len(self.rows)))):
            return len(used) >= max(2, self.usual_width * 0.5)
        if len(used) == 1:
            text = shown(self.rows[index][used[0]])
            return not after_gap and len(text) <= 40 and ":" not in text and used[0] not in self.figure_columns
        return len(used) >= self.usual_width * 0.5 and not after_gap

    def _further_tables(self, first: int, header: Sequence[int]) -> list[int]:
        """Return where another header begins below a gap, with records under it."""
        found = []
        known = {self.texts(index) for index in header}
        index = first + 1
        while index < len(self.rows):
            if self._starts_header(index, known):
                top = index
                while (
                    top - 1 > first
                    and self.used[top - 1]
                    and not self.is_record(top - 1)
                    and not self.is_total(top - 1)
                    and not self.is_note(top - 1)
                ):
                    top -= 1
                found.append(top)
                while index < len(self.rows) and not self.is_record(index):
                    index += 1
            index += 1
        return found

    def _starts_header(self, index: int, known: set[tuple[str, ...]]) -> bool:
        used = self.used[index]
        above = self.used[index - 1]
        if len(used) < 2 or self.is_record(index) or self.is_total(index) or self.is_note(index) or self.texts(index) in known:
            return False
        if above and (self.is_record(index - 1) or self.is_total(index - 1)):
            return False
        named = [column for column in used if column in self.figure_columns and self.kinds[index][column] is CellKind.TEXT]
        if not (
            self.is_year_header(index) or (named and len(named) * 2 >= len([column for column in used if column in self.figure_columns]))
        ):
            return False
        if len(used) < max(2, self.usual_width * 0.4):
            return False
        return any(self.is_record(below) for below in range(index + 1, min(index + 5, len(self.rows))))

    def _apart(self, first: int, last: int, header: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        known = {self.texts(index) for index in header}
        totals, blanks, left_out = [], [], []
        rows = range(first, last + 1)
        for index in rows:
            used = self.used[index]
            if not used:
                blanks.append(index)
            elif self.is_total(index):
                totals.append(index)
            elif (
                self.texts(index) in known
                or (header and self.is_numbering(index) and not self._counts_on(index, first))
                or self.is_section(index)
            ):
                left_out.append(index)
        if totals and all(_AFTER_TOTAL.match(self.first_text(index)) for index in range(totals[-1] + 1, last + 1) if self.used[index]):
            totals += [index for index in range(totals[-1] + 1, last + 1) if self.used[index]]  # `Persentase` below `Jumlah`
        if len(totals) * 2 > len(rows) - len(blanks):  # `Total` is then what the column is about
            totals = []
        return totals, blanks, left_out

    def _counts_on(self, index: int, first: int) -> bool:
        """A record 1, 2, 3 among small figures is no numbering of columns."""
        return index != first

    def _labels(self, header: Sequence[int], first: int, last: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
        filled = {column for index in range(first, last + 1) for column in self.used[index]}
        naming = [index for index in header if not self.is_numbering(index)]
        parts: dict[int, list[str]] = {}
        for level, index in enumerate(naming):
            for column in range(self.width):
                text = shown(self._cell(index, column)) or self._carried(naming, level, column)
                if text and text not in parts.setdefault(column, [])[-1:]:
                    parts[column].append(text)
        own = {column for index in naming for column in self.used[index]}
        columns = tuple(column for column in range(self.width) if column in filled or column in own)
        return columns, tuple(" / ".join(parts.get(column, [])) for column in columns)

    def _cell(self, index: int, column: int) -> str | None:
        return self.rows[index][column] if column < len(self.rows[index]) else None

    def _carried(self, naming: Sequence[int], level: int, column: int) -> str:
        """Return the label a cell inherits from its left: merged over it, or standing over several columns."""
        index = naming[level]
        for merge in self.merges:
            if merge.top <= index <= merge.bottom and merge.left < column <= merge.right:
                return shown(self._cell(merge.top, merge.left))
        below = naming[level + 1 :]
        if not below or all(is_blank(self._cell(lower, column)) for lower in below):
            return ""
        for left in range(column - 1, -1, -1):
            text = self._cell(index, left)
            if not is_blank(text):
                stands_over = any(not is_blank(self._cell(lower, left)) for lower in below)
                return shown(text) if stands_over else ""
        return ""
