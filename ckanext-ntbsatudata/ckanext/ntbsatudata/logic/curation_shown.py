"""Revisions and releases as programs and pages get them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import ckan.model as model

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.checks import blocking_problems
from ckanext.ntbsatudata.domain.curation.decisions import possible_moves
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.working_days import WorkingDays
from ckanext.ntbsatudata.logic import automatic_checks, metadata_records, revisions, submissions
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_record as record
from ckanext.ntbsatudata.model.curation import Release, Revision


def summary(revision: Revision) -> dict[str, Any]:
    """Return a revision as a list shows it: where it stands, whose turn it is, since when and until when."""
    state = State(revision.state)
    return {
        "id": revision.id, "dataset_id": revision.dataset_id, "working_id": revision.working_id, "owner_org": revision.owner_org,
        "title": revision.title, "state": state.value, "stage": state.stage.value, "owners": sorted(role.value for role in state.owners),
        "base_release": revision.base_release, "authors": user_names(revision.authors), "priority": revision.priority,
        "changelog": revision.changelog, "changed_at": revision.changed_at.isoformat(), "created_at": revision.created_at.isoformat(),
        "due_on": revision.due_on.isoformat() if revision.due_on else None,
        "late": bool(revision.due_on and revision.due_on < date.today() and state.open),
        "days_left": _working_days().between(date.today(), revision.due_on) if revision.due_on and state.open else None,
        "agency": _agency(revision.owner_org), "topics": list(access.subjects_of(revision)),
    }  # fmt: skip


def revision(revision: Revision, user: model.User) -> dict[str, Any]:
    """Return a revision with all that `user` needs for a decision: what may be done, what stands in the way, what was decided."""
    state = State(revision.state)
    words = metadata_records.messages()
    results = automatic_checks.checks_of(revisions.working_copy(revision)) if state.open else []
    return {
        **summary(revision),
        "moves": [move.value for move in possible_moves(state, access.roles_on(user, revision))],
        "approver": user_names([revision.approver]),
        "confirmer": user_names([revision.confirmer]),
        "review": revision.review,
        "checks": [
            {
                "check": result.check.value,
                "passed": result.passed,
                "pending": result.pending,
                "problems": [
                    {
                        **words.as_dict(problem),
                        "blocks": problem.severity.blocks,
                        "resource_id": problem.values.get("resource_id"),
                        "file": problem.values.get("file"),
                    }
                    for problem in result.problems
                ],
            }
            for result in results
        ],
        "problems": [words.as_dict(problem) for problem in blocking_problems(results)],
        "since_last": submissions.changes_since(revision) if state.open else None,
        "record": [
            {**entry, "actor": user_name(entry["actor"])}
            for entry in record.entries(revision.dataset_id)
            if entry["revision_id"] == revision.id
        ],
    }


def release(release: Release) -> dict[str, Any]:
    """Return a release without its content."""
    return {
        "dataset_id": release.dataset_id, "number": release.number, "published_at": release.published_at.isoformat(),
        "changelog": release.changelog, "checksum": release.checksum,
        "withdrawn_at": release.withdrawn_at.isoformat() if release.withdrawn_at else None, "withdrawn_reason": release.withdrawn_reason,
    }  # fmt: skip


def user_name(user_id: str) -> str:
    """Return the name of an account by its id; the id itself where the account is gone."""
    account = model.User.get(user_id)
    return str(account.name) if account else user_id


def user_names(user_ids: Iterable[str | None]) -> list[str]:
    return [user_name(each) for each in user_ids if each]


def _agency(owner_org: str) -> str:
    group = model.Group.get(owner_org)
    return str(group.title or group.name) if group else owner_org


def _working_days() -> WorkingDays:
    return WorkingDays.load(config.schema_folder())
