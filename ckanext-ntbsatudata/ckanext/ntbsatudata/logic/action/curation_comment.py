"""Comments on a revision for programs: pinned to a field or to a row of a table, answered, closed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.tables.personal_data import personal_datum
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic import metadata_records, revisions
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.model.curation import Revision
from ckanext.ntbsatudata.model.review import ReviewComment

__all__ = ["ntbsatudata_revision_comment_close", "ntbsatudata_revision_comment_create", "ntbsatudata_revision_comment_list"]

LONGEST = 2000


def ntbsatudata_revision_comment_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say `text` on revision `id`: on its `field`, on `row` of the table of `resource_id`, on the whole, or as an answer (`answer_to`)."""
    user, revision = access.acting(context, data_dict)
    if not access.takes_part(user, revision):
        raise toolkit.NotAuthorized(toolkit._("Only those who take part in curation may comment."))
    if not State(revision.state).open:
        raise refusal(Problem("revision-stands-still", values={"state": revision.state}))
    text = str(data_dict.get("text") or "").strip()[:LONGEST]
    if not text:
        raise refusal(Problem("comment-empty", field="text"), "text")
    if personal_datum(text):
        raise refusal(Problem("text-personal", field="text"), "text")
    place = _place(revision, data_dict)
    comment = ReviewComment(revision_id=revision.id, text=text, author=user.id, at=datetime.now(timezone.utc), **place)
    model.Session.add(comment)
    model.Session.commit()
    return _shown(comment)


@toolkit.side_effect_free
def ntbsatudata_revision_comment_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the comments on revision `id`, the oldest first, each with its `answers`."""
    revision = access.readable(access.acting_user(context), toolkit.get_or_bust(data_dict, "id"))
    found = list(model.Session.scalars(select(ReviewComment).where(ReviewComment.revision_id == revision.id).order_by(ReviewComment.at)))
    answers: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        if each.answer_to:
            answers.setdefault(each.answer_to, []).append(_shown(each))
    return [{**_shown(each), "answers": answers.get(each.id, [])} for each in found if not each.answer_to]


def ntbsatudata_revision_comment_close(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Close comment `comment` on revision `id`: by who made it, or by a reviewer."""
    user, revision = access.acting(context, data_dict)
    comment = _comment(revision, toolkit.get_or_bust(data_dict, "comment"))
    if comment.author != user.id and not access.reviews(user, revision):
        raise toolkit.NotAuthorized(toolkit._("Only who made the comment, or a reviewer, may close it."))
    if comment.closed_at is None:
        comment.closed_by, comment.closed_at = user.id, datetime.now(timezone.utc)
        model.Session.commit()
    return _shown(comment)


def _place(revision: Revision, data_dict: DataDict) -> dict[str, Any]:
    """Return where the comment is pinned. Raises CKAN's `ValidationError` for a place that is not there."""
    unknown = refusal(Problem("comment-place-unknown", field="field"), "field")
    if data_dict.get("answer_to"):
        first = _comment(revision, str(data_dict["answer_to"]))
        return {"answer_to": first.answer_to or first.id, "field": first.field, "resource_id": first.resource_id, "row": first.row}
    field, resource_id, row = (data_dict.get(name) or None for name in ("field", "resource_id", "row"))
    resources = {each["id"]: each for each in revisions.working_copy(revision)["resources"]} if resource_id else {}
    if resource_id and resource_id not in resources or row is not None and (not resource_id or not str(row).isdigit() or int(row) < 1):
        raise unknown
    known = set(metadata_records.standard().forms[Kind.RESOURCE if resource_id else Kind.DATASET].by_name) | {"title", "notes", "resources"}
    if resource_id:
        known |= {column.get("name") for column in (resources[resource_id].get("schema") or {}).get("fields") or ()}
    if field and field not in known:
        raise unknown
    return {"field": field, "resource_id": resource_id, "row": int(row) if row else None}


def _comment(revision: Revision, comment_id: str) -> ReviewComment:
    comment = model.Session.get(ReviewComment, comment_id)
    if comment is None or comment.revision_id != revision.id:
        raise toolkit.ObjectNotFound(toolkit._("There is no such comment."))
    return comment


def _shown(comment: ReviewComment) -> dict[str, Any]:
    return {
        "id": comment.id, "field": comment.field, "resource_id": comment.resource_id, "row": comment.row, "text": comment.text,
        "author": shown.user_name(comment.author), "at": comment.at.isoformat(),
        "closed_by": shown.user_name(comment.closed_by) if comment.closed_by else None, "answer_to": comment.answer_to,
    }  # fmt: skip
