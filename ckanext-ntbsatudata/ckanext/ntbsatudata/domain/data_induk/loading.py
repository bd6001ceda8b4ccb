"""Read data induk from `schemas/data_induk/`: `<set>.yaml` says what it is, `<set>.csv` holds its records.

A set whose objects already are a code list (wilayah, OPD) names it, and its CSV only adds what the list does not know.
"""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ckanext.ntbsatudata.domain.data_induk.record_set import Attribute, Identifier, Merge, Record, RecordSet
from ckanext.ntbsatudata.domain.errors import NotFoundError, SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeCheck, CodeLists
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = "data_induk"


class UnknownRecordSetError(NotFoundError):
    """There is no data induk of that name."""


@dataclass(frozen=True)
class DataInduk:
    """All sets of master data of one schema folder."""

    sets: Mapping[str, RecordSet]

    @classmethod
    def load(cls, folder: SchemaFolder) -> DataInduk:
        """Read all sets once per folder. Raises `SchemaFolderError` naming file and row when one is not sound."""
        return _load(folder)

    def __iter__(self) -> Iterator[RecordSet]:
        return iter(self.sets.values())

    def get(self, set_id: str) -> RecordSet:
        """Return one set. Raises `UnknownRecordSetError`."""
        if set_id not in self.sets:
            raise UnknownRecordSetError(f"Tidak ada data induk {set_id}. Yang ada: {', '.join(self.sets)}.")
        return self.sets[set_id]


@lru_cache(maxsize=8)
def _load(folder: SchemaFolder) -> DataInduk:
    lists = CodeLists.load(folder)
    names = [name.removeprefix(f"{FOLDER}/").removesuffix(".yaml") for name in folder.names(FOLDER, ".yaml")]
    return DataInduk({name: _record_set(folder, name, lists) for name in names})


def _record_set(folder: SchemaFolder, name: str, lists: CodeLists) -> RecordSet:
    relative = f"{FOLDER}/{name}.yaml"
    described = folder.read_yaml(relative)
    try:
        record_set = RecordSet(
            id=name,
            title=described["title"],
            owner=described["owner"],
            legal_basis=described["legal_basis"],
            verified=bool(described["verified"]),
            updated=_day(described["updated"]),
            source=described["source"],
            description=described.get("description", ""),
            note=described.get("note", ""),
            identifiers=tuple(
                Identifier(one["id"], one["label"], re.compile(one["pattern"]), one.get("issuer", ""))
                for one in described.get("identifiers", ())
            ),
            attributes=tuple(
                Attribute(one["id"], one["label"], one.get("code_list"), bool(one.get("required")))
                for one in described.get("attributes", ())
            ),
            records=(),
            region=described.get("region"),
            words=described.get("words", {}),
        )
        from_list = described.get("code_list")
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise SchemaFolderError(f"{relative}: isian {error} hilang atau tidak sah.") from error
    path = folder.file(f"{FOLDER}/{name}.csv")
    records, problems = read_records(record_set, path, lists)
    if problems:
        first = problems[0]
        raise SchemaFolderError(
            f"{FOLDER}/{name}.csv: {len(problems)} masalah, yang pertama di baris {first.row}, kolom {first.field}: {first.code}."
        )
    if from_list:
        records = _from_code_list(record_set, from_list, lists, records)
    merges = _merges(folder, name)
    return dataclasses.replace(record_set, records=tuple(records)).merged(merges)


def read_records(record_set: RecordSet, path: Path, lists: CodeLists) -> tuple[list[Record], list[Problem]]:
    """Return the records of a CSV (`id,name,updated`, identifiers, attributes) and all that is wrong with it, row by row."""
    problems: list[Problem] = []
    records: dict[str, Record] = {}
    checks = {a.id: CodeCheck.of(lists, CodeBinding.parse(a.code_list)) for a in record_set.attributes if a.code_list}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            record, found = _record(record_set, row, number, checks)
            problems += found
            if record is not None and record.id in records:
                problems.append(Problem("master-record-repeated", row=number, field="id", values={"value": record.id}))
            elif record is not None:
                records[record.id] = record
    return list(records.values()), problems


def _record(
    record_set: RecordSet, row: Mapping[str | None, Any], number: int, checks: Mapping[str, CodeCheck]
) -> tuple[Record | None, list[Problem]]:
    cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)}
    problems = [
        Problem("master-field-empty", row=number, field=field)
        for field in ("id", "name", *(a.id for a in record_set.attributes if a.required))
        if not cells.get(field)
    ]
    updated = record_set.updated
    if cells.get("updated"):
        try:
            updated = date.fromisoformat(cells["updated"])
        except ValueError:
            problems.append(Problem("master-date-invalid", row=number, field="updated"))
    identifiers = {one.id: cells[one.id] for one in record_set.identifiers if cells.get(one.id)}
    for one in record_set.identifiers:
        if one.id in identifiers and not one.pattern.fullmatch(identifiers[one.id]):
            problems.append(Problem("master-identifier-malformed", row=number, field=one.id, values={"label": one.label}))
    values = {a.id: cells[a.id] for a in record_set.attributes if cells.get(a.id)}
    for field, check in checks.items():
        problem = check.problem(values[field], row=number, field=field) if field in values else None
        if problem is not None:
            problems.append(problem)
    if problems:
        return None, problems
    return Record(cells["id"], cells["name"], updated, identifiers, values), []


def _from_code_list(record_set: RecordSet, described: Mapping[str, Any], lists: CodeLists, known: list[Record]) -> list[Record]:
    """The items of a code list as records: their codes here and in other lists as identifiers, and what the CSV adds."""
    code_list = lists.get(described["list"])
    own, bridges = described["identifier"], described.get("bridges", {})
    added = {record.id: record for record in known}
    records = []
    for item in code_list.edition():
        identifiers = {own: item.code}
        for identifier, other in bridges.items():
            targets = lists.crosswalk(code_list.id, other).cross(item.code).targets
            if len(targets) == 1:
                identifiers[identifier] = targets[0]
        more = added.get(item.code)
        values = {"level": item.level, **({"parent": item.parent} if item.parent else {}), **item.attributes}
        allowed = {attribute.id for attribute in record_set.attributes}
        values = {key: value for key, value in values.items() if key in allowed}
        records.append(
            Record(
                item.code, item.name, more.updated if more else record_set.updated, identifiers, {**values, **(more.values if more else {})}
            )
        )
    return records


def _merges(folder: SchemaFolder, name: str) -> list[Merge]:
    relative = f"{FOLDER}/{name}.merges.csv"
    if relative not in folder.names(FOLDER, ".merges.csv"):
        return []
    with folder.file(relative).open(encoding="utf-8-sig", newline="") as stream:
        try:
            return [
                Merge(row["kept"], row["dropped"], row["reason"], date.fromisoformat(row["decided_on"]), row["decided_by"])
                for row in csv.DictReader(stream)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaFolderError(f"{relative}: isian {error} hilang atau tidak sah.") from error


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
