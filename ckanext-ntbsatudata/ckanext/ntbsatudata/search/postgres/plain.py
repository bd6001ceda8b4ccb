"""The plain query of people (dismax) as SQL.

Where CKAN's own fields are asked, the query is understood (`domain.query.understanding`) and answered from the postings; with
fields of the caller's choice (`qf`) each word is looked for in each field, as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ckan.lib.search.query import QUERY_FIELDS

from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.dismax import PlainClause, minimum_match, parse_plain
from ckanext.ntbsatudata.domain.query.lucene import Occur
from ckanext.ntbsatudata.domain.query.ranking import term_of, weigh
from ckanext.ntbsatudata.domain.query.understanding import Reader, Subject, Understanding
from ckanext.ntbsatudata.search.execution import execute
from ckanext.ntbsatudata.search.postgres.conditions import EVERYTHING, Matching, Translator, UnsupportedQuery
from ckanext.ntbsatudata.search.sql import FALSE, Sql, all_of, any_of, join, negation, worth
from ckanext.ntbsatudata.search.vocabulary import frequency_of_terms

DOCUMENTS = Sql("ntbsatudata_search_document d")
NOTHING = Matching(FALSE, Sql("0"))
NEAR = 0.4  # of the best score: what is still worth showing where hardly anything meets the whole query
MANY = 10_000  # documents from which on reading all of them beats looking up each
OPTIONAL = 1000  # from here on clauses need not be met


@dataclass(frozen=True)
class Source:
    """Where the rows of an answer come from: tables named before, the FROM clause, condition and score.

    `many` is set where a large part of the index may match, which the planner cannot know; `understanding` is set where the best rows are to be put into their final order; `relaxed` is what to ask when hardly anything is found.
    """

    matching: Matching
    with_tables: tuple[Sql, ...] = ()
    tables: Sql = DOCUMENTS
    many: bool = False
    understanding: Understanding | None = None
    relaxed: Callable[[], Source] | None = None


def lucene_source(text: str, translator: Translator) -> Source:
    """Return where the answers to a query in Lucene syntax are."""
    return Source(EVERYTHING if text.strip() == "*:*" else translator.query(text))


def plain_source(text: str, parameters: Mapping[str, Any], translator: Translator, reader: Reader) -> Source:
    """Return where the answers to a plain query are. Raises `UnsupportedQuery` for a wrong `mm`, `qf` or `tie`."""
    clauses = parse_plain(text)
    if not clauses:
        return Source(NOTHING)
    specification = str(parameters.get("mm") or "100%")
    asked = " ".join(str(parameters.get("qf") or parameters.get("df") or "text").split())
    try:
        if asked == QUERY_FIELDS:
            return _understood(clauses, specification, translator, reader)
        return _field_by_field(clauses, specification, _weights(asked), float(parameters.get("tie") or 0), translator)
    except ValueError as error:
        raise UnsupportedQuery(f"mm, qf or tie cannot be read: {error}") from error


def _understood(clauses: Sequence[PlainClause], specification: str, translator: Translator, reader: Reader) -> Source:
    spoken = [word for clause in clauses if clause.occur is Occur.SHOULD and not clause.quoted for word in words(clause.text)]
    understanding = reader.read(spoken)
    conditions: list[Sql] = []
    scores: list[Sql] = []
    phrases: list[Sql] = []
    for clause in clauses:
        if clause.occur is Occur.SHOULD and not clause.quoted:
            continue
        matching = translator.words("text", clause.text, clause.quoted)
        if matching is None:
            continue
        if clause.occur is Occur.MUST_NOT:
            conditions.append(negation(matching.where))
            continue
        scores.append(worth(matching.where, matching.score))
        (conditions if clause.occur is Occur.MUST else phrases).append(matching.where)
    counted = [clause for clause in understanding.clauses if clause.subject is not Subject.WEAK]
    if not counted:
        return _without_words(conditions, phrases, scores, specification)
    least = minimum_match(specification, len(counted) + len(phrases))
    rows = Sql("scored JOIN ntbsatudata_search_document d ON d.ordinal = scored.document")
    held = join([Sql("held"), *(worth(phrase, Sql("1")) for phrase in phrases)], " + ")
    score = join([Sql("scored.score"), *scores], " + ")
    whole = Matching(all_of([*conditions, held + Sql(" >= %s", (least,))]), score)
    strict = _source(whole, understanding, rows, least)
    loose = reader.loosen(understanding)
    if phrases or conditions or (least < 2 and loose == understanding):
        return strict
    near = Sql("held >= %s AND scored.score >= %s * (SELECT max(score) FROM scored)", (max(1, least // 2), NEAR))
    return replace(strict, relaxed=lambda: _source(Matching(near, score), loose, rows, max(1, least // 2)))


def _without_words(conditions: list[Sql], phrases: list[Sql], scores: list[Sql], specification: str) -> Source:
    """A query of phrases, +words and -words only."""
    if phrases:
        least = minimum_match(specification, len(phrases))
        conditions = [*conditions, join((worth(phrase, Sql("1")) for phrase in phrases), " + ") + Sql(" >= %s", (least,))]
        conditions.append(any_of(phrases) if least else Sql("TRUE"))
    if not conditions:
        return Source(NOTHING)
    return Source(Matching(all_of(conditions), join(scores, " + ") if scores else Sql("1")))


def _source(matching: Matching, understanding: Understanding, rows: Sql, least: int) -> Source:
    tables, postings = _postings(understanding)
    return Source(matching, tables, rows, postings > MANY * max(1, least), understanding)


def _postings(understanding: Understanding) -> tuple[tuple[Sql, ...], int]:
    """Return the tables that score the documents by their postings, and how many postings of clauses that must be met they read.

    A clause counts by its best way, a document by all its clauses.
    """
    terms = {term_of(way, term) for clause in understanding.clauses for way in clause.alternatives for term in way.terms}
    frequency, documents = frequency_of_terms(sorted(terms)), _documents()
    asked: list[tuple[int, int, int, float, str]] = []  # clause, way, number of its terms, gain, term
    way = 0
    for place, clause in enumerate(understanding.clauses):
        number = place + (OPTIONAL if clause.subject is Subject.WEAK else 0)
        for weighed in weigh(clause, frequency, documents):
            way += 1
            of_way = dict.fromkeys(term_of(weighed.alternative, term) for term in weighed.alternative.terms)
            asked += [(number, way, len(of_way), weighed.gain, term) for term in of_way]
    columns = tuple([list(column) for column in zip(*asked, strict=True)] or [[], [], [], [], []])
    tables = (
        Sql(
            "asked(clause, way, size, gain, term) AS MATERIALIZED"
            " (SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::real[], %s::text[]))",
            columns,
        ),
        Sql(
            "held AS MATERIALIZED (SELECT document, clause, way, size, weight * gain AS score FROM"
            " (SELECT * FROM ntbsatudata_search_posting WHERE term = ANY(%s)) AS postings JOIN asked USING (term))",
            (columns[4],),
        ),
        Sql(
            "ways AS (SELECT document, clause, score FROM held WHERE size = 1 UNION ALL"
            " SELECT document, clause, sum(score) FROM held WHERE size > 1 GROUP BY document, clause, way HAVING count(*) = min(size))"
        ),
        Sql("clauses AS (SELECT document, clause, max(score) AS score FROM ways GROUP BY document, clause)"),
        Sql(
            "scored AS (SELECT document, sum(score) AS score, count(*) FILTER (WHERE clause < %s) AS held FROM clauses GROUP BY document)",
            (OPTIONAL,),
        ),
    )
    return tables, sum(frequency[term] for number, *_rest, term in asked if number < OPTIONAL)


def _documents() -> int:
    """About how many documents there are: PostgreSQL's own estimate, which costs nothing."""
    estimate = execute(Sql("SELECT reltuples FROM pg_class WHERE oid = 'ntbsatudata_search_document'::regclass")).scalar_one()
    return max(int(estimate), 1)


def _weights(asked: str) -> dict[str, float]:
    weights = {}
    for part in asked.split():
        match = re.fullmatch(r"([^\s^]+)(?:\^(\d+(?:\.\d+)?))?", part)
        if match is None:
            raise ValueError(part)
        weights[match[1]] = float(match[2] or 1)
    return weights


def _field_by_field(
    clauses: Sequence[PlainClause], specification: str, weights: Mapping[str, float], tie: float, translator: Translator
) -> Source:
    wanted: list[Matching] = []
    required: list[Sql] = []
    forbidden: list[Sql] = []
    for clause in clauses:
        for piece in [clause.text] if clause.quoted else clause.text.split():
            matching = _best_field(piece, clause.quoted, weights, tie, translator)
            if matching is None:
                continue
            if clause.occur is Occur.MUST_NOT:
                forbidden.append(negation(matching.where))
                continue
            wanted.append(matching)
            if clause.occur is Occur.MUST:
                required.append(matching.where)
    if not wanted:
        return Source(Matching(all_of(forbidden), Sql("1")) if forbidden else NOTHING)
    least = minimum_match(specification, len(wanted) - len(required)) + len(required)
    conditions = [*required, *forbidden, any_of(matching.where for matching in wanted)]
    conditions.append(join((worth(matching.where, Sql("1")) for matching in wanted), " + ") + Sql(" >= %s", (least,)))
    return Source(Matching(all_of(conditions), join((matching.score for matching in wanted), " + ")))


def _best_field(text: str, quoted: bool, weights: Mapping[str, float], tie: float, translator: Translator) -> Matching | None:
    """A clause holds where any field holds it; the best field counts in full, each other one by `tie`."""
    held = []
    for name, weight in weights.items():
        matching = translator.words(name, text, quoted)
        if matching is not None:
            held.append(Matching(matching.where, Sql("(%s::float8 * ", (weight,)) + worth(matching.where, matching.score) + Sql(")")))
    if not held:
        return None
    scores = [matching.score for matching in held]
    best = Sql("greatest(") + join(scores, ", ") + Sql(")")
    score = Sql("(%s::float8 * ", (1 - tie,)) + best + Sql(" + %s::float8 * (", (tie,)) + join(scores, " + ") + Sql("))")
    return Matching(any_of(matching.where for matching in held), score)
