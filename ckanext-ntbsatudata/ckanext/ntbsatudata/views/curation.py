"""Curation for people: what waits for me, one revision with everything to decide on, what is said on it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

import ckan.model as model
from ckan.lib import api_token
from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, redirect

from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.domain.metadata.form import Field, Kind
from ckanext.ntbsatudata.logic import curation_roles, metadata_records, revisions
from ckanext.ntbsatudata.model.metadata import MetadataRecord
from ckanext.ntbsatudata.views.answers_of_actions import ask, said_by
from ckanext.ntbsatudata.views.forms_of_answer import refuse
from ckanext.ntbsatudata.views.record_form import language

curation = Blueprint("ntbsatudata_curation", __name__)
__all__ = ["curation"]

APPROVE_AND_PUBLISH = "approve_and_publish"


@curation.route("/kurasi", endpoint="queue", methods=["GET", "POST"])
def queue() -> Response | str:
    """What waits for the user; several may be decided on, each decision recorded for its own dataset."""
    if not toolkit.current_user.is_authenticated:
        return toolkit.redirect_to("user.login", came_from=toolkit.url_for("ntbsatudata_curation.queue"))
    waiting = ask("ntbsatudata_curation_queue")
    if toolkit.request.method == "POST":
        _decide_on_each(toolkit.request.form.getlist("revision"), {one["id"]: one["title"] for one in waiting})
        return toolkit.redirect_to("ntbsatudata_curation.queue")
    return toolkit.render(
        "curation/queue.html",
        {
            "waiting": waiting, "under_way": ask("ntbsatudata_curation_under_way"), "principles": list(Principle), "roles": _roles_of_user(),
            "moves": [move.value for move in Move], "in_bulk": [Move.TAKE, Move.APPROVE, Move.CONFIRM, Move.PUBLISH, Move.RETURN],
        },
    )  # fmt: skip


@curation.route("/kurasi/antrean.atom", endpoint="feed")
def feed() -> Response:
    """The queue for feed readers: by session, by API token, or by a token as the password of HTTP Basic."""
    user = _reader()
    if user is None:
        response = Response(
            toolkit._("Log in with your name and an API token as the password."), status=401, content_type="text/plain; charset=utf-8"
        )
        response.headers["WWW-Authenticate"] = 'Basic realm="kurasi", charset="UTF-8"'
        return response
    found = toolkit.get_action("ntbsatudata_curation_queue")({"user": user.name}, {})
    made = FeedGenerator()
    address = toolkit.url_for("ntbsatudata_curation.queue", _external=True)
    made.id(address)
    made.title(toolkit._("Waiting for {name}").format(name=user.display_name))
    made.link(href=address, rel="alternate")
    made.link(href=toolkit.url_for("ntbsatudata_curation.feed", _external=True), rel="self")
    for one in found:
        entry = made.add_entry(order="append")
        link = toolkit.url_for("ntbsatudata_curation.read", revision_id=one["id"], _external=True)
        entry.id(f"{link}#{one['changed_at']}")
        entry.title(f"{one['title']}: {toolkit.h.ntbsatudata_state(one['state'])}")
        entry.link(href=link)
        entry.updated(datetime.fromisoformat(one["changed_at"]))
        due = toolkit._("Due {day}").format(day=one["due_on"]) if one["due_on"] else ""
        entry.summary(" ".join(part for part in (one["changelog"], due) if part) or toolkit.h.ntbsatudata_state(one["state"]))
    response = Response(made.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@curation.route("/kurasi/<revision_id>", endpoint="read", methods=["GET", "POST"])
def read(revision_id: str) -> Response | str:
    """One revision: what it changes, what the checks find, what was said and decided, and what can be done."""
    if toolkit.request.method == "POST":
        state, sentence = _decide(revision_id, _wanted_move())
        (toolkit.h.flash_success if state else toolkit.h.flash_error)(sentence)
        return toolkit.redirect_to("ntbsatudata_curation.read", revision_id=revision_id)
    return toolkit.render("curation/read.html", _everything_about(revision_id))


@curation.route("/kurasi/<revision_id>/ringkas", endpoint="summary")
def summary(revision_id: str) -> str:
    """The same in short, for the queue page."""
    return toolkit.render("curation/snippets/summary.html", _everything_about(revision_id))


@curation.route("/kurasi/<revision_id>/catatan", endpoint="comment", methods=["POST"])
def comment(revision_id: str) -> Response:
    """Say something on a field, a row, or the whole; answer; close."""
    form = toolkit.request.form
    action = "ntbsatudata_revision_comment_close" if form.get("comment") else "ntbsatudata_revision_comment_create"
    data = {
        name: value for name, value in form.items() if name in ("comment", "text", "field", "resource_id", "row", "answer_to") and value
    }
    try:
        toolkit.get_action(action)({}, {"id": revision_id, **data})
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(said_by(error))
    except toolkit.NotAuthorized as error:
        refuse(403, str(error))
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error))
    place = f"isian-{data['field']}" if data.get("field") and not data.get("resource_id") else "catatan"
    return redirect(f"{toolkit.url_for('ntbsatudata_curation.read', revision_id=revision_id)}#{place}")


@curation.route("/dataset/<name>/revisi", endpoint="begin", methods=["POST"])
def begin(name: str) -> Response:
    """Begin a revision and go where its form is filled in; where one is open, go there."""
    package = model.Package.get(name)
    unfinished = revisions.open_revision(package.id) if package else None
    if unfinished is not None:
        return redirect(toolkit.url_for("ntbsatudata_curation.read", revision_id=unfinished.id))
    revision = ask("ntbsatudata_revision_create", id=name)
    return redirect(toolkit.url_for("ntbsatudata_dataset_form.stage", dataset_id=revision["working_id"], name="data"))


def _everything_about(revision_id: str) -> dict[str, Any]:
    revision = ask("ntbsatudata_revision_show", id=revision_id)
    live = revisions.newest_release(revision["dataset_id"])
    form = metadata_records.standard().forms[Kind.DATASET]
    comments = ask("ntbsatudata_revision_comment_list", id=revision_id)
    return {
        "revision": revision, "proposed": ask("package_show", id=revision["working_id"]), "live": live, "principles": list(Principle),
        "changes": ask("ntbsatudata_revision_compare", id=revision_id) if live else None, "form": form, "language": language(),
        "needs_reason": {move.value for move, transition in TRANSITIONS.items() if transition.needs_reason},
        "said": lambda field, value: _said(form.by_name.get(field), value, revision["agency"]),
        "comments": comments, "labels": {field.name: field.label[language()] for field in form.fields},
        "may_comment": revision["state"] not in ("published", "discarded", "withdrawn"),
    }  # fmt: skip


def _said(field: Field | None, value: Any, agency: str) -> str:
    """Return an answer in words: codes with what they stand for, records by their names."""
    if value in (None, "", []):
        return "–"
    if field is None:
        return str(value) if isinstance(value, (str, int)) else json.dumps(value, ensure_ascii=False)
    if field.name == "owner_org":
        return agency
    if field.name in ("topik", "kode_wilayah"):
        return str(toolkit.h.ntbsatudata_code_labels("topik" if field.name == "topik" else "wilayah-kemendagri", value))
    if field.name == "frequency":
        return str(toolkit.h.ntbsatudata_frequency(value) or value)
    if field.name in ("id_mskeg", "id_msind"):
        records = [model.Session.get(MetadataRecord, one) for one in ([value] if isinstance(value, str) else value)]
        return "; ".join(str(one.name) for one in records if one is not None)
    called = {option.value: option.label[language()] for option in field.options}
    values = value if isinstance(value, list) else [value]
    return "; ".join(called.get(one, one) if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in values)


def _roles_of_user() -> list[str]:
    """The roles of who looks: granted over the portal, and in the agencies."""
    user = toolkit.current_user
    held = set(curation_roles.portal_roles(user.id)) | ({Role.SYSTEM_OPERATOR} if user.sysadmin else set())
    if not user.sysadmin:
        for agency in toolkit.get_action("organization_list_for_user")({}, {"permission": "read"}):
            held |= set(curation_roles.roles_of(user.name, agency["id"])) - {Role.PUBLIC}
    return [role.value for role in Role if role in held]


def _reader() -> model.User | None:
    if toolkit.current_user.is_authenticated:
        return toolkit.current_user
    given = toolkit.request.authorization
    user = api_token.get_user_from_token(given.password) if given is not None and given.type == "basic" and given.password else None
    return user if user is not None and user.is_active and user.name == given.username else None


def _wanted_move() -> Move:
    word = toolkit.request.form.get("move", "")
    if word not in {move.value for move in Move}:
        refuse(400, toolkit._("There is no such decision."))
    return Move(word)


def _decide_on_each(revision_ids: list[str], titles: dict[str, str]) -> None:
    """Make the decision on each chosen revision and say, together, what became of them."""
    both = toolkit.request.form.get("move") == APPROVE_AND_PUBLISH
    moves = [Move.APPROVE, Move.PUBLISH] if both else [_wanted_move()]
    reached: Counter[str] = Counter()
    for revision_id in revision_ids:
        state: str | None = None
        for move in moves:
            if state == State.AWAITING_PEMBINA.value:
                break  # data prioritas: the second check comes before the publication
            now, sentence = _decide(revision_id, move)
            if now is None:
                toolkit.h.flash_error(f"{titles.get(revision_id, revision_id)}: {sentence}")
                break
            state = now
        if state is not None:
            reached[state] += 1
    for state_reached, count in reached.items():
        said = toolkit.ungettext("{count} dataset is now «{state}».", "{count} datasets are now «{state}».", count)
        toolkit.h.flash_success(said.format(count=count, state=toolkit.h.ntbsatudata_state(state_reached)))
    if not revision_ids:
        toolkit.h.flash_error(toolkit._("Choose at least one."))


def _decide(revision_id: str, move: Move) -> tuple[str | None, str]:
    """Make a decision; return the state reached, None when it was refused, and what to say of it."""
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
        return None, said_by(error)
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound) as error:
        return None, str(error)
    said = toolkit._("Done: {title} is now «{state}».")
    return done["state"], said.format(title=done["title"], state=toolkit.h.ntbsatudata_state(done["state"]))
