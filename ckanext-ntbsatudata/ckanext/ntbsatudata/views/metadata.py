"""The metadata for readers and programs: `/metadata/<kind>/<id>`, what travels with a dataset, and how to cite it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan.lib.uploader import get_resource_uploader
from ckan.plugins import toolkit
from flask import Blueprint, Response, send_file

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.metadata.columns import variables_of
from ckanext.ntbsatudata.domain.metadata.datapackage import DataPackage, PackedFile, dataset_values, write_datapackage
from ckanext.ntbsatudata.domain.metadata.dataset import OPEN
from ckanext.ntbsatudata.domain.metadata.form import Form, Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.helpers import ntbsatudata_citation
from ckanext.ntbsatudata.logic import access_levels
from ckanext.ntbsatudata.views.forms_of_answer import answer, refuse, split

metadata = Blueprint("ntbsatudata_metadata", __name__)
__all__ = ["metadata"]

FORMS = ("html", "json")
NOUNS = {Kind.MSKEG: "mskegiatan", Kind.MSIND: "msindikator", Kind.MSVAR: "msvariabel"}
_FILES = ("dataset_resource.download", "resource.download", "ntbsatudata_release.file")
_DOWNLOADS = ("dataset_resource.download", "resource.download", "datastore.dump")


def _action(name: str, **data: Any) -> Any:
    """Ask an action; what is not there or not allowed ends the request with its sentence."""
    try:
        return toolkit.get_action(name)({}, data)
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error) or toolkit._("There is no such page."))
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("You may not see this."))


def _kind(word: str) -> Kind:
    kinds = {kind.value: kind for kind in NOUNS}
    if word not in kinds:
        refuse(404, toolkit._("There is no such kind of record: {kind}.").format(kind=word))
    return kinds[word]


def _form(kind: Kind) -> Form:
    return Standard.of(config.schema_folder()).forms[kind]


def _json(content: Any) -> Response:
    return answer(json.dumps(content, ensure_ascii=False, indent=2), "json")


@metadata.route("/metadata", endpoint="index")
def index() -> str:
    """All finished MS-Kegiatan and MS-Indikator, and the forms themselves."""
    records = {kind.value: _action(f"ntbsatudata_{noun}_list") for kind, noun in NOUNS.items()}
    return toolkit.render("metadata/index.html", {"records": records, "forms": {kind.value: _form(kind) for kind in NOUNS}})


@metadata.route("/metadata/form/<name>", endpoint="form")
def form(name: str) -> Response | str:
    """One form of the standard: every field with obligation, condition, options, hint, example and source."""
    word, wanted = split(name, FORMS)
    found = _form(_kind(word))
    if wanted == "json":
        return _json(
            {
                "form": word,
                "version": found.version,
                "source": found.source,
                "fields": [_described_field(found, field) for field in found.fields],
            }
        )
    return toolkit.render("metadata/form.html", {"form": found, "describe": found.describe})


def _described_field(found: Form, field: Any) -> dict[str, Any]:
    return {
        "name": field.name,
        "block": field.block,
        "type": field.type.value,
        "obligation": field.obligation.value,
        "condition": found.describe(field.when) if field.when else None,
        "label": dict(field.label),
        "hint": dict(field.hint or {}),
        "example": field.example,
        "options": [{"value": option.value, "code": option.code, "label": dict(option.label)} for option in field.options],
        "indah": field.indah or None,
        "source": field.source,
    }


@metadata.route("/metadata/<word>/<name>", endpoint="read")
def read(word: str, name: str) -> Response | str:
    """One record, of its newest version or of `?version=`. An MS-Variabel may also be named by the resource whose columns it is."""
    kind = _kind(word)
    record_id, wanted = split(name, FORMS)
    if kind is Kind.MSVAR:
        columns = _columns_of(record_id)
        if columns is not None:
            return _json(columns) if wanted == "json" else toolkit.render("metadata/variables.html", {"form": _form(kind), **columns})
    data = {"id": record_id}
    if toolkit.request.args.get("version"):
        data["version"] = toolkit.request.args["version"]
    try:
        record = _action(f"ntbsatudata_{NOUNS[kind]}_show", **data)
    except toolkit.ValidationError:
        refuse(400, toolkit._("A version is a number."))
    if wanted == "json":
        return _json(record)
    agency = _action("organization_show", id=record["owner_org"], include_datasets=False)
    return toolkit.render("metadata/record.html", {"form": _form(kind), "record": record, "agency": agency})


def _columns_of(resource_id: str) -> dict[str, Any] | None:
    """Return the columns of a resource as MS-Variabel, or None when there is no such resource."""
    try:
        resource = toolkit.get_action("resource_show")({}, {"id": resource_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    dataset = toolkit.get_action("package_show")({}, {"id": resource["package_id"]})
    variables = variables_of(_form(Kind.MSVAR), resource, dataset)
    return {
        "resource": {"id": resource["id"], "name": resource.get("name")},
        "dataset": {"id": dataset["id"], "name": dataset["name"], "title": dataset["title"]},
        "variables": variables,
    }


@metadata.route("/metadata/dataset/<name>.json", endpoint="dataset")
def dataset(name: str) -> Response:
    """All metadata of a dataset for a program: its fields, its columns as Table Schema, its linked records."""
    found = _action("package_show", id=name)
    resources = [
        {"id": one["id"], "name": one.get("name"), "url": one["url"], "format": one.get("format"), "schema": one.get("schema")}
        for one in found["resources"]
    ]
    content = {
        "id": found["id"],
        "name": found["name"],
        **dataset_values(found, _form(Kind.DATASET)),
        "license_url": found.get("license_url"),
        "resources": resources,
    }
    content["records"] = {kind.value: records for kind, records in _linked(found).items()}
    return _json(content)


def _linked(found: dict[str, Any]) -> dict[Kind, list[dict[str, Any]]]:
    """Return the linked records of a dataset that a reader may see, by kind."""
    wanted = {Kind.MSKEG: [found.get("id_mskeg")], Kind.MSIND: found.get("id_msind") or []}
    records: dict[Kind, list[dict[str, Any]]] = {}
    for kind, ids in wanted.items():
        for record_id in filter(None, ids):
            try:
                shown = toolkit.get_action(f"ntbsatudata_{NOUNS[kind]}_show")({"user": "", "ignore_auth": False}, {"id": record_id})
            except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
                continue  # a dataset may name a record that is not finished: it is shown as missing, not as an error
            records.setdefault(kind, []).append({name: shown.get(name) for name in ("id", "version")} | _form(kind).public(shown))
    return records


@metadata.route("/dataset/<name>/datapackage.zip", endpoint="datapackage")
def datapackage(name: str) -> Response:
    """The dataset as a Data Package: its open files, `datapackage.json` and the metadata records."""
    found = _action("package_show", id=name)
    records = [(kind, record) for kind, shown in _linked(found).items() for record in shown]
    files = [packed for resource in found["resources"] if (packed := _file_of(found, resource))]
    target = tempfile.TemporaryFile()  # noqa: SIM115 - sent, and closed by the server when it has been
    write_datapackage(DataPackage(found, records), files, _form(Kind.DATASET), Standard.of(config.schema_folder()).licences, target)
    target.seek(0)
    return send_file(target, mimetype="application/zip", as_attachment=True, download_name=f"{found['name']}.zip")


def _file_of(found: dict[str, Any], resource: dict[str, Any]) -> PackedFile | None:
    """Return an uploaded file of an open dataset; None for links and for what is withheld."""
    if resource.get("url_type") != "upload" or found.get("access_rights", OPEN) != OPEN:
        return None
    path = Path(get_resource_uploader(resource).get_path(resource["id"]))
    return PackedFile(resource, path, str(resource["url"]).rpartition("/")[2]) if path.is_file() else None


@metadata.route("/dataset/<name>/citation.<suffix>", endpoint="citation")
def citation(name: str, suffix: str) -> Response:
    """How to cite a dataset: `txt`, `bib` (BibTeX) or `ris`."""
    found = _action("package_show", id=name)
    cited = ntbsatudata_citation(found)
    texts = {
        "txt": (cited.text + "\n", "text/plain"),
        "bib": (cited.bibtex, "application/x-bibtex"),
        "ris": (cited.ris, "application/x-research-info-systems"),
    }
    if suffix not in texts:
        refuse(404, toolkit._("There is no such form of citation."))
    text, media_type = texts[suffix]
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found["name"]}.{suffix}"'
    return response


@metadata.before_app_request
def withhold() -> None:
    """Give the files of a restricted or closed dataset only to those who keep and check it; its page and metadata stay public."""
    if toolkit.request.endpoint in _FILES:
        arguments = toolkit.request.view_args or {}
        if access_levels.withheld(model.Package.get(arguments.get("id") or arguments.get("name")), toolkit.current_user.name):
            refuse(403, access_levels.sentence())


@metadata.after_app_request
def describe_downloads(response: Response) -> Response:
    """Say at each file where its metadata are (RFC 8288, `describedby`)."""
    arguments = toolkit.request.view_args or {}
    if toolkit.request.endpoint in _DOWNLOADS and "resource_id" in arguments:
        target = toolkit.url_for(
            "ntbsatudata_metadata.read", word="msvar", name=f"{arguments['resource_id']}.json", qualified=True, locale="default"
        )
        response.headers.add("Link", f'<{target}>; rel="describedby"; type="application/json"')
    return response
