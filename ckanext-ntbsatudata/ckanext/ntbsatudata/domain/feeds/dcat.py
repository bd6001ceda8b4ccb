"""The catalogue and its datasets in DCAT-AP 2.1.1, with the national terms in a namespace of their own, `sdi:`.

Each function returns triples without blank nodes: what has no address of its own is a fragment of its dataset's address.
Checked against the SHACL shapes of the SEMIC (github.com/SEMICeu/DCAT-AP, 2.1.1), which also check the class of every object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef

from ckanext.ntbsatudata.domain.feeds.addresses import public_address
from ckanext.ntbsatudata.domain.feeds.data_json import NATIONAL_KEYS, media_type_of
from ckanext.ntbsatudata.domain.feeds.rdf_text import NAMESPACES, Triple
from ckanext.ntbsatudata.domain.feeds.site import Site
from ckanext.ntbsatudata.domain.feeds.times import issued, modified, moment
from ckanext.ntbsatudata.domain.metadata.dataset import OPEN
from ckanext.ntbsatudata.domain.metadata.incoming import plain_text
from ckanext.ntbsatudata.domain.metadata.moments import period_bounds
from ckanext.ntbsatudata.domain.metadata.standard import Standard

VCARD = Namespace(NAMESPACES["vcard"])
SDI = Namespace(NAMESPACES["sdi"])
_EU = "http://publications.europa.eu/resource/authority/"
_ACCESS = {"terbuka": "PUBLIC", "terbatas": "RESTRICTED", "tertutup": "NON_PUBLIC"}
_LANGUAGES = {"id": "IND", "en": "ENG"}
_PERIOD_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
_FILE_TYPES = {
    "CSV": "CSV", "XLSX": "XLSX", "XLS": "XLS", "JSON": "JSON", "GEOJSON": "GEOJSON", "XML": "XML", "PDF": "PDF", "ODS": "ODS", "TSV": "TSV", "HTML": "HTML",
    "TXT": "TXT", "ZIP": "ZIP", "SHP": "SHP", "DOCX": "DOCX",
}  # fmt: skip


class _Graph:
    def __init__(self) -> None:
        self.triples: list[Triple] = []

    def add(self, subject: URIRef, predicate: URIRef, value: URIRef | Literal | None) -> None:
        if value is not None and str(value) != "":
            self.triples.append((subject, predicate, value))

    def text(self, subject: URIRef, predicate: URIRef, value: object, language: str | None = None) -> None:
        if value not in (None, ""):
            self.add(subject, predicate, Literal(str(value), lang=language))

    def thing(self, subject: URIRef, predicate: URIRef, uri: str | None, kind: URIRef) -> None:
        """Point to something and say of what class it is, which the shapes ask for."""
        if uri:
            self.add(subject, predicate, URIRef(uri))
            self.add(URIRef(uri), RDF.type, kind)

    def time(self, subject: URIRef, predicate: URIRef, value: str | None) -> None:
        if value:
            self.add(subject, predicate, Literal(value, datatype=_PERIOD_TYPES.get(len(value), XSD.dateTime), normalize=False))


def catalogue_triples(site: Site, modified_at: str | None) -> list[Triple]:
    """Return the catalogue itself; which datasets it holds is said with each of them (`membership`)."""
    graph, uri = _Graph(), URIRef(f"{site.url}/")
    graph.add(uri, RDF.type, DCAT.Catalog)
    graph.text(uri, DCTERMS.title, site.title, "id")
    graph.text(uri, DCTERMS.description, site.description or site.title, "id")
    graph.thing(uri, FOAF.homepage, f"{site.url}/", FOAF.Document)
    graph.thing(uri, DCTERMS.language, f"{_EU}language/IND", DCTERMS.LinguisticSystem)
    graph.time(uri, DCTERMS.modified, modified_at)
    _agent(graph, uri, f"{site.url}/about#walidata", site.publisher, site.contact)
    graph.thing(uri, DCAT.themeTaxonomy, f"{_EU}data-theme", SKOS.ConceptScheme)
    graph.text(URIRef(f"{_EU}data-theme"), DCTERMS.title, "Data theme", "en")
    return graph.triples


def membership(site: Site, dataset_id: str) -> Triple:
    return URIRef(f"{site.url}/"), DCAT.dataset, URIRef(site.dataset_uri(dataset_id))


def dataset_triples(dataset: Mapping[str, Any], standard: Standard, site: Site) -> list[Triple]:
    """Return a public dataset, as `package_show` gives it, with its distributions."""
    graph, uri = _Graph(), URIRef(site.dataset_uri(dataset["id"]))
    level = dataset.get("access_rights") or OPEN
    title = str(dataset.get("title") or dataset["name"])
    graph.add(uri, RDF.type, DCAT.Dataset)
    graph.text(uri, DCTERMS.identifier, dataset["id"])
    graph.text(uri, DCTERMS.title, title, "id")
    graph.text(uri, DCTERMS.description, plain_text(dataset.get("notes")) or title, "id")
    graph.thing(uri, DCAT.landingPage, str(uri), FOAF.Document)
    for tag in dataset.get("tags") or ():
        graph.text(uri, DCAT.keyword, tag["name"], "id")
    graph.time(uri, DCTERMS.issued, issued(dataset))
    graph.time(uri, DCTERMS.modified, modified(dataset))
    organization = dataset.get("organization") or {}
    if organization:
        _agent(graph, uri, site.organization_uri(organization["id"]), str(organization.get("title") or organization["name"]))
    else:
        _agent(graph, uri, f"{site.url}/about#walidata", site.publisher, site.contact)
    _contact(graph, uri, dataset, site)
    frequency, _unknown = standard.frequencies.read(dataset.get("frequency"))
    graph.thing(uri, DCTERMS.accrualPeriodicity, frequency.eu_uri if frequency else None, DCTERMS.Frequency)
    graph.thing(uri, DCTERMS.accessRights, f"{_EU}access-right/{_ACCESS[level]}", DCTERMS.RightsStatement)
    for language in dataset.get("language") or ("id",):
        if language in _LANGUAGES:
            graph.thing(uri, DCTERMS.language, f"{_EU}language/{_LANGUAGES[language]}", DCTERMS.LinguisticSystem)
    for theme in _addresses(dataset.get("theme"), site):
        graph.thing(uri, DCAT.theme, theme, SKOS.Concept)
        graph.text(URIRef(theme), SKOS.prefLabel, theme.rpartition("/")[2])
        graph.add(URIRef(theme), SKOS.inScheme, URIRef(f"{_EU}data-theme"))
    for followed in _addresses(dataset.get("conforms_to"), site):
        graph.thing(uri, DCTERMS.conformsTo, followed, DCTERMS.Standard)
    _place_and_period(graph, uri, dataset, site)
    if dataset.get("provenance"):
        graph.thing(uri, DCTERMS.provenance, f"{uri}#asal", DCTERMS.ProvenanceStatement)
        graph.text(URIRef(f"{uri}#asal"), RDFS.label, plain_text(dataset["provenance"]), "id")
    graph.text(uri, URIRef(NAMESPACES["owl"] + "versionInfo"), dataset.get("version"))
    source = public_address(dataset.get("url"), site.url)
    if source and source != str(uri):
        graph.thing(uri, FOAF.page, source, FOAF.Document)
    for name in NATIONAL_KEYS:
        for value in _listed(dataset.get(name)):
            graph.text(uri, SDI[name], value)
    licence = standard.licences.read(dataset.get("license_id"))
    for resource in dataset.get("resources") or () if level != "tertutup" else ():
        _distribution(graph, uri, dataset, resource, (licence.eu_uri or licence.url) if licence else None, site)
    return graph.triples


def _agent(graph: _Graph, subject: URIRef, uri: str, name: str, address: str = "") -> None:
    graph.thing(subject, DCTERMS.publisher, uri, FOAF.Agent)
    graph.text(URIRef(uri), FOAF.name, name, "id")
    graph.add(URIRef(uri), FOAF.mbox, URIRef(f"mailto:{address}") if address else None)


def _contact(graph: _Graph, uri: URIRef, dataset: Mapping[str, Any], site: Site) -> None:
    address = dataset.get("maintainer_email") or dataset.get("author_email") or site.contact
    name = dataset.get("maintainer") or dataset.get("author")
    if not (address or name):
        return
    contact = URIRef(f"{uri}#narahubung")
    graph.thing(uri, DCAT.contactPoint, str(contact), VCARD.Kind)
    graph.add(contact, RDF.type, VCARD.Organization)
    graph.text(contact, VCARD.fn, name or site.title)
    graph.add(contact, VCARD.hasEmail, URIRef(f"mailto:{address}") if address else None)


def _place_and_period(graph: _Graph, uri: URIRef, dataset: Mapping[str, Any], site: Site) -> None:
    codes = _listed(dataset.get("kode_wilayah"))
    for code in codes:
        place = f"{site.url}/kode-referensi/wilayah-kemendagri/{code}"
        graph.thing(uri, DCTERMS.spatial, place, DCTERMS.Location)
        graph.text(URIRef(place), DCTERMS.identifier, code)
        if len(codes) == 1:
            graph.text(URIRef(place), SKOS.prefLabel, dataset.get("spatial_text"), "id")
    if not codes and dataset.get("spatial_text"):
        graph.thing(uri, DCTERMS.spatial, f"{uri}#wilayah", DCTERMS.Location)
        graph.text(URIRef(f"{uri}#wilayah"), SKOS.prefLabel, dataset["spatial_text"], "id")
    start, end = (period_bounds(str(dataset.get(name) or "")) for name in ("temporal_start", "temporal_end"))
    if start or end:
        period = URIRef(f"{uri}#periode")
        graph.thing(uri, DCTERMS.temporal, str(period), DCTERMS.PeriodOfTime)
        graph.time(period, DCAT.startDate, start[0].isoformat() if start else None)
        graph.time(period, DCAT.endDate, end[1].isoformat() if end else None)


def _distribution(
    graph: _Graph, dataset_uri: URIRef, dataset: Mapping[str, Any], resource: Mapping[str, Any], licence: str | None, site: Site
) -> None:
    address = public_address(resource.get("url"), site.url)
    if address is None:
        return
    uri = URIRef(site.resource_uri(dataset["id"], resource["id"]))
    graph.thing(dataset_uri, DCAT.distribution, str(uri), DCAT.Distribution)
    graph.text(uri, DCTERMS.title, resource.get("name") or dataset.get("title"), "id")
    graph.text(uri, DCTERMS.description, plain_text(resource.get("description")), "id")
    graph.thing(uri, DCAT.accessURL, address, RDFS.Resource)
    graph.thing(uri, DCAT.downloadURL, address, RDFS.Resource)
    media_type = media_type_of(resource)
    graph.thing(uri, DCAT.mediaType, f"https://www.iana.org/assignments/media-types/{media_type}", DCTERMS.MediaType)
    name = str(resource.get("format") or "").upper()
    if name in _FILE_TYPES:
        graph.thing(uri, DCTERMS.format, f"{_EU}file-type/{_FILE_TYPES[name]}", DCTERMS.MediaTypeOrExtent)
    graph.thing(uri, DCTERMS.license, licence, DCTERMS.LicenseDocument)
    size = str(resource.get("size") or "")
    graph.add(uri, DCAT.byteSize, Literal(size, datatype=XSD.decimal, normalize=False) if size.isdigit() else None)
    graph.time(uri, DCTERMS.issued, moment(resource.get("created")))
    graph.time(uri, DCTERMS.modified, moment(resource.get("last_modified")))


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if value not in (None, "") else []


def _addresses(values: Iterable[str] | str | None, site: Site) -> list[str]:
    return [found for value in _listed(values) if (found := public_address(value, site.url))]
