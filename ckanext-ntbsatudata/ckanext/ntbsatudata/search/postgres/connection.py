"""The connection CKAN asks for, answered by PostgreSQL: pysolr's `search`, `add`, `delete` and `commit`.

All of it runs in CKAN's own session. What is written belongs to the transaction that changes the catalogue, so both are kept
or neither is, and a reader never sees one without the other.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
from ckan.lib.search.common import SearchError, SearchIndexError, solr_datetime_decoder
from pysolr import Results

from ckanext.ntbsatudata.domain.query.local_parameters import split_local_parameters
from ckanext.ntbsatudata.domain.query.lucene import QuerySyntaxError
from ckanext.ntbsatudata.domain.query.ranking import CANDIDATES, Candidate, rerank
from ckanext.ntbsatudata.model.search_index import SearchDocument, SearchPosting, SearchWord
from ckanext.ntbsatudata.search import fields, parameters
from ckanext.ntbsatudata.search.execution import execute, settle
from ckanext.ntbsatudata.search.postgres.conditions import Translator, UnsupportedQuery
from ckanext.ntbsatudata.search.postgres.document import DocumentError, IndexRow, index_row
from ckanext.ntbsatudata.search.postgres.plain import Source, lucene_source, plain_source
from ckanext.ntbsatudata.search.postgres.statement import answer
from ckanext.ntbsatudata.search.reading import reader
from ckanext.ntbsatudata.search.sql import Sql
from ckanext.ntbsatudata.search.vocabulary import learn

_UPSERT = f"""
INSERT INTO {SearchDocument.__tablename__} AS held
    (index_id, terms, facets, vector, numbers, fields, data_dict, validated_data_dict)
VALUES (%s, %s, %s, %s::tsvector, %s::jsonb, %s::jsonb, %s, %s)
ON CONFLICT (index_id) DO UPDATE SET
    (terms, facets, vector, numbers, fields, data_dict, validated_data_dict) =
    (excluded.terms, excluded.facets, excluded.vector, excluded.numbers, excluded.fields, excluded.data_dict, excluded.validated_data_dict)
RETURNING ordinal, xmax = 0 AS is_new
"""
_FORGET = f"DELETE FROM {SearchPosting.__tablename__} WHERE document = %s"
_POSTINGS = f"""
INSERT INTO {SearchPosting.__tablename__} (term, document, weight) SELECT term, %s, weight FROM unnest(%s::text[], %s::real[]) AS new(term, weight)
"""


_NO_WORDS_WITHOUT_DOCUMENTS = f"DELETE FROM {SearchWord.__tablename__} WHERE NOT EXISTS (SELECT FROM {SearchDocument.__tablename__})"
FEW = 10
RELEVANCE = parameters.Order("score", True)


class PostgresConnection:
    """Stands where CKAN expects a `pysolr.Solr`."""

    url = "postgresql"

    def __init__(self, decode_dates: bool = True) -> None:
        self.decode_dates = decode_dates

    def search(self, q: str = "*:*", **asked: Any) -> Results:
        """Return the answer in pysolr's form. Raises `SearchError` with a sentence for what cannot be answered."""
        try:
            source = self._source(parameters.clean(str(q)), asked)
            filters = [self._filter(text, asked) for text in parameters.texts(asked.get("fq"))]
        except (UnsupportedQuery, QuerySyntaxError) as error:
            raise SearchError(f"The search query cannot be answered: {error}") from error
        facets = parameters.facets(asked)
        count, page, counts = _answer(source, filters, asked, facets)
        if count < FEW and source.relaxed is not None:
            count, page, counts = _answer(source.relaxed(), filters, asked, facets)
        return Results(
            {
                "response": {"numFound": count, "docs": self._documents(page, parameters.answer_fields(asked))},
                "facet_counts": {"facet_fields": _by_field(facets.fields, counts)},
            }
        )

    def add(self, docs: Iterable[Mapping[str, Any]], commit: bool | None = None, **_ignored: Any) -> None:
        """Index documents; one with the same `index_id` is replaced. Raises `SearchIndexError` for a wrong date or number."""
        new_words: set[str] = set()
        for document in docs:
            try:
                row = index_row(document)
            except (DocumentError, KeyError) as error:
                raise SearchIndexError(f"The search index cannot take the document: {error}") from error
            _write(row)
            new_words.update(row.words)
        learn(sorted(new_words))
        if commit:
            settle()

    def delete(self, id: str | None = None, q: str | None = None, commit: bool | None = None, **_ignored: Any) -> None:
        """Take documents out of the index, by index id or by query."""
        if q is None:
            where = Sql("d.index_id = ANY(%s)", (parameters.texts(id),))
        else:
            try:
                where = self._translator({}).query(parameters.clean(q)).where
            except (UnsupportedQuery, QuerySyntaxError) as error:
                raise SearchError(f"The search index cannot delete by this query: {error}") from error
        execute(
            Sql("WITH gone AS (DELETE FROM ntbsatudata_search_document d WHERE ")
            + where
            + Sql(" RETURNING ordinal) DELETE FROM ntbsatudata_search_posting USING gone WHERE document = gone.ordinal")
        )
        execute(Sql(_NO_WORDS_WITHOUT_DOCUMENTS))
        if commit:
            settle()

    def commit(self, **_ignored: Any) -> None:
        """Commit what is indexed."""
        model.Session.commit()

    def _translator(self, asked: Mapping[str, Any]) -> Translator:
        default_field = str(asked.get("df") or "text")
        return Translator(_held_terms, default_field, str(asked.get("q.op") or "OR").upper() == "AND")

    def _source(self, text: str, asked: Mapping[str, Any]) -> Source:
        parser, own, text = split_local_parameters(text)
        asked = {**asked, **own}
        parser = parser or str(asked.get("defType") or "lucene")
        if text.strip() in ("*:*", "*"):
            return lucene_source("*:*", self._translator(asked))
        if parser == "lucene":
            return lucene_source(text, self._translator(asked))
        if parser == "edismax" and _is_lucene(text):
            try:
                return lucene_source(text, self._translator(asked))
            except QuerySyntaxError:
                return plain_source(text, asked, self._translator(asked), reader())
        if parser in ("dismax", "edismax"):
            if parser == "edismax" and str(asked.get("q.op")).upper() == "AND":
                asked["mm"] = "100%"  # as in Solr: the operator makes every word required
            for name in ("bf", "boost", "bq"):
                if asked.get(name):
                    raise UnsupportedQuery(f"the engine PostgreSQL has no function queries ({name})")
            return plain_source(text, asked, self._translator(asked), reader())
        if parser == "bool":
            signs = {"must": "+", "should": "", "must_not": "-", "filter": "+"}
            clauses = [f"{sign}({own[name]})" for name, sign in signs.items() if own.get(name)]
            return lucene_source(" ".join(clauses), self._translator({**asked, "q.op": "OR"}))
        raise UnsupportedQuery(f"the engine PostgreSQL has no query parser {parser!r}")

    def _filter(self, text: str, asked: Mapping[str, Any]) -> Sql:
        own = {name: asked[name] for name in ("df", "q.op") if name in asked}
        source = self._source(text, own)
        if source.with_tables:
            raise UnsupportedQuery("a filter takes Lucene syntax only")
        return source.matching.where

    def _documents(self, page: list[tuple[int, float]], wanted: Iterable[str]) -> list[dict[str, Any]]:
        wanted = list(wanted)
        large = [name for name in ("data_dict", "validated_data_dict") if _is_wanted(name, wanted)]
        columns = "".join(f", {name}" for name in large)
        rows = execute(
            Sql(f"SELECT ordinal, fields{columns} FROM ntbsatudata_search_document WHERE ordinal = ANY(%s)", ([at for at, _ in page],))
        ).fetchall()
        held = {}
        for ordinal, stored, *texts in rows:
            document = {name: value for name, value in stored.items() if fields.field(name).stored and _is_wanted(name, wanted)}
            document.update({name: text for name, text in zip(large, texts, strict=True) if text is not None})
            held[ordinal] = document
        documents = []
        for ordinal, score in page:
            if ordinal in held:
                document = held[ordinal] | ({"score": score} if "score" in wanted else {})
                documents.append(solr_datetime_decoder(document) if self.decode_dates else document)
        return documents


def _answer(source: Source, filters: list[Sql], asked: Mapping[str, Any], facets: parameters.Facets) -> tuple[int, Any, Any]:
    """Return count, page as (ordinal, score) and facet counts; the best rows by relevance in their final order."""
    orders, (start, rows) = parameters.orders(asked), parameters.page(asked)
    reranks = source.understanding is not None and orders[0] == RELEVANCE and start + rows <= CANDIDATES
    window = (0, CANDIDATES) if reranks else (start, rows)
    count, page, counts = execute(answer(source, filters, orders, window, facets)).one()
    if reranks and source.understanding is not None:
        titles = _titles([ordinal for ordinal, _score in page])
        candidates = [Candidate(ordinal, score, titles.get(ordinal) or "") for ordinal, score in page]
        best = rerank(source.understanding, candidates, reader().lexicon)[start : start + rows]
        return count, [(each.ordinal, each.score) for each in best], counts
    return count, page, counts


def _titles(ordinals: list[int]) -> dict[int, str | None]:
    statement = f"SELECT ordinal, fields->>'title' FROM {SearchDocument.__tablename__} WHERE ordinal = ANY(%s)"
    return dict(tuple(row) for row in execute(Sql(statement, (ordinals,))))


def _is_lucene(text: str) -> bool:
    return re.search(r"[:()\[\]{}*?~^]|\b(?:AND|OR|NOT)\b|&&|\|\|", text) is not None


def _is_wanted(name: str, wanted: list[str]) -> bool:
    return any(pattern == name or ("*" in pattern and fnmatch.fnmatchcase(name, pattern)) for pattern in wanted)


def _by_field(names: Iterable[str], counts: list[tuple[str, int]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in names}
    for term, number in counts:
        name, _, value = term.partition(":")
        found[name] += [value, number]
    return found


def _write(row: IndexRow) -> None:
    values = (row.index_id, row.terms, row.facets, row.vector, row.numbers, row.fields, row.data_dict, row.validated_data_dict)
    ordinal, is_new = execute(Sql(_UPSERT, values)).one()
    if not is_new:
        execute(Sql(_FORGET, (ordinal,)))
    execute(Sql(_POSTINGS, (ordinal, list(row.postings), list(row.postings.values()))))


def _held_terms(name: str) -> list[str]:
    column = "tsvector_to_array(vector)" if fields.field(name).kind.is_text else "terms"
    statement = f"SELECT DISTINCT held FROM ntbsatudata_search_document, unnest({column}) AS held WHERE starts_with(held, %s)"
    return [held.partition(":")[2] for (held,) in execute(Sql(statement, (f"{name}:",))).fetchall()]
