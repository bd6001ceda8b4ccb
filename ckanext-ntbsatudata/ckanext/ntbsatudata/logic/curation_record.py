"""Writing the record of decisions, and reading it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from sqlalchemy import select, text

from ckanext.ntbsatudata.domain.curation.record import FIELDS, FIRST, link
from ckanext.ntbsatudata.model.curation import CurationRecord

_CHAIN = 5203_2019  # the lock of the chain: one entry after the other


def write(
    dataset_id: str, revision_id: str | None, event: str, actor: str, role: str, source: str | None, target: str | None, reason: str,
    on_behalf_of: str | None = None,
) -> CurationRecord:  # fmt: skip
    """Add an entry to the session's transaction: it is kept with what it records, or neither is."""
    model.Session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN})
    newest = select(CurationRecord.hash).order_by(CurationRecord.ordinal.desc()).limit(1)
    entry = CurationRecord(
        dataset_id=dataset_id, revision_id=revision_id, event=event, actor=actor, on_behalf_of=on_behalf_of, role=role,
        source=source, target=target, reason=reason, at=datetime.now(timezone.utc), previous=model.Session.scalar(newest) or FIRST,
    )  # fmt: skip
    entry.hash = link(entry.previous, as_dict(entry))
    model.Session.add(entry)
    model.Session.flush()
    return entry


def as_dict(entry: CurationRecord) -> dict[str, Any]:
    """Return an entry with its moment in UTC as text: what the hash covers, and what is exported."""
    values = {name: getattr(entry, name) for name in FIELDS}
    values["at"] = entry.at.astimezone(timezone.utc).isoformat()
    return {**values, "previous": entry.previous, "hash": entry.hash}


def entries(dataset_id: str | None = None, *, public_only: bool = False) -> list[dict[str, Any]]:
    """Return the entries in their order. The public part is who published or withdrew what, when and why."""
    query = select(CurationRecord).order_by(CurationRecord.ordinal)
    if dataset_id:
        query = query.where(CurationRecord.dataset_id == dataset_id)
    if public_only:
        query = query.where(CurationRecord.event.in_(("release_published", "release_adopted", "release_withdrawn")))
    return [as_dict(entry) for entry in model.Session.scalars(query)]
