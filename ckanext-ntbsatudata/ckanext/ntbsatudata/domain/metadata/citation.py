"""How to cite a dataset: as a sentence, in BibTeX and in RIS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Citation:
    """Who published what, when and where. `year` is that of the release cited."""

    publisher: str
    year: str
    title: str
    portal: str
    url: str
    version: str = ""

    @classmethod
    def of(cls, dataset: Mapping[str, Any], portal: str, url: str) -> Citation:
        """Return the citation of a dataset dict as `package_show` gives it; `url` is its lasting address."""
        moment = str(dataset.get("modified") or dataset.get("metadata_modified") or "")
        publisher = (dataset.get("organization") or {}).get("title") or portal
        return cls(publisher, moment[:4], str(dataset.get("title") or dataset.get("name")), portal, url, str(dataset.get("version") or ""))

    @property
    def text(self) -> str:
        version = f" (versi {self.version})" if self.version else ""
        return f"{self.publisher} ({self.year}). {self.title}{version} [Dataset]. {self.portal}. {self.url}"

    @property
    def bibtex(self) -> str:
        """A `@misc` entry, which every BibTeX style knows; braces keep the capitals of names."""
        key = re.sub(r"\W+", "-", self.url.rstrip("/").rpartition("/")[2]) or "dataset"
        fields = {
            "author": f"{{{_escaped(self.publisher)}}}",
            "title": f"{{{_escaped(self.title)}}}",
            "year": self.year,
            "howpublished": _escaped(self.portal),
            "url": self.url,
            "version": _escaped(self.version),
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def ris(self) -> str:
        """A RIS record of type DATA."""
        tags = {"AU": self.publisher, "PY": self.year, "TI": self.title, "PB": self.portal, "ET": self.version, "UR": self.url}
        lines = ["TY  - DATA", *(f"{tag}  - {_one_line(value)}" for tag, value in tags.items() if value), "ER  - "]
        return "\r\n".join(lines) + "\r\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", _one_line(text))
