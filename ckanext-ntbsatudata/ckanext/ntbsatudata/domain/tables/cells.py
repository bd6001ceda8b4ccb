"""What one cell holds, before its column is known: nothing, a mark for nothing, a number, a date, a text.

A workbook knows numbers and dates as such. They are carried as text with a mark in front, so that the number 1.234 of a
workbook is never taken for the text `1.234`, which in Indonesian is one thousand two hundred and thirty-four.
"""

from __future__ import annotations

import re
from enum import Enum

from ckanext.ntbsatudata.domain.tables.dates import is_date
from ckanext.ntbsatudata.domain.tables.numbers import is_number

NATIVE = "\x1d"  # group separator: no keyboard writes it, and the readers drop it from text

MISSING_MARKS = frozenset(
    {
        "-", "--", "---", "–", "—", ".", "..", "...", "....", "…", "n/a", "n.a", "n.a.", "na", "#n/a", "null", "none", "nan", "nihil", "kosong",
        "tad", "tidak ada", "tidak ada data", "belum ada data", "data tidak tersedia", "tidak tersedia", "belum tersedia", "?", ":", "*", "(-)", "xxx",
    }
)  # fmt: skip
FORMULA_ERRORS = frozenset(
    {"#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#N/A!", "Err:502", "Err:508", "#SPILL!"}
)

_YEAR = re.compile(r"\s*(1[89]\d\d|20\d\d|2100)(?:\.0)?\s*(?:\*+\)?|\s?[a-z]{1,2}\)|\))?\s*", re.IGNORECASE)


_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d+)?")
_DIGIT = re.compile(r"\d")


class CellKind(Enum):
    BLANK = "blank"
    MISSING = "missing"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


def shown(text: str | None) -> str:
    """Return a cell as a person reads it: no mark, no doubled blanks, no line breaks."""
    return " ".join(text.removeprefix(NATIVE).split()) if text else ""


def is_blank(text: str | None) -> bool:
    return not text or not text.strip()


def is_missing_mark(text: str) -> bool:
    """Return whether a cell says in so many words that there is no value: `-`, `n/a`, `…`."""
    return text.strip().lower() in MISSING_MARKS


def year_of(text: str | None) -> int | None:
    """Return the year a cell names (`2019*`, `2018`), or None."""
    match = _YEAR.fullmatch(text.removeprefix(NATIVE)) if text else None
    return int(match[1]) if match else None


def kind_of(text: str | None) -> CellKind:
    """Return what a cell looks like on its own."""
    if text is None or is_blank(text):
        return CellKind.BLANK
    if text.startswith(NATIVE):
        return CellKind.DATE if "-" in text[2:] and is_date(text[1:]) else CellKind.NUMBER
    if _PLAIN_NUMBER.fullmatch(text):
        return CellKind.NUMBER
    if is_missing_mark(text):
        return CellKind.MISSING
    if not _DIGIT.search(text):
        return CellKind.NUMBER if text.strip() in FORMULA_ERRORS else CellKind.TEXT
    if is_number(text) or text.strip() in FORMULA_ERRORS:
        return CellKind.NUMBER
    return CellKind.DATE if is_date(text) else CellKind.TEXT
