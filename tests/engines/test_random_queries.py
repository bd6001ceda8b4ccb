"""Random queries: the same hits from both engines, and never more than a refusal, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_engine import Engine, Refused

WORDS = ["padi", "jagung", "gizi", "buruk", "rumah", "sakit", "penduduk", "miskin", "stunting", "kota", "2024", "café", "zzz"]
EXACT = {
    "organization": ["dinkes", "dinsos", "distan"],
    "tags": ["kesehatan", "gizi", "pertanian"],
    "state": ["active", "draft"],
    "name": ["dataset-3"],
}

word = st.sampled_from(WORDS)
text_field = st.sampled_from(["title:", "text:", "notes:", ""])
leaf = st.one_of(
    st.builds("{}{}".format, text_field, word),
    st.builds('{}"{} {}"'.format, text_field, word, word),
    st.builds('{}"{} {}"~{}'.format, text_field, word, word, st.integers(1, 4)),
    st.builds("{}{}*".format, text_field, word.map(lambda each: each[:3])),
    st.builds("{}{}^{}".format, text_field, word, st.integers(1, 9)),
    st.sampled_from(sorted(EXACT)).flatmap(lambda field: st.sampled_from(EXACT[field]).map(lambda value: f"{field}:{value}")),
    st.builds("tags:[{} TO {}]".format, st.sampled_from("agkpz"), st.sampled_from("agkpz*")),
    st.builds("views_total:[{} TO {}]".format, st.integers(0, 20), st.integers(0, 40)),
    st.sampled_from(["*:*", "release_date:*", "organization:*", "metadata_modified:[2024-02-05T00:00:00Z TO *]"]),
)
sign = st.sampled_from(["", "", "+", "-"])
operator = st.sampled_from([" ", " AND ", " OR ", " AND NOT "])


def _row(operands: list[tuple[str, str]], operators: list[str]) -> str:
    """Clauses in a row; a sign never follows NOT."""
    text = ""
    for place, (mark, operand) in enumerate(operands):
        before = operators[place - 1] if place else ""
        text += before + ("" if before.endswith("NOT ") else mark) + operand
    return text


def _rows(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operands = st.lists(st.tuples(sign, inner), min_size=1, max_size=4)
    return operands.flatmap(lambda some: st.lists(operator, min_size=len(some), max_size=len(some)).map(lambda each: _row(some, each)))


query = st.recursive(_rows(leaf), lambda inner: _rows(st.one_of(leaf, inner.map("({})".format))), max_leaves=6)
KINDLY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("default", ["AND", "OR"])
@KINDLY
@given(query)
def test_both_engines_find_the_same(postgres: Engine, solr: Engine, default: str, query: str) -> None:
    asked = {"q.op": default}
    assert sorted(postgres.ids(query, **asked)) == sorted(solr.ids(query, **asked))


@pytest.mark.parametrize("parser", ["lucene", "dismax", "edismax"])
@settings(parent=KINDLY, max_examples=400)
@given(st.text(alphabet=st.sampled_from("ab :\"()[]{}*?~^+-!&|\\/\x00\ud800é%_'$<>= \n0TOANDR"), max_size=30))
def test_whatever_is_typed_is_answered_or_refused(postgres: Engine, parser: str, text: str) -> None:
    try:
        found = postgres.ids(text, defType=parser, qf="name^4 title^4 tags^2 groups^2 text", mm="2<-1 5<80%")
    except Refused:
        found = []
    assert set(found) <= {f"d{number}" for number in range(1, 13)}
    assert postgres.search("*:*").hits == 12, "the transaction has to live on"
