"""The file of a resource, looked at before people do: is it what it says, is the table sound, does it hold personal data.

What is found is kept under a mark of file, format and schema, so that the same file is looked at once. Problems hold no personal value.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.checking import check_table
from ckanext.ntbsatudata.domain.tables.declared_format import format_problems
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.schema import TableSchemaError, table_schema
from ckanext.ntbsatudata.domain.tables.schema_check import check_against
from ckanext.ntbsatudata.jobs.table_loading import TABULAR, fetch
from ckanext.ntbsatudata.model.review import FileCheck

log = logging.getLogger(__name__)

IN_THE_BACKGROUND_FROM = 5_000_000  # bytes
MOST_KEPT = 200
_SECONDS_UNTIL_ASKED_AGAIN = 600


def ask_for(resource: Mapping[str, Any]) -> None:
    """Queue the check of an uploaded file, unless its result is there or was asked for a moment ago."""
    asked = f"{toolkit.config['ckan.site_id']}:ntbsatudata:check:{resource['id']}:{_mark(resource)}"
    if is_file(resource) and kept(resource) is None and connect_to_redis().set(asked, 1, nx=True, ex=_SECONDS_UNTIL_ASKED_AGAIN):
        toolkit.enqueue_job(check, [resource["id"]], title=f"check of {resource['id']}")


def is_file(resource: Mapping[str, Any]) -> bool:
    return resource.get("url_type") == "upload" and bool(resource.get("url"))


def kept(resource: Mapping[str, Any]) -> list[Problem] | None:
    """Return what was found in the file that the resource has now; None when nobody has looked yet."""
    row = model.Session.get(FileCheck, resource["id"])
    if row is None or row.mark != _mark(resource):
        return None
    return [Problem(one["code"], one["row"], one["field"], Severity(one["severity"]), one["values"]) for one in row.problems]


def found_or_asked(resource: Mapping[str, Any]) -> list[Problem] | None:
    """Return what is found in a file: at once in a small one; of a large one None, and a job looks."""
    known = kept(resource)
    if known is not None:
        return known
    if int(resource.get("size") or 0) >= IN_THE_BACKGROUND_FROM:
        ask_for(resource)
        return None
    return look(resource)


def check(resource_id: str) -> int:
    """Look at the file of a resource and keep what is found; return the number of problems. One that is gone meanwhile is left alone."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        resource = toolkit.get_action("resource_show")({"ignore_auth": True, "user": user}, {"id": resource_id})
    except toolkit.ObjectNotFound:
        log.info("check: resource %s is gone", resource_id)
        return 0
    found = look(resource)
    log.info("check: resource %s has %d problems", resource_id, len(found))
    return len(found)


def look(resource: Mapping[str, Any]) -> list[Problem]:
    """Look at a file and keep what is found."""
    with tempfile.TemporaryDirectory(prefix="satudata-check-") as folder:
        path = Path(folder) / f"source.{str(resource.get('format') or 'csv').lower()}"
        try:
            fetch(resource["id"], path)
        except FileNotFoundError:
            found = [Problem("file-gone", field="url")]
        else:
            found = _problems(path, resource)
    return keep(resource, found)


def keep(resource: Mapping[str, Any], found: Sequence[Problem]) -> list[Problem]:
    """Keep what was found in the file a resource has now, the first two hundred."""
    row = model.Session.get(FileCheck, resource["id"])
    if row is None:
        row = FileCheck(resource_id=resource["id"])
        model.Session.add(row)
    blocking_first = sorted(found, key=lambda problem: not problem.severity.blocks)[:MOST_KEPT]
    row.mark, row.checked_at = _mark(resource), datetime.now(timezone.utc)
    row.problems = json.loads(
        json.dumps(
            [{**vars(problem), "severity": problem.severity.value, "values": dict(problem.values)} for problem in blocking_first],
            default=str,
        )
    )
    model.Session.commit()
    return blocking_first


def _problems(path: Path, resource: Mapping[str, Any]) -> list[Problem]:
    declared = str(resource.get("format") or "")
    wrong = format_problems(path, declared)
    if wrong or declared.lower() not in TABULAR:
        return wrong
    lists = CodeLists.load(config.schema_folder())
    schema = resource.get("schema")
    try:
        with opened_table(path) as table:
            if not schema:
                return list(check_table(table, lists).problems)
            descriptor = json.loads(schema) if isinstance(schema, str) else schema
            return list(check_against(table, table_schema(descriptor, "skema sumber daya"), lists).problems)
    except UnreadableFileError as error:
        return [error.problem]
    except TableSchemaError:
        return [Problem("table-schema-unreadable", field="schema")]


def _mark(resource: Mapping[str, Any]) -> str:
    told = [resource.get(name) for name in ("last_modified", "url", "format", "schema")]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
