"""A resource's table, checked and loaded into the DataStore with its declared types.

A table that fails its check or its load keeps the one that is there. The state of the work is a task status of CKAN, for
pages and programs: counts and codes, never a value.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg2
from ckan.lib import uploader
from ckan.plugins import toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.tables.checking import Check, check_table
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.keys import proposed_key
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.schema import TableSchemaError, table_schema
from ckanext.ntbsatudata.domain.tables.schema_check import check_against
from ckanext.ntbsatudata.domain.tables.storage import stored_columns
from ckanext.ntbsatudata.domain.tables.tidy import write_tidy
from ckanext.ntbsatudata.domain.tables.update import Update, UpdateProposal, append_tidy, propose_update
from ckanext.ntbsatudata.jobs.table_store import fill_full_text, switch_in

log = logging.getLogger(__name__)

TASK_TYPE, KEY = "ntbsatudata_table", "load"
TABULAR = frozenset({"csv", "tsv", "xlsx", "xls", "ods"})


def ask_for(resource: Mapping[str, Any]) -> None:
    """Queue the loading of a resource that holds an uploaded table, unless its table already stands for that file."""
    if resource.get("url_type") == "upload" and str(resource.get("format", "")).lower() in TABULAR and not is_loaded(resource):
        say(resource["id"], "waiting", {})
        toolkit.enqueue_job(load, [resource["id"]], title=f"table of {resource['id']}")


def load(resource_id: str) -> dict[str, Any]:
    """Check a resource's file and put its table in place. Returns the state it left: `complete` or `failed`, and why."""
    context = _context()
    try:
        resource = toolkit.get_action("resource_show")(context, {"id": resource_id})
    except toolkit.ObjectNotFound:
        log.info("table: resource %s is gone", resource_id)
        return {"state": "gone"}
    say(resource_id, "checking", {})
    with tempfile.TemporaryDirectory(prefix="satudata-load-") as folder:
        source = Path(folder) / f"source.{str(resource.get('format') or 'csv').lower()}"
        fetch(resource_id, source)
        try:
            with opened_table(source) as table:
                check = _checked(table, resource)
                if not check.valid:
                    return _failed(resource_id, dict(Counter(problem.code for problem in check.problems if problem.severity.blocks)))
                say(resource_id, "loading", {"rows": table.count})
                tidy = Path(folder) / "tidy.csv"
                write_tidy(check, tidy)
                columns = stored_columns(check.fields)
        except UnreadableFileError as error:
            return _failed(resource_id, {error.problem.code: 1})
        except TableSchemaError as error:
            log.warning("table: schema of resource %s: %s", resource_id, error)
            return _failed(resource_id, {"schema-error": 1})
        try:
            count = switch_in(resource_id, columns, tidy)
        except psycopg2.Error as error:
            log.warning("table: resource %s was not loaded: SQLSTATE %s", resource_id, error.pgcode)
            return _failed(resource_id, {"not-loaded": 1})
    if not resource.get("datastore_active"):
        toolkit.get_action("resource_patch")(_context(), {"id": resource_id, "datastore_active": True})
    toolkit.enqueue_job(fill_full_text, [resource_id], title=f"words of {resource_id}")
    log.info("table: resource %s has %d records of %d columns", resource_id, count, len(columns))
    return say(resource_id, "complete", {"rows": count, "loaded_from": mark(resource)})


def compare(resource: Mapping[str, Any], later: Path, sheet: str | None, key: Sequence[str]) -> UpdateProposal:
    """Return what a later file is to the table of a resource: more records, or others in their place.

    Without a `key` in the schema the columns that say what a record is about are the key. Raises `UnreadableFileError`.
    """
    with tempfile.TemporaryDirectory(prefix="satudata-load-") as folder:
        current, tidy, proposed = _both_tidy(resource, later, sheet, Path(folder))
        return propose_update(current, tidy, tuple(key) or proposed)


def write_update(resource: Mapping[str, Any], later: Path, sheet: str | None, update: Update, target: Path) -> None:
    """Write the table of a resource as it is after the update: the later records alone, or below those that are there."""
    with tempfile.TemporaryDirectory(prefix="satudata-load-") as folder:
        current, tidy, _ = _both_tidy(resource, later, sheet, Path(folder))
        if update is Update.APPEND:
            append_tidy(current, tidy, target)
        else:
            shutil.copyfile(tidy, target)


def _both_tidy(resource: Mapping[str, Any], later: Path, sheet: str | None, folder: Path) -> tuple[Path, Path, tuple[str, ...]]:
    lists = CodeLists.load(config.schema_folder())
    source, current, tidy = folder / "source", folder / "current.csv", folder / "later.csv"
    fetch(resource["id"], source)
    with opened_table(source) as table:
        check = check_table(table, lists)
        write_tidy(check, current)
    with opened_table(later, sheet) as table:
        write_tidy(check_table(table, lists), tidy)
    return current, tidy, tuple(found.name for found in proposed_key(check.fields))


def is_loaded(resource: Mapping[str, Any]) -> bool:
    """Return whether the table in place came from the file and the schema the resource has now."""
    state = state_of(resource["id"])
    return bool(state and state.get("loaded_from") == mark(resource)) or bool(
        state and state["state"] in ("waiting", "checking", "loading")
    )


def state_of(resource_id: str) -> dict[str, Any] | None:
    """Return how far the loading is: `waiting`, `checking`, `loading`, `complete` or `failed`; None when none was asked."""
    try:
        task = toolkit.get_action("task_status_show")(_context(), {"entity_id": resource_id, "task_type": TASK_TYPE, "key": KEY})
    except toolkit.ObjectNotFound:
        return None
    return {**json.loads(task["value"] or "{}"), "state": task["state"], "updated": task["last_updated"]}


def say(resource_id: str, state: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the state of the work and return it."""
    toolkit.get_action("task_status_update")(
        _context(),
        {
            "entity_id": resource_id,
            "entity_type": "resource",
            "task_type": TASK_TYPE,
            "key": KEY,
            "state": state,
            "value": json.dumps(dict(value)),
            "last_updated": datetime.now(timezone.utc).replace(tzinfo=None).isoformat(),
        },
    )
    return {**value, "state": state}


def _failed(resource_id: str, codes: Mapping[str, int]) -> dict[str, Any]:
    log.info("table: resource %s keeps its old table: %s", resource_id, dict(codes))
    return say(resource_id, "failed", {"problems": dict(codes)})


def _checked(table: Any, resource: Mapping[str, Any]) -> Check:
    lists = CodeLists.load(config.schema_folder())
    declared = resource.get("schema")
    if not declared:
        return check_table(table, lists)
    descriptor = json.loads(declared) if isinstance(declared, str) else declared
    return check_against(table, table_schema(descriptor, "skema sumber daya"), lists)


def fetch(resource_id: str, target: Path) -> None:
    """Copy the uploaded file out of CKAN's storage, wherever that is."""
    upload: Any = uploader.get_resource_uploader({})
    place = upload.get_path(resource_id)
    storage = getattr(upload, "storage", None)
    if storage is None:
        target.write_bytes(Path(place).read_bytes())
        return
    from ckan.lib import files

    with target.open("wb") as out:
        for chunk in storage.stream(files.FileData(files.Location(place))):
            out.write(chunk)


def mark(resource: Mapping[str, Any]) -> str:
    """Return what tells a resource's file and schema from its others."""
    schema = resource.get("schema") or ""
    return f"{resource.get('last_modified')}|{schema if isinstance(schema, str) else json.dumps(schema, sort_keys=True)}"


def _context() -> dict[str, Any]:
    return {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
