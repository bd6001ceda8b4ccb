"""Who may write linked metadata records: those who may write datasets of the same agency. Finished ones are read by everybody."""

from __future__ import annotations

import ckan.model as model
from ckan import authz
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ckanext.ntbsatudata.model.metadata import MetadataRecord

__all__ = [
    "ntbsatudata_metadata_create", "ntbsatudata_metadata_read", "ntbsatudata_metadata_update", "ntbsatudata_quality_manage", "ntbsatudata_quality_read",
]  # fmt: skip


def ntbsatudata_metadata_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may create a dataset of the agency `owner_org`."""
    return _of_agency(context, data_dict.get("owner_org"))


def ntbsatudata_metadata_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may create a dataset of the agency that keeps the record."""
    record = model.Session.get(MetadataRecord, data_dict.get("id") or "")
    return _of_agency(context, record.owner_org if record else None)


@toolkit.auth_allow_anonymous_access
def ntbsatudata_metadata_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, once a version is finished; before, those of the agency."""
    record = model.Session.get(MetadataRecord, data_dict.get("id") or "")
    if record is None or record.version > 0:
        return {"success": True}
    return _of_agency(context, record.owner_org)


@toolkit.auth_allow_anonymous_access
def ntbsatudata_quality_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the dataset."""
    toolkit.check_access("package_show", context, data_dict)
    return {"success": True}


def ntbsatudata_quality_manage(_context: Context, _data_dict: DataDict) -> AuthResult:
    return {"success": False, "msg": toolkit._("Only the walidata may do this.")}


def _of_agency(context: Context, owner_org: str | None) -> AuthResult:
    user = context.get("user")
    if owner_org and user and authz.has_user_permission_for_group_or_org(owner_org, user, "create_dataset"):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only those who write data of this agency may do this.")}
