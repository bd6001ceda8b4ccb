"""From a file to a submitted dataset: the file is read, what it says is proposed, four short pages ask for the rest."""

from __future__ import annotations

from typing import Any

from ckan.lib.munge import munge_tag
from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.answers import read_answers
from ckanext.ntbsatudata.domain.metadata.completeness import Purpose
from ckanext.ntbsatudata.domain.metadata.form import Field, Form, Kind
from ckanext.ntbsatudata.domain.metadata.proposal import Origin
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.views.forms_of_answer import refuse, sentence_of
from ckanext.ntbsatudata.views.record_form import language, own_agencies
from ckanext.ntbsatudata.views.typed_answers import BLANK_ROWS, typed_answers

dataset_form = Blueprint("ntbsatudata_dataset_form", __name__)
__all__ = ["dataset_form"]

STANDAR_DATA = "standar"
COLUMNS = "cakupan"  # the page that also asks about the columns
LAST = "ajukan"
COLUMN_TYPES = ("string", "integer", "number", "year", "yearmonth", "date", "datetime", "boolean")


@dataset_form.route("/isi", endpoint="new", methods=["GET", "POST"])
def new() -> Response | str:
    """Choose the agency, the activity if there is one, and the file."""
    agencies, errors = own_agencies(), {}
    if toolkit.request.method == "POST":
        upload = toolkit.request.files.get("upload")
        data = {"owner_org": toolkit.request.form.get("owner_org"), "id_mskeg": toolkit.request.form.get("id_mskeg") or None}
        if upload is None or not upload.filename:
            errors["upload"] = [toolkit._("Choose a file.")]
        elif data["owner_org"] not in {one["id"] for one in agencies}:
            errors["owner_org"] = [toolkit._("Choose your agency.")]
        else:
            try:
                made = toolkit.get_action("ntbsatudata_dataset_begin")({}, {**data, "upload": upload})
            except toolkit.ValidationError as error:
                errors = {name: list(map(str, said)) for name, said in error.error_dict.items()}
            else:
                return toolkit.redirect_to("ntbsatudata_dataset_form.stage", dataset_id=made["id"], name=_form().stages[0].name)
    activities = {one["id"]: toolkit.get_action("ntbsatudata_mskegiatan_list")({}, {"owner_org": one["id"]}) for one in agencies}
    return toolkit.render(
        "metadata/dataset_new.html", {"agencies": agencies, "activities": activities, "errors": errors, "language": language()}
    )


@dataset_form.route("/isi/dataset/<dataset_id>/<name>", endpoint="stage", methods=["GET", "POST"])
def stage(dataset_id: str, name: str) -> Response | str:
    """One page of the form. What can be kept is kept at once; what cannot is said in its place and above."""
    dataset = _dataset(dataset_id)
    if name == LAST:
        return _submit(dataset)
    form = _form()
    names = [one.name for one in form.stages]
    if name not in names:
        refuse(404, toolkit._("There is no such page."))
    fields = form.of_stage(name)
    answers, errors = _answers(fields, dataset), {}
    if toolkit.request.method == "POST":
        typed = read_answers(fields, typed_answers(fields, toolkit.request.form))
        if name == COLUMNS:
            _keep_columns(dataset)
        errors = _keep(dataset, typed)
        if not errors:
            following = names[names.index(name) + 1] if name != names[-1] else LAST
            return toolkit.redirect_to("ntbsatudata_dataset_form.stage", dataset_id=dataset_id, name=following)
        answers |= typed
    return toolkit.render(
        "metadata/dataset_stage.html",
        {
            "form": form, "dataset": dataset, "fields": fields, "answers": answers, "problems": errors, "here": name, "language": language(),
            "choices": _choices(fields, dataset), "origins": _origins(dataset), "describe": form.describe, "blank_rows": BLANK_ROWS,
            "purposes": _purposes(dataset_id), "resource": next(iter(dataset["resources"]), None) if name == COLUMNS else None,
            "types": COLUMN_TYPES, "lists": [one.id for one in CodeLists.load(config.schema_folder())], "found": _standards(name, dataset),
        },
    )  # fmt: skip


def _form() -> Form:
    return records.standard().forms[Kind.DATASET]


def _dataset(dataset_id: str) -> dict[str, Any]:
    try:
        toolkit.check_access("package_update", {}, {"id": dataset_id})
        found: dict[str, Any] = toolkit.get_action("package_show")({}, {"id": dataset_id})
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("Only those who write data of this agency may do this."))
    except toolkit.ObjectNotFound:
        refuse(404, toolkit._("There is no such dataset."))
    return found


def _answers(fields: list[Field], dataset: dict[str, Any]) -> dict[str, Any]:
    answers = {field.name: dataset.get(field.name) for field in fields}
    if "tag_string" in answers:
        answers["tag_string"] = ", ".join(tag["name"] for tag in dataset.get("tags") or [])
    if "access_rights" in answers:
        answers["access_rights"] = answers["access_rights"] or "terbuka"
    return answers


def _keep(dataset: dict[str, Any], typed: dict[str, Any]) -> dict[str, list[str]]:
    """Save the answers; those that are refused are left out, with what is said of them returned."""
    values = {name: value if value is not None else "" for name, value in typed.items()}
    if "tag_string" in values:
        words = dict.fromkeys(munge_tag(word) for word in str(values.pop("tag_string")).split(",") if len(word.strip()) > 1)
        values["tags"] = [{"name": word} for word in words]
    if values.get("topik") and values["topik"] != dataset.get("topik"):
        values["theme"] = list(records.standard().themes.get(values["topik"], ()))
    try:
        toolkit.get_action("package_patch")({}, {"id": dataset["id"], **values})
    except toolkit.ValidationError as error:
        said = {name: [str(one) for one in sentences] for name, sentences in error.error_dict.items()}
        kept = {name: value for name, value in values.items() if name not in said}
        if kept and len(kept) < len(values):
            _keep(dataset, kept)
        return said
    return {}


def _keep_columns(dataset: dict[str, Any]) -> None:
    """Save what was typed about the columns of the first file."""
    resource = next(iter(dataset["resources"]), None)
    fields = ((resource or {}).get("schema") or {}).get("fields")
    if resource is None or not fields:
        return
    changed = []
    for number, column in enumerate(fields):
        typed = {
            part: toolkit.request.form.get(f"column:{number}:{part}") for part in ("title", "type", "unit", "kode_referensi", "description")
        }
        whole = {**column, **{part: value.strip() for part, value in typed.items() if value is not None}}
        if whole.get("type") not in COLUMN_TYPES:
            whole["type"] = column.get("type", "string")
        changed.append({part: value for part, value in whole.items() if value != ""})
    if changed != fields:
        toolkit.get_action("resource_patch")({}, {"id": resource["id"], "schema": {**resource["schema"], "fields": changed}})


def _choices(fields: list[Field], dataset: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return value and words of the fields that are chosen from a list kept elsewhere."""
    standard, lists = records.standard(), CodeLists.load(config.schema_folder())
    offers = {
        "frequency": lambda: [(one.code, one.name) for one in standard.frequencies.known.values() if one.code != "TIDAK_DIKETAHUI"],
        "license_id": lambda: [(one.id, one.title) for one in standard.licences.known.values()],
        "topik": lambda: [(item.code, item.name) for item in lists.get("topik").edition()],
        "id_mskeg": lambda: [
            (one["id"], one["name"]) for one in toolkit.get_action("ntbsatudata_mskegiatan_list")({}, {"owner_org": dataset["owner_org"]})
        ],
        "owner_org": lambda: [(one["id"], one["display_name"]) for one in own_agencies()],
    }
    return {field.name: offers[field.name]() for field in fields if field.name in offers}


def _origins(dataset: dict[str, Any]) -> dict[str, str]:
    """Return the words of where each proposal comes from."""
    return {name: Origin(origin).label[language()] for name, origin in (dataset.get("proposed") or {}).items()}


def _purposes(dataset_id: str) -> dict[str, Any]:
    found = toolkit.get_action("ntbsatudata_completeness_show")({}, {"id": dataset_id})
    return {purpose.value: found[purpose.value] for purpose in Purpose}


def _standards(name: str, dataset: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the national standards asked for on the page of standar data; None where nothing was asked."""
    words = toolkit.request.args.get("cari", "").strip()
    if name != STANDAR_DATA or not words:
        return None
    found: list[dict[str, Any]] = toolkit.get_action("ntbsatudata_standar_data_search")({}, {"q": words, "limit": 10})
    return found


@dataset_form.route("/isi/dataset/<dataset_id>/standar/pakai", endpoint="use_standard", methods=["POST"])
def use_standard(dataset_id: str) -> Response:
    """Take over the five parts of a national standard."""
    dataset = _dataset(dataset_id)
    wanted = toolkit.request.form
    found = toolkit.get_action("ntbsatudata_standar_data_search")({}, {"q": wanted.get("konsep", ""), "limit": 100})
    chosen = next((one for one in found if one["id_sds"] == wanted.get("id_sds") and one["konsep"] == wanted.get("konsep")), None)
    if chosen is None:
        refuse(404, toolkit._("There is no such standard."))
    parts = {name: chosen[name] for name in ("konsep", "definisi", "ukuran", "satuan", "id_sds") if chosen[name]}
    for said in _keep(dataset, parts).values():
        toolkit.h.flash_error(" ".join(said))
    return toolkit.redirect_to("ntbsatudata_dataset_form.stage", dataset_id=dataset_id, name=STANDAR_DATA)


def _submit(dataset: dict[str, Any]) -> Response | str:
    """Everything once more, what is still missing for which purpose, and the submission."""
    purposes = _purposes(dataset["id"])
    stage_of = {field.name: field.stage for field in _form().fields}
    if toolkit.request.method == "POST" and purposes[Purpose.SUBMIT.value]["complete"]:
        toolkit.get_action("ntbsatudata_submission_check")({}, {"id": dataset["id"]})
        toolkit.get_action("package_patch")({}, {"id": dataset["id"], "proposed": ""})
        try:
            return _hand_over(dataset)
        except toolkit.ValidationError as error:
            toolkit.h.flash_error(sentence_of(error))
    return toolkit.render(
        "metadata/dataset_submit.html",
        {"dataset": dataset, "form": _form(), "purposes": purposes, "stage_of": stage_of, "language": language(), "here": LAST},
    )


def _hand_over(dataset: dict[str, Any]) -> Response:
    """Hand the finished draft to the walidata; a portal without curation publishes it at once."""
    mine = toolkit.get_action("ntbsatudata_revision_list")({}, {})
    revision = next((one for one in mine if one["working_id"] == dataset["id"] and one["state"] in ("draft", "returned")), None)
    if revision is None:
        toolkit.get_action("package_patch")({}, {"id": dataset["id"], "state": "active", "private": False})
        toolkit.h.flash_success(toolkit._("The dataset is published."))
        return toolkit.redirect_to("dataset.read", id=dataset["name"])
    toolkit.get_action("ntbsatudata_revision_submit")({}, {"id": revision["id"], "changelog": toolkit.request.form.get("changelog", "")})
    toolkit.h.flash_success(toolkit._("Submitted. The walidata checks it and answers you here."))
    return toolkit.redirect_to("dataset.read", id=dataset["name"])
