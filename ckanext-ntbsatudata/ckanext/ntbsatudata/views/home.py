"""The home page: one search answers the counts, the topics and the newest datasets."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.ntbsatudata.helpers import ntbsatudata_region_name

home = Blueprint("ntbsatudata_home", __name__)
NEWEST = 6


@home.route("/", endpoint="index")
def index() -> str:
    """Show what the portal holds. Every number is the answer of a search or a list at this moment, never a stored one."""
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
                "region": ntbsatudata_region_name(),
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
