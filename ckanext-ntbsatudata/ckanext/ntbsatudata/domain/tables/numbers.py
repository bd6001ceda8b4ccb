"""How numbers are written: `1.067,7`, `1 067,7`, `1,067.7`, `Rp6.000.000`, `-11,44%`, `(25)`, `5.320,1*`.

The decimal mark belongs to the column, never to the cell: `1.234` alone can be either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

COMMA, POINT = ",", "."

_BLANKS = "\u00a0\u202f\u2009"
_FRONT = re.compile(r"^(?:rp\.?|idr)\s*", re.IGNORECASE)
_BACK = re.compile(r"(?:,-|,--|\s*(?:\*+\)?|\^?[a-z]{1,2}\)|r|e|p))$|\s*%$", re.IGNORECASE)
_GROUPED = {
    COMMA: re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?"),
    POINT: re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+)?(?:\.\d+)?(?:[eE][+-]?\d+)?"),
}
_DIGIT = re.compile(r"\d")
_MARKED = re.compile(r"\d[.,]\d")


@dataclass(frozen=True)
class DecimalVote:
    """What the cells of a column say about its decimal mark."""

    comma: int = 0
    point: int = 0
    open: int = 0  # cells such as `1.234` and `1,234` that fit both

    @property
    def decisive(self) -> bool:
        return self.comma > 0 or self.point > 0

    def __add__(self, other: DecimalVote) -> DecimalVote:
        return DecimalVote(self.comma + other.comma, self.point + other.point, self.open + other.open)


def bare_number(text: str) -> str:
    """Return the number alone: without currency, percent sign, footnote mark, brackets for minus."""
    bare = text.strip().lstrip("'`’").replace("−", "-").replace("–", "-")
    for blank in _BLANKS:
        bare = bare.replace(blank, " ")
    if not bare or not _DIGIT.search(bare):
        return bare
    bare = _FRONT.sub("", bare)
    while (cut := _BACK.sub("", bare)) != bare:
        bare = cut
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    bare = bare.strip()
    return f"-{bare[1:].strip()}" if bare.startswith("- ") else bare


def canonical_number(text: str, decimal: str) -> str | None:
    """Return the number with a decimal point and no grouping, or None when it is no number with that decimal mark."""
    bare = bare_number(text)
    if not bare or not _DIGIT.search(bare) or not _GROUPED[decimal].fullmatch(bare):
        return None
    plain = bare.replace(" ", "").lstrip("+")
    plain = plain.replace(".", "").replace(",", ".") if decimal == COMMA else plain.replace(",", "")
    if plain.startswith("."):
        plain = f"0{plain}"
    return plain.replace("-.", "-0.")


def is_number(text: str) -> bool:
    """Return whether a cell is a number with one decimal mark or the other."""
    return canonical_number(text, COMMA) is not None or canonical_number(text, POINT) is not None


def decimal_vote(texts: Iterable[str]) -> DecimalVote:
    """Count the cells that fit only a decimal comma, only a decimal point, and both while they hold a mark."""
    comma = point = either = 0
    for text in texts:
        bare = bare_number(text)
        if not _MARKED.search(bare) and " " not in bare:
            continue
        as_comma, as_point = canonical_number(text, COMMA), canonical_number(text, POINT)
        if as_comma is not None and as_point is None:
            comma += 1
        elif as_point is not None and as_comma is None:
            point += 1
        elif as_comma is not None and as_comma != as_point:
            either += 1
    return DecimalVote(comma, point, either)
