"""Lucene query syntax as a small tree that both meaning and order of Lucene's own parser are read into.

luqum reads the syntax; what this module adds is how Lucene's classic parser understands a flat row of clauses: `a AND b OR c`
is `+a +b c`, not a nesting of operators (Apache Lucene 9, `QueryParserBase.addClause`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from luqum import tree as luqum_tree
from luqum.exceptions import ParseError
from luqum.thread import parse as luqum_parse


class QuerySyntaxError(ValueError):
    """The query cannot be read; the message says where."""


class Occur(Enum):
    MUST = "+"
    SHOULD = ""
    MUST_NOT = "-"


@dataclass(frozen=True)
class Everything:
    """`*:*`"""


@dataclass(frozen=True)
class Exists:
    """`field:*`: the field has a value."""

    field: str


@dataclass(frozen=True)
class Words:
    """A word or, where quoted, a phrase whose words stand next to each other (within `slop` moves)."""

    field: str | None
    text: str
    quoted: bool = False
    slop: int = 0


@dataclass(frozen=True)
class Wildcard:
    """A pattern; each part is literal text, `*` or `?`."""

    field: str | None
    parts: tuple[tuple[str, bool], ...]  # (text, is a wildcard)


@dataclass(frozen=True)
class Fuzzy:
    field: str | None
    text: str
    distance: int


@dataclass(frozen=True)
class Regex:
    field: str | None
    pattern: str


@dataclass(frozen=True)
class Range:
    """`low` and `high` are None where the range is open."""

    field: str | None
    low: str | None
    high: str | None
    include_low: bool
    include_high: bool


@dataclass(frozen=True)
class Boosted:
    node: Node
    boost: float


@dataclass(frozen=True)
class Boolean:
    clauses: tuple[tuple[Occur, Node], ...]


Node = Everything | Exists | Words | Wildcard | Fuzzy | Regex | Range | Boosted | Boolean


def parse(text: str, default_and: bool = False) -> Node:
    """Return the tree of a Lucene query.

    `default_and` is Solr's `q.op=AND`: clauses without an operator are required.
    Raises `QuerySyntaxError` for what is not Lucene syntax.
    """
    try:
        tree = luqum_parse(_spell_out_operators(text))
    except ParseError as error:
        raise QuerySyntaxError(str(error)) from error
    except RecursionError as error:
        raise QuerySyntaxError("the query is nested too deeply") from error
    return _node(tree, None, default_and)


def unescape(text: str) -> str:
    """Return the text without Lucene's backslashes: `a\\:b` gives `a:b`."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


_PIECES = re.compile(r'"(?:\\.|[^"\\])*"|\\.|&&|\|\||(?:(?<=^)|(?<=[\s(]))!(?=\S)|.', re.DOTALL)
_OPERATORS = {"&&": " AND ", "||": " OR ", "!": "-"}


def _spell_out_operators(text: str) -> str:
    """luqum knows the operators as words only."""
    return "".join(_OPERATORS.get(piece, piece) for piece in _PIECES.findall(text))


def _node(tree: luqum_tree.Item, field: str | None, default_and: bool) -> Node:
    match tree:
        case luqum_tree.SearchField():
            name = unescape(tree.name)
            if name == "*" and isinstance(tree.expr, luqum_tree.Word) and tree.expr.value == "*":
                return Everything()
            return _node(tree.expr, name, default_and)
        case luqum_tree.Boost():
            return Boosted(_node(tree.expr, field, default_and), float(tree.force))
        case luqum_tree.Fuzzy():
            return Fuzzy(field, unescape(str(tree.term.value)), min(2, int(tree.degree) if tree.degree >= 1 else 2))
        case luqum_tree.Proximity():
            return Words(field, _phrase(tree.term.value), True, int(tree.degree))
        case luqum_tree.Phrase():
            return Words(field, _phrase(tree.value), True)
        case luqum_tree.Regex():
            return Regex(field, tree.value[1:-1])
        case luqum_tree.Word():
            return _word(tree.value, field)
        case luqum_tree.From() | luqum_tree.To():
            bound = unescape(str(tree.a.value))
            opens = isinstance(tree, luqum_tree.From)
            return Range(field, bound if opens else None, None if opens else bound, tree.include, tree.include)
        case luqum_tree.Range():
            low, high = (_bound(item) for item in (tree.low, tree.high))
            return Range(field, low, high, tree.include_low, tree.include_high)
        case luqum_tree.Group() | luqum_tree.FieldGroup():
            return _node(tree.expr, field, default_and)
        case luqum_tree.Plus() | luqum_tree.Not() | luqum_tree.Prohibit() | luqum_tree.BaseOperation():
            return _boolean(tree, field, default_and)
    raise QuerySyntaxError(f"the query has a part that is not supported: {tree}")


def _phrase(value: str) -> str:
    return unescape(value[1:-1])


def _bound(item: luqum_tree.Item) -> str | None:
    value = _phrase(item.value) if isinstance(item, luqum_tree.Phrase) else unescape(str(item))
    return None if value.strip() == "*" else value.strip()


def _word(value: str, field: str | None) -> Node:
    parts = tuple((unescape(part), part in "*?") for part in re.findall(r"\\.|[*?]|(?:[^\\*?]|\\(?=$))+", value, re.DOTALL))
    if not any(wild for _text, wild in parts):
        return Words(field, unescape(value))
    if value == "*":
        return Everything() if field is None else Exists(field)
    merged: list[tuple[str, bool]] = []
    for text, wild in parts:
        if merged and not wild and not merged[-1][1]:
            merged[-1] = (merged[-1][0] + text, False)
        else:
            merged.append((text, wild))
    return Wildcard(field, tuple(merged))


def _row(tree: luqum_tree.Item, operator: str) -> Iterator[tuple[str, luqum_tree.Item]]:
    """Yield the operands of nested operations in the order they were written, each with the operator before it."""
    operators = {luqum_tree.AndOperation: "AND", luqum_tree.OrOperation: "OR"}
    if not isinstance(tree, luqum_tree.BaseOperation):
        yield operator, tree
        return
    own = operators.get(type(tree), "")
    for index, operand in enumerate(tree.operands):
        yield from _row(operand, own if index else operator)


def _boolean(tree: luqum_tree.Item, field: str | None, default_and: bool) -> Node:
    clauses: list[tuple[Occur, Node]] = []
    for operator, operand in _row(tree, ""):
        if clauses and clauses[-1][0] is not Occur.MUST_NOT:
            if operator == "AND":
                clauses[-1] = (Occur.MUST, clauses[-1][1])
            elif operator == "OR" and default_and:
                clauses[-1] = (Occur.SHOULD, clauses[-1][1])
        match operand:
            case luqum_tree.Not() | luqum_tree.Prohibit():
                occur = Occur.MUST_NOT
            case _:  # where AND is the default, even + does not make a clause behind OR required
                plus = isinstance(operand, luqum_tree.Plus)
                required = operator != "OR" if default_and else plus or operator == "AND"
                occur = Occur.MUST if required else Occur.SHOULD
        inner = operand.a if isinstance(operand, (luqum_tree.Unary)) else operand
        clauses.append((occur, _node(inner, field, default_and)))
    return Boolean(tuple(clauses))
