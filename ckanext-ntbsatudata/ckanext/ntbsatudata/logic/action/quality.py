"""Quality and completeness of datasets, the national list of standards, proposals from a file: for pages and programs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata import proposal as proposals
from ckanext.ntbsatudata.domain.metadata.completeness import Purpose, completeness
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standards_list import StandardsList
from ckanext.ntbsatudata.domain.quality import Scales
from ckanext.ntbsatudata.domain.tables.checking import check_table
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.logic import dataset_quality as quality
from ckanext.ntbsatudata.logic import metadata_records as records

MOST_ROWS = 1000

__all__ = [
    "ntbsatudata_completeness_show", "ntbsatudata_dataset_propose", "ntbsatudata_quality_assess", "ntbsatudata_quality_list", "ntbsatudata_quality_show",
    "ntbsatudata_standar_data_search",
]  # fmt: skip


@toolkit.side_effect_free
def ntbsatudata_quality_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the quality report on dataset `id`: MQA points by metric, stars, principles, timeliness; `raise` says what would raise each."""
    toolkit.check_access("ntbsatudata_quality_read", context, {"id": toolkit.get_or_bust(data_dict, "id")})
    dataset = toolkit.get_action("package_show")(context, {"id": data_dict["id"]})
    report = quality.report_on(dataset)
    scales = Scales.of(config.schema_folder())
    lacking = [
        {"metric": one.metric.id, "points": round(one.metric.points - one.points, 1), "how": dict(one.metric.how)}
        for one in report.scores
        if one.points < one.metric.points
    ]
    lacking.sort(key=lambda one: -float(one["points"]))
    steps = [
        {"step": verdict.step.id, "how": dict(verdict.step.how)} for verdict in (*report.stars, *report.principles) if not verdict.reached
    ]
    return {
        "id": dataset["id"],
        "name": dataset["name"],
        "title": dataset["title"],
        **report.as_dict(),
        "rating_label": dict(report.rating.label),
        "dimensions": {name: dict(label) for name, label in scales.dimensions.items()},
        "raise": {"mqa": lacking, "steps": steps},
    }


@toolkit.side_effect_free
def ntbsatudata_quality_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the kept reports of public datasets, the poorest first; of one agency with `owner_org`; `limit` of them from `offset` on."""
    toolkit.check_access("ntbsatudata_metadata_read", context, {})
    organization = model.Group.get(data_dict["owner_org"]) if data_dict.get("owner_org") else None
    if data_dict.get("owner_org") and organization is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such agency."))
    limit, offset = (_number(data_dict, name, usual) for name, usual in (("limit", 100), ("offset", 0)))
    return quality.listed(organization.id if organization else None, min(limit, MOST_ROWS), offset)


def ntbsatudata_quality_assess(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Assess dataset `id` anew and keep the report. `evidence` adds what was found out: `answers` (address: true or false), `passes_dcat_ap`."""
    toolkit.check_access("ntbsatudata_quality_manage", context, data_dict)
    dataset = toolkit.get_action("package_show")(context, {"id": toolkit.get_or_bust(data_dict, "id")})
    return quality.keep(dataset, data_dict.get("evidence")).as_dict()


@toolkit.side_effect_free
def ntbsatudata_completeness_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return for dataset `id` what is still missing and for which purpose: submit, harvest, stars. For those who may edit it."""
    toolkit.check_access("package_update", context, {"id": toolkit.get_or_bust(data_dict, "id")})
    dataset = toolkit.get_action("package_show")(context, {"id": data_dict["id"]})
    forms, words = records.standard().forms, records.messages()
    found = {}
    for purpose in Purpose:
        one = completeness(purpose, dataset, forms[Kind.DATASET], forms[Kind.RESOURCE], quality.activity_problems(dataset))
        found[purpose.value] = {
            "label": dict(purpose.label),
            "percent": one.percent,
            "complete": one.is_complete,
            "missing": [words.as_dict(problem) for problem in one.missing],
        }
    found[Purpose.SUBMIT.value]["warnings"] = [words.as_dict(problem) for problem in records.other_definitions(dataset)]
    return found


@toolkit.side_effect_free
def ntbsatudata_standar_data_search(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the national data standards for the words `q`, each with the five parts to propose; none when the portal has no list."""
    toolkit.check_access("ntbsatudata_metadata_read", context, {})
    standards = _standards()
    names = records.standard().names
    found = standards.search(str(data_dict.get("q") or ""), min(_number(data_dict, "limit", 20), 100)) if standards else []
    return [{**entry.proposal, "konsep": names.capitalised(entry.konsep), "kind": entry.kind, "source": entry.source} for entry in found]


def ntbsatudata_dataset_propose(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read the file in `upload` and return proposals for a dataset of the agency `owner_org`: value and origin by field.

    With `id_mskeg` the last dataset of that activity gives what stays. Nothing is kept.
    """
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    upload = toolkit.get_or_bust(data_dict, "upload")
    agency = toolkit.get_action("organization_show")({**context}, {"id": data_dict["owner_org"], "include_datasets": False})
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        path = Path(folder) / Path(upload.filename or "data").name
        upload.stream.seek(0)
        upload.save(path)
        try:
            found = _proposed(path, agency, _last(agency["id"], data_dict.get("id_mskeg")))
        except UnreadableFileError as error:
            raise toolkit.ValidationError({"upload": [str(error)]}) from error
    return {name: {"value": one.value, "origin": one.origin.value, "origin_label": dict(one.origin.label)} for name, one in found.items()}


def _proposed(path: Path, agency: dict[str, Any], last: dict[str, Any] | None) -> dict[str, proposals.Proposal]:
    folder = config.schema_folder()
    lists = CodeLists.load(folder)
    region = Region.of(lists, config.wilayah())
    context = proposals.Context(config.wilayah(), region.name, agency, last, _standards())
    with opened_table(path) as table:
        return proposals.propose(check_table(table, lists), path.name, context, records.standard(), folder)


def _last(owner_org: str, id_mskeg: str | None) -> dict[str, Any] | None:
    """Return the newest dataset of the activity, else of the agency."""
    packages = model.Session.query(model.Package).filter_by(owner_org=owner_org, state="active")
    newest = packages.order_by(model.Package.metadata_modified.desc())
    found = newest.filter(model.Package.extras["id_mskeg"].astext == id_mskeg).first() if id_mskeg else newest.first()
    if found is None:
        return None
    shown: dict[str, Any] = toolkit.get_action("package_show")({"ignore_auth": True}, {"id": found.id})
    return shown


def _standards() -> StandardsList | None:
    path = config.standards_list()
    return StandardsList.load(path) if path else None


def _number(data_dict: DataDict, name: str, usual: int) -> int:
    value = str(data_dict.get(name, usual))
    if not value.isdigit():
        raise toolkit.ValidationError({name: [toolkit._("This must be a number.")]})
    return int(value)
