"""`/data-induk`: the master records for people and programs, and the walidata's decision that two are one."""

from __future__ import annotations

import json
from typing import Any

from ckan.lib.pagination import Page
from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata.domain.data_induk import publishing as form
from ckanext.ntbsatudata.logic.schema.data_induk import MOST_RECORDS
from ckanext.ntbsatudata.views import forms_of_answer

data_induk = Blueprint("ntbsatudata_data_induk", __name__)

PAGE = 100  # records on a page
FORMS = ("html", "json", "csv")


def _action(name: str, **data: Any) -> Any:
    """Call one of our actions; a wrong request and an unknown thing become their HTTP answers."""
    asked = {key: value for key, value in data.items() if value not in (None, "")}
    try:
        return toolkit.get_action(f"ntbsatudata_data_induk_{name}")({"user": toolkit.current_user.name}, asked)
    except toolkit.ObjectNotFound as error:
        forms_of_answer.refuse(404, str(error.message))
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("Only the walidata may merge master records."))
    except toolkit.ValidationError as error:
        forms_of_answer.refuse(400, forms_of_answer.sentence_of(error))


def _json(value: Any) -> Response:
    return forms_of_answer.answer(json.dumps(value, ensure_ascii=False), "json")


@data_induk.route("/data-induk", endpoint="index", defaults={"offered": ("html", "json")})
@data_induk.route("/data-induk.json", endpoint="index_json", defaults={"offered": ("json",)})
def index(offered: tuple[str, ...]) -> Response | str:
    """Show all sets with their owner and the day they were updated."""
    sets = _action("list")
    if forms_of_answer.accepted(offered) == "json":
        return _json(sets)
    return toolkit.render("data_induk/index.html", {"sets": sets})


@data_induk.route("/data-induk/<name>", endpoint="read")
def read(name: str) -> Response | str:
    """Show one set; whole as CSV, in pages for people."""
    set_id, wanted = forms_of_answer.split(name, FORMS)
    asked = toolkit.request.args
    number = max(toolkit.h.get_page_number(asked), 1)
    words, region = asked.get("q"), asked.get("region")
    if wanted == "csv":
        return forms_of_answer.answer(form.as_rows(_whole(set_id, words, region)), "csv", f"{set_id}.csv")
    limit = asked.get("limit", PAGE) if wanted == "json" else PAGE
    offset = asked.get("offset", 0) if wanted == "json" else (number - 1) * PAGE
    found = _action("show", id=set_id, q=words, region=region, limit=limit, offset=offset)
    if wanted == "json":
        return _json(found)
    kept = {key: value for key, value in asked.items() if key != "page"}
    pager = Page(
        collection=found["records"],
        presliced_list=True,
        page=number,
        item_count=found["found"],
        items_per_page=PAGE,
        url=lambda page, **_more: toolkit.url_for("ntbsatudata_data_induk.read", name=set_id, page=page, **kept),
    )
    may_merge = toolkit.h.check_access("ntbsatudata_data_induk_merge", {"id": set_id})
    return toolkit.render("data_induk/read.html", {"record_set": found, "pager": pager, "words": words or "", "may_merge": may_merge})


def _whole(set_id: str, words: str | None, region: str | None) -> dict[str, Any]:
    """The set with all its records, asked for in portions."""
    found = _action("show", id=set_id, q=words, region=region, limit=MOST_RECORDS)
    while len(found["records"]) < found["found"]:
        more = _action("show", id=set_id, q=words, region=region, limit=MOST_RECORDS, offset=len(found["records"]))
        found["records"] += more["records"]
    return dict(found)


@data_induk.route("/data-induk/<set_id>/duplicates", endpoint="duplicates", methods=["GET", "POST"])
def duplicates(set_id: str) -> Response | str:
    """Show pairs that may be one object, and take the walidata's decision on a pair."""
    if toolkit.request.method == "POST":
        asked = toolkit.request.form
        dropped = next((one for one in asked.getlist("pair") if one != asked.get("kept")), None)
        _action("merge", id=set_id, kept=asked.get("kept"), dropped=dropped, reason=asked.get("reason"))
        toolkit.h.flash_success(toolkit._("The two records are one now; the decision is on record."))
        return toolkit.redirect_to("ntbsatudata_data_induk.duplicates", set_id=set_id)
    pairs = _action("duplicates", id=set_id)
    return toolkit.render("data_induk/duplicates.html", {"record_set": _action("show", id=set_id, limit=0), "pairs": pairs})


@data_induk.route("/data-induk/<set_id>/<record_id>", endpoint="record")
def record(set_id: str, record_id: str) -> Response | str:
    """Show one record with its identifiers and the trail of merges."""
    record_id, wanted = forms_of_answer.split(record_id, ("html", "json"))
    found = _action("record_show", id=set_id, record=record_id)
    if wanted == "json":
        return _json(found)
    return toolkit.render("data_induk/record.html", {"record": found, "record_set": _action("show", id=set_id, limit=0)})


__all__ = ["data_induk"]
