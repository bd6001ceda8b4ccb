"""Data induk for programs: `/api/3/action/ntbsatudata_data_induk_…`."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.data_induk import DataInduk, Merge, RecordSet
from ckanext.ntbsatudata.domain.data_induk import duplicates as duplicates_of
from ckanext.ntbsatudata.domain.data_induk import match as match_record
from ckanext.ntbsatudata.domain.data_induk import publishing as form
from ckanext.ntbsatudata.logic.checked import answered, checked
from ckanext.ntbsatudata.logic.schema import data_induk as schema
from ckanext.ntbsatudata.model.data_induk import DataIndukMerge

READ = "ntbsatudata_data_induk_read"
MERGE = "ntbsatudata_data_induk_merge"


def _with_decisions(record_set: RecordSet) -> RecordSet:
    """The set of the files, with the merges decided in this portal; a record its owner has since taken out needs none."""
    known = {record.id for record in record_set.records}
    rows = model.Session.query(DataIndukMerge).filter_by(set_id=record_set.id).order_by(DataIndukMerge.id)
    merges = [
        Merge(row.kept, row.dropped, row.reason, row.decided_at.date(), row.decided_by) for row in rows if {row.kept, row.dropped} <= known
    ]
    return record_set.merged(merges) if merges else record_set


def _set(set_id: str) -> RecordSet:
    return _with_decisions(DataInduk.load(config.schema_folder()).get(set_id))


@toolkit.side_effect_free
def ntbsatudata_data_induk_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return all sets of master data with owner, update date and number of records."""
    toolkit.check_access(READ, context, data_dict)
    return [form.described_set(_with_decisions(record_set)) for record_set in DataInduk.load(config.schema_folder())]


@toolkit.side_effect_free
def ntbsatudata_data_induk_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return one set (`id`) with `limit` of its records from `offset` on; `q` and `region` narrow them; `found` counts them all."""
    data = checked(READ, context, data_dict, schema.show())
    with answered():
        record_set = _set(data["id"])
        found = form.select(record_set, words=data.get("q"), region=data.get("region"))
        page = found[data["offset"] : data["offset"] + min(data["limit"], schema.MOST_RECORDS)]
        return {**form.described_set(record_set), "found": len(found), "records": [form.described_record(record) for record in page]}


@toolkit.side_effect_free
def ntbsatudata_data_induk_record_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the record in force for an id (`record`) of set `id`, with the trail of merges that led into it."""
    data = checked(READ, context, data_dict, schema.record())
    with answered():
        record_set = _set(data["id"])
        record = record_set.record(data["record"])
        return {**form.described_record(record), "trail": [form.described_merge(merge) for merge in record_set.trail(record.id)]}


@toolkit.side_effect_free
def ntbsatudata_data_induk_match(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the records that a `name` (with `identifiers`, in a `region`) may stand for, best first, with scores."""
    data = checked(READ, context, data_dict, schema.match())
    with answered():
        found = match_record(_set(data["id"]), data["name"], region=data.get("region"), identifiers=data.get("identifiers"))
        return [{**form.described_record(record), "score": score} for record, score in found]


@toolkit.side_effect_free
def ntbsatudata_data_induk_duplicates(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return pairs of records of set `id` that may be one object, the surest first. For those who may merge."""
    data = checked(MERGE, context, data_dict, schema.of_set())
    with answered():
        return [form.described_likeness(pair) for pair in duplicates_of(_set(data["id"]))]


def ntbsatudata_data_induk_merge(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide that record `dropped` of set `id` is the same object as `kept`, with a `reason`; return the record in force.

    Both stay in the trail; nothing is deleted.
    """
    data = checked(MERGE, context, data_dict, schema.merge())
    decided_at = datetime.now(timezone.utc)
    user = context["user"]
    with answered():
        decision = Merge(data["kept"], data["dropped"], data["reason"], decided_at.date(), user)
        merged = _set(data["id"]).merged([decision])
        model.Session.add(
            DataIndukMerge(
                set_id=data["id"], kept=data["kept"], dropped=data["dropped"], reason=data["reason"], decided_by=user, decided_at=decided_at
            )
        )
        model.Session.commit()
        return form.described_record(merged.record(data["kept"]))


__all__ = [
    "ntbsatudata_data_induk_duplicates", "ntbsatudata_data_induk_list", "ntbsatudata_data_induk_match", "ntbsatudata_data_induk_merge",
    "ntbsatudata_data_induk_record_show", "ntbsatudata_data_induk_show",
]  # fmt: skip
