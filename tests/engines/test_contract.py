"""What CKAN and its extensions may ask: the same answers from both engines, expected values by hand."""

from __future__ import annotations

from typing import Any

import pytest
from catalogue import DOCUMENTS, document
from search_engine import Engine, Refused

EVERYONE = {f"d{number}" for number in range(1, 13)}

LUCENE: list[tuple[str, set[str]]] = [
    ("*:*", EVERYONE),
    ("title:stunting", {"d2"}),
    ("title:kemiskinan", {"d1"}),  # one stem with miskin
    ("text:cafe", {"d10"}),  # folded
    ("text:CAFÉ", {"d10"}),
    ("penduduk", {"d1"}),
    ("padi jagung", {"d4"}),
    ("padi OR jagung", {"d4", "d5"}),
    ("padi AND NOT jagung", set()),
    ("jagung -padi", {"d5"}),
    ("+organization:dinkes +tags:gizi", {"d3"}),
    ("organization:dinkes AND title:gizi OR title:balita", {"d2", "d3", "d8"}),  # +organization title title
    ('title:"rumah sakit"', {"d11"}),
    ('title:"sakit rumah"', set()),
    ('title:"rumah sakit"~3', {"d11"}),
    ('title:"rumah sakit"~4', {"d11", "d12"}),
    ('notes:"rumah sakit"~1', {"d12"}),
    ("title:(rumah sakit)", {"d11", "d12"}),
    ("title:(padi jagung)", set()),
    ("title:stunt*", {"d2"}),
    ("title:st?nting", {"d2"}),
    ("title:*nting", {"d2"}),
    ("title:stuntng~1", {"d2"}),
    ("organization:din*", {"d1", "d2", "d3", "d7", "d8"}),
    ("organization:Din*", set()),  # an exact field knows upper and lower case
    ('tags:"Kerajinan Tangan"', {"d9"}),
    ("tags:kerajinan", set()),
    ("tags:[g TO k]", {"d3"}),
    ("tags:[g TO kesehatan]", {"d2", "d3"} | {"d1"}),
    ("tags:[kesehatan TO *]", {"d1", "d2", "d3", "d4", "d5", "d6", "d10"}),
    ("views_total:12", {"d10"}),
    ("views_total:[10 TO 40]", {"d10", "d12"}),
    ("views_total:{12 TO 30]", {"d12"}),
    ("views_total:[* TO 12}", {"d11"}),
    ("release_date:[2024-01-01T00:00:00Z TO *]", {"d11"}),
    ("release_date:[* TO 2024-01-01T00:00:00Z]", {"d10"}),
    ("release_date:[2023-12-31T00:00:00Z/YEAR TO 2023-12-31T00:00:00Z]", {"d10"}),
    ("release_date:*", {"d10", "d11"}),
    ("-release_date:* +tags:*", {"d1", "d2", "d3", "d4", "d5", "d6", "d9"}),
    ("extras_konsep:tenun", {"d9"}),
    ("konsep:tenun", set()),  # any other field is exact
    ('konsep:"Kain tenun ikat"', {"d9"}),
    ("vocab_topik:obat", {"d12"}),
    ("res_name:2023", {"d6"}),
    ("text:kunjungan", {"d6"}),
    ("author:aminah", {"d5"}),
    ("urls:rsud", {"d11"}),
    ("title:motif", {"d9"}),
    ("id:d1^3 OR id:d2", {"d1", "d2"}),
    ("(+title:padi) OR (+title:stunting)", {"d4", "d2"}),
    ("organization:(dinkes OR dinsos)", {"d1", "d2", "d3", "d7", "d8"}),
    ("NOT organization:*", {"d9", "d10", "d11", "d12"}),
    ("title:padi && organization:distan", {"d4"}),
    ("title:padi || title:balita", {"d4", "d2"}),
    ("!organization:* +views_total:3", {"d11"}),
]


@pytest.mark.parametrize(("query", "expected"), LUCENE, ids=[query for query, _ in LUCENE])
def test_a_lucene_query_finds_these_and_no_others(engine: Engine, query: str, expected: set[str]) -> None:
    assert set(engine.ids(query)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "padi jagung", "qf": "title^4 text", "mm": "100%"}, {"d4"}),
        ({"q": "padi jagung", "qf": "title^4 text", "mm": "1"}, {"d4", "d5"}),
        ({"q": "stunting gizi padi", "qf": "title", "mm": "2"}, set()),
        ({"q": "gizi buruk stunting", "qf": "title", "mm": "2"}, {"d3"}),
        ({"q": '"rumah sakit"', "qf": "title", "mm": "1"}, {"d11"}),
        ({"q": "+kesehatan -balita", "qf": "tags text", "mm": "1"}, {"d3", "d8", "d12"}),
        ({"q": "rumah", "qf": "title^4 text", "mm": "1", "tie": "0.1"}, {"d11", "d12"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("parser", ["dismax", "edismax"])
def test_a_plain_query_asks_the_fields_it_names(engine: Engine, parser: str, asked: dict[str, str], expected: set[str]) -> None:
    assert set(engine.ids(**asked, defType=parser, q__op="OR")) == expected


def test_edismax_with_the_operator_and_needs_every_word(engine: Engine) -> None:
    assert engine.ids("padi jagung", qf="title^4 text", mm="1", defType="edismax", q__op="AND") == ["d4"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("+capacity:public +state:active", EVERYONE - {"d7", "d8"}),
        (["+site_id:test", "organization:dinkes"], {"d2", "d3", "d8"}),
        (["organization:dinkes", "-tags:gizi", '+permission_labels:("public")'], {"d2"}),
        ('+permission_labels:("public" OR "member-a")', EVERYONE),
        ('+permission_labels:("creator-b")', {"d8"}),
    ],
    ids=str,
)
def test_filters_narrow_the_answer(engine: Engine, filters: Any, expected: set[str]) -> None:
    assert set(engine.ids(fq=filters)) == expected


def test_counts_and_facets_say_nothing_of_what_a_reader_may_not_see(engine: Engine) -> None:
    seen = {"fq": ["+state:active", '+permission_labels:("public")']}
    assert engine.search(**seen).hits == 10
    assert engine.counts("organization", facet__mincount=1, **seen) == {"dinkes": 2, "dinsos": 1, "distan": 2, "dispar": 1}


def test_facets_are_sorted_by_count_and_cut_at_the_limit(engine: Engine) -> None:
    assert list(engine.counts("organization", facet__mincount=1, facet__limit=2).items()) == [("dinkes", 3), ("dinsos", 2)]


def test_facets_leave_out_what_occurs_too_seldom(engine: Engine) -> None:
    assert engine.counts("tags", facet__mincount=2) == {"kesehatan": 2, "pertanian": 2}


def test_facets_with_mincount_0_name_values_of_other_datasets_too(engine: Engine) -> None:
    assert engine.counts("organization", q="title:stunting", facet__mincount=0) == {"dinkes": 1, "dinsos": 0, "distan": 0, "dispar": 0}


@pytest.mark.parametrize(
    ("field", "expected"),
    [("vocab_topik", {"ekonomi": 1, "kesehatan": 1, "obat": 1}), ("konsep", {"Kain tenun ikat": 1}), ("res_format", {"CSV": 2, "XLSX": 1})],
)
def test_any_exact_field_can_be_counted(engine: Engine, field: str, expected: dict[str, int]) -> None:
    assert engine.counts(field, facet__mincount=1, facet__limit=-1) == expected


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("title_string asc", ["d10", "d8", "d7"]),
        ("metadata_modified desc", ["d12", "d11", "d10"]),
        ("views_total desc, title_string asc", ["d12", "d10", "d11"]),
        ("release_date desc, name asc", ["d11", "d10", "d1"]),
        ("tags desc, name asc", ["d10", "d1", "d4"]),  # the highest of several values
        ("organization desc, metadata_created asc", ["d4", "d5", "d6"]),
    ],
)
def test_answers_are_sorted_by_any_single_value(engine: Engine, sort: str, first: list[str]) -> None:
    assert engine.ids(sort=sort)[:3] == first


def test_pages_follow_each_other(engine: Engine) -> None:
    pages = [engine.ids(sort="metadata_created asc", start=start, rows=5) for start in (0, 5, 10, 15)]
    assert pages == [["d1", "d2", "d3", "d4", "d5"], ["d6", "d7", "d8", "d9", "d10"], ["d11", "d12"], []]


def test_the_answer_holds_the_fields_asked_for(engine: Engine) -> None:
    (hit,) = engine.search("id:d10", fl="id,title metadata_modified tags permission_labels release_date").docs
    assert hit == {
        "id": "d10",
        "title": "Café & Résto di Kota",
        "metadata_modified": "2024-02-10T10:00:00.500Z",
        "tags": ["usaha"],
        "release_date": "2023-12-31T00:00:00Z",
    }


@pytest.mark.parametrize("sort", ["title_string", "title_string up", "; drop table"])
def test_an_order_that_cannot_be_is_refused(engine: Engine, sort: str) -> None:
    with pytest.raises(Refused):
        engine.search(sort=sort)


@pytest.mark.parametrize("query", ["title:(", '"', "title:", "a AND", "[a TO", "views_total:abc", "release_date:[yesterday TO *]", "(a"])
def test_a_query_that_cannot_be_read_is_refused_with_a_sentence(engine: Engine, query: str) -> None:
    with pytest.raises(Refused, match=r"\w+ \w+"):
        engine.search(query)


def test_a_single_edit_is_seen_at_once(engine: Engine) -> None:
    original = next(each for each in DOCUMENTS if each["id"] == "d5")
    changed = {**original, "title": "Produksi Sorgum"}
    engine.connection.add([changed], commit=True)
    assert (engine.ids("title:sorgum"), engine.ids("title:jagung")) == (["d5"], [])
    engine.connection.add([original], commit=True)


def test_what_is_deleted_is_not_found(engine: Engine) -> None:
    engine.connection.add([document(20, "Sementara")], commit=True)
    assert engine.ids("title:sementara") == ["d20"]
    engine.connection.delete(q='+entity_type:package AND +(id:"d20" OR name:"d20") AND +site_id:"test"', commit=True)
    assert engine.ids("title:sementara") == []
