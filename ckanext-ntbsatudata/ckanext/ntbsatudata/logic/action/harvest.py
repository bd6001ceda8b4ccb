"""What the walidata decide on a harvest source: its records may be public, a record may be, a large loss is right."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata.harvesters import approval, link_check
from ckanext.ntbsatudata.model.harvest import HarvestApproval, HarvestedRecord

__all__ = [
    "ntbsatudata_harvest_links_check", "ntbsatudata_harvest_loss_confirm", "ntbsatudata_harvest_record_approve", "ntbsatudata_harvest_source_approve",
    "ntbsatudata_harvest_source_state",
]  # fmt: skip


def ntbsatudata_harvest_source_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Approve source `id`: its new records are public from now on, and those that waited become so. Returns how many did."""
    source_id = _source(context, data_dict)
    approval.approve(source_id, context["user"])
    waiting = (
        model.Session.query(HarvestedRecord.package_id)
        .join(model.Package, model.Package.id == HarvestedRecord.package_id)
        .filter(HarvestedRecord.source_id == source_id, model.Package.private, model.Package.state == "active")
    )
    published = [row.package_id for row in waiting]
    for package_id in published:
        _publish(context, package_id)
    return {"published": len(published)}


def ntbsatudata_harvest_record_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make one harvested dataset `id` public, whose source nobody has approved."""
    toolkit.check_access("ntbsatudata_harvest_decide", context, data_dict)
    package = model.Package.get(toolkit.get_or_bust(data_dict, "id"))
    if package is None or model.Session.get(HarvestedRecord, package.id) is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such harvested dataset."))
    _publish(context, package.id)
    return {"published": 1}


def ntbsatudata_harvest_loss_confirm(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that the loss for which the last run of source `id` waits is right. It holds for one run."""
    source_id = _source(context, data_dict)
    if approval.of(source_id).waiting is None:
        raise toolkit.ValidationError({"id": [toolkit._("No run of this source waits for a decision.")]})
    approval.confirm_loss(source_id, context["user"])
    return approval.of(source_id).waiting or {}


@toolkit.side_effect_free
def ntbsatudata_harvest_source_state(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what is decided on source `id`, what waits, and how many of its records are there, gone and not yet public."""
    source_id = _source(context, data_dict)
    row = model.Session.get(HarvestApproval, source_id)
    records = (
        model.Session.query(HarvestedRecord.present, model.Package.private)
        .join(model.Package, model.Package.id == HarvestedRecord.package_id)
        .filter(HarvestedRecord.source_id == source_id)
        .all()
    )
    return {
        "id": source_id,
        "approved_by": row.approved_by if row else None,
        "waiting": row.waiting if row else None,
        "present": sum(present for present, _private in records),
        "gone": sum(not present for present, _private in records),
        "not_public": sum(private for _present, private in records),
    }


def ntbsatudata_harvest_links_check(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Ask the links of dataset `id` and keep what was found as evidence of its quality. Returns for each link that fails why: a code."""
    toolkit.check_access("ntbsatudata_harvest_decide", context, data_dict)
    dataset = toolkit.get_action("package_show")(context, {"id": toolkit.get_or_bust(data_dict, "id")})
    found = link_check.check(dataset)
    evidence = {"answers": {url: code is None for url, code in found.items()}}
    toolkit.get_action("ntbsatudata_quality_assess")(
        {"ignore_auth": True, "user": context["user"]}, {"id": dataset["id"], "evidence": evidence}
    )
    return {url: code for url, code in found.items() if code}


def _source(context: Context, data_dict: DataDict) -> str:
    toolkit.check_access("ntbsatudata_harvest_decide", context, data_dict)
    package = model.Package.get(toolkit.get_or_bust(data_dict, "id"))
    if package is None or package.type != "harvest":
        raise toolkit.ObjectNotFound(toolkit._("There is no such harvest source."))
    return str(package.id)


def _publish(context: Context, package_id: str) -> None:
    current = toolkit.get_action("package_show")({"ignore_auth": True, "user": context["user"], "use_cache": False}, {"id": package_id})
    current.pop("extras", None)
    toolkit.get_action("package_update")({"ignore_auth": True, "user": context["user"]}, {**current, "private": False})
