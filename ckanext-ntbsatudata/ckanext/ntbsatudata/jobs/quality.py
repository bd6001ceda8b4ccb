"""Background work on quality: a dataset that changed is assessed anew; every night all of them, for time alone makes figures late."""

from __future__ import annotations

import logging
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit

from ckanext.ntbsatudata.model.metadata import DatasetQuality

log = logging.getLogger(__name__)


def assess(dataset_id: str) -> None:
    """Assess one dataset and keep the report; one that is gone meanwhile is left alone."""
    context = {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    try:
        toolkit.get_action("ntbsatudata_quality_assess")(context, {"id": dataset_id})
    except toolkit.ObjectNotFound:
        log.info("quality: dataset %s is gone", dataset_id)


def assess_all() -> int:
    """Assess every active dataset, the longest waiting first, so that a run cut short is carried on by the next; return how many."""
    query = (
        model.Session.query(model.Package.id)
        .outerjoin(DatasetQuality, DatasetQuality.package_id == model.Package.id)
        .filter(model.Package.state == "active", model.Package.type == "dataset")
        .order_by(DatasetQuality.assessed_at.asc().nulls_first(), model.Package.id)
    )
    found = [row.id for row in query]
    for dataset_id in found:
        assess(dataset_id)
    return len(found)


def ask_for(dataset: dict[str, Any]) -> None:
    """Queue the assessment of a dataset that was created or changed; drafts and deleted ones are left alone."""
    if dataset.get("state") == "active" and dataset.get("type", "dataset") == "dataset":
        toolkit.enqueue_job(assess, [dataset["id"]], title=f"quality of {dataset['id']}")
