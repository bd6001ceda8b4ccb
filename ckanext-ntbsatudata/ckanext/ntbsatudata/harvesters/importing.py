"""Harvested records written as datasets, many in one transaction, through CKAN's own actions."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.lib import search
from ckan.plugins import toolkit
from slugify import slugify
from sqlalchemy import update

from ckanext.harvest.model import HarvestObject, HarvestObjectError
from ckanext.ntbsatudata.harvesters import approval
from ckanext.ntbsatudata.model import catalogue_version
from ckanext.ntbsatudata.model.harvest import HarvestedRecord

log = logging.getLogger(__name__)

LONGEST_NAME = 80
_REPORT = {"create": "added", "update": "updated", "gone": "deleted"}


def import_batch(objects: Sequence[HarvestObject]) -> None:
    """Write the datasets of these harvest objects in one transaction; when one is refused, each by itself, so that the others arrive."""
    with toolkit.signals.action_succeeded.muted():  # the harvest objects say who changed what; no activity beside them
        try:
            written = [_write(one) for one in objects]
            _finish(objects)
        except toolkit.ValidationError:
            model.Session.rollback()
            written = _one_by_one([one.id for one in objects])
        _index(written)
    catalogue_version.note_change()


def _one_by_one(object_ids: Sequence[str]) -> list[str]:
    written = []
    for object_id in object_ids:
        one = HarvestObject.get(object_id)
        try:
            package_id = _write(one)
            _finish([one])
            written.append(package_id)
        except toolkit.ValidationError as error:
            model.Session.rollback()
            one = HarvestObject.get(object_id)
            HarvestObjectError.create(_sentence(error), one, "Import")
            one.state, one.report_status, one.import_finished = "ERROR", "errored", _now()
            one.save()
    return written


def _write(one: HarvestObject) -> str:
    """Create, change or mark one dataset in the present transaction; return its id."""
    task = json.loads(one.content)
    package_id: str = task["package_id"]
    dataset = task["dataset"]
    context = _context()
    if task["action"] == "create":
        dataset |= {"id": package_id, "name": _name(dataset["title"], package_id), "harvest_object_id": one.id}
        dataset["private"] = not approval.is_approved(one.harvest_source_id)
        toolkit.get_action("package_create")(context, dataset)
    elif task["action"] == "update":
        package = model.Package.get(package_id)
        dataset |= {"id": package_id, "name": package.name, "private": package.private, "harvest_object_id": one.id}
        current = toolkit.get_action("package_show")(_context(), {"id": package_id})
        dataset["resources"] = _with_ids(dataset["resources"], current["resources"])
        dataset["groups"] = [{"id": group["id"]} for group in current.get("groups") or ()]
        toolkit.get_action("package_update")(context, dataset)
    else:
        current = toolkit.get_action("package_show")({**_context(), "use_cache": False}, {"id": package_id})
        current.pop("extras", None)
        toolkit.get_action("package_update")(context, {**current, "harvest_gone": _now().date().isoformat()})
    _remember(one, task)
    one.package_id = package_id
    return package_id


def _remember(one: HarvestObject, task: dict[str, Any]) -> None:
    row = model.Session.get(HarvestedRecord, task["package_id"])
    if row is None:
        row = HarvestedRecord(package_id=task["package_id"], source_id=one.harvest_source_id)
        model.Session.add(row)
    row.present = task["action"] != "gone"
    row.changed_at = datetime.now(timezone.utc)
    if row.present:
        row.identifier, row.landing_page, row.title, row.digest = task["keys"]


def _finish(objects: Sequence[HarvestObject]) -> None:
    packages = [one.package_id for one in objects]
    model.Session.execute(update(HarvestObject).where(HarvestObject.package_id.in_(packages)).values(current=False))
    for one in objects:
        action = json.loads(one.content)["action"]
        one.current = action != "gone"
        one.state, one.report_status = "COMPLETE", _REPORT[action]
        one.import_finished = _now()
    model.Session.commit()


def _index(package_ids: Sequence[str]) -> None:
    """Make the written datasets findable; the transaction that wrote them deferred it."""
    search.rebuild(package_ids=package_ids)


def _with_ids(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A file that stays keeps its id: matched by address and format, in order."""
    free = list(before)
    found = []
    for resource in now:
        same = next((one for one in free if one["url"] == resource["url"] and one.get("format", "") == resource.get("format", "")), None)
        if same:
            free.remove(same)
            found.append({**resource, "id": same["id"]})
        else:
            found.append(resource)
    return found


def _name(title: str, package_id: str) -> str:
    return f"{slugify(title, max_length=LONGEST_NAME, word_boundary=True) or 'dataset'}-{package_id[:8]}"


def _sentence(error: toolkit.ValidationError) -> str:
    return "; ".join(f"{field}: {said}" for field, said in error.error_summary.items())


def _context() -> dict[str, Any]:
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user, "defer_commit": True, "return_id_only": True}


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
