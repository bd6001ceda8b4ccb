"""Filling in a linked record: one page for each part of the form, saved as you go, checked as a whole at the end."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.answers import read_answers
from ckanext.ntbsatudata.domain.metadata.form import FieldType, Form, Kind
from ckanext.ntbsatudata.domain.metadata.prefill import prefilled
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.views.forms_of_answer import refuse, sentence_of
from ckanext.ntbsatudata.views.typed_answers import BLANK_ROWS, typed_answers

record_form = Blueprint("ntbsatudata_record_form", __name__)
__all__ = ["record_form"]

LARGEST_PAYLOAD = 5 * 1024 * 1024
NOUNS = {"mskeg": "mskegiatan", "msind": "msindikator", "msvar": "msvariabel"}


def language() -> str:
    return "en" if toolkit.h.lang() == "en" else "id"


def _form(word: str) -> Form:
    if word not in NOUNS:
        refuse(404, toolkit._("There is no such form."))
    return records.standard().forms[Kind(word)]


def _record(word: str, record_id: str) -> dict[str, Any]:
    """Return the record to one who may change it."""
    try:
        toolkit.check_access("ntbsatudata_metadata_update", {}, {"id": record_id})
        found: dict[str, Any] = toolkit.get_action(f"ntbsatudata_{NOUNS[word]}_show")({}, {"id": record_id})
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("Only those who write data of this agency may do this."))
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error))
    return found


def own_agencies() -> list[dict[str, Any]]:
    """Return the agencies whose data the reader may write; ends the request for one who may write none."""
    if not toolkit.g.user:
        refuse(403, toolkit._("Sign in first."))
    found: list[dict[str, Any]] = toolkit.get_action("organization_list_for_user")({}, {"permission": "create_dataset"})
    if not found:
        refuse(403, toolkit._("Your account belongs to no agency yet. Ask the walidata to add it."))
    return found


@record_form.route("/isi/impor", endpoint="bring_in", methods=["GET", "POST"])
def bring_in() -> Response | str:
    """Bring in a payload of INDAH (JSON), a BPS form workbook (XLSX) or a Data Package (ZIP)."""
    agencies, errors, made = own_agencies(), {}, []
    upload = toolkit.request.files.get("upload")
    if toolkit.request.method == "POST":
        data = {"owner_org": toolkit.request.form.get("owner_org") or agencies[0]["id"], "upload": upload}
        try:
            if upload is None or not upload.filename:
                raise toolkit.ValidationError({"upload": [toolkit._("Choose a file.")]})
            suffix = upload.filename.rpartition(".")[2].lower()
            if suffix == "zip":
                dataset = toolkit.get_action("ntbsatudata_datapackage_import")({}, data)
                return toolkit.redirect_to("ntbsatudata_dataset_form.stage", dataset_id=dataset["id"], name="data")
            if suffix == "json":
                made = [toolkit.get_action("ntbsatudata_indah_import")({}, {"owner_org": data["owner_org"], "payload": _payload(upload)})]
            else:
                made = toolkit.get_action("ntbsatudata_workbook_import")({}, data)
        except toolkit.ValidationError as error:
            errors = {name: list(map(str, said)) for name, said in error.error_dict.items()}
    return toolkit.render("metadata/bring_in.html", {"agencies": agencies, "errors": errors, "made": made, "language": language()})


def _payload(upload: FileStorage) -> Any:
    try:
        return json.loads(upload.read(LARGEST_PAYLOAD).decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise toolkit.ValidationError({"upload": [toolkit._("This is no payload of INDAH.")]}) from error


@record_form.route("/isi/<word>/baru", endpoint="new", methods=["GET", "POST"])
def new(word: str) -> Response | str:
    """Begin a record: the agency, its name, and for an activity how often it is done."""
    form, agencies = _form(word), own_agencies()
    inputs = toolkit.request.form
    name = inputs.get("name", "").strip()
    if toolkit.request.method == "POST" and name and inputs.get("owner_org") in {one["id"] for one in agencies}:
        agency = toolkit.get_action("organization_show")({}, {"id": inputs["owner_org"], "include_datasets": False})
        answers = {form.name_field: name}
        if form.kind is Kind.MSKEG:
            lists = CodeLists.load(config.schema_folder())
            region = Region.of(lists, config.wilayah())
            place = region.name.removeprefix("Provinsi ")
            answers = prefilled(
                form,
                agency,
                records.standard().frequencies,
                date.today().year,
                name,
                (config.wilayah(), place),
                inputs.get("frequency", "TAHUNAN"),
            )
        else:
            answers |= {field.name: field.default for field in form.fields if field.default is not None}
        made = toolkit.get_action(f"ntbsatudata_{NOUNS[word]}_create")({}, {**answers, "owner_org": agency["id"], "draft": True})
        return toolkit.redirect_to(
            "ntbsatudata_record_form.stage", word=word, record_id=made["id"], name=form.stages[0].name, dataset=inputs.get("dataset")
        )
    frequencies = form.by_name["iv_frekuensi_penyelanggara"].options if form.kind is Kind.MSKEG else ()
    return toolkit.render(
        "metadata/record_new.html",
        {
            "form": form,
            "agencies": agencies,
            "frequencies": frequencies,
            "language": language(),
            "missing": toolkit.request.method == "POST",
            "dataset": toolkit.request.values.get("dataset", ""),
        },
    )


@record_form.route("/isi/<word>/<record_id>/<name>", endpoint="stage", methods=["GET", "POST"])
def stage(word: str, record_id: str, name: str) -> Response | str:
    """One part of the form. What is typed is saved at once, right or wrong; what is wrong is said in its place and above."""
    form = _form(word)
    if name == "periksa":
        return _finish(form, record_id)
    names = [one.name for one in form.stages]
    if name not in names:
        refuse(404, toolkit._("There is no such page."))
    record = _record(word, record_id)
    fields = form.of_stage(name)
    answers = record["draft"] if record["draft"] is not None else {field.name: record.get(field.name) for field in form.fields}
    if toolkit.request.method == "POST":
        typed = read_answers(fields, typed_answers(fields, toolkit.request.form))
        try:
            saved = toolkit.get_action(f"ntbsatudata_{NOUNS[word]}_update")({}, {"id": record_id, "draft": True, **typed})
        except toolkit.ValidationError as error:
            refuse(409, sentence_of(error))
        answers = saved["draft"]
    problems = {field.name: [] for field in fields} | _said(form, answers, {field.name for field in fields})
    wrong = {field: said for field, said in problems.items() if said}
    dataset = toolkit.request.values.get("dataset", "")
    if toolkit.request.method == "POST" and not wrong:
        following = names[names.index(name) + 1] if name != names[-1] else "periksa"
        return toolkit.redirect_to("ntbsatudata_record_form.stage", word=word, record_id=record_id, name=following, dataset=dataset or None)
    shown = wrong if toolkit.request.method == "POST" else {}
    return toolkit.render(
        "metadata/record_stage.html",
        {
            "form": form, "record": record, "fields": fields, "answers": answers, "problems": shown, "here": name, "language": language(), "dataset": dataset,
            "blank_rows": BLANK_ROWS, "choices": {}, "origins": {}, "describe": form.describe, "saved": toolkit.request.method == "POST",
        },
    )  # fmt: skip


def _finish(form: Form, record_id: str) -> Response | str:
    """The whole record looked at once more, and finished when nothing is missing."""
    word = form.kind.value
    record = _record(word, record_id)
    answers = record["draft"] if record["draft"] is not None else records.answers_of(form.kind, record)
    problems = _said(form, answers, None)
    dataset = toolkit.request.values.get("dataset", "")
    if toolkit.request.method == "POST" and not problems:
        toolkit.get_action(f"ntbsatudata_{NOUNS[word]}_update")({}, {"id": record_id, "note": toolkit.request.form.get("note", "")})
        toolkit.h.flash_success(toolkit._("The record is finished."))
        if dataset and form.kind is Kind.MSKEG:
            toolkit.get_action("package_patch")({}, {"id": dataset, "id_mskeg": record_id})
            return toolkit.redirect_to("ntbsatudata_dataset_form.stage", dataset_id=dataset, name="pengelola")
        return toolkit.redirect_to("ntbsatudata_metadata.read", word=word, name=record_id)
    stage_of = {field.name: field.stage for field in form.fields}
    return toolkit.render(
        "metadata/record_check.html",
        {
            "form": form,
            "record": record,
            "answers": answers,
            "problems": problems,
            "stage_of": stage_of,
            "language": language(),
            "dataset": dataset,
        },
    )


def _said(form: Form, answers: dict[str, Any], only: set[str] | None) -> dict[str, list[str]]:
    """Return the sentences of what is wrong, by field."""
    words = Messages.load(config.schema_folder(), language())
    said: dict[str, list[str]] = {}
    known = {field.name for field in form.fields if field.type is not FieldType.SYSTEM}
    for problem in records.problems_of(form.kind, {name: value for name, value in answers.items() if name in known}):
        if problem.severity.blocks and problem.field and (only is None or problem.field in only):
            sentence = words.sentence(problem)
            said.setdefault(problem.field, []).append(f"{sentence.message} {sentence.remedy}")
    return said
