"""Pieces of SQL with their bound values: no text of a user ever becomes SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sql:
    """Text with `%s` marks and the values for them, in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql) -> Sql:
        return Sql(self.text + other.text, self.values + other.values)


_EXACT = re.compile(r"d\.terms @> ARRAY\[%s(?:, %s)*\]")
TRUE = Sql("TRUE")
FALSE = Sql("FALSE")


def join(pieces: Iterable[Sql], separator: str) -> Sql:
    pieces = list(pieces)
    return Sql(separator.join(piece.text for piece in pieces), tuple(value for piece in pieces for value in piece.values))


def holds(terms: Iterable[str]) -> Sql:
    """The row holds all these exact terms."""
    terms = list(terms)
    return Sql(f"d.terms @> ARRAY[{', '.join(['%s'] * len(terms))}]", tuple(terms))


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Conditions on exact terms become one, so that a row's terms are read once."""
    conditions = [condition for condition in conditions if condition != TRUE]
    exact = [condition for condition in conditions if _EXACT.fullmatch(condition.text)]
    if len(exact) > 1:
        conditions = [
            holds(value for condition in exact for value in condition.values),
            *(each for each in conditions if each not in exact),
        ]
    if len(conditions) == 1:
        return conditions[0]
    return Sql("(") + join(conditions, " AND ") + Sql(")") if conditions else TRUE


def any_of(conditions: Iterable[Sql]) -> Sql:
    conditions = list(conditions)
    return Sql("(") + join(conditions, " OR ") + Sql(")") if conditions else FALSE


def negation(condition: Sql) -> Sql:
    """What is unknown (a field without value) is not so either."""
    return Sql("((") + condition + Sql(") IS NOT TRUE)")


def worth(condition: Sql, score: Sql) -> Sql:
    """The score where the condition holds, else nothing."""
    return Sql("(CASE WHEN ") + condition + Sql(" THEN ") + score + Sql(" ELSE 0 END)")
