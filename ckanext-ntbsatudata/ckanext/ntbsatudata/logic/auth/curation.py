"""Who may read what curation keeps: a table is as open as the live distribution that reads it, and as the access level of its dataset."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import AuthFunction, AuthResult, Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.logic import access_levels
from ckanext.ntbsatudata.model.curation import Distribution

__all__ = ["datastore_info", "datastore_search"]


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def datastore_search(next_auth: AuthFunction, context: Context, data_dict: DataDict) -> AuthResult:
    return _as_open_as_its_readers("datastore_search", next_auth, context, data_dict)


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def datastore_info(next_auth: AuthFunction, context: Context, data_dict: DataDict) -> AuthResult:
    return _as_open_as_its_readers("datastore_info", next_auth, context, data_dict)


def _as_open_as_its_readers(name: str, next_auth: AuthFunction, context: Context, data_dict: DataDict) -> AuthResult:
    """Let a reader of a live distribution read the table of the working copy that holds it; all others ask for the table's own resource."""
    asked: Any = data_dict.get("resource_id") or data_dict.get("id")
    query = select(Distribution.resource_id).where(Distribution.table_holder == asked, Distribution.resource_id != asked)
    for resource_id in model.Session.scalars(query) if isinstance(asked, str) else ():
        try:
            toolkit.check_access("resource_show", {**context, "resource": model.Resource.get(resource_id)}, {"id": resource_id})
        except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
            continue
        if name == "datastore_search" and access_levels.resource_withheld(resource_id, context.get("user")):
            continue
        return {"success": True}
    if name == "datastore_search" and isinstance(asked, str) and access_levels.resource_withheld(asked, context.get("user")):
        return {"success": False, "msg": access_levels.sentence()}
    return next_auth(context, data_dict)
