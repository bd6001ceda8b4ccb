"""The catalogue for other machines: `data.json`, DCAT-AP, changes as Atom, the sitemap; and a page that says where each is."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response
from lxml import etree

from ckanext.ntbsatudata.feeds import reading
from ckanext.ntbsatudata.feeds.records import site
from ckanext.ntbsatudata.feeds.state import note_read, reads
from ckanext.ntbsatudata.views.forms_of_answer import refuse

feeds = Blueprint("ntbsatudata_feeds", __name__)
__all__ = ["feeds"]

TYPES = {"ttl": "text/turtle", "xml": "application/rdf+xml", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}
STREAMED_FROM = 16 * 1024 * 1024  # bytes; below, the portal keeps, hashes and compresses an answer itself
CHANGES = 50
SITEMAP_PAGE = 50_000  # sitemaps.org: no more in one file
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@feeds.route("/data.json", endpoint="data_json")
def data_json() -> Response:
    """The catalogue as the national harvester reads it; `?page=` where one document would be too large, and an empty list past the end."""
    page, current = _page_number(), reading.version()
    pages = reading.data_json_pages(current)
    body = reading.data_json_document(page, pages)
    note_read("data.json")
    if current.bytes < STREAMED_FROM:
        return _described(Response(b"".join(body)), "application/json", current)
    response = _described(Response(direct_passthrough=True), "application/json", current)
    accepts_gzip = toolkit.request.accept_encodings.quality("gzip") > 0
    response.set_etag(f"{current.mark}-{page}{'-gz' if accepts_gzip else ''}")
    response.vary.add("Accept-Encoding")
    if toolkit.request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
        return response
    response.response = _gzipped(body) if accepts_gzip else body
    if accepts_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    return response


@feeds.route("/catalog.<form>", endpoint="catalogue")
def catalogue(form: str) -> Response:
    """One page of the catalogue in DCAT-AP: ttl, xml, rdf or jsonld. Past the end there is nothing."""
    if form not in reading.FORMATS:
        refuse(404, toolkit._("The catalogue comes as {forms}.").format(forms=", ".join(reading.FORMATS)))
    page, current = _page_number(), reading.version()
    if page > 1 and (page - 1) * reading.CATALOGUE_PAGE >= current.count:
        refuse(404, toolkit._("There is no such page."))
    note_read("catalog")
    return _described(Response(reading.catalogue_document(form, page, current)), TYPES[form], current)


@feeds.route("/dataset/<name>/croissant.jsonld", endpoint="croissant")
def croissant(name: str) -> Response:
    """One public open dataset for machine-learning tools: its files and the columns of its tables. Of any other dataset nothing is said."""
    from ckanext.ntbsatudata.feeds.structured_data import croissant as written  # a site without ckanext-dcat starts too

    try:
        dataset = toolkit.get_action("package_show")({"user": "", "auth_user_obj": None, "ignore_auth": False}, {"id": name})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        refuse(404, toolkit._("There is no such page."))
    if dataset["private"] or dataset.get("access_rights") != "terbuka":
        refuse(404, toolkit._("There is no such page."))
    return Response(written(dataset), content_type=TYPES["jsonld"])


@feeds.route("/feeds/changes.atom", endpoint="changes")
def changes() -> Response:
    """What was published, changed or withdrawn last."""
    own, current = site(), reading.version()
    feed = FeedGenerator()
    feed.id(f"{own.url}/feeds/changes.atom")
    feed.title(f"{own.title}: {toolkit._('changes')}")
    feed.author({"name": own.publisher})
    feed.link(href=f"{own.url}/feeds/changes.atom", rel="self")
    feed.link(href=own.url, rel="alternate")
    feed.updated(current.changed_at or datetime(1970, 1, 1, tzinfo=timezone.utc))
    for row in reversed(reading.changes(CHANGES)):
        entry = feed.add_entry()
        entry.id(own.dataset_uri(row.package_id))
        entry.title(row.title if row.public else toolkit._("Withdrawn: {title}").format(title=row.title))
        entry.updated(row.changed_at)
        entry.published(row.first_at)
        entry.summary(row.summary if row.public and row.summary else row.title)
        entry.link(href=own.dataset_uri(row.package_id))
    note_read("changes.atom")
    return _described(Response(feed.atom_str(pretty=True)), "application/atom+xml", current)


@feeds.route("/sitemap.xml", endpoint="sitemap")
def sitemap() -> Response:
    """Every public dataset for search engines; past 50,000 an index of such lists."""
    own, current, page = site(), reading.version(), toolkit.request.args.get("page", 0, type=int)
    pages = -(-current.count // SITEMAP_PAGE)
    if page == 0 and pages > 1:
        root = etree.Element(f"{{{_SITEMAP}}}sitemapindex", nsmap={None: _SITEMAP})
        for number in range(1, pages + 1):
            _location(etree.SubElement(root, f"{{{_SITEMAP}}}sitemap"), f"{own.url}/sitemap.xml?page={number}")
    else:
        root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP})
        for name, changed in reading.addresses(SITEMAP_PAGE, SITEMAP_PAGE * max(0, page - 1)):
            _location(etree.SubElement(root, f"{{{_SITEMAP}}}url"), f"{own.url}/dataset/{name}", changed)
    return _described(Response(etree.tostring(root, xml_declaration=True, encoding="utf-8")), "application/xml", current)


@feeds.route("/interoperabilitas", endpoint="index")
def index() -> str:
    """Where other machines read the catalogue, how many pages it has, and when it was last read."""
    current = reading.version()
    return toolkit.render(
        "feeds/index.html",
        {
            "site": site(),
            "current": current,
            "pages": reading.data_json_pages(current).count(current.count),
            "catalogue_pages": max(1, -(-current.count // reading.CATALOGUE_PAGE)),
            "reads": reads(),
            "waiting": reading.waiting(),
        },
    )


def _page_number() -> int:
    stated = toolkit.request.args.get("page", "1")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 9 or int(stated) < 1:
        refuse(400, toolkit._("A page is a number from 1 on."))
    return int(stated)


def _described(response: Response, media_type: str, current: reading.Version) -> Response:
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if current.changed_at:
        response.last_modified = current.changed_at
    return response


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=31)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def _location(element: Any, address: str, changed: datetime | None = None) -> None:
    etree.SubElement(element, f"{{{_SITEMAP}}}loc").text = address
    if changed:
        etree.SubElement(element, f"{{{_SITEMAP}}}lastmod").text = changed.strftime("%Y-%m-%dT%H:%M:%SZ")
