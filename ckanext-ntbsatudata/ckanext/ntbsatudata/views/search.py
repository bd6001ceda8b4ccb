"""Suggestions while a query is typed: options of the search box's list."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint

__all__ = ["search"]

search = Blueprint("ntbsatudata_search", __name__)


@search.route("/dataset-suggestions")
def suggestions() -> str:
    """Answer with `<option>` elements; without JavaScript nobody asks for them."""
    found = toolkit.get_action("ntbsatudata_search_suggest")({}, {"q": toolkit.request.args.get("q", "")})
    return toolkit.render("package/snippets/search_suggestions.html", {"suggestions": found})
