"""Publish described content through the same actions a walidata uses; a second run finds everything in place.

What walidata have made of a dataset stays: one they have published a revision of or deleted is left alone, any other is written
again only when the bytes of one of its tables have changed. A run that was killed is completed by the next: a resource gets its
hash last.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.content import Column, ColumnType, Content, Dataset, Rows, Table, rows_of
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.logic import revisions

DATASTORE_TYPES = {ColumnType.TEXT: "text", ColumnType.INTEGER: "int8", ColumnType.NUMBER: "numeric"}
TABLE_SCHEMA_TYPES = {ColumnType.TEXT: "string", ColumnType.INTEGER: "integer", ColumnType.NUMBER: "number"}


class Outcome(Enum):
    """What became of one thing."""

    CREATED = "dibuat"
    RENEWED = "diperbarui"
    UNCHANGED = "sudah ada"
    DELETED = "dihapus walidata, dibiarkan"
    REVISED = "direvisi walidata, dibiarkan"


@dataclass
class ContentPublisher:
    """Puts the content of one region into the catalogue. With `dry_run` it only says what it would do."""

    content: Content
    folder: SchemaFolder
    dry_run: bool = False
    say: Callable[[str], None] = lambda line: None
    user: str = field(init=False)

    def __post_init__(self) -> None:
        self.user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def publish(self, *, demo: bool = False) -> Counter[Outcome]:
        """Publish organisations, topics, datasets; sample datasets only for a demonstration. Returns how many of each outcome."""
        outcomes: Counter[Outcome] = Counter()
        for name, outcome in self._each(demo):
            outcomes[outcome] += 1
            self.say(f"{name}: {outcome.value}")
        return outcomes

    def _each(self, demo: bool) -> Iterator[tuple[str, Outcome]]:
        for organization in self.content.organizations:
            above = [{"name": organization.parent, "capacity": "public"}] if organization.parent else []
            yield organization.name, self._keep("organization", {"name": organization.name, "groups": above, **organization.metadata})
        for topic in self.content.topics:
            yield topic.name, self._keep("group", {"name": topic.name, "title": topic.title, "description": topic.description})
        lists = CodeLists.load(self.folder)
        for dataset in self.content.datasets:
            if demo or not dataset.demo:
                yield (
                    dataset.name,
                    self._dataset(dataset, [rows_of(table, self.folder, lists, self.content.region) for table in dataset.tables]),
                )

    def _keep(self, kind: str, described: dict[str, Any]) -> Outcome:
        """Create an organisation or a topic unless there is one of that name."""
        found = self._find(f"{kind}_show", described["name"])
        if found:
            return Outcome.DELETED if found["state"] == "deleted" else Outcome.UNCHANGED
        self._do(f"{kind}_create", described)
        return Outcome.CREATED

    def _dataset(self, dataset: Dataset, tables: list[Rows]) -> Outcome:
        found = self._find("package_show", dataset.name)
        if found and found["state"] == "deleted":
            return Outcome.DELETED
        release = revisions.newest_release(found["id"]) if found else None
        if release is not None and release.revision_id is not None:
            return Outcome.REVISED
        resources = {_file_name(resource): resource for resource in found["resources"]} if found else {}
        stale = [rows for rows in tables if not _complete(resources.get(rows.table.file), rows)]
        if not stale and found:
            return Outcome.UNCHANGED
        if release is not None:
            return self._renew(found, dataset, stale)
        if not found:
            self._do("package_create", _package(dataset))
        elif resources:  # without any, a run was killed before the first file: the metadata are in place
            self._do("package_patch", {**_package(dataset), "id": dataset.name})
        for rows in stale:
            self._table(dataset.name, resources.get(rows.table.file), rows)
        self._do("ntbsatudata_release_adopt", {"id": dataset.name, "changelog": "Isi pertama dari skema portal."})
        return Outcome.RENEWED if resources else Outcome.CREATED

    def _renew(self, live: dict[str, Any], dataset: Dataset, stale: list[Rows]) -> Outcome:
        """Make a new release beside the live one, and switch: readers see the one or the other, and the old one keeps its bytes."""
        if self.dry_run:
            return Outcome.RENEWED
        account = toolkit.get_action("user_show")({"ignore_auth": True}, {"id": self.user})["id"]
        unfinished = revisions.open_revision(live["id"])
        if unfinished is not None and unfinished.authors != [account]:
            return Outcome.REVISED
        if unfinished is not None:
            revisions.abandon(unfinished, self.user, account, "Pembaruan sebelumnya terputus.")
        revision = revisions.begin(live, self.user, account)
        copied = revisions.working_copy(revision)
        described = {name: value for name, value in _package(dataset).items() if name != "name"}
        self._do("package_patch", {**described, "id": copied["id"]})
        resources = {_file_name(resource): resource for resource in copied["resources"]}
        for rows in stale:
            self._table(copied["id"], resources.get(rows.table.file), rows)
        revisions.renew(revision, self.user, account, "Isi dari skema portal diperbarui.")
        return Outcome.RENEWED

    def _table(self, dataset: str, resource: dict[str, Any] | None, rows: Rows) -> None:
        described = {
            "name": rows.table.name,
            "description": rows.table.description,
            "format": "CSV",
            "mimetype": "text/csv",
            "schema": table_schema(rows.table),
            "hash": "",
            "upload": FileStorage(io.BytesIO(rows.csv), rows.table.file, content_type="text/csv"),
        }
        if resource is None:
            resource = self._do("resource_create", {"package_id": dataset, "url": rows.table.file, **described})
        else:
            self._do("resource_patch", {"id": resource["id"], "url": rows.table.file, **described})
        if self.dry_run:
            return
        if resource.get("datastore_active") and revisions.holder(resource["id"])[1] == resource["id"]:  # not the table of a release
            self._do("datastore_delete", {"resource_id": resource["id"], "force": True})
        names = [column.name for column in rows.table.columns]
        self._do(
            "datastore_create",
            {
                "resource_id": resource["id"],
                "force": True,
                "fields": [datastore_field(column) for column in rows.table.columns],
                "records": [dict(zip(names, record, strict=True)) for record in rows.records],
            },
        )
        self._do("resource_patch", {"id": resource["id"], "hash": rows.sha256})

    def _find(self, action: str, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = toolkit.get_action(action)({"user": self.user}, {"id": name})
        except toolkit.ObjectNotFound:
            return None
        return found

    def _do(self, action: str, data: dict[str, Any]) -> dict[str, Any]:
        if self.dry_run:
            return {"id": data.get("id", "")}
        # What this distribution brings has been checked with it: it comes as a release, not as somebody's draft.
        with revisions.curating():
            done: dict[str, Any] = toolkit.get_action(action)({"user": self.user}, data)
        return done


def datastore_field(column: Column) -> dict[str, Any]:
    """Return a column as the DataStore takes it: type, and its entry in the Data Dictionary."""
    notes = " ".join(part for part in (column.notes, f"Satuan: {column.unit}." if column.unit else "") if part)
    return {"id": column.name, "type": DATASTORE_TYPES[column.type], "info": {"label": column.label, "notes": notes}}


def table_schema(table: Table) -> dict[str, Any]:
    """Return the columns as a Table Schema (specs.frictionlessdata.io/table-schema), code lists and units beside them."""
    fields = []
    for column in table.columns:
        described = {"name": column.name, "type": TABLE_SCHEMA_TYPES[column.type], "title": column.label, "description": column.notes}
        described |= {"unit": column.unit, "kode_referensi": column.kode_referensi}
        fields.append({key: value for key, value in described.items() if value})
    return {"fields": fields, "missingValues": [""]}


def _package(dataset: Dataset) -> dict[str, Any]:
    metadata = {**dataset.metadata, "tags": [{"name": tag} for tag in dataset.metadata.get("tags", ())]}
    return {**metadata, "name": dataset.name, "owner_org": dataset.organization, "groups": [{"name": topic} for topic in dataset.topics]}


def _file_name(resource: dict[str, Any]) -> str:
    return str(resource["url"]).rpartition("/")[2]


def _complete(resource: dict[str, Any] | None, rows: Rows) -> bool:
    return bool(resource and resource.get("datastore_active") and resource.get("hash") == rows.sha256)
