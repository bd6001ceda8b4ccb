"""Who may have tables checked and loaded."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

__all__ = ["ntbsatudata_table_check", "ntbsatudata_table_load", "ntbsatudata_table_status"]


def ntbsatudata_table_check(context: Context, _data_dict: DataDict) -> AuthResult:
    """Everybody with an account."""
    return {"success": bool(context.get("user")), "msg": toolkit._("Log in to have a table checked.")}


def ntbsatudata_table_load(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    toolkit.check_access("resource_update", context, {"id": data_dict["resource_id"]})
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def ntbsatudata_table_status(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    toolkit.check_access("resource_show", context, {"id": data_dict["resource_id"]})
    return {"success": True}
