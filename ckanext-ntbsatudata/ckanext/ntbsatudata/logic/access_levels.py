"""Terbatas and tertutup: the dataset stays listed with its metadata, its data are for those who keep and check it (UU 14/2008 Pasal 17)."""

from __future__ import annotations

import ckan.model as model
from ckan.plugins import toolkit

from ckanext.ntbsatudata.domain.curation.roles import READERS_OF_REVISIONS, Role
from ckanext.ntbsatudata.domain.metadata.dataset import OPEN
from ckanext.ntbsatudata.logic.curation_roles import roles_of

_INSIDE = READERS_OF_REVISIONS | {Role.SYSTEM_OPERATOR}


def withheld(package: model.Package | None, user: str | None) -> bool:
    """Return whether the data of a dataset are kept from a user (by name; None for a reader without account)."""
    if package is None or (package.extras.get("access_rights") or OPEN) == OPEN:
        return False
    return _INSIDE.isdisjoint(roles_of(user, package.owner_org))


def resource_withheld(resource_id: str, user: str | None) -> bool:
    resource = model.Resource.get(resource_id)
    return resource is not None and withheld(resource.package, user)


def sentence() -> str:
    return toolkit._("The data of this dataset are not open. Its page says on which ground, and whom to ask.")
