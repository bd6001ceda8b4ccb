"""One statement for a whole answer: how many rows match, which ones stand on the page, how often each facet value occurs."""

from __future__ import annotations

from collections.abc import Sequence

from ckan.lib.search.common import SearchQueryError

from ckanext.ntbsatudata.search import fields
from ckanext.ntbsatudata.search.fields import Kind
from ckanext.ntbsatudata.search.parameters import Facets, Order
from ckanext.ntbsatudata.search.postgres.document import FACETS
from ckanext.ntbsatudata.search.postgres.plain import Source
from ckanext.ntbsatudata.search.sql import Sql, all_of, join

# JIT costs more than it gains at this size; what matches is kept in memory rather than written to disk.
SETTINGS = "SET LOCAL jit = off; SET LOCAL work_mem = '32MB'"


def answer(source: Source, filters: Sequence[Sql], orders: Sequence[Order], page: tuple[int, int], facets: Facets) -> Sql:
    """Return the statement. Its one row holds: count, list of [ordinal, score], list of [facet term, count]."""
    keys, ranking = _ranking(orders)
    start, rows = page
    quick = [name for name in facets.fields if is_quick(name)]
    matched = (
        Sql("matched AS MATERIALIZED (SELECT d.ordinal, (")
        + source.matching.score
        + Sql(")::float8 AS score" + (", d.facets" if quick else ""))
        + keys
        + Sql(" FROM ")
        + source.tables
        + Sql(" WHERE ")
        + all_of([source.matching.where, *filters])
        + Sql(")")
    )
    return (
        Sql(f"{SETTINGS}; SET LOCAL enable_nestloop = {'off' if source.many else 'on'}; WITH ")
        + join([*source.with_tables, matched], ", ")
        + Sql(" SELECT (SELECT count(*) FROM matched), ")
        + Sql(
            "(SELECT coalesce(json_agg(json_build_array(ordinal, score)), '[]') FROM"
            f" (SELECT ordinal, score FROM matched ORDER BY {ranking} LIMIT %s OFFSET %s) AS page), ",
            (rows, start),
        )
        + _facets(facets, quick)
    )


def _ranking(orders: Sequence[Order]) -> tuple[Sql, str]:
    """Return the columns to sort by and the ORDER BY over them. What has no value stands last, a number without value is 0."""
    keys, ranking = [], []
    for place, order in enumerate(orders):
        direction = "DESC" if order.descending else "ASC"
        if order.field == "score":
            ranking.append(f"score {direction}")
            continue
        field = fields.field(order.field)
        if field.kind is Kind.NGRAM:
            raise SearchQueryError(f'Invalid "sort" parameter: {order.field} cannot be sorted by')
        if field.kind.is_number:
            keys.append(Sql(f", coalesce((d.numbers->>%s)::float8, 0) AS key{place}", (order.field,)))
        elif field.many:  # the lowest of several values, or the highest
            extreme = "max" if order.descending else "min"
            each = "jsonb_array_elements_text(d.fields->%s) AS held"
            keys.append(Sql(f', (SELECT {extreme}(held COLLATE "C") FROM {each}) AS key{place}', (order.field,)))
        else:
            keys.append(Sql(f', (d.fields->>%s) COLLATE "C" AS key{place}', (order.field,)))
        ranking.append(f"key{place} {direction} NULLS LAST")
    return join(keys, ""), ", ".join([*ranking, "ordinal"])


def is_quick(name: str) -> bool:
    """Whether the values of a field lie ready to be counted."""
    return name in FACETS or name.startswith("vocab_")


def _facets(facets: Facets, quick: list[str]) -> Sql:
    slow = [name for name in facets.fields if name not in quick]
    for name in slow:
        if fields.field(name).kind not in (Kind.STRING, Kind.TEXT, Kind.WORDS):
            raise SearchQueryError(f"Values of {name} cannot be counted: it is a date, a number or made of parts of words")
    counts = []
    if quick:
        counts.append(_ready_counts(facets.least))
    for column, kinds in (("d.terms", (Kind.STRING,)), ("tsvector_to_array(d.vector)", (Kind.TEXT, Kind.WORDS))):
        names = [name for name in slow if fields.field(name).kind in kinds]
        if names:
            counts.append(_counts(column, names, facets.least))
    if not counts:
        return Sql("'[]'::json")
    limit = "TRUE" if facets.limit is None else "place <= %s"
    return (
        Sql("(SELECT coalesce(json_agg(json_build_array(held, number) ORDER BY place), '[]') FROM (SELECT held, number,")
        + Sql(" row_number() OVER (PARTITION BY split_part(held, ':', 1) ORDER BY number DESC, held COLLATE \"C\") AS place FROM (")
        + join(counts, " UNION ALL ")
        + Sql(
            f") AS counts WHERE split_part(held, ':', 1) = ANY(%s) AND number >= %s) AS ranked WHERE {limit})",
            (list(facets.fields), max(facets.least, 0), *(() if facets.limit is None else (facets.limit,))),
        )
    )


def _ready_counts(least: int) -> Sql:
    """Count all values that lie ready; OFFSET 0 keeps the planner from looking at the name of each value before it is counted."""
    if least > 0:
        return Sql("(SELECT held, count(*) AS number FROM (SELECT unnest(facets) AS held FROM matched) AS each GROUP BY held OFFSET 0)")
    return _counts("d.facets", None, least)


def _counts(column: str, names: list[str] | None, least: int) -> Sql:
    """Count the values in the matched rows; with `least` 0 also those that occur in other rows only."""
    held = f"SELECT held, ordinal FROM (SELECT unnest({column}) AS held, d.ordinal FROM ntbsatudata_search_document d"
    if least > 0:
        held += " JOIN matched USING (ordinal)) AS each"
        number = "count(*)"
    else:
        held += ") AS each"
        number = "count(*) FILTER (WHERE ordinal IN (SELECT ordinal FROM matched))"
    only = " WHERE split_part(held, ':', 1) = ANY(%s)" if names else ""
    return Sql(f"(SELECT held, {number} AS number FROM ({held}{only}) AS counted GROUP BY held OFFSET 0)", (names,) if names else ())
