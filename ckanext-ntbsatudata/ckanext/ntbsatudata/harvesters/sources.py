"""Whole catalogues read from a source, page after page, with an end to every way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ckanext.ntbsatudata.domain.harvest import documents
from ckanext.ntbsatudata.domain.harvest.documents import Document
from ckanext.ntbsatudata.domain.harvest.errors import UnreadableFeedError
from ckanext.ntbsatudata.domain.metadata.incoming import Incoming, from_ckan, from_data_json
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.harvesters.fetching import Answer, FetchError, SafeFetcher

MOST_PAGES, MOST_RECORDS = 2000, 200_000
CKAN_ROWS = 1000
_FORMS = {".ttl": "text/turtle", ".xml": "application/rdf+xml", ".rdf": "application/rdf+xml", ".jsonld": "application/ld+json"}


@dataclass(frozen=True)
class Catalogue:
    """All records of a source, read into our fields, and what was repaired on the way."""

    records: tuple[Incoming, ...]
    problems: tuple[Problem, ...]


class Paging:
    """Gathers pages until one brings nothing new. Raises `FetchError` for a source without end."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.problems: list[Problem] = []
        self._pages = 0
        self._seen: set[str] = set()

    def take(self, document: Document) -> int:
        """Add a page; return how many of its records were new."""
        self._pages += 1
        new = 0
        for record in document.records:
            name = str(record.get("identifier") or record.get("id") or record)
            if self._pages > 1 and name in self._seen:
                continue
            self._seen.add(name)
            self.records.append(record)
            new += 1
        self.problems += document.problems
        if self._pages > MOST_PAGES or len(self.records) > MOST_RECORDS:
            raise FetchError("fetch-endless", pages=self._pages)
        return new


def read_data_json(fetcher: SafeFetcher, url: str, standard: Standard) -> Catalogue:
    """Read a `data.json` and its further pages (`?page=2`), as the national harvester does."""
    paging = Paging()
    paging.take(documents.read_data_json(_required(fetcher.fetch(url)).content))
    number = 2
    while paging.records:
        answer = fetcher.fetch(_with(url, page=str(number)))
        if answer.status in (404, 410, 400):
            break
        if not paging.take(documents.read_data_json(_required(answer).content)):
            break
        number += 1
    return _catalogue(paging, lambda record: from_data_json(record, standard))


def read_ckan(fetcher: SafeFetcher, url: str, standard: Standard) -> Catalogue:
    """Read all packages of a CKAN portal, named by its home address."""
    paging, start = Paging(), 0
    endpoint = urljoin(url.rstrip("/") + "/", "api/3/action/package_search")
    while True:
        answer = _required(fetcher.fetch(_with(endpoint, rows=str(CKAN_ROWS), start=str(start), sort="id asc")))
        document, count = documents.read_ckan(answer.content)
        if not paging.take(document) or not document.records:
            break
        start += len(document.records)
        if start >= count:
            break
    return _catalogue(paging, lambda package: _with_page(from_ckan(package, standard), package, url))


def read_dcat(fetcher: SafeFetcher, url: str, standard: Standard) -> Catalogue:
    """Read a DCAT catalogue and the pages it links (Hydra); a page met again ends it."""
    paging, visited, following = Paging(), set[str](), url
    while following and following not in visited:
        visited.add(following)
        answer = _required(fetcher.fetch(following))
        document = documents.read_dcat(answer.content, _form(answer))
        if not paging.take(document):
            break
        following = _like(urljoin(answer.url, document.next_page), url) if document.next_page else ""
    return _catalogue(paging, lambda record: from_data_json(record, standard))


def _required(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise FetchError("fetch-status", status=answer.status)
    return answer


def _form(answer: Answer) -> str:
    """Return the type a server states, or the one of the address where it states none that is RDF."""
    stated = answer.media_type.partition(";")[0].strip().lower()
    by_name = next((form for suffix, form in _FORMS.items() if urlsplit(answer.url).path.endswith(suffix)), None)
    return stated if stated in _FORMS.values() or by_name is None else by_name


def _like(following: str, first: str) -> str:
    """A catalogue may link its next page in one form only: keep the form of the first page."""
    parts, wanted = urlsplit(following), urlsplit(first)
    stem, dot, _suffix = parts.path.rpartition(".")
    suffix = wanted.path.rpartition(".")[2]
    if dot and f".{suffix}" in _FORMS and f".{_suffix}" in _FORMS:
        return urlunsplit(parts._replace(path=f"{stem}.{suffix}"))
    return following


def _with(url: str, **parameters: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*query, *parameters.items()])))


def _with_page(found: Incoming, package: Any, portal: str) -> Incoming:
    """The landing page of a CKAN package is its page on that portal."""
    page = urljoin(portal.rstrip("/") + "/", f"dataset/{package.get('name') or package.get('id')}")
    return Incoming(
        {**found.dataset, "url": page, "identifier": str(package.get("id") or found.dataset.get("identifier") or "")}, found.problems
    )


def _catalogue(paging: Paging, read: Callable[[Any], Incoming]) -> Catalogue:
    def each() -> Iterator[Incoming]:
        for record in paging.records:
            yield read(record)

    return Catalogue(tuple(each()), tuple(paging.problems))


__all__ = ["Catalogue", "UnreadableFeedError", "read_ckan", "read_data_json", "read_dcat"]
