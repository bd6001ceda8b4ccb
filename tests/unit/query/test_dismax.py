"""The plain query: what is no operator is text."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.query.dismax import PlainClause, minimum_match, parse_plain
from ckanext.ntbsatudata.domain.query.local_parameters import split_local_parameters
from ckanext.ntbsatudata.domain.query.lucene import Occur, QuerySyntaxError


def test_words_phrases_and_signs_are_told_apart() -> None:
    assert parse_plain('gizi "rumah sakit" +2024 -draf') == [
        PlainClause(Occur.SHOULD, "gizi", False),
        PlainClause(Occur.SHOULD, "rumah sakit", True),
        PlainClause(Occur.MUST, "2024", False),
        PlainClause(Occur.MUST_NOT, "draf", False),
    ]


def test_signs_at_the_end_are_dropped_and_two_at_the_start_are_refused() -> None:
    assert [clause.text for clause in parse_plain("luas - panen --")] == ["luas", "-", "panen"]
    with pytest.raises(QuerySyntaxError, match="a word is missing after"):
        parse_plain("--luas")


@pytest.mark.parametrize(
    ("specification", "optional", "expected"),
    [("3", 5, 3), ("-1", 5, 4), ("75%", 4, 3), ("-25%", 4, 3), ("100%", 7, 7), ("9", 4, 4)]
    + [("2<-1 5<80%", optional, needed) for optional, needed in ((1, 1), (2, 2), (3, 2), (5, 4), (6, 4), (10, 8))],
)
def test_how_many_words_must_match(specification: str, optional: int, expected: int) -> None:
    """Worked out from the table in Solr's reference guide, "The mm parameter"."""
    assert minimum_match(specification, optional) == expected


def test_local_parameters_stand_in_front() -> None:
    assert split_local_parameters("{!lucene q.op=OR}lebah kupu") == ("lucene", {"q.op": "OR"}, "lebah kupu")
    assert split_local_parameters(" {!must='a b' type=bool}") == ("bool", {"must": "a b"}, "")
    assert split_local_parameters("lebah {!x}") == (None, {}, "lebah {!x}")
