"""Decisions on revisions for programs: `/api/3/action/ntbsatudata_revision_<move>`, and the review they rest on."""

from __future__ import annotations

from datetime import date
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy.orm.exc import StaleDataError

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.decisions import Decision, Refusal, decide, may
from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.domain.curation.working_days import WorkingDays
from ckanext.ntbsatudata.domain.disclosure.ledger import LedgerError
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.tables.personal_data import personal_datum
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_news, revisions, submissions
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.model.curation import Revision

WORKING_DAYS_TO_DECIDE = 5


__all__ = [
    "ntbsatudata_revision_approve",
    "ntbsatudata_revision_confirm",
    "ntbsatudata_revision_discard",
    "ntbsatudata_revision_publish",
    "ntbsatudata_revision_recall",
    "ntbsatudata_revision_return",
    "ntbsatudata_revision_review",
    "ntbsatudata_revision_start",
    "ntbsatudata_revision_submit",
    "ntbsatudata_revision_take",
    "ntbsatudata_revision_withdraw",
]


def ntbsatudata_revision_start(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin to work on the planned revision `id`."""
    return _move(Move.START, context, data_dict)


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
    user, revision = access.acting(context, data_dict)
    if not may(Move.APPROVE, access.roles_on(user, revision)):
        raise toolkit.NotAuthorized(toolkit._("Only the walidata may do this."))
    if State(revision.state) not in TRANSITIONS[Move.APPROVE].sources:
        raise refusal(Problem("revision-stands-still", values={"state": revision.state}))
    _keep_review(revision, data_dict)
    model.Session.commit()
    return shown.revision(revision, user)


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


def _move(move: Move, context: Context, data_dict: DataDict) -> dict[str, Any]:
    user, revision = access.acting(context, data_dict)
    reason = str(data_dict.get("reason") or "")
    for name in ("reason", "changelog"):
        if personal_datum(str(data_dict.get(name) or "")):  # readers see both
            raise refusal(Problem("text-personal", field=name), name)
    if move is Move.SUBMIT and data_dict.get("changelog") and State(revision.state).editable:
        revision.changelog = str(data_dict["changelog"])[:500]
    if move is Move.APPROVE and data_dict.get("principles") is not None and may(Move.APPROVE, access.roles_on(user, revision)):
        _keep_review(revision, data_dict)
    outcome = decide(move, State(revision.state), access.roles_on(user, revision), revisions.facts(revision, user.id), reason)
    if isinstance(outcome, Refusal):
        model.Session.rollback()
        access.reject(outcome)
    try:
        _carry_out(revision, outcome, user, str(data_dict.get("on_behalf_of") or "") or None)
    except LedgerError as error:
        model.Session.rollback()
        raise toolkit.ValidationError({"message": [str(error)], "code": ["not-as-protected"]}) from error
    except StaleDataError as error:
        model.Session.rollback()
        raise refusal(Problem("decided-meanwhile")) from error
    return shown.revision(revision, user)


def _carry_out(revision: Revision, decision: Decision, user: model.User, on_behalf_of: str | None) -> None:
    move = decision.transition.move
    if move is Move.SUBMIT:
        revision.due_on = WorkingDays.load(config.schema_folder()).after(date.today(), WORKING_DAYS_TO_DECIDE)
        revision.review = {}
        submissions.keep(revision)
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
    curation_news.tell(revision, decision)


def _keep_review(revision: Revision, data_dict: DataDict) -> None:
    given = data_dict.get("principles")
    known = {principle.value for principle in Principle}
    if not isinstance(given, dict) or not set(given) <= known or not all(isinstance(each, dict) for each in given.values()):
        example = '{"metadata": {"met": true, "note": ""}}'
        raise toolkit.ValidationError({"principles": [f"{example}; {', '.join(sorted(known))}"]})
    results = {name: {"met": each.get("met") is True, "note": str(each.get("note") or "")[:1000]} for name, each in given.items()}
    revision.review = {**revision.review, **results}
