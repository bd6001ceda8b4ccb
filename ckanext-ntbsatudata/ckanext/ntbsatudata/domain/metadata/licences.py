"""Licences by their id, with their URI and their word in the EU vocabulary. A licence that nobody stated is never invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

EU_BASE = "http://publications.europa.eu/resource/authority/licence/"


@dataclass(frozen=True)
class Licence:
    id: str
    title: str
    url: str
    is_open: bool
    eu_uri: str | None = None


@dataclass(frozen=True)
class Licences:
    known: Mapping[str, Licence]
    spellings: Mapping[str, str]

    @classmethod
    def load(cls, folder: SchemaFolder) -> Licences:
        """Read `licenses.json`, the list CKAN itself offers."""
        known, spellings = {}, {}
        for entry in folder.read_json("licenses.json"):
            eu_uri = EU_BASE + entry["eu"] if "eu" in entry else None
            known[entry["id"]] = Licence(entry["id"], entry["title"], entry["url"], entry["od_conformance"] == "approved", eu_uri)
            for spelling in (entry["id"], entry["title"], entry["url"], eu_uri or "", *entry["spellings"]):
                spellings[_folded(spelling)] = entry["id"]
        spellings.pop("", None)
        return cls(known, spellings)

    def read(self, text: str | None) -> Licence | None:
        """Return the licence of an id, a title or an address, or None when it is not one of ours."""
        found = self.spellings.get(_folded(text or ""))
        return self.known[found] if found else None


def _folded(text: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", re.sub(r"\s+", " ", text).strip().casefold()).rstrip("/")
