"""Curation for programs: `/api/3/action/ntbsatudata_revision_*`. May they, do it, say what happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone
from typing import Any

import ckan.model as model
import duckdb
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ckanext.ntbsatudata.domain.curation.decisions import Decision, Refusal, decide, may, possible_moves
from ckanext.ntbsatudata.domain.curation.difference import metadata_difference, table_difference
from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.curation.record import first_break
from ckanext.ntbsatudata.domain.curation.roles import EDITORS, READERS_OF_REVISIONS, Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.logic import curation_record as record
from ckanext.ntbsatudata.logic import metadata_records, revisions
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.logic.curation_roles import portal_roles, roles_of
from ckanext.ntbsatudata.model.curation import Release, Revision, RoleGrant

__all__ = [
    "ntbsatudata_curation_queue", "ntbsatudata_curation_record_list", "ntbsatudata_curation_record_verify", "ntbsatudata_release_adopt",
    "ntbsatudata_release_list", "ntbsatudata_release_show",
    "ntbsatudata_revision_approve", "ntbsatudata_revision_compare", "ntbsatudata_revision_confirm", "ntbsatudata_revision_create", "ntbsatudata_revision_discard",
    "ntbsatudata_revision_list", "ntbsatudata_revision_publish", "ntbsatudata_revision_recall", "ntbsatudata_revision_return",
    "ntbsatudata_revision_review", "ntbsatudata_revision_show", "ntbsatudata_revision_submit", "ntbsatudata_revision_take",
    "ntbsatudata_revision_withdraw", "ntbsatudata_role_grant", "ntbsatudata_role_list", "ntbsatudata_role_revoke",
]  # fmt: skip

WORKING_DAYS_TO_DECIDE = 5


def ntbsatudata_revision_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin a revision of dataset `id`. The live dataset stays as it is; the answer's `working_id` is the dataset to edit."""
    user = _user(context)
    dataset = toolkit.get_action("package_show")({**context, "use_cache": False}, {"id": toolkit.get_or_bust(data_dict, "id")})
    if not EDITORS & roles_of(user.name, dataset.get("owner_org")):
        raise toolkit.NotAuthorized(toolkit._("Only those who write data of this agency may revise this dataset."))
    unfinished = revisions.open_revision(dataset["id"])
    if unfinished is None:
        try:
            return _shown(revisions.begin(dataset, user.name, user.id), user)
        except IntegrityError:
            model.Session.rollback()  # somebody else began one just now
            unfinished = revisions.open_revision(dataset["id"])
    raise refusal(Problem("revision-open", values={"id": unfinished.id if unfinished else ""}))


@toolkit.side_effect_free
def ntbsatudata_revision_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return revision `id`: its state, stage, whose turn it is, what may be done with it, what stands in the way, its decisions."""
    user = _user(context)
    return _shown(_readable(user, toolkit.get_or_bust(data_dict, "id")), user)


@toolkit.side_effect_free
def ntbsatudata_revision_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what revision `id` changes against the live release: `metadata` field by field, `tables` by key with counts, sums, examples."""
    user = _user(context)
    revision = _readable(user, toolkit.get_or_bust(data_dict, "id"))
    release = revisions.newest_release(revision.dataset_id)
    proposed = revisions.working_copy(revision)
    if release is None:
        return {"metadata": [], "tables": [], "base_release": None, "live_release": None}
    fields = [
        {"field": change.field, "before": change.before, "after": change.after} for change in metadata_difference(release.content, proposed)
    ]
    tables = [table for table in (_compared(revision, release, each) for each in proposed["resources"]) if table]
    kept = {revision.origins.get(resource["id"]) for resource in proposed["resources"]}
    removed = [{"resource": each["name"], "removed": True} for each in release.content["resources"] if each["id"] not in kept]
    return {"metadata": fields, "tables": [*tables, *removed], "base_release": revision.base_release, "live_release": release.number}


def _compared(revision: Revision, release: Release, resource: dict[str, Any]) -> dict[str, Any] | None:
    """A file beside the one it replaces; None for one whose bytes stay."""
    live = revision.origins.get(resource["id"])
    if live is None or live not in release.holders:
        return {"resource": resource["name"], "added": True}
    before, after = release.holders[live]["file"], revisions.holder(resource["id"])[0]
    if before == after:
        return None
    paths = [revisions.local_path(each) for each in (before, after)]
    if str(resource.get("format")).upper() != "CSV" or not all(paths):
        return {"resource": resource["name"], "replaced": True}
    schema = resource.get("schema") if isinstance(resource.get("schema"), dict) else {}
    named = [field["name"] for field in schema.get("fields") or [] if field.get("type") not in ("integer", "number")]
    try:
        found = table_difference(*paths, key=schema.get("primaryKey") or named)  # type: ignore[arg-type]
    except duckdb.Error:
        return {"resource": resource["name"], "replaced": True}
    return {"resource": resource["name"], **asdict(found)}


@toolkit.side_effect_free
def ntbsatudata_revision_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the revisions the user may read, newest first; of one `state`, agency `owner_org` or dataset `dataset_id`."""
    user = _user(context)
    query = select(Revision).order_by(Revision.changed_at.desc())
    for name in ("state", "owner_org", "dataset_id"):
        if data_dict.get(name):
            query = query.where(getattr(Revision, name) == data_dict[name])
    return [_summary(each) for each in model.Session.scalars(query) if _may_read(user, each)]


@toolkit.side_effect_free
def ntbsatudata_curation_queue(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return what waits for this user, the most urgent first: revisions in a state that one of the user's roles owns."""
    user = _user(context)
    waiting = []
    for each in model.Session.scalars(select(Revision).where(Revision.state.in_([state.value for state in State if state.open]))):
        roles = _roles(user, each)
        state = State(each.state)
        if state.owners & roles and not (state.stage.value == "pemeriksaan" and user.id in each.authors):
            waiting.append({**_summary(each), "moves": [move.value for move in possible_moves(state, roles)]})
    return sorted(waiting, key=lambda one: (one["due_on"] or "9999", one["changed_at"]))


def ntbsatudata_revision_submit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Hand revision `id` to the walidata; `changelog` says what changed, for the history of releases."""
    return _move(Move.SUBMIT, context, data_dict)


def ntbsatudata_revision_recall(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take back a submitted revision `id` of one's own, before it is reviewed."""
    return _move(Move.RECALL, context, data_dict)


def ntbsatudata_revision_discard(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End revision `id` with a `reason`; what is published stays."""
    return _move(Move.DISCARD, context, data_dict)


def ntbsatudata_revision_take(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin the review of revision `id`."""
    return _move(Move.TAKE, context, data_dict)


def ntbsatudata_revision_review(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep the result per principle for revision `id`: `principles` is {principle: {"met": true or false, "note": text}}."""
    user, revision = _acting(context, data_dict)
    if not may(Move.APPROVE, _roles(user, revision)):
        raise toolkit.NotAuthorized(toolkit._("Only the walidata may do this."))
    if State(revision.state) not in TRANSITIONS[Move.APPROVE].sources:
        raise refusal(Problem("revision-stands-still", values={"state": revision.state}))
    _keep_review(revision, data_dict)
    model.Session.commit()
    return _shown(revision, user)


def ntbsatudata_revision_return(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Send revision `id` back to its authors with a `reason`."""
    return _move(Move.RETURN, context, data_dict)


def ntbsatudata_revision_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Approve revision `id` with a `reason` and a result for each of the four principles; data prioritas go on to the pembina data."""
    return _move(Move.APPROVE, context, data_dict)


def ntbsatudata_revision_confirm(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give the second check of data prioritas to revision `id`, with a `reason`."""
    return _move(Move.CONFIRM, context, data_dict)


def ntbsatudata_revision_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make the approved revision `id` the live release, in one switch."""
    return _move(Move.PUBLISH, context, data_dict)


def ntbsatudata_revision_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the dataset of the published revision `id` out of public sight with a `reason`, which its page then gives."""
    return _move(Move.WITHDRAW, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_release_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return all releases of dataset `id`, newest first: number, moment, what changed, checksum, and the notice of a withdrawn one."""
    dataset_id = _released(context, toolkit.get_or_bust(data_dict, "id"))
    found = model.Session.scalars(select(Release).where(Release.dataset_id == dataset_id).order_by(Release.number.desc()))
    return [_release(each) for each in found]


@toolkit.side_effect_free
def ntbsatudata_release_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return release `number` of dataset `id` with the dataset as readers got it, and the SHA-256 of each file."""
    dataset_id = _released(context, toolkit.get_or_bust(data_dict, "id"))
    release = model.Session.get(Release, (dataset_id, _number(data_dict)))
    if release is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such release."))
    files = {resource: held.get("sha256") for resource, held in release.holders.items()}
    return {**_release(release), "dataset": release.content, "sha256": files}


def ntbsatudata_release_adopt(context: Context, data_dict: DataDict) -> dict[str, Any] | None:
    """Record what is public of dataset `id` as a release, where it came to be without curation. For the system's own content."""
    toolkit.check_access("sysadmin", context, data_dict)
    user = _user(context)
    dataset = toolkit.get_action("package_show")({**context}, {"id": toolkit.get_or_bust(data_dict, "id")})
    release = revisions.adopt(dataset["id"], user.name, user.id, str(data_dict.get("changelog") or ""))
    return _release(release) if release else None


@toolkit.side_effect_free
def ntbsatudata_curation_record_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the record of decisions on dataset `id`: all of it for those who take part, its public part for everybody."""
    asked = toolkit.get_or_bust(data_dict, "id")
    package = model.Package.get(asked)
    dataset_id = package.id if package else asked
    user = model.User.get(context.get("user") or "")
    inside = user is not None and bool(READERS_OF_REVISIONS & roles_of(user.name, package.owner_org if package else None))
    entries = record.entries(dataset_id, public_only=not inside)
    return [{**entry, "actor": _name(entry["actor"]) if inside else None} for entry in entries]


@toolkit.side_effect_free
def ntbsatudata_curation_record_verify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return whether the record of decisions is whole: `entries` in number, `broken_at` the position of the first that does not follow."""
    toolkit.check_access("sysadmin", context, data_dict)
    entries = record.entries()
    return {"entries": len(entries), "broken_at": first_break(entries)}


def ntbsatudata_role_grant(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give `user` the portal-wide `role`, over one `subject` (topic or agency) or all. For the walidata and the system operator."""
    account, grant = _granting(context, data_dict)
    if model.Session.get(RoleGrant, grant) is None:
        now = datetime.now(timezone.utc)
        row = RoleGrant(user_id=grant[0], role=grant[1], subject=grant[2], granted_by=_user(context).id, granted_at=now)
        model.Session.add(row)
        model.Session.commit()
    return {"user": account.name, "role": grant[1], "subject": grant[2]}


def ntbsatudata_role_revoke(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the portal-wide `role` from `user`, over one `subject` or all."""
    account, grant = _granting(context, data_dict)
    row = model.Session.get(RoleGrant, grant)
    if row is None:
        raise toolkit.ObjectNotFound(toolkit._("The user does not hold this role."))
    model.Session.delete(row)
    model.Session.commit()
    return {"user": account.name, "role": grant[1], "subject": grant[2]}


@toolkit.side_effect_free
def ntbsatudata_role_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return who holds which portal-wide role. For those who take part in curation."""
    user = _user(context)
    if not user.sysadmin and not portal_roles(user.id):
        raise toolkit.NotAuthorized(toolkit._("Only those who take part in curation may see this."))
    return [{"user": _name(each.user_id), "role": each.role, "subject": each.subject} for each in model.Session.scalars(select(RoleGrant))]


def _move(move: Move, context: Context, data_dict: DataDict) -> dict[str, Any]:
    user, revision = _acting(context, data_dict)
    reason = str(data_dict.get("reason") or "")
    if move is Move.SUBMIT and data_dict.get("changelog") and State(revision.state).editable:
        revision.changelog = str(data_dict["changelog"])[:500]
    if move is Move.APPROVE and data_dict.get("principles") is not None and may(Move.APPROVE, _roles(user, revision)):
        _keep_review(revision, data_dict)
    outcome = decide(move, State(revision.state), _roles(user, revision), revisions.facts(revision, user.id), reason)
    if isinstance(outcome, Refusal):
        model.Session.rollback()
        _refuse(outcome)
    try:
        _carry_out(revision, outcome, user, str(data_dict.get("on_behalf_of") or "") or None)
    except StaleDataError as error:
        model.Session.rollback()
        raise refusal(Problem("decided-meanwhile")) from error
    return _shown(revision, user)


def _carry_out(revision: Revision, decision: Decision, user: model.User, on_behalf_of: str | None) -> None:
    move = decision.transition.move
    if move is Move.SUBMIT:
        revision.due_on = working_days_from(date.today(), WORKING_DAYS_TO_DECIDE)
        revision.review = {}
    if move is Move.APPROVE:
        revision.approver = user.id
    if move is Move.CONFIRM:
        revision.confirmer = user.id
    if move in (Move.RETURN, Move.RECALL):
        revision.approver = revision.confirmer = revision.due_on = None
    if move is Move.PUBLISH:
        revisions.publish(revision, decision, user.name, user.id)
    elif move is Move.WITHDRAW:
        revisions.withdraw(revision, decision, user.name)
    elif move is Move.DISCARD:
        revisions.discard(revision, decision, user.name)
    else:
        revisions.move(revision, decision, on_behalf_of)
    model.Session.commit()


def working_days_from(day: date, count: int) -> date:
    """Return the day `count` working days after `day`, Monday to Friday."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _refuse(outcome: Refusal) -> None:
    words = metadata_records.messages()
    if outcome.forbidden:
        raise toolkit.NotAuthorized(words.line(outcome.problems[0]))
    errors: dict[str, Any] = {"code": [problem.code for problem in outcome.problems]}
    for problem in outcome.problems:
        errors.setdefault(problem.field or "message", []).append(words.line(problem))
    raise toolkit.ValidationError(errors)


def _keep_review(revision: Revision, data_dict: DataDict) -> None:
    given = data_dict.get("principles")
    known = {principle.value for principle in Principle}
    if not isinstance(given, dict) or not set(given) <= known or not all(isinstance(each, dict) for each in given.values()):
        example = '{"metadata": {"met": true, "note": ""}}'
        raise toolkit.ValidationError({"principles": [f"{example}; {', '.join(sorted(known))}"]})
    results = {name: {"met": each.get("met") is True, "note": str(each.get("note") or "")[:1000]} for name, each in given.items()}
    revision.review = {**revision.review, **results}


def _acting(context: Context, data_dict: DataDict) -> tuple[model.User, Revision]:
    user = _user(context)
    revision = _readable(user, toolkit.get_or_bust(data_dict, "id"))
    for forged in ("state", "target"):
        if data_dict.get(forged):
            raise refusal(Problem("state-in-request", field="state", values={"value": str(data_dict[forged])[:40]}), "state")
    return user, revision


def _user(context: Context) -> model.User:
    user = model.User.get(context.get("user") or "")
    if user is None:
        raise toolkit.NotAuthorized(toolkit._("Log in to take part in curation."))
    return user


def _roles(user: model.User, revision: Revision) -> frozenset[Role]:
    package = model.Package.get(revision.dataset_id)
    topics = tuple(group.name for group in package.get_groups("group")) if package else ()
    return roles_of(user.name, revision.owner_org, topics)


def _may_read(user: model.User, revision: Revision) -> bool:
    return bool(READERS_OF_REVISIONS & _roles(user, revision)) or user.sysadmin


def _readable(user: model.User, revision_id: str) -> Revision:
    revision = model.Session.get(Revision, revision_id)
    if revision is None or not _may_read(user, revision):
        raise toolkit.ObjectNotFound(toolkit._("There is no such revision."))
    return revision


def _released(context: Context, name: str) -> str:
    """The id of a dataset with releases: one the reader may see, or one that was withdrawn, whose notice is public."""
    package = model.Package.get(name)
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such dataset."))
    newest = revisions.newest_release(package.id)
    if newest is None or newest.withdrawn_at is None:
        toolkit.check_access("package_show", {**context}, {"id": package.id})
    return str(package.id)


def _number(data_dict: DataDict) -> int:
    try:
        return int(toolkit.get_or_bust(data_dict, "number"))
    except (TypeError, ValueError) as error:
        raise toolkit.ValidationError({"number": [toolkit._("Give a whole number.")]}) from error


def _granting(context: Context, data_dict: DataDict) -> tuple[model.User, tuple[str, str, str]]:
    user = _user(context)
    if not user.sysadmin and Role.WALIDATA not in portal_roles(user.id):
        raise toolkit.NotAuthorized(toolkit._("Only the walidata may do this."))
    name, role = toolkit.get_or_bust(data_dict, ["user", "role"])
    account = model.User.get(name)
    if account is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such user."))
    grantable = {Role.WALIDATA, Role.PEMBINA_DATA, Role.FORUM_SECRETARIAT, Role.PROGRAMME_OPERATOR}
    if role not in {each.value for each in grantable}:
        raise toolkit.ValidationError({"role": [", ".join(sorted(each.value for each in grantable))]})
    return account, (account.id, str(role), str(data_dict.get("subject") or ""))


def _name(user_id: str) -> str:
    account = model.User.get(user_id)
    return str(account.name) if account else user_id


def _names(user_ids: Iterable[str | None]) -> list[str]:
    return [_name(each) for each in user_ids if each]


def _summary(revision: Revision) -> dict[str, Any]:
    state = State(revision.state)
    return {
        "id": revision.id, "dataset_id": revision.dataset_id, "working_id": revision.working_id, "owner_org": revision.owner_org,
        "title": revision.title, "state": state.value, "stage": state.stage.value, "owners": sorted(role.value for role in state.owners),
        "base_release": revision.base_release, "authors": _names(revision.authors), "priority": revision.priority,
        "changelog": revision.changelog, "changed_at": revision.changed_at.isoformat(), "created_at": revision.created_at.isoformat(),
        "due_on": revision.due_on.isoformat() if revision.due_on else None,
        "late": bool(revision.due_on and revision.due_on < date.today() and state.open),
    }  # fmt: skip


def _shown(revision: Revision, user: model.User) -> dict[str, Any]:
    state = State(revision.state)
    words = metadata_records.messages()
    problems = revisions.automatic_problems(revisions.working_copy(revision)) if state.open else []
    return {
        **_summary(revision),
        "moves": [move.value for move in possible_moves(state, _roles(user, revision))],
        "approver": _names([revision.approver]),
        "confirmer": _names([revision.confirmer]),
        "review": revision.review,
        "problems": [words.as_dict(problem) for problem in problems],
        "record": [
            {**entry, "actor": _name(entry["actor"])}
            for entry in record.entries(revision.dataset_id)
            if entry["revision_id"] == revision.id
        ],
    }


def _release(release: Release) -> dict[str, Any]:
    return {
        "dataset_id": release.dataset_id, "number": release.number, "published_at": release.published_at.isoformat(),
        "changelog": release.changelog, "checksum": release.checksum,
        "withdrawn_at": release.withdrawn_at.isoformat() if release.withdrawn_at else None, "withdrawn_reason": release.withdrawn_reason,
    }  # fmt: skip
