"""The type of each column, told from its cells and its header, with the reasons.

Codes stay text. What cannot be told is not guessed: it is text, or it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ckanext.ntbsatudata.domain.tables.cells import NATIVE, is_blank, is_missing_mark, shown, year_of
from ckanext.ntbsatudata.domain.tables.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    canonical_compact_date,
    canonical_date,
    date_vote,
    is_date,
    looks_like_date,
)
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType, Reason
from ckanext.ntbsatudata.domain.tables.headers import is_code_header, unit_in, words_of
from ckanext.ntbsatudata.domain.tables.numbers import COMMA, POINT, DecimalVote, canonical_number, decimal_vote, is_number

TYPE_SHARE = 0.75  # a column is of a type when three quarters of its cells are; the others are its faults
_LEADING_ZERO = re.compile(r"0\d+")
_LONG_DIGITS = re.compile(r"\d{13,}")
_DOTTED_CODE = re.compile(r"\d{2}(\.\d{2}){1,2}(\.\d{4})?")


@dataclass(frozen=True)
class Column:
    """The cells of one column of a table, blank ones left out, and what its header says."""

    name: str
    position: int
    cells: Sequence[str]

    @property
    def values(self) -> list[str]:
        return [cell for cell in self.cells if not is_blank(cell) and not is_missing_mark(cell)]


def file_decimal_vote(columns: Sequence[Column]) -> DecimalVote:
    """Return what the figure columns of a file together say about its decimal mark."""
    vote = DecimalVote()
    for column in columns:
        texts = [cell for cell in column.values if not cell.startswith(NATIVE)]
        if texts and not is_code_header(column.name) and sum(map(is_number, texts)) >= TYPE_SHARE * len(texts):
            vote += decimal_vote(texts)
    return vote


def infer_field(column: Column, vote: DecimalVote, unit: str | None) -> Field:
    """Return the field of a column. `vote` is that of the whole file, `unit` what the title says."""
    values = column.values
    base = Field(column.name, column.position, FieldType.STRING, unit_in(column.name))
    if not values:
        return replace(base, confidence=0.5, reasons=(Reason("empty-column"),))
    if is_code_header(column.name) or _are_codes(values):
        reason = Reason("code-header") if is_code_header(column.name) else Reason("looks-like-codes")
        return replace(base, confidence=0.9, reasons=(reason,))
    for attempt in (_year, _date, _number, _boolean):
        found = attempt(column, values, base, vote)
        if found is not None:
            return _with_unit(found, column, unit)
    return replace(base, confidence=0.9, reasons=(Reason("texts", {"count": len(values)}),))


def _are_codes(values: Sequence[str]) -> bool:
    """Codes are told by leading zeros, by dots as Kemendagri writes them, or by more digits than a count has."""
    texts = [value.strip().lstrip("'") for value in values if not value.startswith(NATIVE)]
    leading = sum(bool(_LEADING_ZERO.fullmatch(text)) for text in texts)
    digits = sum(text.isdigit() for text in texts)
    if leading and digits >= TYPE_SHARE * len(values) and leading * 20 >= digits:
        return True
    if sum(bool(_DOTTED_CODE.fullmatch(text)) and text.count(".") >= 2 and not is_date(text) for text in texts) >= TYPE_SHARE * len(values):
        return True
    bare = [value.removeprefix(NATIVE).strip().lstrip("'") for value in values]
    return sum(bool(_LONG_DIGITS.fullmatch(text)) for text in bare) >= TYPE_SHARE * len(values)


def _year(column: Column, values: Sequence[str], base: Field, _vote: DecimalVote) -> Field | None:
    years = [year_of(value) for value in values]
    named = bool(words_of(column.name) & {"tahun", "year", "thn", "th", "periode"})
    known = sum(year is not None for year in years)
    if not named or known < TYPE_SHARE * len(values) or unit_in(column.name) == "tahun":
        return None
    return replace(base, type=FieldType.YEAR, unit=None, confidence=0.98, reasons=(Reason("year-header", {"count": known}),))


def _date(column: Column, values: Sequence[str], base: Field, _vote: DecimalVote) -> Field | None:
    texts = [value.removeprefix(NATIVE) for value in values]
    written = [text for text in texts if looks_like_date(text)]
    compact = [text for text in texts if canonical_compact_date(text)]
    named = bool(words_of(column.name) & {"tanggal", "tgl", "date", "tgl_lahir", "waktu", "bulan", "periode"})
    if named and len(compact) > len(written) and len(compact) >= TYPE_SHARE * len(texts):
        return replace(base, type=FieldType.DATE, compact_dates=True, confidence=0.9, reasons=(Reason("compact-dates"),))
    if len(written) < TYPE_SHARE * len(texts) or (not named and sum(map(is_date, written)) < 0.5 * len(texts)):
        return None
    votes = date_vote(texts)
    order = MONTH_FIRST if votes.month_first > votes.day_first else DAY_FIRST
    canonical = [iso for text in written if (iso := canonical_date(text, order))]
    months_only = sum(len(iso) == 7 for iso in canonical)
    if months_only * 2 > len(canonical):
        return replace(base, type=FieldType.YEARMONTH, confidence=0.9, reasons=(Reason("months"),))
    timed = any(len(iso) > 10 and not iso.endswith("T00:00:00") for iso in canonical)
    kind = FieldType.DATETIME if timed else FieldType.DATE
    if votes.open and not votes.day_first and not votes.month_first:
        return replace(base, type=kind, order=order, confidence=0.5, reasons=(Reason("open-date-order", {"count": votes.open}),))
    reason = Reason("dates", {"count": len(canonical), "order": order})
    return replace(base, type=kind, order=order, confidence=0.95, reasons=(reason,))


def _number(column: Column, values: Sequence[str], base: Field, vote: DecimalVote) -> Field | None:
    numbers = [value for value in values if value.startswith(NATIVE) or is_number(value)]
    if len(numbers) < TYPE_SHARE * len(values) and not (len(numbers) >= 0.6 * len(values) and len(values) >= 5):
        return None
    texts = [value for value in numbers if not value.startswith(NATIVE)]
    decimal, confidence, reason = _decimal(decimal_vote(texts), vote, texts)
    canonical = [canonical_number(value.removeprefix(NATIVE), POINT if value.startswith(NATIVE) else decimal) for value in numbers]
    whole = all(number is None or not number.partition(".")[2].strip("0") and "e" not in number.lower() for number in canonical)
    written_whole = whole and all("." not in (number or "") for number in canonical)
    percent = sum(value.strip().endswith("%") for value in values)
    currency = sum(value.strip().lower().startswith(("rp", "idr")) for value in texts)
    unit = base.unit or ("persen" if percent * 2 > len(values) else "rupiah" if currency * 2 > len(values) else None)
    kind = FieldType.INTEGER if written_whole else FieldType.NUMBER
    return replace(base, type=kind, unit=unit, decimal=decimal, confidence=confidence, reasons=(reason,))


def _decimal(own: DecimalVote, whole_file: DecimalVote, texts: Sequence[str]) -> tuple[str, float, Reason]:
    """Return the decimal mark of a column with confidence and reason: its own cells first, then the file's, then the country's."""
    if own.decisive:
        decimal = COMMA if own.comma >= own.point else POINT
        agreeing, against = max(own.comma, own.point), min(own.comma, own.point)
        return decimal, 0.95 if not against else 0.8, Reason("decimal-mark", {"mark": decimal, "count": agreeing, "against": against})
    if not own.open:
        return POINT, 0.97, Reason("whole-numbers", {"count": len(texts)})
    if whole_file.decisive:
        decimal = COMMA if whole_file.comma >= whole_file.point else POINT
        return decimal, 0.85, Reason("decimal-mark-of-file", {"mark": decimal, "count": own.open})
    decimal = COMMA if any(re.search(r"\d\.\d{3}$", text.strip()) for text in texts) else POINT
    return decimal, 0.6, Reason("grouping-assumed", {"count": own.open, "mark": "." if decimal == COMMA else ","})


def _boolean(column: Column, values: Sequence[str], base: Field, _vote: DecimalVote) -> Field | None:
    distinct = {shown(value).lower() for value in values}
    if len(distinct) == 2 and distinct in ({"true", "false"}, {"ya", "tidak"}, {"benar", "salah"}) and len(values) > 2:
        return replace(base, type=FieldType.BOOLEAN, confidence=0.9, reasons=(Reason("yes-no"),))
    return None


def _with_unit(field: Field, column: Column, unit: str | None) -> Field:
    if field.unit is None and field.type.is_number and not words_of(column.name) & {"no", "nomor", "id", "rank", "peringkat", "urut"}:
        return replace(field, unit=unit)
    return field
