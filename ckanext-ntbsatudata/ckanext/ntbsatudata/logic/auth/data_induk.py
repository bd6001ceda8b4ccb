"""Who may ask data induk: everybody. Who may decide that two records are one: the walidata, and who runs the portal."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.logic.curation_roles import holds


@toolkit.auth_allow_anonymous_access
def ntbsatudata_data_induk_read(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


def ntbsatudata_data_induk_merge(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    """The walidata; system operators are let through by CKAN itself."""
    if holds(context.get("user"), Role.WALIDATA):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only the walidata may merge master records.")}


__all__ = ["ntbsatudata_data_induk_merge", "ntbsatudata_data_induk_read"]
