"""Tables for programs: check a file, load a resource's table, ask how far that is."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.tables.update import Update
from ckanext.ntbsatudata.jobs import table_loading, table_upload
from ckanext.ntbsatudata.logic.checked import answered

__all__ = [
    "ntbsatudata_table_check", "ntbsatudata_table_check_show", "ntbsatudata_table_load", "ntbsatudata_table_status", "ntbsatudata_table_tidy",
    "ntbsatudata_table_update", "ntbsatudata_table_update_propose",
]  # fmt: skip


def ntbsatudata_table_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check the file in `upload`, on sheet `sheet`, against the table schema `schema` if one is named.

    Returns `token`, and the answer of `satudata check --json` when it is ready; a large file is checked in the background,
    and `ntbsatudata_table_check_show` asks again.
    """
    toolkit.check_access("ntbsatudata_table_check", context, data_dict)
    upload = toolkit.get_or_bust(data_dict, "upload")
    if not getattr(upload, "filename", ""):
        raise toolkit.ValidationError({"upload": [toolkit._("Choose a file.")]})
    with answered():
        kept = table_upload.keep(upload.stream, upload.filename, context["user"], data_dict.get("sheet"), data_dict.get("schema"))
    return _shown(kept, data_dict)


def ntbsatudata_table_check_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the answer for the upload `token` in `language` (id, en); `ready` says whether it is there."""
    return _shown(_kept(context, data_dict), data_dict)


def ntbsatudata_table_tidy(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write the table of upload `token` as a tidy CSV at `target`, as accepted: `long`, `types` and `orders` by column.

    For callers inside the portal: `target` is a path. Returns the number of records.
    """
    kept = _kept(context, data_dict)
    accepted = table_upload.Accepted(
        as_long=toolkit.asbool(data_dict.get("long", False)),
        types=tuple(dict(data_dict.get("types") or {}).items()),
        orders=tuple(dict(data_dict.get("orders") or {}).items()),
    )
    with answered():
        checked = table_upload.tidy(kept, accepted, Path(toolkit.get_or_bust(data_dict, "target")))
    return {"fields": [{"name": found.name, "type": found.type.value} for found in checked.fields], "valid": checked.valid}


def ntbsatudata_table_load(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Have the table of `resource_id` checked and loaded into the DataStore with its declared types; returns the state of the work."""
    resource_id = toolkit.get_or_bust(data_dict, "resource_id")
    toolkit.check_access("ntbsatudata_table_load", context, {"resource_id": resource_id})
    resource = toolkit.get_action("resource_show")({**context}, {"id": resource_id})
    if resource.get("url_type") != "upload":
        raise toolkit.ValidationError({"resource_id": [toolkit._("Only an uploaded file can be loaded.")]})
    table_loading.ask_for(resource)
    return table_loading.state_of(resource_id) or {}


@toolkit.side_effect_free
def ntbsatudata_table_status(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return how far the loading of `resource_id` is: `state`, `rows`, and the codes of problems with their counts."""
    resource_id = toolkit.get_or_bust(data_dict, "resource_id")
    toolkit.check_access("ntbsatudata_table_status", context, {"resource_id": resource_id})
    state = table_loading.state_of(resource_id) or {"state": "none"}
    return {name: value for name, value in state.items() if name != "loaded_from"}


def ntbsatudata_table_update_propose(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say whether the upload `token` appends to the table of `resource_id` or replaces it, by its key."""
    resource_id = toolkit.get_or_bust(data_dict, "resource_id")
    toolkit.check_access("ntbsatudata_table_load", context, {"resource_id": resource_id})
    kept = _kept(context, data_dict)
    resource = toolkit.get_action("resource_show")({**context}, {"id": resource_id})
    declared = (
        json.loads(resource["schema"]) if isinstance(resource.get("schema"), str) and resource["schema"] else resource.get("schema") or {}
    )
    key = declared.get("primaryKey") or ()
    with answered():
        proposal = table_loading.compare(resource, kept.file, kept.sheet, (key,) if isinstance(key, str) else tuple(key))
    return {
        "update": proposal.update.value, "key": list(proposal.key), "kept": proposal.kept, "changed": proposal.changed,
        "added": proposal.added, "gone": proposal.gone,
    }  # fmt: skip


def ntbsatudata_table_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take over the upload `token` as the file of `resource_id`: `update` is `append` or `replace`, as proposed and accepted."""
    resource_id, wanted = toolkit.get_or_bust(data_dict, ["resource_id", "update"])
    toolkit.check_access("ntbsatudata_table_load", context, {"resource_id": resource_id})
    if wanted not in (Update.APPEND.value, Update.REPLACE.value):
        raise toolkit.ValidationError({"update": [toolkit._("Choose append or replace.")]})
    kept = _kept(context, data_dict)
    resource = toolkit.get_action("resource_show")({**context}, {"id": resource_id})
    with tempfile.TemporaryDirectory(prefix="satudata-") as folder:
        target = Path(folder) / "tidy.csv"
        with answered():
            table_loading.write_update(resource, kept.file, kept.sheet, Update(wanted), target)
        with target.open("rb") as stream:
            file = FileStorage(stream, Path(resource["url"]).name or "data.csv", content_type="text/csv")
            changed: dict[str, Any] = toolkit.get_action("resource_patch")(
                {**context}, {"id": resource_id, "upload": file, "format": "CSV"}
            )
    return changed


def _kept(context: Context, data_dict: DataDict) -> table_upload.Upload:
    toolkit.check_access("ntbsatudata_table_check", context, data_dict)
    with answered():
        return table_upload.find(str(toolkit.get_or_bust(data_dict, "token")), context["user"])


def _shown(kept: table_upload.Upload, data_dict: DataDict) -> dict[str, Any]:
    answer = kept.answer(str(data_dict.get("language") or toolkit.config["ckan.locale_default"]))
    return {"token": kept.token, "name": kept.name, "ready": answer is not None, **(answer or {})}
