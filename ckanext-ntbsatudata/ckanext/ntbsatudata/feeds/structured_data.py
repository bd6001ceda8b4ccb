"""What a dataset page tells search engines about its dataset: schema.org in JSON-LD, and Croissant, written by ckanext-dcat's profiles."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import lru_cache
from typing import Any

from ckan.plugins import toolkit

from ckanext.dcat.helpers import croissant as written_by_dcat
from ckanext.dcat.processors import RDFSerializer


class _Serializer(RDFSerializer):
    """Looks its profiles up once: by itself, each page would read the metadata of every installed package to find them."""

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(_profiles(tuple(profile_names)))


@lru_cache(maxsize=16)
def _profiles(names: tuple[str, ...]) -> tuple[type, ...]:
    return tuple(RDFSerializer(profiles=list(names))._profiles)


def structured_data(dataset: dict[str, Any], profiles: list[str] | None = None) -> str:
    """Return the dataset as JSON-LD that may stand inside a script element of a page."""
    names = profiles or toolkit.config.get("ckanext.dcat.structured_data.profiles", ["schemaorg"])
    return _safe(json.loads(_Serializer(profiles=names).serialize_dataset(dataset, _format="jsonld")))


def croissant(dataset: dict[str, Any]) -> str:
    """Return the dataset in Croissant 1.0 (mlcommons.org/croissant), safe as above: its files, and the columns of those whose table is held here."""
    # the profile writes into what it is given
    return _safe(json.loads(written_by_dcat(deepcopy(dataset))))


def _safe(written: Any) -> str:
    text = json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
