"""What kind each field of a search document is: the schema both engines share.

It mirrors `docker/solr/conf/schema.xml`; a contract test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    STRING = "string"  # one exact value
    TEXT = "text"  # folded and stemmed words
    WORDS = "text_general"  # folded words
    NGRAM = "text_ngram"  # any part of a word
    DATE = "date"
    INTEGER = "int"

    @property
    def is_number(self) -> bool:
        return self in (Kind.DATE, Kind.INTEGER)

    @property
    def is_text(self) -> bool:
        return self in (Kind.TEXT, Kind.WORDS)


@dataclass(frozen=True)
class Field:
    kind: Kind
    stored: bool = True
    many: bool = False


_STRINGS = (
    "index_id id site_id entity_type dataset_type state name revision_id version url ckan_url download_url license license_id organization"
    " capacity data_dict validated_data_dict _version_"
)
_RELATIONSHIPS = "depends_on dependency_of derives_from has_derivation links_to linked_from child_of parent_of"
_NUMBERS = "views_total views_recent resources_accessed_total resources_accessed_recent"
FIELDS: Mapping[str, Field] = {
    **{name: Field(Kind.STRING) for name in _STRINGS.split()},
    **{name: Field(Kind.STRING, many=True) for name in ("tags", "groups", "res_format", "res_url", "res_type")},
    "permission_labels": Field(Kind.STRING, stored=False, many=True),
    "title_string": Field(Kind.STRING, stored=False),
    "title": Field(Kind.TEXT),
    "notes": Field(Kind.TEXT),
    **{name: Field(Kind.TEXT, stored=False, many=True) for name in ("text", "urls", *_RELATIONSHIPS.split())},
    **{name: Field(Kind.WORDS) for name in ("author", "author_email", "maintainer", "maintainer_email")},
    **{name: Field(Kind.WORDS, many=True) for name in ("res_name", "res_description")},
    "title_ngram": Field(Kind.NGRAM),
    "name_ngram": Field(Kind.NGRAM),
    **{name: Field(Kind.DATE) for name in ("metadata_created", "metadata_modified", "indexed_ts")},
    **{name: Field(Kind.INTEGER, stored=False) for name in _NUMBERS.split()},
}
_PREFIXES = (
    ("res_extras_", Field(Kind.TEXT, many=True)),
    ("extras_", Field(Kind.TEXT)),
    ("vocab_", Field(Kind.STRING, many=True)),
)
_DATE = Field(Kind.DATE)
_ANY = Field(Kind.STRING, stored=False, many=True)

UNSEARCHED = frozenset({"data_dict", "validated_data_dict"})
NGRAM_SOURCES: Mapping[str, str] = {"title_ngram": "title", "name_ngram": "name"}
_URL_SOURCES = frozenset({"url", "ckan_url", "download_url", "res_url"})
_TEXT_SOURCES = frozenset(
    ["urls", "name", "title", "text", "license", "notes", "tags", "groups", "organization", "res_name", "res_description", "maintainer", "author"]
)  # fmt: skip
_TEXT_PREFIXES = ("extras_", "res_extras_", "vocab_")


def field(name: str) -> Field:
    """Return what a field is; every name is a field, as the catch-all dynamic field of the schema says."""
    found = FIELDS.get(name)
    if found is not None:
        return found
    for prefix, dynamic in _PREFIXES:
        if name.startswith(prefix):
            return dynamic
    return _DATE if name.endswith("_date") else _ANY


def copies(name: str) -> tuple[str, ...]:
    """Return the text fields a field is copied into (the schema's copyField)."""
    targets: tuple[str, ...] = ()
    if name in _TEXT_SOURCES or name.startswith(_TEXT_PREFIXES):
        targets += ("text",)
    if name in _URL_SOURCES:
        targets += ("urls",)
    return targets


def values(value: Any) -> Iterator[str]:
    """Yield the values of a document's field as the text an index holds; None is no value."""
    if isinstance(value, (list, tuple, set)):
        for item in value:
            yield from values(item)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None:
        yield str(value)
