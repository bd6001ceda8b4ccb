"""The quality of datasets in the portal: assessed in the background, kept with its evidence, listed by agency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from typing import Any

import ckan.model as model
from sqlalchemy import select

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.quality import Evidence, QualityReport, Scales, assess
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.model.metadata import DatasetQuality, MetadataRecord


def activity_problems(dataset: Mapping[str, Any]) -> list[Problem]:
    """Return what blocks the MS-Kegiatan a dataset names; one that is not there blocks, too."""
    wanted = dataset.get("id_mskeg")
    if not wanted:
        return []  # that none is named is said by what is missing
    record = model.Session.get(MetadataRecord, wanted)
    if record is None or record.kind != Kind.MSKEG.value:
        return [Problem("activity-unknown", field="id_mskeg", values={"value": wanted})]
    if record.version == 0:
        return [Problem("activity-unfinished", field="id_mskeg", values={"name": record.name})]
    return []


def evidence_of(dataset: Mapping[str, Any]) -> Evidence:
    """Return what is known of the links and of DCAT-AP: files kept here answer; of others what was last found out."""
    kept = model.Session.get(DatasetQuality, dataset["id"])
    stored = kept.evidence if kept else {}
    answers = dict(stored.get("answers", {}))
    for resource in dataset.get("resources") or ():
        if resource.get("url_type") == "upload" and resource.get("url"):
            answers[resource["url"]] = True
    return Evidence(answers, stored.get("passes_dcat_ap"))


def report_on(dataset: Mapping[str, Any]) -> QualityReport:
    """Return the report on a dataset dict, as of today."""
    complete = bool(dataset.get("id_mskeg")) and not activity_problems(dataset)
    folder = config.schema_folder()
    return assess(dataset, Scales.of(folder), records.standard(), date.today(), evidence_of(dataset), complete)


def keep(dataset: Mapping[str, Any], evidence: Mapping[str, Any] | None = None) -> QualityReport:
    """Assess a dataset and keep the report; `evidence` (answers, passes_dcat_ap) is added to what is known."""
    row = model.Session.get(DatasetQuality, dataset["id"])
    if row is None:
        row = DatasetQuality(package_id=dataset["id"], evidence={}, report={}, points=0)
        model.Session.add(row)
    row.assessed_at = datetime.now(timezone.utc)
    if evidence:
        answers = {**row.evidence.get("answers", {}), **evidence.get("answers", {})}
        row.evidence = {**row.evidence, **evidence, "answers": answers}
        model.Session.flush()
    report = report_on(dataset)
    row.owner_org = dataset.get("owner_org")
    row.points = round(report.points)
    row.report = report.as_dict()
    model.Session.commit()
    return report


def listed(owner_org: str | None, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return the kept reports of public datasets, the poorest first."""
    query = (
        select(DatasetQuality, model.Package.name, model.Package.title, model.Group.title)
        .join(model.Package, model.Package.id == DatasetQuality.package_id)
        .outerjoin(model.Group, model.Group.id == model.Package.owner_org)
        .where(model.Package.state == "active", model.Package.private.is_(False))
        .order_by(DatasetQuality.points, model.Package.title, model.Package.id)
    )
    if owner_org:
        query = query.where(model.Package.owner_org == owner_org)
    rows = model.Session.execute(query.limit(limit).offset(offset))
    return [
        {"id": row.package_id, "name": name, "title": title, "agency": agency, **row.report, "assessed_at": row.assessed_at.isoformat()}
        for row, name, title, agency in rows
    ]
