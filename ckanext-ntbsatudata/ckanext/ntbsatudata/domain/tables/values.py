"""What a cell means in its column: the value as it is published, or what is wrong with it.

One authority: the scan only sorts out the cells that are surely right; every other cell is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.tables.cells import FORMULA_ERRORS, NATIVE, is_missing_mark
from ckanext.ntbsatudata.domain.tables.dates import canonical_compact_date, canonical_date, serial_date
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.numbers import COMMA, POINT, canonical_number

TRUE = frozenset({"true", "ya", "y", "1", "benar", "yes"})
FALSE = frozenset({"false", "tidak", "t", "0", "salah", "no", "n", "tdk"})

STRICT_TRUE, STRICT_FALSE = frozenset({"true", "True", "TRUE", "1"}), frozenset({"false", "False", "FALSE", "0"})  # Table Schema

_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?)?)?")
_YEAR = re.compile(r"(\d{4})(?:\.0)?\s*(?:\*+\)?)?")
_BARE = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?")
_YEARMONTH = re.compile(r"(\d{4})-(\d{1,2})")


@dataclass(frozen=True)
class Value:
    """A cell judged: `text` as published (None: no value), or the code of what is wrong."""

    text: str | None = None
    fault: str | None = None


def value_of(field: Field, cell: str | None) -> Value:
    """Return the value of a cell in its column."""
    value = _value(field, cell)
    if field.constraints is not None and value.text is not None and field.constraints.broken(value.text, field.type.is_number):
        return Value(fault="constraint-error")
    return value


def _value(field: Field, cell: str | None) -> Value:
    plain = cell.removeprefix(NATIVE).strip() if cell else ""
    if not plain or plain.lower() in field.missing:
        return Value()
    if plain in FORMULA_ERRORS:
        return Value(fault="formula-error")
    if field.type is FieldType.STRING:
        return Value(" ".join(plain.split()) if "\n" not in plain else plain)
    if is_missing_mark(plain) and not field.declared:
        return Value()
    native = cell is not None and cell.startswith(NATIVE)
    if field.type.is_number:
        return _number(field, plain, native)
    if field.type is FieldType.YEAR:
        match = _YEAR.fullmatch(plain)
        return Value(match[1]) if match else Value(fault="type-error")
    if field.type is FieldType.BOOLEAN and not field.declared:
        low = plain.lower()
        return Value("true") if low in TRUE else Value("false") if low in FALSE else Value(fault="type-error")
    if field.type is FieldType.BOOLEAN:
        return Value("true") if plain in STRICT_TRUE else Value("false") if plain in STRICT_FALSE else Value(fault="type-error")
    if field.declared and not native and not field.dates_as_written and not _ISO.fullmatch(plain):
        return Value(fault="type-error")
    return _date(field, plain, native)


def _number(field: Field, plain: str, native: bool) -> Value:
    if field.declared and not native and not _BARE.fullmatch(plain):
        return Value(fault="type-error")
    number = canonical_number(plain, POINT if native else field.decimal)
    if number is None:
        other = canonical_number(plain, POINT if field.decimal == COMMA else COMMA)
        return Value(fault="type-error" if other is None or field.declared else "mixed-decimal-mark")
    if field.type is FieldType.INTEGER:
        whole, _, fraction = number.partition(".")
        if "e" in number.lower() or fraction.strip("0"):
            return Value(fault="type-error")
        return Value(whole)
    return Value(number)


def _date(field: Field, plain: str, native: bool) -> Value:
    if field.type is FieldType.YEARMONTH:
        if match := _YEARMONTH.fullmatch(plain):
            return Value(f"{match[1]}-{int(match[2]):02d}") if 1 <= int(match[2]) <= 12 else Value(fault="type-error")
        iso = canonical_date(plain, field.order)
        return Value(iso[:7]) if iso else Value(fault="type-error")
    iso = canonical_compact_date(plain) if field.compact_dates else None
    iso = iso or canonical_date(plain, field.order)
    if iso is None or len(iso) == 7:
        serial = native and re.fullmatch(r"\d{5}(\.\d+)?", plain) and serial_date(float(plain))
        return Value(fault="date-serial" if serial else "type-error")
    if field.type is FieldType.DATE:
        return Value(iso[:10]) if len(iso) == 10 or iso.endswith("T00:00:00") else Value(fault="type-error")
    return Value(iso if "T" in iso else f"{iso}T00:00:00")


def surely_right(field: Field, column: str, workbook: bool) -> str:
    """Return the SQL that is true only for cells that need no second look; what it lets through is published as it is.

    A column of a workbook may mix texts and numbers, so only what the workbook knows as a number passes.
    """
    sure = _surely_of_type(field, column, workbook)
    if sure == "false" or field.constraints is None:
        return sure
    limits = field.constraints.sql(published(field, column, workbook), field.type.is_number)
    return "false" if limits == "false" else f"({sure} AND {limits})"


def _surely_of_type(field: Field, column: str, workbook: bool) -> str:
    cell = f"substr({column}, 2)" if workbook else column
    native = f"{column} ^@ chr(29) AND " if workbook else ""
    if field.type is FieldType.INTEGER and (workbook or field.decimal == POINT):
        return f"({native}try_cast({cell} AS BIGINT) IS NOT NULL AND NOT contains({cell}, '.'))"
    if field.type is FieldType.NUMBER and (workbook or field.decimal == POINT):
        return f"({native}try_cast({cell} AS DOUBLE) IS NOT NULL AND {cell} < ':')"
    if field.type.is_number and field.decimal == COMMA:
        return f"regexp_full_match({column}, '-?(\\d{{1,3}}(\\.\\d{{3}})+|\\d+)" + (
            "')" if field.type is FieldType.INTEGER else "(,\\d+)?')"
        )
    if field.type is FieldType.YEAR:
        return f"({native}length({cell}) = 4 AND try_cast({cell} AS USMALLINT) IS NOT NULL)"
    if field.type is FieldType.DATE:
        return f"({native}length({cell}) = 10 AND {cell}[5] = '-' AND try_cast({cell} AS DATE) IS NOT NULL)"
    if field.type is FieldType.STRING:
        return f"({column} = trim({column}))" if not workbook else "false"
    return "false"


def published(field: Field, column: str, workbook: bool) -> str:
    """Return the SQL of the published text of a cell that is surely right."""
    cell = f"substr({column}, 2)" if workbook else column
    if field.type.is_number and field.decimal == COMMA and not workbook:
        return f"replace(replace({column}, '.', ''), ',', '.')"
    return cell
