"""The home page: one search answers the counts, the topics and the newest datasets."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, boundaries
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

home = Blueprint("ntbsatudata_home", __name__)
NEWEST = 6
MAP_WIDTH = 600


@home.route("/", endpoint="index")
def index() -> str:
    """Show what the portal holds. Every number is the answer of a search or a list at this moment, never a stored one."""
    folder = config.schema_folder()
    region = Region.of(CodeLists.load(folder), config.wilayah())
    found = toolkit.get_action("package_search")(
        {},
        {"rows": NEWEST, "sort": "metadata_created desc", "facet.field": ["groups"], "facet.limit": -1},
    )
    organizations = toolkit.get_action("organization_list")({}, {})
    topics = toolkit.get_action("group_list")({}, {})
    counts = [
        {"label": toolkit._("Datasets"), "number": found["count"], "url": toolkit.url_for("dataset.search")},
        {"label": toolkit._("Produsen Data"), "number": len(organizations), "url": toolkit.url_for("organization.index")},
        {"label": toolkit._("Topics"), "number": len(topics), "url": toolkit.url_for("group.index")},
    ]
    return toolkit.render(
        "home/index.html",
        {
            "home": {
                "region": region.name,
                "map": _map(folder, region),
                "counts": counts,
                "topics": _topics(found["search_facets"].get("groups", {}).get("items", [])),
                "newest": found["results"],
            },
            "search_facets": found["search_facets"],
        },
    )


def _topics(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the topics that have datasets, largest first."""
    return [
        {"label": item["display_name"], "number": item["count"], "url": toolkit.url_for("group.read", id=item["name"])}
        for item in sorted(items, key=lambda item: (-item["count"], item["display_name"]))
    ]


__all__ = ["home"]


@lru_cache(maxsize=4)
def _map(folder: SchemaFolder, region: Region) -> dict[str, Any] | None:
    """Return the outlines of a province's kabupaten and kota; None for a region that is one of them."""
    if region.level != "provinsi":
        return None
    edition = CodeLists.load(folder).get(boundaries.described(folder)["list"]).edition()
    shapes = boundaries.load(folder, edition, "kabupaten_kota", page=True)
    parts = [{"code": code, "name": edition.item(code).name, "path": path} for code, path in shapes.as_paths(MAP_WIDTH).items()]
    return {"list": edition.list_id, "parts": parts, "width": MAP_WIDTH, "height": shapes.height(MAP_WIDTH)}
