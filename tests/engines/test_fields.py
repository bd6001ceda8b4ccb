"""The fields of the engine PostgreSQL are those of Solr's schema."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from server import CONFIG_SET

from ckanext.ntbsatudata.search import fields

SCHEMA = ElementTree.parse(CONFIG_SET / "schema.xml").getroot()
NAMED = {each.get("name"): each for each in SCHEMA.iter("field")}
DYNAMIC = {"*_date": "any_date", "extras_*": "extras_x", "res_extras_*": "res_extras_x", "vocab_*": "vocab_x", "*": "anything"}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_field_is_of_the_same_kind(name: str) -> None:
    stated, field = NAMED[name], fields.field(name)
    assert (stated.get("type"), stated.get("stored") == "true", stated.get("multiValued") == "true") == (
        field.kind.value,
        field.stored,
        field.many,
    )


@pytest.mark.parametrize("pattern", sorted(DYNAMIC))
def test_a_dynamic_field_is_of_the_same_kind(pattern: str) -> None:
    stated = next(each for each in SCHEMA.iter("dynamicField") if each.get("name") == pattern)
    field = fields.field(DYNAMIC[pattern])
    assert (stated.get("type"), stated.get("stored") == "true", stated.get("multiValued") == "true") == (
        field.kind.value,
        field.stored,
        field.many,
    )


def test_every_field_of_ours_is_in_the_schema() -> None:
    assert set(fields.FIELDS) <= set(NAMED)


@pytest.mark.parametrize("source", sorted({each.get("source", "").replace("*", "x") for each in SCHEMA.iter("copyField")}))
def test_a_field_is_copied_to_the_same_fields(source: str) -> None:
    stated = {each.get("dest") for each in SCHEMA.iter("copyField") if each.get("source", "").replace("*", "x") == source}
    ngrams = {name for name, of in fields.NGRAM_SOURCES.items() if of == source}
    assert stated == set(fields.copies(source)) | ngrams
