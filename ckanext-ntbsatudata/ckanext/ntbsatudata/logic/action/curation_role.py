"""Roles over the whole portal for programs: give, take, list."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic.curation_roles import portal_roles
from ckanext.ntbsatudata.model.curation import RoleGrant

__all__ = ["ntbsatudata_role_grant", "ntbsatudata_role_list", "ntbsatudata_role_revoke"]


def ntbsatudata_role_grant(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give `user` the portal-wide `role`, over one `subject` (topic or agency) or all. For the walidata and the system operator."""
    account, grant = _granting(context, data_dict)
    if model.Session.get(RoleGrant, grant) is None:
        now = datetime.now(timezone.utc)
        row = RoleGrant(user_id=grant[0], role=grant[1], subject=grant[2], granted_by=access.acting_user(context).id, granted_at=now)
        model.Session.add(row)
        model.Session.commit()
    return {"user": account.name, "role": grant[1], "subject": grant[2]}


def ntbsatudata_role_revoke(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the portal-wide `role` from `user`, over one `subject` or all."""
    account, grant = _granting(context, data_dict)
    row = model.Session.get(RoleGrant, grant)
    if row is None:
        raise toolkit.ObjectNotFound(toolkit._("The user does not hold this role."))
    model.Session.delete(row)
    model.Session.commit()
    return {"user": account.name, "role": grant[1], "subject": grant[2]}


@toolkit.side_effect_free
def ntbsatudata_role_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return who holds which portal-wide role. For those who take part in curation."""
    user = access.acting_user(context)
    if not user.sysadmin and not portal_roles(user.id):
        raise toolkit.NotAuthorized(toolkit._("Only those who take part in curation may see this."))
    return [
        {"user": shown.user_name(each.user_id), "role": each.role, "subject": each.subject}
        for each in model.Session.scalars(select(RoleGrant))
    ]


def _granting(context: Context, data_dict: DataDict) -> tuple[model.User, tuple[str, str, str]]:
    access.require_role_giver(context)
    name, role = toolkit.get_or_bust(data_dict, ["user", "role"])
    account = model.User.get(name)
    if account is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such user."))
    grantable = {Role.WALIDATA, Role.PEMBINA_DATA, Role.FORUM_SECRETARIAT, Role.PROGRAMME_OPERATOR}
    if role not in {each.value for each in grantable}:
        raise toolkit.ValidationError({"role": [", ".join(sorted(each.value for each in grantable))]})
    return account, (account.id, str(role), str(data_dict.get("subject") or ""))
