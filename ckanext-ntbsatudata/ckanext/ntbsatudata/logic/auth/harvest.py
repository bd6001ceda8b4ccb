"""Who decides on a harvest source: the walidata, and who runs the portal."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.logic.curation_roles import holds

__all__ = ["ntbsatudata_harvest_decide"]


def ntbsatudata_harvest_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """The walidata; system operators are let through by CKAN itself."""
    if holds(context.get("user"), Role.WALIDATA):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only the walidata decide on a harvest source.")}
