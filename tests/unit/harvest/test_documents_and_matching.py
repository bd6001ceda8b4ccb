"""Reading other people's documents and matching their records, whatever the source does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.ntbsatudata.domain.harvest.documents import read_data_json, read_dcat, read_json
from ckanext.ntbsatudata.domain.harvest.errors import UnreadableFeedError
from ckanext.ntbsatudata.domain.harvest.matching import Known, plan, record
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


def refusal(read, *arguments):
    with pytest.raises(UnreadableFeedError) as caught:
        read(*arguments)
    return caught.value.problem


def test_raw_line_breaks_and_a_byte_order_mark_are_repaired_with_a_warning():
    value, problems = read_json(b'\xef\xbb\xbf{"a": "b\nc\td"}')
    assert value == {"a": "b\nc\td"} and [one.code for one in problems] == ["feed-byte-order-mark", "feed-raw-line-breaks"]


@pytest.mark.parametrize(
    ("content", "code", "line", "character"),
    [(b'{"a": 1,\n "b": }', "feed-not-json", 2, 7), (b'{"a": "\xff"}', "feed-not-utf8", 1, 8), (b"{'a': 1}", "feed-not-json", 1, 2),
     (b'{"a": 1', "feed-not-json", 1, 8), (b'\n\n{"a": "b', "feed-not-json", 3, 7)],
)  # fmt: skip
def test_anything_else_is_refused_with_line_and_character(content, code, line, character):
    problem = refusal(read_json, content)
    assert (problem.code, problem.values["line"], problem.values["character"]) == (code, line, character)
    assert f"baris {line}, karakter {character}" in Messages.load(SchemaFolder()).line(problem)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_sound_json_is_read_as_it_is_without_a_warning(value):
    assert read_json(json.dumps(value).encode()) == (value, ())


def test_brackets_without_end_are_refused_before_a_parser_descends():
    assert refusal(read_json, b"[" * 1_000_000).code == "feed-too-deep"
    assert read_json(json.dumps({"a": "[" * 500}).encode())[0] == {"a": "[" * 500}


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [(b'{"@context": "http://10.0.0.1/c.jsonld"}', "application/ld+json", "feed-context-elsewhere"),
     (b'<!DOCTYPE x [<!ENTITY a "b">]><rdf:RDF/>', "application/rdf+xml", "feed-with-entities"), (b"<a", "text/xml", "feed-not-rdf"),
     (b"@prefix a b", "text/turtle", "feed-not-rdf"), (b"x", "text/html", "feed-format-unknown")],
)  # fmt: skip
def test_rdf_that_is_hostile_or_none_is_refused(content, media_type, code):
    assert refusal(read_dcat, content, media_type).code == code


def test_a_real_dcat_catalogue_is_read_whole(shared_data):
    document = read_dcat((shared_data / "dcat" / "katalog-destatis.rdf").read_bytes(), "application/rdf+xml")
    assert len(document.records) == 135 and all(one["title"] and one["identifier"] for one in document.records)


def test_one_dataset_by_itself_and_a_bare_array_are_catalogues():
    assert len(read_data_json(b'{"title": "x"}').records) == 1 and len(read_data_json(b'[{"title": "x"}, 7]').records) == 1
    assert [one.code for one in read_data_json(b'[{"title": "x"}, 7]').problems] == ["feed-record-no-object"]


def records(*rows):
    return [record({"identifier": i, "url": u, "title": t, "publisher_name": "P", "notes": n}) for i, u, t, n in rows]


def known_of(found):
    return [Known(f"p{n}", one.identifier, one.landing_page, one.title, one.digest, True) for n, one in enumerate(found)]


BASE = records(("1", "/a", "Alfa", ""), ("2", "/b", "Beta", ""), ("3", "/c", "Gama", ""))


@pytest.mark.parametrize(
    "drift",
    [lambda n, row: (f"x{n}", row[1], row[2], row[3]), lambda n, row: (f"x{n}", f"/x{n}", row[2].upper() + " ", row[3]), lambda n, row: (row[0], f"/x{n}", f"T{n}", row[3])],
)  # fmt: skip
def test_a_record_is_known_again_by_any_one_of_its_keys(drift):
    rows = [(one.identifier, one.landing_page, one.dataset["title"], "") for one in BASE]
    planned = plan(records(*(drift(n, row) for n, row in enumerate(rows))), known_of(BASE))
    assert [(had.package_id) for had, _now in planned.update] == ["p0", "p1", "p2"] and not planned.create and not planned.gone


def test_a_key_that_points_to_two_records_decides_nothing():
    planned = plan(records(("8", "/x", "Alfa", "a"), ("9", "/x", "Alfa", "b")), known_of(BASE))
    assert len(planned.create) == 2 and len(planned.gone) == 3 and planned.waits
    assert [one.code for one in planned.problems] == ["harvest-twins"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "/a", "/b"]), st.sampled_from(["A", "B", "C"]), st.integers(0, 3)
        )
    )
)
def test_a_second_run_of_any_catalogue_changes_nothing(rows):
    first = plan(records(*((i, u, t, str(n)) for i, u, t, n in rows)), [])
    assert len({one.identifier for one in first.create}) == len(first.create)
    again = plan(records(*((i, u, t, str(n)) for i, u, t, n in rows)), known_of(first.create))
    assert (again.create, again.update, again.gone, again.unchanged) == ((), (), (), len(first.create))
