"""Pieces of SQL with their bound values: no text of a user ever becomes SQL."""

from __future__ import annotations

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


TRUE = Sql("TRUE")
FALSE = Sql("FALSE")


def join(pieces: Iterable[Sql], separator: str) -> Sql:
    pieces = list(pieces)
    return Sql(separator.join(piece.text for piece in pieces), tuple(value for piece in pieces for value in piece.values))


def all_of(conditions: Iterable[Sql]) -> Sql:
    conditions = [condition for condition in conditions if condition != TRUE]
    return Sql("(") + join(conditions, " AND ") + Sql(")") if conditions else TRUE


def any_of(conditions: Iterable[Sql]) -> Sql:
    conditions = list(conditions)
    return Sql("(") + join(conditions, " OR ") + Sql(")") if conditions else FALSE


def negation(condition: Sql) -> Sql:
    return Sql("(NOT ") + condition + Sql(")")


def worth(condition: Sql, score: Sql) -> Sql:
    """The score where the condition holds, else nothing."""
    return Sql("(CASE WHEN ") + condition + Sql(" THEN ") + score + Sql(" ELSE 0 END)")
