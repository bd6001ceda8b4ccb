"""Bringing in what exists elsewhere: BPS form workbooks and Data Packages become drafts of the agency."""

from __future__ import annotations

import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ckan.lib.munge import munge_title_to_name
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from python_calamine import CalamineError
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.metadata.datapackage import read_datapackage
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.workbook import not_a_form, read_workbook
from ckanext.ntbsatudata.logic import metadata_records as records

__all__ = ["ntbsatudata_datapackage_import", "ntbsatudata_workbook_import"]

NOUNS = {Kind.MSKEG: "mskegiatan", Kind.MSIND: "msindikator", Kind.MSVAR: "msvariabel"}


@contextmanager
def _saved(upload: FileStorage) -> Iterator[Path]:
    """Give an uploaded file as a path that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        path = Path(folder) / Path(upload.filename or "data").name
        upload.stream.seek(0)
        upload.save(path)
        yield path


def ntbsatudata_workbook_import(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Keep each line of a BPS form workbook (MS-Var, MS-Ind) in `upload` as a draft record of the agency `owner_org`.

    Each answer lists the `problems` that keep the record from being finished.
    """
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    words = records.messages()
    with _saved(toolkit.get_or_bust(data_dict, "upload")) as path:
        try:
            sheets = read_workbook(path, records.standard().forms)
        except CalamineError:
            sheets = []
    if not sheets:
        raise toolkit.ValidationError({"upload": [words.line(not_a_form())]})
    made = []
    for sheet in sheets:
        for answers in sheet.records:
            create = toolkit.get_action(f"ntbsatudata_{NOUNS[sheet.kind]}_create")
            record = create({**context}, {**answers, "owner_org": data_dict["owner_org"], "draft": True})
            problems = [*sheet.problems, *records.problems_of(sheet.kind, answers)]
            made.append(
                {"id": record["id"], "kind": sheet.kind.value, "name": record["name"], "problems": [words.as_dict(one) for one in problems]}
            )
    return made


def ntbsatudata_datapackage_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a draft dataset of the agency `owner_org` from the Data Package (ZIP) in `upload`, with its files and column schemas."""
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    with _saved(toolkit.get_or_bust(data_dict, "upload")) as path:
        try:
            package = read_datapackage(path)
        except SatuDataError as error:
            raise toolkit.ValidationError({"upload": [str(error)]}) from error
        values = {
            name: value for name, value in package.dataset.items() if name not in ("resources", "name", "owner_org", "id_mskeg", "id_msind")
        }
        values["tags"] = [{"name": tag} for tag in values.get("tags", [])]
        stem = munge_title_to_name(str(package.dataset.get("name") or package.dataset.get("title") or "dataset"))[:80].strip("-_")
        create = toolkit.get_action("package_create")
        dataset = create(
            {**context, "allow_state_change": True},
            {**values, "name": f"{stem}-{uuid.uuid4().hex[:6]}", "owner_org": data_dict["owner_org"], "state": "draft"},
        )
        with zipfile.ZipFile(path) as archive:
            for resource in package.dataset["resources"]:
                _add(context, dataset["id"], resource, archive)
    shown: dict[str, Any] = toolkit.get_action("package_show")({**context}, {"id": dataset["id"]})
    return shown


def _refuse_what_is_too_large(path: Path, resources: list[dict[str, Any]]) -> None:
    """A file inside may be no larger than one that is uploaded; a small ZIP can hold very much."""
    most = int(toolkit.config["ckan.max_resource_size"])
    with zipfile.ZipFile(path) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    for resource in resources:
        if sizes.get(resource["url"], 0) > most * 1024 * 1024:
            raise toolkit.ValidationError(
                {"upload": [toolkit._("{name} is larger than {most} MB.").format(name=resource["url"], most=most)]}
            )


def _add(context: Context, dataset_id: str, resource: dict[str, Any], archive: zipfile.ZipFile) -> None:
    described = {name: value for name, value in resource.items() if name != "size"} | {"package_id": dataset_id}
    if str(resource["url"]).startswith(("http://", "https://")):
        toolkit.get_action("resource_create")({**context}, described)
        return
    name = Path(resource["url"]).name
    with archive.open(resource["url"]) as inside, tempfile.TemporaryFile() as stream:
        while block := inside.read(1 << 20):
            stream.write(block)
        stream.seek(0)
        upload = FileStorage(stream, name, content_type=resource.get("mimetype"))
        toolkit.get_action("resource_create")({**context}, {**described, "url": name, "upload": upload})
