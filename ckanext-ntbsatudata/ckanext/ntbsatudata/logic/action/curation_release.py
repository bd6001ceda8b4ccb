"""Releases for programs: all of a dataset, one of them as readers got it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.model.curation import Release

__all__ = ["ntbsatudata_release_adopt", "ntbsatudata_release_list", "ntbsatudata_release_show"]


@toolkit.side_effect_free
def ntbsatudata_release_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return all releases of dataset `id`, newest first: number, moment, what changed, checksum, and the notice of a withdrawn one."""
    dataset_id = _released(context, toolkit.get_or_bust(data_dict, "id"))
    found = model.Session.scalars(select(Release).where(Release.dataset_id == dataset_id).order_by(Release.number.desc()))
    return [shown.release(each) for each in found]


@toolkit.side_effect_free
def ntbsatudata_release_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return release `number` of dataset `id` with the dataset as readers got it, and the SHA-256 of each file."""
    dataset_id = _released(context, toolkit.get_or_bust(data_dict, "id"))
    release = model.Session.get(Release, (dataset_id, _number(data_dict)))
    if release is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such release."))
    files = {resource: held.get("sha256") for resource, held in release.holders.items()}
    return {**shown.release(release), "dataset": release.content, "sha256": files}


def ntbsatudata_release_adopt(context: Context, data_dict: DataDict) -> dict[str, Any] | None:
    """Record what is public of dataset `id` as a release, where it came to be without curation. For the system's own content."""
    toolkit.check_access("sysadmin", context, data_dict)
    user = access.acting_user(context)
    dataset = toolkit.get_action("package_show")({**context}, {"id": toolkit.get_or_bust(data_dict, "id")})
    release = revisions.adopt(dataset["id"], user.name, user.id, str(data_dict.get("changelog") or ""))
    return shown.release(release) if release else None


def _released(context: Context, name: str) -> str:
    """The id of a dataset with releases: one the reader may see, or one that was withdrawn, whose notice is public."""
    package = model.Package.get(name)
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such dataset."))
    newest = revisions.newest_release(package.id)
    if newest is None or newest.withdrawn_at is None:
        toolkit.check_access("package_show", {**context}, {"id": package.id})
    return str(package.id)


def _number(data_dict: DataDict) -> int:
    try:
        return int(toolkit.get_or_bust(data_dict, "number"))
    except (TypeError, ValueError) as error:
        raise toolkit.ValidationError({"number": [toolkit._("Give a whole number.")]}) from error
