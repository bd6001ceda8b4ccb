"""One statement for a whole answer: how many rows match, which ones stand on the page, how often each facet value occurs."""

from __future__ import annotations

from collections.abc import Sequence

from ckan.lib.search.common import SearchQueryError

from ckanext.ntbsatudata.search import fields
from ckanext.ntbsatudata.search.fields import Kind
from ckanext.ntbsatudata.search.parameters import Facets, Order
from ckanext.ntbsatudata.search.postgres.document import FACETS
from ckanext.ntbsatudata.search.postgres.plain import Source
from ckanext.ntbsatudata.search.postgres.sql import Sql, all_of, join


def answer(source: Source, filters: Sequence[Sql], orders: Sequence[Order], page: tuple[int, int], facets: Facets) -> Sql:
    """Return the statement. Its one row holds: count, list of [ordinal, score, title], list of [facet term, count]."""
    keys, ranking = _ranking(orders)
    start, rows = page
    matched = (
        Sql("matched AS MATERIALIZED (SELECT d.ordinal, (")
        + source.matching.score
        + Sql(")::float8 AS score")
        + keys
        + Sql(" FROM ")
        + source.tables
        + Sql(" WHERE ")
        + all_of([source.matching.where, *filters])
        + Sql(")")
    )
    return (
        Sql("SET LOCAL jit = off; WITH ")
        + join([*source.with_tables, matched], ", ")
        + Sql(" SELECT (SELECT count(*) FROM matched), ")
        + Sql(
            "(SELECT coalesce(json_agg(json_build_array(ordinal, score, fields->>'title') ORDER BY place), '[]') FROM"
            f" (SELECT ordinal, score, row_number() OVER (ORDER BY {ranking}) AS place FROM matched ORDER BY place LIMIT %s OFFSET %s)"
            " AS page JOIN ntbsatudata_search_document USING (ordinal)), ",
            (rows, start),
        )
        + _facets(facets)
    )


def _ranking(orders: Sequence[Order]) -> tuple[Sql, str]:
    """Return the columns to sort by and the ORDER BY over them. What has no value stands last, a number without value is 0."""
    keys, ranking = [], []
    for place, order in enumerate(orders):
        direction = "DESC" if order.descending else "ASC"
        if order.field == "score":
            ranking.append(f"score {direction}")
            continue
        field = fields.FIELDS.get(order.field) or fields.field(order.field)
        if field.kind is Kind.NGRAM or (order.field in fields.FIELDS and field.many):
            raise SearchQueryError(f'Invalid "sort" parameter: {order.field} cannot be sorted by')
        if field.kind.is_number:
            keys.append(Sql(f", coalesce((d.numbers->>%s)::float8, 0) AS key{place}", (order.field,)))
        else:
            keys.append(Sql(f', (d.fields->>%s) COLLATE "C" AS key{place}', (order.field,)))
        ranking.append(f"key{place} {direction} NULLS LAST")
    return join(keys, ""), ", ".join([*ranking, "ordinal"])


def _facets(facets: Facets) -> Sql:
    quick = [name for name in facets.fields if name in FACETS or name.startswith("vocab_")]
    slow = [name for name in facets.fields if name not in quick]
    for name in slow:
        if fields.field(name).kind not in (Kind.STRING, Kind.TEXT, Kind.WORDS):
            raise SearchQueryError(f"Values of {name} cannot be counted: it is a date, a number or made of parts of words")
    counts = []
    if quick:
        counts.append(_counts("d.facets", quick, facets.least, "TRUE"))
    for column, kinds in (("d.terms", (Kind.STRING,)), ("tsvector_to_array(d.vector)", (Kind.TEXT, Kind.WORDS))):
        names = [name for name in slow if fields.field(name).kind in kinds]
        if names:
            counts.append(_counts(column, names, facets.least, "split_part(held, ':', 1) = ANY(%s)"))
    if not counts:
        return Sql("'[]'::json")
    limit = "TRUE" if facets.limit is None else "place <= %s"
    return (
        Sql("(SELECT coalesce(json_agg(json_build_array(held, number) ORDER BY place), '[]') FROM (SELECT held, number,")
        + Sql(" row_number() OVER (PARTITION BY split_part(held, ':', 1) ORDER BY number DESC, held COLLATE \"C\") AS place FROM (")
        + join(counts, " UNION ALL ")
        + Sql(f") AS counts) AS ranked WHERE {limit})", () if facets.limit is None else (facets.limit,))
    )


def _counts(column: str, names: list[str], least: int, before: str) -> Sql:
    """Count the values in the matched rows; with `least` 0 also those that occur in other rows only."""
    held = f"SELECT held, ordinal FROM (SELECT unnest({column}) AS held, d.ordinal FROM ntbsatudata_search_document d"
    if least > 0:
        held += " JOIN matched USING (ordinal)) AS values_held"
        number = Sql("count(*)")
    else:
        held += ") AS values_held"
        number = Sql("count(*) FILTER (WHERE ordinal IN (SELECT ordinal FROM matched))")
    return (
        Sql("SELECT held, ")
        + number
        + Sql(f" AS number FROM ({held} WHERE {before}) AS counted GROUP BY held", (names,) if "%s" in before else ())
        + Sql(" HAVING split_part(held, ':', 1) = ANY(%s) AND ", (names,))
        + number
        + Sql(" >= %s", (max(least, 0),))
    )
