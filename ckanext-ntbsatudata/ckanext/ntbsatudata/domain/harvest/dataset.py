"""A record in our fields made into a dataset CKAN takes: its tags, its region as a code, its producer as an agency of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.harvest.matching import folded
from ckanext.ntbsatudata.domain.kode_referensi.names import NameIndex

_NOT_IN_TAGS = re.compile(r"[^\w\-. ]+")
_SHORTEST_TAG, _LONGEST_TAG = 2, 100


@dataclass(frozen=True)
class Mappings:
    """What a source's words are to us. `agencies` gives the id of an agency by its folded name; `owner_org` has all others."""

    agencies: Mapping[str, str]
    owner_org: str
    regions: NameIndex | None
    source_id: str
    source_title: str


def ckan_dataset(found: Mapping[str, Any], mappings: Mappings) -> dict[str, Any]:
    """Return a dataset for `package_create`, marked with its source. What has no certain meaning for us keeps its own words."""
    dataset = {key: value for key, value in found.items() if key not in ("publisher_name", "tags", "resources")}
    dataset["title"] = dataset.get("title") or dataset.get("identifier") or mappings.source_title
    publisher = found.get("publisher_name")
    agency = mappings.agencies.get(folded(publisher)) if publisher else None
    dataset["owner_org"] = agency or mappings.owner_org
    if publisher and agency is None:
        dataset.setdefault("author", publisher)
    tags = dict.fromkeys(_tag(one) for one in found.get("tags") or ())
    dataset["tags"] = [{"name": name} for name in tags if _SHORTEST_TAG <= len(name) <= _LONGEST_TAG]
    dataset["resources"] = [dict(one) for one in found.get("resources") or ()]
    region = mappings.regions.exact(found["spatial_text"]) if mappings.regions and found.get("spatial_text") else None
    if region is not None:
        dataset["kode_wilayah"] = [region.code]
    if not _is_address(dataset.get("maintainer_email")):
        dataset.pop("maintainer_email", None)
    if not _is_address(dataset.get("author_email")):
        dataset.pop("author_email", None)
    dataset["harvest_source_id"] = mappings.source_id
    dataset["harvest_source_title"] = mappings.source_title
    dataset["type"] = "dataset"
    return dataset


def _tag(text: str) -> str:
    return " ".join(_NOT_IN_TAGS.sub(" ", text).split())


def _is_address(text: object) -> bool:
    return bool(re.fullmatch(r"[^@\s<>*]+@[^@\s<>*]+\.[^@\s<>*]+", str(text or "")))
