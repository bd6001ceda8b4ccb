"""A search document as CKAN gives it, turned into the row and the postings of the index."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ckanext.ntbsatudata.domain.query.analysis import stem, words
from ckanext.ntbsatudata.domain.query.understanding import CODES, WITHIN, YEARS
from ckanext.ntbsatudata.domain.query.weight import term_weights
from ckanext.ntbsatudata.search import fields
from ckanext.ntbsatudata.search.fields import Kind
from ckanext.ntbsatudata.search.vocabulary import worth_learning

# Counted by an index of their own; a facet on any other field is answered too, more slowly.
FACETS = frozenset(
    (
        "organization owner_org groups tags res_format license_id dataset_type type"
        f" topik frequency prioritas_tahun {CODES} {WITHIN} {YEARS}"
    ).split()
)
COVERAGE = tuple(f"{name}:" for name in (CODES, WITHIN, YEARS))
COVERAGE_WEIGHT = 0.7  # what a region or year from the metadata says, beside the same in the title
ASKED_ALWAYS = ("state:", "capacity:", "site_id:", "permission_labels:", "entity_type:")  # they stand first, to be found first
LONGEST_TERM = 500
VALUE_GAP = 100
LAST_POSITION = 16383
ZONES = {"title": "title", "name": "name", "tags": "tags", "groups": "tags", "organization": "tags", "notes": "notes"}
IMPORTANCE = {"title": 4.0, "name": 1.0, "tags": 2.0, "notes": 1.0, "other": 0.6}
USUAL_LENGTH = {"title": 10.0, "name": 10.0, "tags": 6.0, "notes": 30.0, "other": 60.0}


class DocumentError(ValueError):
    """A document cannot be indexed; the message names the field."""


@dataclass(frozen=True)
class IndexRow:
    index_id: str
    terms: list[str]
    facets: list[str]
    vector: str
    numbers: str
    fields: str
    data_dict: str | None
    validated_data_dict: str | None
    postings: dict[str, float]
    words: list[str]


def term(name: str, value: str) -> str:
    """Return the exact term of a value: `organization:dinas-kesehatan`. A very long value is cut and told apart by its hash."""
    if len(value) > LONGEST_TERM:
        value = value[:LONGEST_TERM] + "#" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name}:{value}"


def tokens(kind: Kind, found: list[str]) -> list[str]:
    """Return the tokens of the words of a text field of the kind."""
    return [stem(word) for word in found] if kind is Kind.TEXT else found


def quote_lexeme(lexeme: str) -> str:
    """Return a lexeme as PostgreSQL's tsvector and tsquery read it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def seconds(name: str, text: str) -> float:
    """Return the seconds since 1970 of a date (UTC where no zone is given). Raises `DocumentError`."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise DocumentError(f"Invalid date in field {name}: {text[:40]!r}") from error
    exact = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    return math.floor(exact * 1000) / 1000  # Solr keeps milliseconds


def instant(moment: float) -> str:
    """Return a date as Solr answers it: UTC, with milliseconds only where there are any."""
    text = datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text.replace(".000Z", "Z")


def index_row(document: Mapping[str, Any]) -> IndexRow:
    """Return what the index keeps of a document. Raises `DocumentError` for a date or number that is none."""
    terms: dict[str, None] = {}
    positions: defaultdict[str, list[int]] = defaultdict(list)
    ends: defaultdict[str, int] = defaultdict(int)
    numbers: dict[str, float] = {}
    kept: dict[str, Any] = {}
    zones: defaultdict[str, list[str]] = defaultdict(list)
    vocabulary: set[str] = set()

    def add_text(name: str, kind: Kind, written: list[str]) -> list[str]:
        found = tokens(kind, written)
        start = ends[name] + 1
        for offset, token in enumerate(found):
            positions[f"{name}:{token}"].append(start + offset)
        ends[name] = start + len(found) + VALUE_GAP
        return found

    for name, content in document.items():
        if name in fields.UNSEARCHED:
            continue
        field = fields.field(name)
        texts = [_clean(value) for value in fields.values(_plain(content))]
        if not texts:
            continue
        if field.kind is Kind.DATE:
            numbers[name] = seconds(name, texts[-1])
            texts = [instant(numbers[name])]
        kept[name] = texts if field.many else texts[-1]
        for value in texts:
            if field.kind is Kind.INTEGER:
                numbers[name] = _integer(name, value)
            elif field.kind.is_text:
                add_text(name, field.kind, words(value))
            elif field.kind is Kind.STRING:
                terms[term(name, value)] = None
            for target in fields.copies(name):
                written = words(value)
                found = add_text(target, fields.field(target).kind, written)
                if target == "text":
                    zones[ZONES.get(name, "other")] += found
                    vocabulary |= worth_learning(value)
    return IndexRow(
        index_id=str(document["index_id"]),
        terms=sorted(terms, key=lambda each: not each.startswith(ASKED_ALWAYS)),
        facets=[term for term in terms if term.partition(":")[0] in FACETS or term.startswith("vocab_")],
        vector=" ".join(_lexeme(lexeme, at) for lexeme, at in positions.items()),
        numbers=json.dumps(numbers),
        fields=json.dumps(kept),
        data_dict=document.get("data_dict"),
        validated_data_dict=document.get("validated_data_dict"),
        postings=term_weights(zones, IMPORTANCE, USUAL_LENGTH) | _coverage(terms),
        words=sorted(vocabulary),
    )


def _coverage(terms: Iterable[str]) -> dict[str, float]:
    """A region that holds a document's own code is not said twice."""
    held = set(terms)
    twice = {f"{WITHIN}:{each.partition(':')[2]}" for each in held if each.startswith(f"{CODES}:")}
    return {each: COVERAGE_WEIGHT for each in held - twice if each.startswith(COVERAGE)}


def _lexeme(lexeme: str, positions: list[int]) -> str:
    return f"{quote_lexeme(lexeme)}:{','.join(str(min(position, LAST_POSITION)) for position in positions[:255])}"


def _plain(content: Any) -> Any:
    return json.dumps(content) if isinstance(content, dict) else content


def _clean(value: str) -> str:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _integer(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise DocumentError(f"Invalid number in field {name}: {value[:40]!r}") from error
