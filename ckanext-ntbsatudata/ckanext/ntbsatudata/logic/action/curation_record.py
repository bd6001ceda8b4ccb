"""The record of decisions for programs: read it, prove it whole."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata.domain.curation.record import first_break
from ckanext.ntbsatudata.domain.curation.roles import READERS_OF_REVISIONS
from ckanext.ntbsatudata.logic import curation_record as record
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic.curation_roles import roles_of

__all__ = ["ntbsatudata_curation_record_list", "ntbsatudata_curation_record_verify"]


@toolkit.side_effect_free
def ntbsatudata_curation_record_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the record of decisions on dataset `id`: all of it for those who take part, its public part for everybody."""
    asked = toolkit.get_or_bust(data_dict, "id")
    package = model.Package.get(asked)
    dataset_id = package.id if package else asked
    user = model.User.get(context.get("user") or "")
    inside = user is not None and bool(READERS_OF_REVISIONS & roles_of(user.name, package.owner_org if package else None))
    entries = record.entries(dataset_id, public_only=not inside)
    return [{**entry, "actor": shown.user_name(entry["actor"]) if inside else None} for entry in entries]


@toolkit.side_effect_free
def ntbsatudata_curation_record_verify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return whether the record of decisions is whole: `entries` in number, `broken_at` the position of the first that does not follow."""
    toolkit.check_access("sysadmin", context, data_dict)
    entries = record.entries()
    return {"entries": len(entries), "broken_at": first_break(entries)}
