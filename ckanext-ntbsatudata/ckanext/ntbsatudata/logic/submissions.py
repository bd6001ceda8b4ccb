"""What was handed in, each time: so that a second look needs to see only what changed since the first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from sqlalchemy import select

from ckanext.ntbsatudata.domain.curation.difference import metadata_difference
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.model.curation import Revision
from ckanext.ntbsatudata.model.review import Submission


def keep(revision: Revision) -> None:
    """Put what is handed in now into the session's transaction."""
    dataset = revisions.working_copy(revision)
    row = Submission(
        revision_id=revision.id, number=len(_all(revision)) + 1, content=json.loads(json.dumps(dataset, default=str)), files=_files(dataset),
        submitted_at=datetime.now(timezone.utc),
    )  # fmt: skip
    model.Session.add(row)


def changes_since(revision: Revision) -> dict[str, Any] | None:
    """Return what changed since the submission before: `metadata` by field, `files` replaced; None for a first one.

    In a revision that was returned, what was changed since then.
    """
    handed_in = _all(revision)
    if not handed_in:
        return None
    if State(revision.state).editable:
        now = revisions.working_copy(revision)
        content, files, before = json.loads(json.dumps(now, default=str)), _files(now), handed_in[-1]
    elif len(handed_in) > 1:
        content, files, before = handed_in[-1].content, handed_in[-1].files, handed_in[-2]
    else:
        return None
    names = {each["id"]: each.get("name") or each["id"] for each in content["resources"]}
    replaced = [names[key] for key, sha256 in files.items() if key in before.files and before.files[key] != sha256]
    fields = [{"field": one.field, "before": one.before, "after": one.after} for one in metadata_difference(before.content, content)]
    return {"since": before.submitted_at.isoformat(), "metadata": fields, "files": replaced}


def _all(revision: Revision) -> list[Submission]:
    return list(model.Session.scalars(select(Submission).where(Submission.revision_id == revision.id).order_by(Submission.number)))


def _files(dataset: Mapping[str, Any]) -> dict[str, str]:
    return {
        each["id"]: revisions.sha256_of(revisions.holder(each["id"])[0])
        for each in dataset["resources"]
        if each.get("url_type") == "upload"
    }
