"""Revisions for programs: begin one, read it, compare it with what is live, list what waits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ckan.model as model
import duckdb
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ckanext.ntbsatudata.domain.curation.decisions import possible_moves
from ckanext.ntbsatudata.domain.curation.difference import metadata_difference, table_difference
from ckanext.ntbsatudata.domain.curation.roles import EDITORS
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.logic.curation_roles import roles_of
from ckanext.ntbsatudata.model.curation import Release, Revision

__all__ = [
    "ntbsatudata_curation_queue",
    "ntbsatudata_curation_under_way",
    "ntbsatudata_revision_compare",
    "ntbsatudata_revision_create",
    "ntbsatudata_revision_list",
    "ntbsatudata_revision_show",
]


def ntbsatudata_revision_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin a revision of dataset `id`. The live dataset stays as it is; the answer's `working_id` is the dataset to edit."""
    user = access.acting_user(context)
    dataset = toolkit.get_action("package_show")({**context, "use_cache": False}, {"id": toolkit.get_or_bust(data_dict, "id")})
    if not EDITORS & roles_of(user.name, dataset.get("owner_org")):
        raise toolkit.NotAuthorized(toolkit._("Only those who write data of this agency may revise this dataset."))
    unfinished = revisions.open_revision(dataset["id"])
    if unfinished is None:
        try:
            return shown.revision(revisions.begin(dataset, user.name, user.id), user)
        except IntegrityError:
            model.Session.rollback()  # somebody else began one just now
            unfinished = revisions.open_revision(dataset["id"])
    raise refusal(Problem("revision-open", values={"id": unfinished.id if unfinished else ""}))


@toolkit.side_effect_free
def ntbsatudata_revision_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return revision `id`: its state, stage, whose turn it is, what may be done with it, what stands in the way, its decisions."""
    user = access.acting_user(context)
    return shown.revision(access.readable(user, toolkit.get_or_bust(data_dict, "id")), user)


@toolkit.side_effect_free
def ntbsatudata_revision_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what revision `id` changes against the live release: `metadata` field by field, `tables` by key with counts, sums, examples."""
    user = access.acting_user(context)
    revision = access.readable(user, toolkit.get_or_bust(data_dict, "id"))
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
    user = access.acting_user(context)
    query = select(Revision).order_by(Revision.changed_at.desc())
    for name in ("state", "owner_org", "dataset_id"):
        if data_dict.get(name):
            query = query.where(getattr(Revision, name) == data_dict[name])
    return [shown.summary(each) for each in model.Session.scalars(query) if access.may_read(user, each)]


@toolkit.side_effect_free
def ntbsatudata_curation_queue(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return what waits for this user, the most urgent first: revisions in a state that one of the user's roles owns."""
    user = access.acting_user(context)
    waiting = []
    for each in model.Session.scalars(select(Revision).where(Revision.state.in_([state.value for state in State if state.open]))):
        roles = access.roles_on(user, each)
        state = State(each.state)
        if state.owners & roles and not (state.stage.value == "pemeriksaan" and user.id in each.authors):
            waiting.append({**shown.summary(each), "moves": [move.value for move in possible_moves(state, roles)]})
    return sorted(waiting, key=lambda one: (one["due_on"] or "9999", one["changed_at"]))


@toolkit.side_effect_free
def ntbsatudata_curation_under_way(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the open revisions that the user may read and that wait for somebody else, the longest waiting first."""
    user = access.acting_user(context)
    waiting = {one["id"] for one in ntbsatudata_curation_queue(context, {})}
    query = select(Revision).where(Revision.state.in_([state.value for state in State if state.open])).order_by(Revision.changed_at)
    return [shown.summary(each) for each in model.Session.scalars(query) if each.id not in waiting and access.may_read(user, each)]
