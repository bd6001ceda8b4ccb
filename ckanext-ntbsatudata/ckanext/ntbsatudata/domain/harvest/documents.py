"""Documents of other catalogues read into records. What is safe is repaired with a warning; anything else is refused with its place.

Safe is what has one meaning: a byte order mark, and raw line breaks and tabs inside JSON strings (RFC 8259 wants them escaped).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from xml.sax import SAXException

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, Literal, URIRef
from rdflib.exceptions import ParserError
from rdflib.namespace import Namespace

from ckanext.ntbsatudata.domain.harvest.errors import UnreadableFeedError
from ckanext.ntbsatudata.domain.problems import Problem, Severity

DEEPEST = 64  # brackets inside brackets; real catalogues have six
_BOM = b"\xef\xbb\xbf"
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_SCHEMA = Namespace("http://schema.org/")
_HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
_RDF_FORMATS = {
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/ld+json": "json-ld",
}


@dataclass(frozen=True)
class Document:
    """Records of one document in the form of `data.json` or of CKAN packages, what was repaired, and the next page when it names one."""

    records: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...] = ()
    next_page: str | None = None


def read_json(content: bytes) -> tuple[Any, tuple[Problem, ...]]:
    """Return the value of a JSON text and what was repaired. Raises `UnreadableFeedError` with line and character."""
    repaired = []
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
        repaired.append(Problem("feed-byte-order-mark", severity=Severity.WARNING))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _refuse("feed-not-utf8", line=line, character=error.start - content.rfind(b"\n", 0, error.start))
    _require_shallow(text)
    try:
        return json.loads(text, parse_constant=_no_number), tuple(repaired)
    except json.JSONDecodeError as strict:
        try:
            value = json.loads(text, strict=False, parse_constant=_no_number)
        except json.JSONDecodeError as error:
            _refuse("feed-not-json", line=error.lineno, character=error.colno, reason=error.msg)
        repaired.append(
            Problem("feed-raw-line-breaks", severity=Severity.WARNING, values={"line": strict.lineno, "character": strict.colno})
        )
        return value, tuple(repaired)


def _no_number(name: str) -> NoReturn:
    _refuse("feed-not-json", line=1, character=1, reason=name)


def _require_shallow(text: str) -> None:
    """Refuse a text whose brackets lie too deep, before a parser descends into them."""
    depth = 0
    for sign in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        if sign.group() in "[{":
            depth += 1
            if depth > DEEPEST:
                line = text.count("\n", 0, sign.start()) + 1
                _refuse("feed-too-deep", line=line, character=sign.start() - text.rfind("\n", 0, sign.start()), limit=DEEPEST)
        elif sign.group() in "]}":
            depth -= 1


def read_data_json(content: bytes) -> Document:
    """Read a `data.json`: an object with `dataset`, a bare array, or one dataset by itself."""
    value, repaired = read_json(content)
    if isinstance(value, Mapping):
        value = value.get("dataset", [value] if "title" in value else None)
    if not isinstance(value, list):
        _refuse("feed-no-datasets")
    return _document(value, repaired)


def read_ckan(content: bytes) -> tuple[Document, int]:
    """Read an answer of CKAN's `package_search`; return its packages and how many there are in all."""
    value, repaired = read_json(content)
    result = value.get("result") if isinstance(value, Mapping) else None
    if not isinstance(result, Mapping) or value.get("success") is not True or not isinstance(result.get("results"), list):
        _refuse("feed-no-datasets")
    count = result.get("count")
    packages = [one for one in result["results"] if not isinstance(one, Mapping) or one.get("state", "active") == "active"]
    return _document(packages, repaired), count if isinstance(count, int) else len(result["results"])


def read_dcat(content: bytes, media_type: str) -> Document:
    """Read a catalogue in DCAT: Turtle, RDF/XML or JSON-LD whose context lies in the document itself.

    A context at another address would have to be fetched by whoever parses it, past every check of addresses.
    """
    form = _RDF_FORMATS.get(media_type.partition(";")[0].strip().lower())
    if form is None:
        _refuse("feed-format-unknown", media_type=media_type[:60])
    if form == "json-ld":
        _require_own_context(read_json(content)[0])
    if form == "xml" and b"<!ENTITY" in content:
        _refuse("feed-with-entities")
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=content, format=form)
    except (ParserError, SyntaxError, ValueError, RecursionError, SAXException) as error:
        _refuse("feed-not-rdf", reason=" ".join(str(error).split())[:120])
    following = next((str(value) for _s, _p, value in graph.triples((None, _HYDRA.next, None))), None)
    return Document(tuple(_record(graph, uri) for uri in sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)), (), following)


def _require_own_context(value: Any) -> None:
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            context = one.get("@context")
            parts = context if isinstance(context, list) else [context]
            if any(isinstance(part, str) or isinstance(part, Mapping) and "@import" in part for part in parts):
                _refuse("feed-context-elsewhere")
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)


def _record(graph: Graph, uri: Any) -> dict[str, Any]:
    """Return a dataset of a graph as a record of `data.json`."""

    def text(subject: Any, *predicates: Any) -> str | None:
        for predicate in predicates:
            found = sorted(graph.objects(subject, predicate), key=lambda value: (getattr(value, "language", None) != "id", str(value)))
            if found:
                return str(found[0])
        return None

    contact = next(graph.objects(uri, DCAT.contactPoint), None)
    publisher = next(graph.objects(uri, DCTERMS.publisher), None)
    period = next(graph.objects(uri, DCTERMS.temporal), None)
    place = next(graph.objects(uri, DCTERMS.spatial), None)
    distributions = sorted(graph.objects(uri, DCAT.distribution), key=str)
    licence = text(uri, DCTERMS.license) or next((text(one, DCTERMS.license) for one in distributions), None)
    return {
        "identifier": text(uri, DCTERMS.identifier) or (str(uri) if isinstance(uri, URIRef) else None),
        "title": text(uri, DCTERMS.title),
        "description": text(uri, DCTERMS.description),
        "keyword": sorted(str(value) for value in graph.objects(uri, DCAT.keyword)),
        "theme": sorted(str(value) for value in graph.objects(uri, DCAT.theme)),
        "landingPage": text(uri, DCAT.landingPage) or (str(uri) if str(uri).startswith("http") else None),
        "issued": text(uri, DCTERMS.issued),
        "modified": text(uri, DCTERMS.modified),
        "accrualPeriodicity": text(uri, DCTERMS.accrualPeriodicity),
        "license": licence,
        "publisher": {"name": text(publisher, FOAF.name, SKOS.prefLabel)} if publisher is not None else None,
        "contactPoint": {"fn": text(contact, _VCARD.fn), "hasEmail": text(contact, _VCARD.hasEmail)} if contact is not None else None,
        "spatial": (text(place, SKOS.prefLabel) if not isinstance(place, Literal) else str(place)) if place is not None else None,
        "temporal": {"startDate": text(period, DCAT.startDate, _SCHEMA.startDate), "endDate": text(period, DCAT.endDate, _SCHEMA.endDate)}
        if period is not None
        else None,
        "distribution": [
            {
                "title": text(one, DCTERMS.title),
                "description": text(one, DCTERMS.description),
                "downloadURL": text(one, DCAT.downloadURL) or text(one, DCAT.accessURL),
                "format": (text(one, DCTERMS.format) or "").rpartition("/")[2] or text(one, DCAT.mediaType),
                "mediaType": (text(one, DCAT.mediaType) or "").partition("media-types/")[2] or text(one, DCAT.mediaType),
                "byteSize": text(one, DCAT.byteSize),
            }
            for one in distributions
        ],
    }


def _document(values: list[Any], repaired: tuple[Problem, ...]) -> Document:
    problems = list(repaired)
    for number, value in enumerate(values, start=1):
        if not isinstance(value, Mapping):
            problems.append(Problem("feed-record-no-object", row=number))
    return Document(tuple(value for value in values if isinstance(value, Mapping)), tuple(problems))


def _refuse(code: str, **values: Any) -> NoReturn:
    raise UnreadableFeedError(Problem(code, values=values))
