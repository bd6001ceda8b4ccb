"""`/periksa`: a table is checked, its problems are shown beside the rows they are in, what is proposed is accepted."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ckan.lib.munge import munge_title_to_name
from ckan.plugins import toolkit
from flask import Blueprint, Response
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.tables.fields import FieldType
from ckanext.ntbsatudata.views.forms_of_answer import refuse, sentence_of
from ckanext.ntbsatudata.views.record_form import own_agencies

table = Blueprint("ntbsatudata_table", __name__)
__all__ = ["table"]

ASK_AGAIN_SECONDS = 2


@table.route("/periksa", endpoint="new", methods=["GET", "POST"])
def new() -> Response | str:
    """Choose a file and have it checked."""
    if not toolkit.current_user.is_authenticated:
        return toolkit.redirect_to("user.login", came_from=toolkit.url_for("ntbsatudata_table.new"))
    errors: dict[str, list[str]] = {}
    resource_id = toolkit.request.values.get("resource_id")
    if toolkit.request.method == "POST":
        form = toolkit.request.form
        data = {"upload": toolkit.request.files.get("upload"), "sheet": form.get("sheet"), "schema": form.get("schema")}
        try:
            checked = toolkit.get_action("ntbsatudata_table_check")({}, {name: value for name, value in data.items() if value})
        except toolkit.ValidationError as error:
            errors = {name: list(map(str, said)) for name, said in error.error_dict.items()}
        else:
            if resource_id:
                return toolkit.redirect_to("ntbsatudata_table.update", token=checked["token"], resource_id=resource_id)
            return toolkit.redirect_to("ntbsatudata_table.read", token=checked["token"])
    return toolkit.render("table/new.html", {"errors": errors, "resource": _own_resource(resource_id) if resource_id else None})


@table.route("/periksa/<token>", endpoint="read")
def read(token: str) -> Response | str:
    """Show what was found: problems beside their rows, and the proposal to be accepted."""
    language = "id" if toolkit.h.lang() == "id" else "en"
    found = _action("check_show", token=token, language=language)
    called = Messages.load(config.schema_folder(), language).terms
    page = "table/read.html" if found["ready"] else "table/wait.html"
    return toolkit.render(
        page,
        {
            "found": found,
            "of_file": [problem for problem in found.get("problems", ()) if problem["row"] is None],
            "unshown": len({problem["row"] for problem in found.get("problems", ()) if problem["row"]}) - len(found.get("excerpt", ())),
            "types": [(kind.value, called.get(kind.value, kind.value)) for kind in FieldType],
            "agencies": own_agencies(),
            "ask_again": ASK_AGAIN_SECONDS,
        },
    )


@table.route("/periksa/<token>/rapi.csv", endpoint="tidy", methods=["POST"])
def tidy(token: str) -> Response:
    """Give the table as a tidy CSV, as accepted."""
    found = _action("check_show", token=token)
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        content = _tidy(token, Path(folder)).read_bytes()
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(found["name"])}"'
    return response


@table.route("/periksa/<token>/dataset", endpoint="begin", methods=["POST"])
def begin(token: str) -> Response:
    """Make a draft dataset of the table, as accepted."""
    found = _action("check_show", token=token)
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder, _tidy(token, Path(folder)).open("rb") as stream:
        upload = FileStorage(stream, _file_name(found["name"]), content_type="text/csv")
        try:
            made = toolkit.get_action("ntbsatudata_dataset_begin")(
                {}, {"owner_org": toolkit.request.form.get("owner_org"), "upload": upload}
            )
        except toolkit.ValidationError as error:
            refuse(400, sentence_of(error))
    return toolkit.redirect_to("dataset.read", id=made["name"])


@table.route("/periksa/<token>/pembaruan", endpoint="update", methods=["GET", "POST"])
def update(token: str) -> Response | str:
    """Show what a later file would do to the table of `resource_id`, by its key; when it is accepted, do it."""
    resource = _own_resource(toolkit.request.values.get("resource_id") or "")
    language = "id" if toolkit.h.lang() == "id" else "en"
    found = _action("check_show", token=token, language=language)
    if not found["ready"]:
        return toolkit.render("table/wait.html", {"found": found, "ask_again": ASK_AGAIN_SECONDS})
    if toolkit.request.method == "POST":
        _action("update", token=token, resource_id=resource["id"], update=toolkit.request.form.get("update"))
        toolkit.h.flash_success(toolkit._("The file was taken over. Its table follows in a moment."))
        return toolkit.redirect_to("resource.read", id=resource["package_id"], resource_id=resource["id"])
    proposal = _action("update_propose", token=token, resource_id=resource["id"]) if found["valid"] else None
    return toolkit.render("table/update.html", {"found": found, "resource": resource, "proposal": proposal})


def _own_resource(resource_id: str) -> dict[str, Any]:
    """Return a resource that the reader may change."""
    try:
        toolkit.check_access("ntbsatudata_table_load", {}, {"resource_id": resource_id})
        found: dict[str, Any] = toolkit.get_action("resource_show")({}, {"id": resource_id})
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("You may not change this table."))
    except toolkit.ObjectNotFound:
        refuse(404, toolkit._("There is no such table."))
    return found


def _tidy(token: str, folder: Path) -> Path:
    form, target = toolkit.request.form, folder / "tidy.csv"
    types = {name.removeprefix("type:"): value for name, value in form.items() if name.startswith("type:")}
    orders = {name.removeprefix("order:"): value for name, value in form.items() if name.startswith("order:")}
    _action("tidy", token=token, long=form.get("long", "") == "1", types=types, orders=orders, target=str(target))
    return target


def _file_name(name: str) -> str:
    return f"{munge_title_to_name(Path(name).stem) or 'data'}.csv"


def _action(name: str, **data: Any) -> Any:
    try:
        return toolkit.get_action(f"ntbsatudata_table_{name}")({}, data)
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("Log in to have a table checked."))
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error.message))
    except toolkit.ValidationError as error:
        refuse(400, sentence_of(error))
