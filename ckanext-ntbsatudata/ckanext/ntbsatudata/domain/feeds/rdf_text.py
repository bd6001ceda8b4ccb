"""Turtle, RDF/XML and JSON-LD of the triples of one dataset, as pieces that can be put one after another into a whole catalogue.

No blank nodes, everything sorted: equal triples give equal bytes. A general serializer needs the whole catalogue as one graph in
memory and writes it anew for every reader (docs/adr/0050-feed-records.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rdflib import RDF, Literal, URIRef

Triple = tuple[URIRef, URIRef, URIRef | Literal]

NAMESPACES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sdi": "https://data.go.id/ns/sdi#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

TURTLE_HEAD = "".join(f"@prefix {prefix}: <{uri}> .\n" for prefix, uri in NAMESPACES.items())
XML_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF'
    + "".join(f'\n  xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    + ">\n"
)
XML_FOOT = "</rdf:RDF>\n"


def turtle(triples: Iterable[Triple]) -> str:
    """Return the triples in Turtle, without prefixes."""
    pieces = []
    for subject, statements in _by_subject(triples):
        lines = [
            f"  {'a' if predicate == RDF.type else _qname(predicate)} {_turtle_term(value, predicate == RDF.type)}"
            for predicate, value in statements
        ]
        pieces.append(f"\n{subject.n3()}\n" + " ;\n".join(lines) + " .\n")
    return "".join(pieces)


def rdf_xml(triples: Iterable[Triple]) -> str:
    """Return the triples as `rdf:Description` elements, without the root."""
    pieces = []
    for subject, statements in _by_subject(triples):
        lines = []
        for predicate, value in statements:
            name = _qname(predicate)
            if isinstance(value, URIRef):
                lines.append(f"    <{name} rdf:resource={quoteattr(value)}/>\n")
                continue
            kind = (
                f' xml:lang="{value.language}"'
                if value.language
                else f" rdf:datatype={quoteattr(value.datatype)}"
                if value.datatype
                else ""
            )
            lines.append(f"    <{name}{kind}>{escape(_xml_signs(value))}</{name}>\n")
        pieces.append(f"  <rdf:Description rdf:about={quoteattr(subject)}>\n{''.join(lines)}  </rdf:Description>\n")
    return "".join(pieces)


def json_ld_nodes(triples: Iterable[Triple]) -> list[dict[str, Any]]:
    """Return the nodes of a `@graph`, their keys short by `NAMESPACES` as context."""
    nodes = []
    for subject, statements in _by_subject(triples):
        node: dict[str, Any] = {"@id": str(subject)}
        for predicate, value in statements:
            if predicate == RDF.type:
                node.setdefault("@type", []).append(_qname(value))
                continue
            node.setdefault(_qname(predicate), []).append(_json_ld_value(value))
        nodes.append(node)
    return nodes


def _json_ld_value(value: URIRef | Literal) -> dict[str, str]:
    if isinstance(value, URIRef):
        return {"@id": str(value)}
    if value.language:
        return {"@language": value.language, "@value": str(value)}
    return {"@type": _qname(value.datatype), "@value": str(value)} if value.datatype else {"@value": str(value)}


def _by_subject(triples: Iterable[Triple]) -> Iterator[tuple[URIRef, list[tuple[URIRef, URIRef | Literal]]]]:
    ordered = sorted(set(triples), key=lambda triple: (triple[0], triple[1] != RDF.type, triple[1], triple[2].n3()))
    for subject, found in groupby(ordered, key=lambda triple: triple[0]):
        yield subject, [(predicate, value) for _subject, predicate, value in found]


def _qname(uri: Any) -> str:
    text = str(uri)
    for prefix, namespace in NAMESPACES.items():
        if text.startswith(namespace):
            return f"{prefix}:{text[len(namespace) :]}"
    raise ValueError(f"no prefix for {text}")


def _turtle_term(value: URIRef | Literal, is_type: bool) -> str:
    if is_type:
        return _qname(value)
    if isinstance(value, Literal) and value.datatype:
        return f"{Literal(str(value)).n3()}^^{_qname(value.datatype)}"
    return str(value.n3())


def _xml_signs(text: str) -> str:
    """Drop the control signs XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
