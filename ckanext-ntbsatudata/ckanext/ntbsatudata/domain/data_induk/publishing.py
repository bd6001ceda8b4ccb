"""Data induk for programs: plain values for JSON, rows for CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from ckanext.ntbsatudata.domain.data_induk.likeness import Likeness
from ckanext.ntbsatudata.domain.data_induk.record_set import Merge, Record, RecordSet
from ckanext.ntbsatudata.domain.kode_referensi.spelling import spaced


def described_set(record_set: RecordSet) -> dict[str, Any]:
    """Return what a set is, who keeps it and when it was updated."""
    updated = max([record_set.updated, *(record.updated for record in record_set.current)])
    return {
        "id": record_set.id,
        "title": dict(record_set.title),
        "description": record_set.description,
        "owner": record_set.owner,
        "legal_basis": record_set.legal_basis,
        "verified": record_set.verified,
        "updated": updated.isoformat(),
        "source": record_set.source,
        "note": record_set.note,
        "count": len(record_set.current),
        "merged": len(record_set.merges),
        "identifiers": [
            {"id": one.id, "label": one.label, "issuer": one.issuer, "pattern": one.pattern.pattern} for one in record_set.identifiers
        ],
        "attributes": [
            {"id": one.id, "label": one.label, "code_list": one.code_list, "required": one.required} for one in record_set.attributes
        ],
    }


def described_record(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "updated": record.updated.isoformat(),
        "identifiers": dict(record.identifiers),
        "values": dict(record.values),
    }


def described_merge(merge: Merge) -> dict[str, Any]:
    """Return a merge without the person who decided it."""
    return {"kept": merge.kept, "dropped": merge.dropped, "reason": merge.reason, "decided_on": merge.decided_on.isoformat()}


def described_likeness(pair: Likeness) -> dict[str, Any]:
    return {"one": described_record(pair.one), "other": described_record(pair.other), "score": pair.score, "shared": list(pair.shared)}


def select(record_set: RecordSet, *, words: str | None = None, region: str | None = None) -> list[Record]:
    """Return the records whose name or identifier holds all words, in a region (by its code) or below it."""
    wanted = spaced(words or "").split()
    place = record_set.region or "parent"

    def lies(record: Record) -> bool:
        code = record.values.get(place, "")
        return region is None or code == region or code.startswith(f"{region}.")

    def says(record: Record) -> bool:
        text = " ".join([spaced(record.name), *(spaced(value) for value in record.identifiers.values())])
        return all(word in text for word in wanted)

    return [record for record in record_set.current if lies(record) and says(record)]


def as_rows(described: dict[str, Any]) -> str:
    """Return a described set with its described `records` as CSV with a header: id, name, updated, identifiers, attributes."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    identifiers, attributes = ([one["id"] for one in described[part]] for part in ("identifiers", "attributes"))
    writer.writerow(["id", "name", "updated", *identifiers, *attributes])
    for record in described["records"]:
        known = [record["identifiers"].get(one, "") for one in identifiers] + [record["values"].get(one, "") for one in attributes]
        writer.writerow([record["id"], record["name"], record["updated"], *known])
    return stream.getvalue()
