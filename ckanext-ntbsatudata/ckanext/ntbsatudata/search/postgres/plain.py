"""The plain query of people (dismax) as SQL: over the postings where CKAN's own fields are asked, else field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.lib.search.query import QUERY_FIELDS

from ckanext.ntbsatudata.domain.query.analysis import stems
from ckanext.ntbsatudata.domain.query.dismax import PlainClause, minimum_match, parse_plain
from ckanext.ntbsatudata.domain.query.lucene import Occur
from ckanext.ntbsatudata.search.postgres.conditions import EVERYTHING, Matching, Translator, UnsupportedQuery
from ckanext.ntbsatudata.search.postgres.sql import FALSE, Sql, all_of, any_of, join, negation, worth


@dataclass(frozen=True)
class Source:
    """Where the rows of an answer come from: tables named before, the FROM clause, condition and score."""

    with_tables: tuple[Sql, ...]
    tables: Sql
    matching: Matching


DOCUMENTS = Sql("ntbsatudata_search_document d")


def plain_source(text: str, parameters: Mapping[str, Any], translator: Translator) -> Source:
    """Return where the answers to a plain query are. Raises `UnsupportedQuery` for a wrong `mm`, `qf` or `tie`."""
    clauses = parse_plain(text)
    if not clauses:
        return Source((), DOCUMENTS, Matching(FALSE, Sql("0")))
    specification = str(parameters.get("mm") or "100%")
    asked = " ".join(str(parameters.get("qf") or parameters.get("df") or "text").split())
    try:
        if asked == QUERY_FIELDS:
            return _over_postings(clauses, specification, translator)
        return _field_by_field(clauses, specification, _weights(asked), float(parameters.get("tie") or 0), translator)
    except ValueError as error:
        raise UnsupportedQuery(f"mm, qf or tie cannot be read: {error}") from error


def _weights(asked: str) -> dict[str, float]:
    weights = {}
    for part in asked.split():
        match = re.fullmatch(r"([^\s^]+)(?:\^(\d+(?:\.\d+)?))?", part)
        if match is None:
            raise ValueError(part)
        weights[match[1]] = float(match[2] or 1)
    return weights


def _over_postings(clauses: Sequence[PlainClause], specification: str, translator: Translator) -> Source:
    asked: list[tuple[int, str]] = []  # the place of a clause among those that count, or -1; the term
    phrases: list[Sql] = []
    required: list[int] = []
    forbidden: list[Sql] = []
    required_phrases: list[Sql] = []
    counted = 0
    for clause in clauses:
        found = stems(clause.text)
        matching = translator.words("text", clause.text, clause.quoted)
        if matching is None:
            continue
        if clause.occur is Occur.MUST_NOT:
            forbidden.append(negation(matching.where))
        elif clause.quoted and len(found) > 1:
            (required_phrases if clause.occur is Occur.MUST else phrases).append(matching.where)
            asked += [(-1 - len(asked), token) for token in found]
        else:
            for token in found:
                asked.append((counted, token))
                if clause.occur is Occur.MUST:
                    required.append(counted)
                counted += 1
    if not asked:
        return Source((), DOCUMENTS, Matching(all_of(forbidden), Sql("1")) if forbidden else Matching(FALSE, Sql("0")))
    optional = counted - len(required) + len(phrases)
    least = minimum_match(specification, optional) + len(required)
    tables = (
        Sql("asked(clause, term) AS (SELECT * FROM unnest(%s::int[], %s::text[]))", ([at for at, _ in asked], [word for _, word in asked])),
        Sql(
            "hits AS MATERIALIZED (SELECT asked.clause, asked.term, posting.document, posting.weight"
            " FROM asked JOIN ntbsatudata_search_posting posting USING (term))"
        ),
        Sql(
            "rarity AS MATERIALIZED (SELECT term, ln(1 + ((SELECT greatest(reltuples, 1) FROM pg_class"
            " WHERE oid = 'ntbsatudata_search_document'::regclass) + count(*)) / (count(*) + 0.5)) AS rarity FROM hits GROUP BY term)"
        ),
        Sql(
            "scored AS (SELECT document, sum(weight * rarity) AS score, count(DISTINCT clause) FILTER (WHERE clause >= 0) AS held,"
            " array_agg(clause) AS clauses FROM hits JOIN rarity USING (term) GROUP BY document)"
        ),
    )
    where = list(forbidden) + required_phrases
    held = join([Sql("held"), *(worth(phrase, Sql("1")) for phrase in phrases)], " + ")
    where.append(held + Sql(" >= %s", (least,)))
    if required:
        where.append(Sql("clauses @> %s", (required,)))
    return Source(
        tables, Sql("scored JOIN ntbsatudata_search_document d ON d.ordinal = scored.document"), Matching(all_of(where), Sql("score"))
    )


def _field_by_field(
    clauses: Sequence[PlainClause], specification: str, weights: Mapping[str, float], tie: float, translator: Translator
) -> Source:
    wanted: list[Matching] = []
    required: list[Sql] = []
    forbidden: list[Sql] = []
    for clause in clauses:
        pieces = [clause.text] if clause.quoted else clause.text.split()
        for piece in pieces:
            matching = _best_field(piece, clause.quoted, weights, tie, translator)
            if matching is None:
                continue
            if clause.occur is Occur.MUST_NOT:
                forbidden.append(negation(matching.where))
            elif clause.occur is Occur.MUST:
                required.append(matching.where)
                wanted.append(Matching(matching.where, matching.score))
            else:
                wanted.append(matching)
    if not wanted:
        return Source((), DOCUMENTS, Matching(all_of(forbidden), Sql("1")) if forbidden else Matching(FALSE, Sql("0")))
    least = minimum_match(specification, len(wanted) - len(required)) + len(required)
    conditions = [*required, *forbidden, any_of(matching.where for matching in wanted)]
    conditions.append(join((worth(matching.where, Sql("1")) for matching in wanted), " + ") + Sql(" >= %s", (least,)))
    return Source((), DOCUMENTS, Matching(all_of(conditions), join((matching.score for matching in wanted), " + ")))


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


def lucene_source(text: str, translator: Translator) -> Source:
    """Return where the answers to a query in Lucene syntax are."""
    return Source((), DOCUMENTS, EVERYTHING if text.strip() == "*:*" else translator.query(text))
