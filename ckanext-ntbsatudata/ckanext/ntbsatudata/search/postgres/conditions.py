"""A query tree as SQL: a condition on the row `d` of the index and the score of a row that meets it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ckanext.ntbsatudata.domain.query import lucene
from ckanext.ntbsatudata.domain.query.analysis import fold
from ckanext.ntbsatudata.domain.query.analysis import words as split_words
from ckanext.ntbsatudata.domain.query.lucene import Occur
from ckanext.ntbsatudata.search import fields
from ckanext.ntbsatudata.search.fields import Kind
from ckanext.ntbsatudata.search.postgres.date_math import moment
from ckanext.ntbsatudata.search.postgres.document import quote_lexeme, term, tokens
from ckanext.ntbsatudata.search.sql import FALSE, TRUE, Sql, all_of, any_of, holds, join, negation, worth

MOST_EXPANSIONS = 50  # as Lucene's FuzzyQuery
MOST_CLAUSES = 1024  # as Solr's maxBooleanClauses
MOST_PHRASE_SHAPES = 400


class UnsupportedQuery(ValueError):
    """The query asks what this engine cannot do; the message says what."""


@dataclass(frozen=True)
class Matching:
    where: Sql
    score: Sql


EVERYTHING = Matching(TRUE, Sql("1"))


@dataclass(frozen=True)
class Translator:
    """Turns query trees into SQL. `vocabulary` returns the terms of a field, for words spelt roughly (`foo~`)."""

    vocabulary: Callable[[str], Iterable[str]]
    default_field: str = "text"
    default_and: bool = False

    def query(self, text: str) -> Matching:
        """Return what a query in Lucene syntax means. Raises `UnsupportedQuery` and `QuerySyntaxError`."""
        tree = lucene.parse(text, self.default_and)
        if _size(tree) > MOST_CLAUSES:
            raise UnsupportedQuery(f"a query may have at most {MOST_CLAUSES} clauses")
        if isinstance(tree, lucene.Boolean) and all(occur is Occur.MUST_NOT for occur, _ in tree.clauses):
            # Lucene allows what is only a negation at the top of a query, nowhere else.
            tree = lucene.Boolean(((Occur.MUST, lucene.Everything()), *tree.clauses))
        return self.node(tree) or Matching(FALSE, Sql("0"))

    def node(self, node: lucene.Node) -> Matching | None:
        """Return what a part means, or None for a part without any word, which is as if it were not there."""
        match node:
            case lucene.Everything():
                return EVERYTHING
            case lucene.Boosted(inner, boost):
                matching = self.node(inner)
                return matching and Matching(matching.where, Sql("(%s::float8 * ", (boost,)) + matching.score + Sql(")"))
            case lucene.Boolean(clauses):
                return self._boolean(clauses)
            case lucene.Words():
                return self.words(node.field or self.default_field, node.text, node.quoted, node.slop)
            case lucene.Exists(name):
                return _constant(self._exists(name))
            case lucene.Wildcard():
                return _constant(self._wildcard(node.field or self.default_field, node.parts))
            case lucene.Fuzzy():
                return self._fuzzy(node.field or self.default_field, node.text, node.distance)
            case lucene.Range():
                return _constant(self._range(node.field or self.default_field, node))
            case lucene.Regex():
                raise UnsupportedQuery("regular expressions (/…/) are not supported; put a path or an address in quotes")

    def words(self, name: str, text: str, quoted: bool = False, slop: int = 0) -> Matching | None:
        """Return the condition that a field holds a word or phrase."""
        kind = fields.field(name).kind
        if kind.is_number:
            return _constant(Sql("(d.numbers->>%s)::float8 = %s", (name, _number(name, kind, text))))
        if kind is Kind.STRING:
            return _constant(holds([term(name, text)]))
        if kind is Kind.NGRAM:
            value = "lower(d.fields->>%s)"
            return _constant(Sql(f"position(%s in {value}) > 0", (text.lower().strip(), fields.NGRAM_SOURCES[name])))
        lexemes = [quote_lexeme(f"{name}:{token}") for token in tokens(kind, split_words(text))]
        if not lexemes:
            return None
        if quoted and len(lexemes) > 1:
            return _ranked(_phrase(lexemes, slop))
        return _ranked((" & " if self.default_and else " | ").join(lexemes))

    def _boolean(self, clauses: Iterable[tuple[Occur, lucene.Node]]) -> Matching | None:
        parts = [(occur, self.node(node)) for occur, node in clauses]
        held = {occur: [part for at, part in parts if at is occur and part is not None] for occur in Occur}
        wanted = held[Occur.MUST] + held[Occur.SHOULD]
        if not wanted:
            return Matching(FALSE, Sql("0")) if held[Occur.MUST_NOT] else None
        where = [part.where for part in held[Occur.MUST]] or [any_of(part.where for part in held[Occur.SHOULD])]
        where += [negation(part.where) for part in held[Occur.MUST_NOT]]
        return Matching(all_of(where), Sql("(") + join((part.score for part in wanted), " + ") + Sql(")"))

    def _exists(self, name: str) -> Sql:
        kind = fields.field(name).kind
        if kind.is_number:
            return Sql("jsonb_exists(d.numbers, %s)", (name,))
        if kind.is_text:
            return Sql("d.vector @@ %s::tsquery", (quote_lexeme(f"{name}:") + ":*",))
        return Sql("jsonb_exists(d.fields, %s)", (fields.NGRAM_SOURCES.get(name, name),))

    def _wildcard(self, name: str, parts: tuple[tuple[str, bool], ...]) -> Sql:
        kind = fields.field(name).kind
        if kind.is_number:
            raise UnsupportedQuery(f"a date or number takes no wildcard: {name}")
        literal = fold if kind.is_text else str
        if kind.is_text and len(parts) == 2 and parts[1] == ("*", True):
            return Sql("d.vector @@ %s::tsquery", (quote_lexeme(f"{name}:{literal(parts[0][0])}") + ":*",))
        pattern = _like(f"{name}:") + "".join({"*": "%", "?": "_"}[text] if wild else _like(literal(text)) for text, wild in parts)
        return Sql(f"EXISTS (SELECT FROM {_terms(kind)} AS held WHERE held LIKE %s)", (pattern,))

    def _fuzzy(self, name: str, text: str, distance: int) -> Matching | None:
        kind = fields.field(name).kind
        if kind.is_number:
            raise UnsupportedQuery(f"a date or number cannot be spelt roughly: {name}")
        wanted = fold(text) if kind.is_text else text
        near = sorted(
            (OSA.distance(wanted, held, score_cutoff=distance), held)
            for held in self.vocabulary(name)
            if OSA.distance(wanted, held, score_cutoff=distance) <= distance
        )[:MOST_EXPANSIONS]
        if not near:
            return Matching(FALSE, Sql("0"))
        if kind is Kind.STRING:
            return _constant(Sql("d.terms && %s", ([f"{name}:{held}" for _far, held in near],)))
        return _ranked(" | ".join(quote_lexeme(f"{name}:{held}") for _far, held in near))

    def _range(self, name: str, node: lucene.Range) -> Sql:
        if node.low is None and node.high is None:
            return self._exists(name)
        kind = fields.field(name).kind
        lower, upper = (">=" if node.include_low else ">"), ("<=" if node.include_high else "<")
        if kind.is_number:
            value, bounds = Sql("(d.numbers->>%s)::float8", (name,)), []
            if node.low is not None:
                bounds.append(value + Sql(f" {lower} %s", (_number(name, kind, node.low),)))
            if node.high is not None:
                bounds.append(value + Sql(f" {upper} %s", (_number(name, kind, node.high),)))
            return all_of(bounds)
        literal = fold if kind.is_text else str
        bounds = [Sql("starts_with(held, %s)", (f"{name}:",))]
        if node.low is not None:
            bounds.append(Sql(f'held COLLATE "C" {lower} %s', (f"{name}:{literal(node.low)}",)))
        if node.high is not None:
            bounds.append(Sql(f'held COLLATE "C" {upper} %s', (f"{name}:{literal(node.high)}",)))
        return Sql(f"EXISTS (SELECT FROM {_terms(kind)} AS held WHERE ") + all_of(bounds) + Sql(")")


def _terms(kind: Kind) -> str:
    return "unnest(tsvector_to_array(d.vector))" if kind.is_text else "unnest(d.terms)"


def _constant(where: Sql) -> Matching:
    return Matching(where, worth(where, Sql("1")))


def _ranked(query: str) -> Matching:
    where = Sql("d.vector @@ %s::tsquery", (query,))
    return Matching(where, Sql("ts_rank(d.vector, %s::tsquery)", (query,)))


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _number(name: str, kind: Kind, text: str) -> float:
    try:
        return moment(text) if kind is Kind.DATE else int(text)
    except (ValueError, OverflowError) as error:
        raise UnsupportedQuery(f"not a {kind.value} for the field {name}: {text[:60]}") from error


def _phrase(lexemes: list[str], slop: int) -> str:
    """Return a phrase as a tsquery.

    Lucene lets each word stand `slop` moves off its place in all. Each shape of places it allows becomes one strict phrase.
    """
    if slop == 0:
        return " <-> ".join(lexemes)
    if (slop + 1) ** len(lexemes) > MOST_PHRASE_SHAPES * 4:
        raise UnsupportedQuery("a phrase this long takes no distance (~) this wide")
    shapes = set()
    for moves in itertools.product(range(slop + 1), repeat=len(lexemes)):
        places = sorted((index + move, lexeme) for index, (move, lexeme) in enumerate(zip(moves, lexemes, strict=True)))
        if min(moves) == 0 and len({place for place, _ in places}) == len(places):
            gaps = [after[0] - before[0] for before, after in itertools.pairwise(places)]
            shapes.add(places[0][1] + "".join(f" <{gap}> {lexeme}" for gap, (_, lexeme) in zip(gaps, places[1:], strict=True)))
    return " | ".join(f"({shape})" for shape in sorted(shapes))


def _size(node: lucene.Node) -> int:
    match node:
        case lucene.Boolean(clauses):
            return sum(_size(inner) for _, inner in clauses)
        case lucene.Boosted(inner, _):
            return _size(inner)
    return 1
