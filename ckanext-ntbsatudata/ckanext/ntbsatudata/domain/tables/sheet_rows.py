"""The rows of a sheet and what each of them is: a record, a header, a title, a note, a total.

A row is told by what its cells hold and by what the columns hold elsewhere: a record has figures or dates where its columns
have them, a header has names or years there, a title or a note stands alone. All indexes count from 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from ckanext.ntbsatudata.domain.tables.cells import CellKind, is_blank, kind_of, shown, year_of
from ckanext.ntbsatudata.domain.tables.workbook import Merge

Row = Sequence[str | None]

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
_SECTION = re.compile(r"^\W*(kabupaten|kota|kab\.?|kecamatan|desa|kelurahan|provinsi)(\s*/\s*\w+)?\W*$", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"^\(?\s*(\d{1,2}|[a-z])\s*(=.*)?\)?$", re.IGNORECASE)


class SheetRows:
    """The rows with the kinds of their cells, and the questions asked of them. All indexes count from 0."""

    def __init__(self, rows: Sequence[Row], merges: Sequence[Merge]) -> None:
        self.rows = rows
        kinds = {cell: kind_of(cell) for cell in {cell for row in rows for cell in row}}
        self.kinds = [[kinds[cell] for cell in row] for row in rows]
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
        row, used = self.rows[index], self.used[index]
        if len(used) < 3 or not all(_COLUMN_NUMBER.fullmatch(shown(row[column])) for column in used):
            return False
        texts = [shown(row[column]) for column in used]
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

    def texts(self, index: int) -> tuple[str, ...]:
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

    def first_text(self, index: int) -> str:
        return next((shown(self.rows[index][column]) for column in self.used[index] if self.kinds[index][column] is CellKind.TEXT), "")
