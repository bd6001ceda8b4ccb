"""The index brought back to the catalogue: datasets that are missing, outdated or no more, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ckan.lib.search as search
import ckan.model as model
from ckan.plugins import toolkit

PAGE = 1000


@dataclass(frozen=True)
class Repair:
    """How many datasets were indexed anew, and how many entries without a dataset were removed."""

    indexed: int
    removed: int


def repair() -> Repair:
    """Compare index and catalogue by id and time of change, and mend the difference. Repeat it freely."""
    kept = model.Session.query(model.Package.id, model.Package.metadata_modified)
    if toolkit.config.get("ckan.search.remove_deleted_packages"):
        kept = kept.filter(model.Package.state != model.State.DELETED)
    catalogue = {row.id: row.metadata_modified.isoformat(timespec="milliseconds")[:23] for row in kept}
    indexed = dict(_indexed())
    behind = [dataset_id for dataset_id, changed in catalogue.items() if indexed.get(dataset_id) != changed]
    orphans = [dataset_id for dataset_id in indexed if dataset_id not in catalogue]
    search.rebuild(package_ids=behind, quiet=True)
    for dataset_id in orphans:
        search.clear(dataset_id)
    search.commit()
    return Repair(len(behind), len(orphans))


def _indexed() -> Iterator[tuple[str, str]]:
    """Yield id and time of change of each entry, to the millisecond, as both engines keep it."""
    connection = search.make_connection(decode_dates=False)
    site = toolkit.config["ckan.site_id"].replace('"', "")
    start = 0
    while True:
        asked = {"fq": f'+site_id:"{site}"', "sort": "id asc", "start": start, "rows": PAGE, "fl": "id metadata_modified"}
        hits = connection.search("*:*", **asked).docs
        yield from ((hit["id"], _with_milliseconds(hit["metadata_modified"])) for hit in hits)
        if len(hits) < PAGE:
            return
        start += PAGE


def _with_milliseconds(date: str) -> str:
    """`2024-01-01T00:00:00.5Z` and `2024-01-01T00:00:00Z` at the same length."""
    whole, _, fraction = date.rstrip("Z").partition(".")
    return f"{whole}.{fraction:0<3}"[:23]
