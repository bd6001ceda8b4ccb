"""CKAN's own actions that change a dataset, each behind the rules of curation (`logic/curation_guard.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict

from ckanext.ntbsatudata.logic import curation_guard as guard
from ckanext.ntbsatudata.logic import revisions

ChainedAction = Callable[[Action, Context, DataDict], Any]


def _of_package(data: DataDict) -> list[str]:
    return [data[name] for name in ("id", "package_id", "dataset_id") if data.get(name)][:1]


def _of_resource(data: DataDict) -> list[str]:
    resource = model.Resource.get(data.get("id") or data.get("resource_id") or "")
    return [resource.package_id] if resource else []


def _of_table(data: DataDict) -> list[str]:
    inside = data.get("resource") or {}
    if data.get("resource_id"):
        return _of_resource({"id": data["resource_id"]})
    return [inside["package_id"]] if isinstance(inside, dict) and inside.get("package_id") else []


def _of_view(data: DataDict) -> list[str]:
    view = model.ResourceView.get(data.get("id") or "")
    return _of_resource({"id": view.resource_id if view else data.get("resource_id")})


def _of_view_order(data: DataDict) -> list[str]:
    return _of_resource({"id": data.get("id")})


def _of_bulk(data: DataDict) -> list[str]:
    return [str(each) for each in data.get("datasets") or []]


def _of_match(data: DataDict) -> list[str]:
    matched = data.get("match") if isinstance(data.get("match"), dict) else {}
    return [value for value in (data.get("match__id"), data.get("match__name"), matched.get("id"), matched.get("name")) if value][:1]


def _of_member(data: DataDict) -> list[str]:
    return [data["object"]] if data.get("object_type") == "package" and data.get("object") else []


def _of_relationship(data: DataDict) -> list[str]:
    return [data[name] for name in ("subject", "object") if data.get(name)]


def _of_group(data: DataDict) -> list[str]:
    """What would enter or leave a topic whose datasets a request lists."""
    if not isinstance(data.get("packages"), list):
        return []
    group = model.Group.get(data.get("id") or data.get("name") or "")
    named = [str(each.get("id") or each.get("name")) for each in data["packages"] if isinstance(each, dict)]
    listed = {package.id for package in map(model.Package.get, named) if package}
    standing = {package.id for package in group.packages()} if group else set()
    return sorted(listed ^ standing)


# action: which datasets a request would change
_CHANGES: dict[str, Callable[[DataDict], list[str]]] = {
    "package_update": _of_package,
    "package_patch": _of_package,
    "package_revise": _of_match,
    "package_delete": _of_package,
    "dataset_purge": _of_package,
    "package_resource_reorder": _of_package,
    "package_owner_org_update": _of_package,
    "package_collaborator_create": _of_package,
    "package_collaborator_delete": _of_package,
    "resource_create": _of_package,
    "resource_update": _of_resource,
    "resource_patch": _of_resource,
    "resource_delete": _of_resource,
    "resource_view_create": _of_view,
    "resource_view_update": _of_view,
    "resource_view_delete": _of_view,
    "resource_view_reorder": _of_view_order,
    "resource_create_default_resource_views": _of_table,
    "package_create_default_resource_views": lambda data: _of_package(data.get("package") or {}),
    "bulk_update_private": _of_bulk,
    "bulk_update_public": _of_bulk,
    "bulk_update_delete": _of_bulk,
    "group_create": _of_group,
    "group_update": _of_group,
    "member_create": _of_member,
    "member_delete": _of_member,
    "package_relationship_create": _of_relationship,
    "package_relationship_update": _of_relationship,
    "package_relationship_delete": _of_relationship,
    "datastore_create": _of_table,
    "datastore_upsert": _of_table,
    "datastore_delete": _of_table,
    "datastore_records_delete": _of_table,
    "datastore_run_triggers": _of_table,
}
# These take a whole dataset, whose state and visibility are no wish of the sender's.
_STATES_ITSELF = {"package_update", "package_patch", "package_revise"}
_MAKES_PUBLIC = {"bulk_update_public"}


def _guarded(name: str, datasets_of: Callable[[DataDict], list[str]]) -> ChainedAction:
    def action(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        if not guard.applies(context):
            return _loaded(name, next_action(context, data_dict))
        changed = datasets_of(data_dict)
        for dataset in changed:
            guard.require_editable(context, dataset)
        if name in _MAKES_PUBLIC:
            guard.require_honest({"private": False}, {"private": True})
        if name in _STATES_ITSELF:
            package = model.Package.get(changed[0]) if changed else None
            current = {"state": package.state, "private": package.private} if package else None
            guard.require_honest(_stated(name, data_dict), current)
            guard.require_seen(data_dict, package)
        done = next_action(context, data_dict)
        for dataset in changed:
            package = model.Package.get(dataset)
            if package is not None:
                guard.note_author(context, package.id)
        return _loaded(name, done)

    action.__name__ = name
    action.__doc__ = f"CKAN's `{name}`; a published dataset changes through a revision only."
    return toolkit.chained_action(action)


def _stated(name: str, data: DataDict) -> dict[str, Any]:
    """What a request says of state and visibility, wherever it says it."""
    if name != "package_revise":
        return {key: data.get(key) for key in ("state", "private")}
    update = data.get("update") if isinstance(data.get("update"), dict) else {}
    return {key: data.get(f"update__{key}", update.get(key)) for key in ("state", "private")}


def _loaded(name: str, done: Any) -> Any:
    """A working copy that loads a table anew no longer reads the one of the release it came from."""
    if name == "datastore_create" and isinstance(done, dict) and done.get("resource_id"):
        file_holder, table_holder = revisions.holder(done["resource_id"])
        if table_holder != done["resource_id"]:
            revisions.hold(done["resource_id"], file_holder, done["resource_id"])
            model.Session.commit()
    return done


@toolkit.chained_action
def package_create(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `package_create`; what somebody makes is a draft, and the first revision of its dataset."""
    if not guard.applies(context) or not guard.requires_curation(data_dict):
        return next_action(context, data_dict)
    guard.require_honest(data_dict)
    made = next_action({**context, "allow_state_change": True}, {**data_dict, "state": "draft", "private": True})
    dataset_id = made if isinstance(made, str) else made["id"]
    user = model.User.get(context.get("user") or "")
    if user is not None and not context.get("defer_commit"):
        dataset = toolkit.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": dataset_id})
        if dataset.get("owner_org"):
            revisions.begin(dataset, user.name, user.id)
    return made


_made = {name: _guarded(name, datasets_of) for name, datasets_of in _CHANGES.items()}
globals().update(_made)
__all__ = ["package_create", *_made]
