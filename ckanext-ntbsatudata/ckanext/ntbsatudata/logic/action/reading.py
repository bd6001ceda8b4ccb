"""CKAN's actions behind a dataset page, with fewer questions to the database for the same answers."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.logic import auth_audit_exempt
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict

__all__ = ["am_following_dataset", "package_show", "resource_view_list"]

_WITH_VIEWS = "ntbsatudata_resources_with_views"


@toolkit.chained_action
@toolkit.side_effect_free
def package_show(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a dataset named by its address as one named by its id: CKAN would ask for the name as an id first, and all of it twice."""
    package = model.Package.by_name(data_dict["id"]) if isinstance(data_dict.get("id"), str) and not context.get("for_update") else None
    return original(context, {**data_dict, "id": package.id} if package else data_dict)


@toolkit.chained_action
@toolkit.side_effect_free
def am_following_dataset(original: Action, context: Context, data_dict: DataDict) -> bool:
    """Whether the user follows the dataset. Raises `NotAuthorized` without a user, before anything is asked."""
    if not context.get("user"):
        raise toolkit.NotAuthorized
    return original(context, data_dict)


@toolkit.chained_action
@toolkit.side_effect_free
@auth_audit_exempt
def resource_view_list(original: Action, context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the views of a resource; on the page of its dataset, one question tells for all its resources whether there are any.

    The page has been let through for this reader, and for a resource that has no view the answer says nothing else.
    """
    package = context.get("package")
    if context.get("for_view") and package is not None:
        if _WITH_VIEWS not in context:
            context[_WITH_VIEWS] = _with_views(package)
        if context[_WITH_VIEWS].get(data_dict.get("id")) is False:
            return []
    return original(context, data_dict)


def _with_views(package: model.Package) -> dict[str, bool]:
    """Return for each active resource of the dataset whether it has a view."""
    has_view = model.Session.query(model.ResourceView.id).filter(model.ResourceView.resource_id == model.Resource.id).exists()
    return dict(model.Session.query(model.Resource.id, has_view).filter_by(package_id=package.id, state="active").all())
