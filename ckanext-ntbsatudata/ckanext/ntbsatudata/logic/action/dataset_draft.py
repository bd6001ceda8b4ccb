"""From a file to a draft, and from a draft to what may be submitted."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from ckan.lib.munge import munge_tag, munge_title_to_name
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.completeness import Purpose, completeness
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.tables.checking import check_table
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.tidy import write_tidy
from ckanext.ntbsatudata.logic import dataset_quality as quality
from ckanext.ntbsatudata.logic import metadata_records as records

__all__ = ["ntbsatudata_dataset_begin", "ntbsatudata_submission_check"]

RIGHTS = "Akses terbuka"
LONGEST_NAME = 80


def ntbsatudata_dataset_begin(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a draft dataset of the agency `owner_org` from the file in `upload`: its table as a tidy CSV, its fields as proposed.

    With `id_mskeg` the last dataset of that activity gives what stays. `proposed` says where each value comes from.
    """
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    upload = toolkit.get_or_bust(data_dict, "upload")
    asked = {name: data_dict.get(name) for name in ("owner_org", "id_mskeg") if data_dict.get(name)}
    found = toolkit.get_action("ntbsatudata_dataset_propose")({**context}, {**asked, "upload": upload})
    values = {name: one["value"] for name, one in found.items() if name != "schema"} | asked
    values["proposed"] = {name: one["origin"] for name, one in found.items()}
    values["tags"] = [{"name": munge_tag(tag)} for tag in values.get("tags", [])]
    if "theme" not in values and values.get("topik"):
        values["theme"] = list(records.standard().themes.get(values["topik"], ()))
    stem = munge_title_to_name(str(values.get("title") or "dataset"))[:LONGEST_NAME].strip("-_")
    dataset: dict[str, Any] = toolkit.get_action("package_create")(
        {**context, "allow_state_change": True}, {**values, "name": f"{stem}-{uuid.uuid4().hex[:6]}", "state": "draft"}
    )
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        name = Path(upload.filename or "data").name
        source, tidy = Path(folder) / name, Path(folder) / "tidy.csv"
        upload.stream.seek(0)
        upload.save(source)
        try:
            with opened_table(source) as table:
                write_tidy(check_table(table, CodeLists.load(config.schema_folder())), tidy)
        except UnreadableFileError as error:
            raise toolkit.ValidationError({"upload": [str(error)]}) from error
        with tidy.open("rb") as stream:
            file_name = f"{munge_title_to_name(source.stem) or 'data'}.csv"
            described = {
                "name": values.get("title") or name,
                "format": "CSV",
                "mimetype": "text/csv",
                "rights": RIGHTS,
                "schema": found["schema"]["value"],
            }
            file = FileStorage(stream, file_name, content_type="text/csv")
            toolkit.get_action("resource_create")({**context}, {"package_id": dataset["id"], "url": file_name, "upload": file, **described})
    shown: dict[str, Any] = toolkit.get_action("package_show")({**context}, {"id": dataset["id"]})
    return shown


@toolkit.side_effect_free
def ntbsatudata_submission_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer when dataset `id` may be submitted; refuse with every field that is missing (Perpres 39/2019: data come with metadata)."""
    toolkit.check_access("package_update", context, {"id": toolkit.get_or_bust(data_dict, "id")})
    dataset = toolkit.get_action("package_show")({**context}, {"id": data_dict["id"]})
    forms = records.standard().forms
    found = completeness(Purpose.SUBMIT, dataset, forms[Kind.DATASET], forms[Kind.RESOURCE], quality.activity_problems(dataset))
    if not found.is_complete:
        raise records.refused(found.missing)
    return {"id": dataset["id"], "complete": True}
