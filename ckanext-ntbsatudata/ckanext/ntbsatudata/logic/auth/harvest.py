"""Who decides on a harvest source: the walidata, and who runs the portal."""

from __future__ import annotations

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.logic.curation_roles import portal_roles

__all__ = ["ntbsatudata_harvest_decide"]


def ntbsatudata_harvest_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """The walidata; system operators are let through by CKAN itself."""
    user = model.User.get(context.get("user") or "")
    if user is not None and user.state == "active" and Role.WALIDATA in portal_roles(user.id):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only the walidata decide on a harvest source.")}
