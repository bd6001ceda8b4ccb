"""Who somebody is in curation: from CKAN's memberships for an agency, from grants for the whole portal."""

from __future__ import annotations

import ckan.model as model
from ckan import authz
from sqlalchemy import select

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.model.curation import RoleGrant

_OF_CAPACITY = {"editor": Role.PRODUSEN_DATA, "admin": Role.WALIDATA_PENDUKUNG}


def roles_of(user: str | None, owner_org: str | None, topics: tuple[str, ...] = ()) -> frozenset[Role]:
    """Return the roles of a user (by name) for a dataset of an agency; the pembina data only for the topics of their subject."""
    account = model.User.get(user) if user else None
    if account is None or account.state != "active":
        return frozenset({Role.PUBLIC})
    held = {Role.PUBLIC}
    if account.sysadmin:
        held.add(Role.SYSTEM_OPERATOR)
    for grant in model.Session.scalars(select(RoleGrant).where(RoleGrant.user_id == account.id)):
        if not grant.subject or grant.subject in topics or grant.subject == owner_org:
            held.add(Role(grant.role))
    if owner_org:
        capacity = authz.users_role_for_group_or_org(owner_org, account.name)
        if capacity in _OF_CAPACITY:
            held.add(_OF_CAPACITY[capacity])
    return frozenset(held)


def portal_roles(user_id: str) -> frozenset[Role]:
    """Return the roles granted to a user (by id) anywhere in the portal, whatever their subject."""
    return frozenset(Role(name) for name in model.Session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == user_id)))


def holds(user: str | None, role: Role) -> bool:
    """Return whether an active account (by name) holds a role somewhere in the portal."""
    account = model.User.get(user) if user else None
    return account is not None and account.state == "active" and role in portal_roles(account.id)
