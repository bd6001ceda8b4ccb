"""Who may bring in the protected tables of a programme."""

from __future__ import annotations

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.logic.curation_roles import portal_roles

__all__ = ["ntbsatudata_aggregate_release_create"]


def ntbsatudata_aggregate_release_create(context: Context, _data_dict: DataDict) -> AuthResult:
    """The operator of a programme."""
    user = model.User.get(context.get("user") or "")
    return {
        "success": user is not None and Role.PROGRAMME_OPERATOR in portal_roles(user.id),
        "msg": toolkit._("Only the operator of a programme may bring in its tables."),
    }
