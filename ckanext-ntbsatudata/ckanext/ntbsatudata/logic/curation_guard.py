"""No way around curation: every action that changes a dataset asks here first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.logic import revisions

_FALSE = ("false", "0", "no", "off")
_NO_DATASET = "harvest"  # a harvest source is a package to CKAN; the walidata decide on it (`ntbsatudata_harvest_decide`)


def applies(context: Context) -> bool:
    """Whether the caller is bound by curation: everybody but curation itself and code that acts for no user."""
    return config.curation() and not revisions.is_curating() and not context.get("ignore_auth")


def refusal(problem: Problem, field: str = "message") -> toolkit.ValidationError:
    """Return the error with the sentence of a problem, and its code for programs."""
    return toolkit.ValidationError({field: [records.messages().line(problem)], "code": [problem.code]})


def require_editable(context: Context, package_id: str | None) -> None:
    """Let pass a change to a working copy that is open; refuse one to what readers see or a reviewer looks at."""
    package = model.Package.get(package_id) if package_id else None
    if package is None or package.type == _NO_DATASET or not applies(context):
        return
    revisions.lock(package.id)
    revision = revisions.revision_of(package.id)
    if revision is not None and State(revision.state).open:
        if not State(revision.state).editable:
            raise refusal(Problem("revision-stands-still", values={"state": revision.state}))
        return
    if package.state == "active" or revisions.newest_release(package.id) is not None:
        raise refusal(Problem("dataset-is-published", values={"name": package.name}))


def requires_curation(data: Mapping[str, Any]) -> bool:
    """Return whether what is to be created is a dataset. Refuses every kind of package that would stand beside curation."""
    kind = data.get("type")
    if kind in (None, "", "dataset"):
        return True
    if kind == _NO_DATASET:
        return False
    raise refusal(Problem("dataset-type", field="type", values={"value": str(kind)[:40]}), "type")


def require_seen(data: Mapping[str, Any], package: model.Package | None) -> None:
    """Refuse to write over what somebody else has changed since the sender read it, where the request says when that was."""
    read = data.get("metadata_modified")
    if read and package is not None and read != package.metadata_modified.isoformat():
        raise refusal(Problem("changed-meanwhile", field="metadata_modified"), "metadata_modified")


def require_honest(data: Mapping[str, Any], current: Mapping[str, Any] | None = None) -> None:
    """Refuse a request that says itself it is public; what it leaves out or repeats is no claim."""
    state = data.get("state")
    if state not in (None, "", "draft") and (current is None or state != current.get("state")):
        raise refusal(Problem("state-in-request", field="state", values={"value": str(state)[:40]}), "state")
    private = data.get("private")
    if private not in (None, "") and str(private).strip().lower() in _FALSE and (current is None or current.get("private")):
        raise refusal(Problem("private-in-request", field="private"), "private")


def note_author(context: Context, package_id: str) -> None:
    """Whoever changed a working copy is one of its authors, and cannot review it."""
    user = model.User.get(context.get("user") or "")
    revision = revisions.revision_of(package_id)
    if user is None or revision is None or user.id in revision.authors or not applies(context):
        return
    revision.authors = [*revision.authors, user.id]
    model.Session.commit()
