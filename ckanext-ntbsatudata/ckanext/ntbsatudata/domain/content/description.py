"""What `schemas/content/` describes: organisations, topics, datasets and the tables in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.content.region import Region
from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = "content"


class ColumnType(Enum):
    """What a column holds. A code is text, always: `52.10` as a number would become `52.1`."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    name: str
    type: ColumnType
    label: str
    notes: str = ""
    unit: str = ""
    kode_referensi: str = ""  # the code list its values come from


@dataclass(frozen=True)
class Table:
    """One file of a dataset. `query` is SQL over the `sources`; it may use `$wilayah`."""

    name: str
    file: str
    description: str
    sources: Mapping[str, str]  # relation in the query: code list, crosswalk or CSV of schemas/
    query: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Dataset:
    """`metadata` holds the catalogue's own fields, as `schemas/dataset.yaml` names them."""

    name: str
    organization: str
    topics: tuple[str, ...]
    metadata: Mapping[str, Any]
    tables: tuple[Table, ...]
    demo: bool = False


@dataclass(frozen=True)
class Organization:
    """An agency. `parent` is the name of the agency above it in the tree."""

    name: str
    parent: str | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Topic:
    name: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a portal of one region starts with. Organisations stand parents first."""

    region: Region
    organizations: tuple[Organization, ...]
    topics: tuple[Topic, ...]
    datasets: tuple[Dataset, ...]

    @classmethod
    def load(cls, folder: SchemaFolder, region: Region) -> Content:
        """Read the descriptions for a region. Raises `SchemaFolderError` naming the file that is not sound.

        The agencies are those of `organizations/<code>.yaml`; a region without such a file takes `organizations/<level>.yaml`.
        """
        organizations, walidata = _organizations(folder, region)
        topics = tuple(_read(folder, f"{FOLDER}/topics.yaml", region, _topics))
        names = folder.names(f"{FOLDER}/datasets", ".yaml")
        datasets = tuple(_read(folder, name, region, lambda described: _dataset(described, walidata)) for name in names)
        content = cls(region, organizations, topics, datasets)
        content._check()
        return content

    def _check(self) -> None:
        above: set[str | None] = {None}
        for organization in self.organizations:
            if organization.parent not in above:
                raise SchemaFolderError(
                    f"{FOLDER}/organizations: induk {organization.parent} dari {organization.name} harus ditulis lebih dulu."
                )
            above.add(organization.name)
        topics = {topic.name for topic in self.topics}
        for dataset in self.datasets:
            unknown = [topic for topic in dataset.topics if topic not in topics]
            if dataset.organization not in above or unknown:
                wrong = ", ".join(unknown) or dataset.organization
                raise SchemaFolderError(f"{FOLDER}/datasets: {dataset.name} menyebut organisasi atau topik yang tidak ada: {wrong}.")


def _read(folder: SchemaFolder, relative: str, region: Region, parse: Any) -> Any:
    try:
        return parse(region.fill(folder.read_yaml(relative)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SchemaFolderError(f"{relative}: isian {error} hilang atau tidak sah.") from error


def _organizations(folder: SchemaFolder, region: Region) -> tuple[tuple[Organization, ...], str]:
    own = f"{FOLDER}/organizations/{region.code}.yaml"
    known = folder.names(f"{FOLDER}/organizations", ".yaml")
    relative = own if own in known else f"{FOLDER}/organizations/{region.level}.yaml"

    def parse(described: Mapping[str, Any]) -> tuple[tuple[Organization, ...], str]:
        organizations = tuple(
            Organization(one["name"], one.get("parent"), {"title": one["title"], **one.get("metadata", {})})
            for one in described["organizations"]
        )
        return organizations, described["walidata"]

    organizations, walidata = _read(folder, relative, region, parse)
    return organizations, walidata


def _topics(described: Mapping[str, Any]) -> list[Topic]:
    return [Topic(one["name"], one["title"], one.get("description", "")) for one in described["topics"]]


def _dataset(described: Mapping[str, Any], walidata: str) -> Dataset:
    organization = described["organization"]
    return Dataset(
        name=described["name"],
        organization=walidata if organization == "walidata" else organization,
        topics=tuple(described["topics"]),
        metadata={**described["metadata"], "license_id": described["license"], "provenance": described["source"]},
        tables=tuple(_table(table) for table in described["tables"]),
        demo=bool(described.get("demo", False)),
    )


def _table(described: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**{**column, "name": name, "type": ColumnType(column["type"])}) for name, column in described["columns"].items())
    return Table(described["name"], described["file"], described["description"], described["sources"], described["query"], columns)
