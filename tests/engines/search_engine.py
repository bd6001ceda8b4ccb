"""One engine of the contract suite, asked in the words of CKAN's connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pysolr
from ckan.lib.search.common import SearchError


class Refused(Exception):
    """The engine refuses the query, with a sentence."""


class Engine:
    """One engine, filled with documents; `ids` are those of the answer, in its order."""

    def __init__(self, name: str, connection: Any) -> None:
        self.name = name
        self.connection = connection

    def fill(self, documents: Iterable[dict[str, Any]]) -> None:
        self.connection.delete(q="*:*", commit=True)
        self.connection.add(list(documents), commit=True)

    def search(self, q: str = "*:*", **asked: Any) -> Any:
        asked = {"rows": 1000, "df": "text", "q.op": "AND", **{name.replace("__", "."): value for name, value in asked.items()}}
        try:
            return self.connection.search(q=q, **asked)
        except (SearchError, pysolr.SolrError) as error:
            raise Refused(str(error)) from error

    def ids(self, q: str = "*:*", **asked: Any) -> list[str]:
        return [hit["id"] for hit in self.search(q, fl="id", **asked).docs]

    def counts(self, field: str, q: str = "*:*", **asked: Any) -> dict[str, int]:
        flat = self.search(q, facet="true", facet__field=[field], **asked).facets["facet_fields"][field]
        return dict(zip(flat[::2], flat[1::2], strict=True))
