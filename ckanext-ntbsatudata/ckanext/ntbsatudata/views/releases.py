"""The releases of a dataset for everybody: their history, their files, the public record of decisions, the notice of a withdrawal."""

from __future__ import annotations

import csv
import io
import json

import ckan.model as model
from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.views.answers_of_actions import ask
from ckanext.ntbsatudata.views.forms_of_answer import accepted, answer, refuse

releases_of = Blueprint("ntbsatudata_release", __name__)
__all__ = ["releases_of"]

RECORD_COLUMNS = ("at", "event", "role", "actor", "on_behalf_of", "source", "target", "reason", "hash")


@releases_of.route("/dataset/<name>/rilis", endpoint="releases")
def releases(name: str) -> Response | str:
    """All releases of a dataset, also of one that was withdrawn."""
    found = ask("ntbsatudata_release_list", id=name)
    if accepted(("html", "json")) == "json":
        return answer(json.dumps(found, ensure_ascii=False), "json")
    package = model.Package.get(name)
    decisions = ask("ntbsatudata_curation_record_list", id=name)
    return toolkit.render("curation/releases.html", {"releases": found, "package": package, "decisions": decisions})


@releases_of.route("/dataset/<name>/rilis/<int:number>", endpoint="release")
def release(name: str, number: int) -> Response | str:
    """One release as readers got it."""
    found = ask("ntbsatudata_release_show", id=name, number=number)
    if accepted(("html", "json")) == "json":
        return answer(json.dumps(found, ensure_ascii=False), "json")
    return toolkit.render("curation/release.html", {"release": found, "dataset": found["dataset"]})


@releases_of.route("/dataset/<name>/rilis/<int:number>/<resource_id>/<filename>", endpoint="file")
def file(name: str, number: int, resource_id: str, filename: str) -> Response:
    """The file of a distribution as it was in a release."""
    found = ask("ntbsatudata_release_show", id=name, number=number)
    if found["withdrawn_at"] or resource_id not in found["sha256"]:
        refuse(404, toolkit._("There is no such file."))
    opened = revisions.open_file(found["dataset_id"], number, resource_id)
    if opened is None:
        refuse(404, toolkit._("There is no such file."))
    response = Response(opened, content_type="text/csv; charset=utf-8" if filename.endswith(".csv") else "application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["ETag"] = f'"{found["sha256"][resource_id]}"'
    return response


@releases_of.before_app_request
def dump_from_the_holder() -> None:
    """A table of the DataStore is dumped from where the live release holds it."""
    request = toolkit.request
    if request.endpoint == "datastore.dump" and request.view_args:
        request.view_args["resource_id"] = revisions.holder(request.view_args["resource_id"])[1]


@releases_of.after_app_request
def notice_of_withdrawal(response: Response) -> Response:
    """A withdrawn dataset answers with its notice in the place of «not found»."""
    request = toolkit.request
    if response.status_code != 404 or request.endpoint != "dataset.read" or not request.view_args:
        return response
    package = model.Package.get(request.view_args.get("id"))
    newest = revisions.newest_release(package.id) if package is not None and package.state == "deleted" else None
    if newest is None or newest.withdrawn_at is None:
        return response
    response.set_data(toolkit.render("curation/withdrawn.html", {"package": package, "release": newest}))
    response.status_code = 410
    return response


@releases_of.route("/dataset/<name>/catatan.csv", endpoint="record")
def record(name: str) -> Response:
    """The record of decisions as a table: all of it for those who take part, its public part for everybody."""
    entries = ask("ntbsatudata_curation_record_list", id=name)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(RECORD_COLUMNS)
    writer.writerows([_cell(entry.get(column)) for column in RECORD_COLUMNS] for entry in entries)
    return answer(text.getvalue(), "csv", f"catatan-{name}.csv")


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
