"""Who acts on a revision, in which roles, and which revision it is. Asked first by every action of curation."""

from __future__ import annotations

from typing import Any, NoReturn

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata.domain.curation.decisions import Refusal
from ckanext.ntbsatudata.domain.curation.roles import EDITORS, READERS_OF_REVISIONS, Role
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.logic import metadata_records, revisions
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.logic.curation_roles import portal_roles, roles_of
from ckanext.ntbsatudata.model.curation import Revision

REVIEWERS = frozenset({Role.WALIDATA, Role.PEMBINA_DATA})


def acting_user(context: Context) -> model.User:
    """Return who asks. Raises CKAN's `NotAuthorized` for somebody without an account."""
    user = model.User.get(context.get("user") or "")
    if user is None:
        raise toolkit.NotAuthorized(toolkit._("Log in to take part in curation."))
    return user


def acting(context: Context, data_dict: DataDict) -> tuple[model.User, Revision]:
    """Return who asks and the revision `id`. A state named in the request is refused: states follow from decisions."""
    user = acting_user(context)
    revision = readable(user, toolkit.get_or_bust(data_dict, "id"))
    revisions.lock(revision.dataset_id)  # the facts of a decision hold until it is made
    for forged in ("state", "target"):
        if data_dict.get(forged):
            raise refusal(Problem("state-in-request", field="state", values={"value": str(data_dict[forged])[:40]}), "state")
    return user, revision


def roles_on(user: model.User, revision: Revision) -> frozenset[Role]:
    """Return the roles of somebody on a revision."""
    return roles_of(user.name, revision.owner_org, subjects_of(revision))


def subjects_of(revision: Revision) -> tuple[str, ...]:
    """Return what a pembina data may be bound to: the topic as proposed (`RAD.04`), and the topics the dataset stands in."""
    package = model.Package.get(revision.working_id)
    if package is None:
        return ()
    topic = package.extras.get("topik")
    return (*((str(topic),) if topic else ()), *(group.name for group in package.get_groups("group")))


def may_read(user: model.User, revision: Revision) -> bool:
    """Whether somebody may see a revision at all."""
    return bool(READERS_OF_REVISIONS & roles_on(user, revision)) or user.sysadmin


def takes_part(user: model.User, revision: Revision) -> bool:
    """Whether somebody has a word in a revision: writes, reviews or confirms it."""
    return bool((EDITORS | REVIEWERS) & roles_on(user, revision))


def reviews(user: model.User, revision: Revision) -> bool:
    """Whether somebody reviews a revision, first or second."""
    return bool(REVIEWERS & roles_on(user, revision))


def require_role_giver(context: Context) -> model.User:
    """Return who asks, when they may give roles: the walidata and the system operator. Raises CKAN's `NotAuthorized`."""
    user = acting_user(context)
    if not user.sysadmin and Role.WALIDATA not in portal_roles(user.id):
        raise toolkit.NotAuthorized(toolkit._("Only the walidata may do this."))
    return user


def readable(user: model.User, revision_id: str) -> Revision:
    """Return the revision. Raises CKAN's `ObjectNotFound`, also for one that is not for this user."""
    revision = model.Session.get(Revision, revision_id)
    if revision is None or not may_read(user, revision):
        raise toolkit.ObjectNotFound(toolkit._("There is no such revision."))
    return revision


def reject(outcome: Refusal) -> NoReturn:
    """Raise a refusal as CKAN's error: `NotAuthorized` with its sentence, else `ValidationError` with all of them and their codes."""
    words = metadata_records.messages()
    if outcome.forbidden:
        raise toolkit.NotAuthorized(words.line(outcome.problems[0]))
    errors: dict[str, Any] = {"code": [problem.code for problem in outcome.problems]}
    for problem in outcome.problems:
        errors.setdefault(problem.field or "message", []).append(words.line(problem))
    raise toolkit.ValidationError(errors)
