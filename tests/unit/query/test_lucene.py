"""Lucene syntax is read as Lucene's own parser reads it."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.query.lucene import (
    Boolean,
    Boosted,
    Everything,
    Exists,
    Fuzzy,
    Occur,
    QuerySyntaxError,
    Range,
    Wildcard,
    Words,
    parse,
)

MUST, SHOULD, MUST_NOT = Occur.MUST, Occur.SHOULD, Occur.MUST_NOT


def word(text: str) -> Words:
    return Words(None, text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*:*", Everything()),
        ("title:*", Exists("title")),
        ("title:padi", Words("title", "padi")),
        ('title:"luas panen"', Words("title", "luas panen", quoted=True)),
        ('"luas panen"~2', Words(None, "luas panen", quoted=True, slop=2)),
        (r"title:a\:b", Words("title", "a:b")),
        ("padi^3", Boosted(word("padi"), 3.0)),
        ("pad?n*", Wildcard(None, (("pad", False), ("?", True), ("n", False), ("*", True)))),
        (r"pad\*", word("pad*")),
        ("padi~1", Fuzzy(None, "padi", 1)),
        ("tahun:[2020 TO 2024}", Range("tahun", "2020", "2024", True, False)),
        ("tahun:[* TO 2024]", Range("tahun", None, "2024", True, True)),
    ],
)
def test_each_form_has_its_meaning(query: str, expected: object) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    ("query", "default_and", "expected"),
    [
        ("a b", True, [MUST, MUST]),
        ("a b", False, [SHOULD, SHOULD]),
        ("a AND b OR c", True, [MUST, SHOULD, SHOULD]),
        ("a AND b OR c", False, [MUST, MUST, SHOULD]),
        ("a -b", True, [MUST, MUST_NOT]),
        ("a AND NOT b", False, [MUST, MUST_NOT]),
        ("a OR +b", True, [SHOULD, SHOULD]),
        ("a && !b", False, [MUST, MUST_NOT]),
        ("a || b", True, [SHOULD, SHOULD]),
    ],
)
def test_a_row_of_clauses_is_flat(query: str, default_and: bool, expected: list[Occur]) -> None:
    tree = parse(query, default_and)
    assert isinstance(tree, Boolean)
    assert [occur for occur, _ in tree.clauses] == expected


@pytest.mark.parametrize("query", ["(a", "a)", '"', "a:", "AND", "", "[a TO"])
def test_what_is_no_query_is_refused_with_a_sentence(query: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"[Ss]yntax|Illegal"):
        parse(query)
