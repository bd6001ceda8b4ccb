"""Who may ask data induk: everybody. Who may decide that two records are one: the walidata, as sysadmin of the portal."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context


@toolkit.auth_allow_anonymous_access
def ntbsatudata_data_induk_read(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


def ntbsatudata_data_induk_merge(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": False, "msg": toolkit._("Only the walidata may merge master records.")}


__all__ = ["ntbsatudata_data_induk_merge", "ntbsatudata_data_induk_read"]
