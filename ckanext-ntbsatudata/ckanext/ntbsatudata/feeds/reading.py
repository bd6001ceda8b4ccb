"""Feeds put together from the records, piece by piece: the memory they take does not grow with the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ckan.model as model
from rdflib import DCTERMS, RDF, XSD, Literal, Namespace, URIRef
from sqlalchemy import select, text
from sqlalchemy.sql import Select

from ckanext.ntbsatudata.domain.feeds import data_json, dcat, rdf_text
from ckanext.ntbsatudata.domain.feeds.paging import Pages
from ckanext.ntbsatudata.domain.feeds.site import Site
from ckanext.ntbsatudata.feeds.records import site
from ckanext.ntbsatudata.model.feed_record import FeedRecord, FeedWaiting

CATALOGUE_PAGE = 100
HYDRA = Namespace(rdf_text.NAMESPACES["hydra"])
_FETCHED = 500  # records held in memory at a time
_COLUMNS = {"ttl": FeedRecord.turtle, "xml": FeedRecord.rdf_xml, "rdf": FeedRecord.rdf_xml, "jsonld": FeedRecord.json_ld}
# A record is shown while its dataset is, whatever hid the dataset.
_IS_SHOWN = FeedRecord.public, model.Package.state == "active", ~model.Package.private
_SHOWN = "ntbsatudata_feed_record AS record JOIN package ON package.id = record.package_id AND record.public AND package.state = 'active' AND NOT package.private"
FORMATS = tuple(_COLUMNS)


@dataclass(frozen=True)
class Version:
    """Which state of the records a feed shows. `mark` is equal for equal content."""

    count: int
    changed_at: datetime | None
    mark: str
    bytes: int  # of all records in data.json


def version() -> Version:
    """Return the state of all records that are public now."""
    row = model.Session.execute(
        text(
            "SELECT count(*), (SELECT max(changed_at) FROM ntbsatudata_feed_record), md5(string_agg(digest, '' ORDER BY position)),"
            f" coalesce(sum(octet_length(data_json) + 2), 0) FROM {_SHOWN}"
        )
    ).one()
    return Version(row[0], row[1], f"{row[0]}-{row[2] or 'empty'}", int(row[3]))


def data_json_pages(current: Version) -> Pages:
    """Return how many records each page of `data.json` holds: all, or as many as keep every page under the limit."""
    return Pages.fitting(
        current.bytes,
        lambda records: int(
            model.Session.execute(
                text(
                    "SELECT coalesce(max(bytes), 0) FROM (SELECT sum(size) AS bytes FROM (SELECT octet_length(data_json) + 2 AS size, "
                    f"row_number() OVER (ORDER BY position) - 1 AS n FROM {_SHOWN}) AS numbered GROUP BY n / :records) AS pages"
                ),
                {"records": records},
            ).scalar_one()
        ),
    )


def data_json_document(page: int, pages: Pages) -> Iterator[bytes]:
    """Return the pieces of `data.json`, one record on a line; an empty `dataset` past the last page."""
    head, tail = json.dumps(data_json.header(site()), ensure_ascii=False, indent=1).split("[]")
    return _enclosed(head.encode() + b"[", _pieces(FeedRecord.data_json, page, pages.records), b"]" + tail.encode() + b"\n")


def _enclosed(head: bytes, pieces: Iterator[str], tail: bytes) -> Iterator[bytes]:
    yield head
    for number, piece in enumerate(pieces):
        yield (b",\n" if number else b"\n") + piece.encode()
    yield tail


def catalogue_document(form: str, page: int, current: Version) -> bytes:
    """Return one page of the catalogue in a form of `FORMATS`, with links to the other pages (Hydra)."""
    own = site()
    found = model.Session.execute(_page(select(FeedRecord.package_id, _COLUMNS[form]), page, CATALOGUE_PAGE)).all()
    triples = [*_catalogue(own, page, current), *(dcat.membership(own, package_id) for package_id, _piece in found)]
    pieces = [piece for _package_id, piece in found]
    if form == "jsonld":
        nodes = [json.dumps(node, ensure_ascii=False) for node in rdf_text.json_ld_nodes(triples)]
        context = json.dumps(dict(rdf_text.NAMESPACES))
        return f'{{"@context":{context},\n"@graph":['.encode() + ",\n".join(nodes + pieces).encode() + b"]}\n"
    if form == "ttl":
        return "".join([rdf_text.TURTLE_HEAD, rdf_text.turtle(triples), *pieces]).encode()
    return "".join([rdf_text.XML_HEAD, rdf_text.rdf_xml(triples), *pieces, rdf_text.XML_FOOT]).encode()


def _catalogue(own: Site, page: int, current: Version) -> list[Any]:
    changed = current.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ") if current.changed_at else None
    last = max(1, -(-current.count // CATALOGUE_PAGE))
    address = f"{own.url}/catalog.jsonld?page="
    here = URIRef(f"{address}{page}")
    links = {HYDRA.first: 1, HYDRA.last: last}
    links |= {HYDRA.next: page + 1} if page < last else {}
    links |= {HYDRA.previous: page - 1} if page > 1 else {}
    found: list[Any] = [*dcat.catalogue_triples(own, changed), (here, RDF.type, HYDRA.PartialCollectionView)]
    found += [(here, relation, Literal(f"{address}{number}")) for relation, number in links.items()]
    found.append((here, HYDRA.totalItems, Literal(str(current.count), datatype=XSD.integer)))
    found.append((here, DCTERMS.isPartOf, URIRef(f"{own.url}/")))
    return found


def changes(limit: int) -> list[FeedRecord]:
    """Return the datasets that changed last, among them those that are gone."""
    query = select(FeedRecord).order_by(FeedRecord.changed_at.desc(), FeedRecord.position.desc()).limit(limit)
    return list(model.Session.execute(query).scalars())


def addresses(limit: int, offset: int) -> list[tuple[str, datetime]]:
    """Return name and moment of change of the public datasets, in the order of the feeds, for the sitemap."""
    query = (
        select(model.Package.name, FeedRecord.changed_at)
        .join(model.Package, model.Package.id == FeedRecord.package_id)
        .where(*_IS_SHOWN)
        .order_by(FeedRecord.position)
    )
    return [(name, moment) for name, moment in model.Session.execute(query.limit(limit).offset(offset))]


def _page(query: Select[Any], page: int, records: int | None) -> Select[Any]:
    query = query.join(model.Package, model.Package.id == FeedRecord.package_id).where(*_IS_SHOWN).order_by(FeedRecord.position)
    if records is None:
        return query.where(text("false")) if page > 1 else query
    return query.limit(records).offset(records * (page - 1))


def _pieces(column: Any, page: int, records: int | None) -> Iterator[str]:
    """Read a column row by row on a connection of its own: the answer is sent after the request has given back its session."""
    with model.meta.engine.connect().execution_options(stream_results=True, yield_per=_FETCHED) as connection:
        for (piece,) in connection.execute(_page(select(column), page, records)):
            yield piece


def waiting() -> int:
    """Return how many datasets changed and wait for their record."""
    return model.Session.query(FeedWaiting).count()
