"""Where the table lies on the sheet: titles above, header rows, records, totals among them, notes and sources below.

Rows are told by what their cells hold: a record has figures or dates where its columns have them, a header has names or
years there, a title or a note stands alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ckanext.ntbsatudata.domain.tables.cells import NATIVE, CellKind, is_blank, kind_of, shown, year_of
from ckanext.ntbsatudata.domain.tables.workbook import Merge

Row = Sequence[str | None]

MAX_HEADER_ROWS = 5
_FIGURES = (CellKind.NUMBER, CellKind.DATE)

_TITLE = re.compile(r"^(tabel|table|lampiran|judul|grafik|daftar tabel)\b[\s.:]*[\divxlc.]*", re.IGNORECASE)
_UNIT_LINE = re.compile(r"^\(?\s*(satuan|unit|dalam|in)\b", re.IGNORECASE)
_NOTE = re.compile(
    r"^\W*(sumber|source|catatan|keterangan|ket|note|notes|fuente|diolah|dicetak|mengetahui|mataram,|data per\b|kondisi per\b|posisi\b|tabel ini|nip\b|tanda tangan|data diolah|penjelasan|"
    r"last update|tanggal cetak|angka (sangat )?sementara|angka tetap|disusun|penanggung ?jawab|kepala (dinas|badan|bidang|seksi|bps))",
    re.IGNORECASE,
)
_MARK_LINE = re.compile(r"^\s*(\*+\)?|[a-z\d]\)|\(\*+\)|[¹²³†‡]|[rxe]\)?)\s*[:=\s]", re.IGNORECASE)
TOTAL = re.compile(
    r"^\W*(sub[ -]?|grand )?(jumlah|total|rata[ -]?rata|rerata|average)"
    r"(\s*[:/(].*|\s+(total|keseluruhan|seluruhnya|semua|umum|akhir|rata[ -]?rata|kabupaten|kab\.?|kota|kecamatan|kec\.?|provinsi|prov\.?|ntb|nusa tenggara barat|"
    r"nasional|indonesia|tahun|bulan|semester|triwulan|i|ii|iii|iv|v|vi|[ab]|\d{4})\b.*)?\W*$",
    re.IGNORECASE,
)
_AFTER_TOTAL = re.compile(r"^\W*(persentase|prosentase|persen|proporsi|%|rata[ -]?rata|rerata|distribusi)\b", re.IGNORECASE)
_SECTION = re.compile(r"^\W*(kabupaten|kota|kab\.?|kecamatan|desa|kelurahan|provinsi)(\s*/\s*\w+)?\W*$", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"^\(?\s*(\d{1,2}|[a-z])\s*(=.*)?\)?$", re.IGNORECASE)


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
    return _Sheet(rows, merges).layout(complete)


class _Sheet:
    """The rows with the kinds of their cells, and the questions asked of them. All indexes count from 0."""

    def __init__(self, rows: Sequence[Row], merges: Sequence[Merge]) -> None:
        self.rows = rows
        self.kinds = [[kind_of(cell) for cell in row] for row in rows]
        self.merges = merges
        self.width = max((len(row) for row in rows), default=0)
        self._label_sets: dict[int, frozenset[str]] = {}

    @cached_property
    def used(self) -> list[list[int]]:
        return [[column for column, kind in enumerate(kinds) if kind is not CellKind.BLANK] for kinds in self.kinds]

    @cached_property
    def usual_width(self) -> int:
        """How many cells a record has: what most rows have, rows of one cell apart."""
        sizes = Counter(len(used) for used in self.used if len(used) > 1)
        if not sizes:
            return 1 if any(self.used) else 0
        most = max(sizes.values())
        return max(size for size, often in sizes.items() if often >= most * 0.5)

    @cached_property
    def figure_columns(self) -> frozenset[int]:
        """The columns that hold figures or dates in at least half of their cells."""
        figures: Counter[int] = Counter()
        filled: Counter[int] = Counter()
        for kinds, used in zip(self.kinds, self.used, strict=True):
            if len(used) < min(2, self.usual_width):
                continue
            for column in used:
                if kinds[column] is not CellKind.MISSING:
                    filled[column] += 1
                    figures[column] += kinds[column] in _FIGURES
        return frozenset(column for column, often in figures.items() if often * 2 >= filled[column])

    @cached_property
    def first_full(self) -> int:
        """The first row that is nearly as wide as a record."""
        return next((index for index, used in enumerate(self.used) if len(used) >= max(1, self.usual_width * 0.6)), 0)

    @cached_property
    def year_columns(self) -> frozenset[int]:
        """The figure columns whose cells are years: the column `Tahun`."""
        years: Counter[int] = Counter()
        filled: Counter[int] = Counter()
        for row, used in zip(self.rows, self.used, strict=True):
            for column in used:
                if column in self.figure_columns:
                    filled[column] += 1
                    years[column] += year_of(row[column]) is not None
        return frozenset(column for column, often in years.items() if often * 2 > filled[column] and filled[column] > 2)

    def is_numbering(self, index: int) -> bool:
        """Return whether a row only numbers the columns: (1) (2) (3)."""
        texts = [shown(self.rows[index][column]) for column in self.used[index]]
        if len(texts) < 3 or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
            return False
        numbers = [int(digits[0]) for text in texts if (digits := re.findall(r"\d+", text))]
        return len(numbers) >= len(texts) - 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] <= 2

    def is_year_header(self, index: int) -> bool:
        """Return whether the figures of a row are years above columns that hold no years."""
        figures = [column for column in self.used[index] if self.kinds[index][column] in _FIGURES]
        above = [column for column in figures if column not in self.year_columns]
        if not above or any(year_of(self.rows[index][column]) is None for column in figures):
            return False
        if len(above) == 1 and index != self.first_full:
            return False  # 1998 may be a count
        below = [
            self.rows[other][above[0]] for other in range(index + 1, min(index + 40, len(self.rows))) if above[0] < len(self.rows[other])
        ]
        filled = [cell for cell in below if not is_blank(cell)]
        return not filled or sum(year_of(cell) is not None for cell in filled) * 2 <= len(filled)

    def is_run_header(self, index: int) -> bool:
        """Return whether the figures of the first full row are the months or classes the columns stand for: 1, 2, 3 or dates."""
        figures = [column for column in self.used[index] if self.kinds[index][column] in _FIGURES and column in self.figure_columns]
        labels = [column for column in self.used[index] if self.kinds[index][column] is CellKind.TEXT]
        if len(figures) < 2 or not labels or len(labels) + len(figures) < len(self.used[index]):
            return False
        if all(self.kinds[index][column] is CellKind.DATE for column in figures):
            below = [
                self.kinds[other][column]
                for other in range(index + 1, min(index + 20, len(self.rows)))
                for column in figures
                if column < len(self.kinds[other])
            ]
            return below.count(CellKind.NUMBER) > below.count(CellKind.DATE)
        texts = [shown(self.rows[index][column]) for column in figures]
        numbers = [int(text) for text in texts if text.isdigit() and len(text) <= 2]
        return len(numbers) == len(figures) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] <= 1

    def is_record(self, index: int) -> bool:
        """Return whether a row holds figures where its columns do."""
        used = self.used[index]
        if not used or self.is_numbering(index) or self.is_year_header(index) or (index == self.first_full and self.is_run_header(index)):
            return False
        if len(used) <= 3 < self.usual_width and self.is_caption(index):
            return False  # `Bulan : Maret 2024`
        figures = [column for column in used if self.kinds[index][column] in _FIGURES and column in self.figure_columns]
        if figures:
            return len(used) > 1 or self.usual_width == 1
        marks = sum(self.kinds[index][column] is CellKind.MISSING and column in self.figure_columns for column in used)
        return marks >= 1 and len(used) - marks >= 1 and marks * 2 >= len(used) - 1

    def is_caption(self, index: int) -> bool:
        """Return whether a row above the table is a title, a unit or a line of particulars, no header."""
        used = self.used[index]
        texts = [shown(self.rows[index][column]) for column in used]
        if _TITLE.match(texts[0]) and re.search(r"\d|:", texts[0][:16]) and len(used) <= 2:
            return True
        if len(used) <= 3 and (any(text.endswith(":") or text.startswith(":") for text in texts) or _UNIT_LINE.match(texts[0])):
            return True
        if len(used) > 1 or self.usual_width == 1:
            return False
        return not self._is_group_label(index, used[0], texts[0])

    def _is_group_label(self, index: int, column: int, text: str) -> bool:
        """A lone cell is a header only above the right part of the table: `Jumlah Penduduk` over `L`, `P`, `L+P`."""
        below = self.used[index + 1] if index + 1 < len(self.used) else []
        return len(text) <= 60 and len(below) > 1 and column > min(below, default=0) and not _TITLE.match(text)

    def is_section(self, index: int) -> bool:
        """Return whether a row only says that kabupaten, or kota, follow."""
        used = self.used[index]
        return len(used) == 1 and self.usual_width > 1 and bool(_SECTION.match(shown(self.rows[index][used[0]])))

    def is_note(self, index: int) -> bool:
        used = self.used[index]
        text = shown(self.rows[index][used[0]])
        return bool(_NOTE.match(text)) or (bool(_MARK_LINE.match(text)) and len(used) <= 2)

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
        known = {self._texts(index) for index in header}
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
        if len(used) < 2 or self.is_record(index) or self.is_total(index) or self.is_note(index) or self._texts(index) in known:
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

    def _texts(self, index: int) -> tuple[str, ...]:
        return tuple(shown(cell).lower() for cell in self.rows[index])

    def is_total(self, index: int) -> bool:
        """Return whether the first cell of a row says that the row sums up the others; a numbered row is a record."""
        used = self.used[index]
        if not used or self.kinds[index][used[0]] is not CellKind.TEXT:
            return False
        text = shown(self.rows[index][used[0]])
        return bool(TOTAL.match(text)) or self._sums_up_a_group(text, used[0])

    def _sums_up_a_group(self, text: str, column: int) -> bool:
        """`Jumlah Lombok Barat` sums up the records that have Lombok Barat in the same column."""
        first, _, rest = text.partition(" ")
        return first.lower() in ("jumlah", "total", "subtotal") and rest.lower() in self._labels_in(column)

    def _labels_in(self, column: int) -> frozenset[str]:
        if column not in self._label_sets:
            self._label_sets[column] = frozenset(shown(row[column]).lower() for row in self.rows if column < len(row))
        return self._label_sets[column]

    def _apart(self, first: int, last: int, header: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        known = {self._texts(index) for index in header}
        totals, blanks, left_out = [], [], []
        rows = range(first, last + 1)
        for index in rows:
            used = self.used[index]
            if not used:
                blanks.append(index)
            elif self.is_total(index):
                totals.append(index)
            elif (
                self._texts(index) in known
                or (header and self.is_numbering(index) and not self._counts_on(index, first))
                or self.is_section(index)
            ):
                left_out.append(index)
        if totals and all(_AFTER_TOTAL.match(self._first_text(index)) for index in range(totals[-1] + 1, last + 1) if self.used[index]):
            totals += [index for index in range(totals[-1] + 1, last + 1) if self.used[index]]  # `Persentase` below `Jumlah`
        if len(totals) * 2 > len(rows) - len(blanks):  # `Total` is then what the column is about
            totals = []
        return totals, blanks, left_out

    def _first_text(self, index: int) -> str:
        return next((shown(self.rows[index][column]) for column in self.used[index] if self.kinds[index][column] is CellKind.TEXT), "")

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


def total_label(text: str) -> bool:
    """Return whether a label says that its row or column sums up others."""
    return bool(TOTAL.match(text.removeprefix(NATIVE)))
