"""Curation for people: what waits for me, one revision with everything to decide on, the releases of a dataset."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from flask import Blueprint, Response, redirect

from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.views.forms_of_answer import accepted, answer, refuse

curation = Blueprint("ntbsatudata_curation", __name__)
__all__ = ["curation"]


@curation.route("/kurasi", endpoint="queue", methods=["GET", "POST"])
def queue() -> Response | str:
    """What waits for the user; a walidata may decide on several, each decision recorded for its own dataset."""
    said: list[str] = []
    if toolkit.request.method == "POST":
        said = [_decide(revision_id, _wanted_move()) for revision_id in toolkit.request.form.getlist("revision")]
    return toolkit.render(
        "curation/queue.html", {"waiting": _ask("ntbsatudata_curation_queue"), "said": said, "principles": list(Principle)}
    )


@curation.route("/kurasi/<revision_id>", endpoint="read", methods=["GET", "POST"])
def read(revision_id: str) -> Response | str:
    """One revision: what it changes, what the checks find, what was decided, and what can be done."""
    said = [_decide(revision_id, _wanted_move())] if toolkit.request.method == "POST" else []
    revision = _ask("ntbsatudata_revision_show", id=revision_id)
    proposed = _ask("package_show", id=revision["working_id"])
    live = revisions.newest_release(revision["dataset_id"])
    changes = _ask("ntbsatudata_revision_compare", id=revision_id) if live else None
    needs_reason = {move.value for move, transition in TRANSITIONS.items() if transition.needs_reason}
    return toolkit.render(
        "curation/read.html",
        {
            "revision": revision, "proposed": proposed, "changes": changes, "said": said, "principles": list(Principle),
            "needs_reason": needs_reason, "live": live,
        },
    )  # fmt: skip


@curation.route("/dataset/<name>/revisi", endpoint="begin", methods=["POST"])
def begin(name: str) -> Response:
    """Begin a revision and go where its form is filled in; where one is open, go there."""
    package = model.Package.get(name)
    unfinished = revisions.open_revision(package.id) if package else None
    if unfinished is not None:
        return redirect(toolkit.url_for("ntbsatudata_curation.read", revision_id=unfinished.id))
    revision = _ask("ntbsatudata_revision_create", id=name)
    return redirect(toolkit.url_for("ntbsatudata_dataset_form.stage", dataset_id=revision["working_id"], name="data"))


@curation.route("/dataset/<name>/rilis", endpoint="releases")
def releases(name: str) -> Response | str:
    """All releases of a dataset, also of one that was withdrawn."""
    found = _ask("ntbsatudata_release_list", id=name)
    if accepted(("html", "json")) == "json":
        return answer(json.dumps(found, ensure_ascii=False), "json")
    package = model.Package.get(name)
    decisions = _ask("ntbsatudata_curation_record_list", id=name)
    return toolkit.render("curation/releases.html", {"releases": found, "package": package, "decisions": decisions})


@curation.route("/dataset/<name>/rilis/<int:number>", endpoint="release")
def release(name: str, number: int) -> Response | str:
    """One release as readers got it."""
    found = _ask("ntbsatudata_release_show", id=name, number=number)
    if accepted(("html", "json")) == "json":
        return answer(json.dumps(found, ensure_ascii=False), "json")
    return toolkit.render("curation/release.html", {"release": found, "dataset": found["dataset"]})


@curation.route("/dataset/<name>/rilis/<int:number>/<resource_id>/<filename>", endpoint="file")
def file(name: str, number: int, resource_id: str, filename: str) -> Response:
    """The file of a distribution as it was in a release."""
    found = _ask("ntbsatudata_release_show", id=name, number=number)
    if found["withdrawn_at"] or resource_id not in found["sha256"]:
        refuse(404, toolkit._("There is no such file."))
    opened = revisions.open_file(found["dataset_id"], number, resource_id)
    if opened is None:
        refuse(404, toolkit._("There is no such file."))
    response = Response(opened, content_type="text/csv; charset=utf-8" if filename.endswith(".csv") else "application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["ETag"] = f'"{found["sha256"][resource_id]}"'
    return response


@curation.before_app_request
def dump_from_the_holder() -> None:
    """A table of the DataStore is dumped from where the live release holds it."""
    request = toolkit.request
    if request.endpoint == "datastore.dump" and request.view_args:
        request.view_args["resource_id"] = revisions.holder(request.view_args["resource_id"])[1]


@curation.after_app_request
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


def _wanted_move() -> Move:
    word = toolkit.request.form.get("move", "")
    if word not in {move.value for move in Move}:
        refuse(400, toolkit._("There is no such decision."))
    return Move(word)


def _decide(revision_id: str, move: Move) -> str:
    """Make a decision and return what to say of it."""
    form = toolkit.request.form
    data: dict[str, Any] = {"id": revision_id, "reason": form.get("reason", ""), "changelog": form.get("changelog", "")}
    if move is Move.APPROVE:
        data["principles"] = {
            principle.value: {"met": form.get(principle.value) == "met", "note": form.get(f"note_{principle.value}", "")}
            for principle in Principle
            if form.get(principle.value) in ("met", "not_met")
        }
    try:
        done = toolkit.get_action(f"ntbsatudata_revision_{move.value}")({}, data)
    except toolkit.ValidationError as error:
        return " ".join(sentence for field, said in error.error_dict.items() if field != "code" for sentence in map(str, said))
    except toolkit.NotAuthorized as error:
        return str(error)
    return toolkit._("Done: {title} is now «{state}».").format(title=done["title"], state=toolkit.h.ntbsatudata_state(done["state"]))


def _ask(name: str, **data: Any) -> Any:
    try:
        return toolkit.get_action(name)({}, data)
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error) or toolkit._("There is no such page."))
    except toolkit.NotAuthorized as error:
        refuse(403, str(error) or toolkit._("You may not see this."))
    except toolkit.ValidationError as error:
        refuse(409, " ".join(sentence for field, said in error.error_dict.items() if field != "code" for sentence in map(str, said)))
