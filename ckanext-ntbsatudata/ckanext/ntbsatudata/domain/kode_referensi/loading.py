"""Read code lists and crosswalks from `schemas/kode_referensi/`.

A list is two files: `<list>.yaml` says what it is, `<list>.csv` holds its rows (`code,name[,parent][,since][,until]` and
attributes). Other names live in `<list>.alias.csv` (`code,alias`). A crosswalk is `<name>.crosswalk.yaml` and `.crosswalk.csv`.
"""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ckanext.ntbsatudata.domain.errors import NotFoundError, SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import Change, CodeList, Item, Kind, Level, Version
from ckanext.ntbsatudata.domain.kode_referensi.crosswalk import Crosswalk
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = "kode_referensi"
_OWN_COLUMNS = ("code", "name", "parent", "level", "since", "until")


class UnknownCodeListError(NotFoundError):
    """There is no code list of that id."""


@dataclass(frozen=True, eq=False)
class CodeLists:
    """All kode referensi of one schema folder, and the bridges between them."""

    lists: Mapping[str, CodeList]
    crosswalks: tuple[Crosswalk, ...]  # each in both directions

    @classmethod
    def load(cls, folder: SchemaFolder) -> CodeLists:
        """Read all lists once per folder. Raises `SchemaFolderError` naming file and row when one is not sound."""
        return _load(folder)

    def __iter__(self) -> Iterator[CodeList]:
        return iter(self.lists.values())

    def __contains__(self, list_id: object) -> bool:
        return list_id in self.lists

    def get(self, list_id: str) -> CodeList:
        """Return one list by its id or one of its short ids. Raises `UnknownCodeListError`."""
        for code_list in self:
            if list_id == code_list.id or list_id in code_list.other_ids:
                return code_list
        raise UnknownCodeListError(f"Tidak ada kode referensi {list_id}. Yang ada: {', '.join(self.lists)}.")

    def knowing(self, code: str, list_id: str | None = None) -> CodeList:
        """Return the list that is named, else the only one that has ever had the code.

        Raises `UnknownCodeListError` when no list or more than one has it.
        """
        if list_id:
            return self.get(list_id)
        found = [code_list for code_list in self if code_list.history(code)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownCodeListError(f'Tidak ada kode referensi yang memuat "{code}".')
        raise UnknownCodeListError(f'"{code}" ada di beberapa kode referensi. Sebutkan satu: {", ".join(one.id for one in found)}.')

    def of_subject(self, subject: str) -> list[CodeList]:
        return [code_list for code_list in self if code_list.subject == subject]

    def crosswalk(self, source: str, target: str) -> Crosswalk:
        """Return the bridge from one list to another. Raises `UnknownCodeListError` when there is none."""
        for crosswalk in self.crosswalks:
            if (crosswalk.source, crosswalk.target) == (source, target):
                return crosswalk
        raise UnknownCodeListError(f"Tidak ada jembatan kode dari {source} ke {target}.")


@lru_cache(maxsize=8)
def _load(folder: SchemaFolder) -> CodeLists:
    names = [name.removeprefix(f"{FOLDER}/").removesuffix(".yaml") for name in folder.names(FOLDER, ".yaml")]
    lists = {name: load_code_list(folder, name) for name in names if not name.endswith(".crosswalk")}
    lists = {name: _with_foreign_names(code_list, lists) for name, code_list in lists.items()}
    crosswalks = [_crosswalk(folder, name, lists) for name in names if name.endswith(".crosswalk")]
    return CodeLists(lists, (*crosswalks, *(crosswalk.reversed() for crosswalk in crosswalks)))


def _with_foreign_names(code_list: CodeList, lists: Mapping[str, CodeList]) -> CodeList:
    if code_list.wider is None:
        return code_list
    if code_list.wider not in lists:
        raise SchemaFolderError(f"{FOLDER}/{code_list.id}.yaml: daftar yang lebih luas, {code_list.wider}, tidak ada.")
    own = {item.name.casefold() for item in code_list.edition()}
    foreign = tuple(item.name for item in lists[code_list.wider].edition() if item.name.casefold() not in own)
    return dataclasses.replace(code_list, foreign_names=foreign)


def load_code_list(folder: SchemaFolder, name: str) -> CodeList:
    """Return one list, each row checked against form, parents and versions. Raises `SchemaFolderError`."""
    relative = f"{FOLDER}/{name}.yaml"
    description = folder.read_yaml(relative)
    try:
        versions = _versions(description["versions"])
        levels = tuple(_level(level) for level in description["levels"])
        code_list = CodeList(
            id=name,
            title=description["title"],
            issuer=description["issuer"],
            subject=description.get("subject", name),
            levels=levels,
            versions=versions,
            items=(),
            description=description.get("description", ""),
            owner=description.get("owner", description["issuer"]),
            issuer_short=description.get("issuer_short", description["issuer"]),
            other_ids=tuple(description.get("other_ids", ())),
            wider=description.get("wider"),
            changes=tuple(_change(change) for change in description.get("changes", ())),
        )
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise SchemaFolderError(f"{relative}: isian {error} hilang atau tidak sah.") from error
    rows = _rows(folder, f"{FOLDER}/{name}.csv", required=("code", "name"))
    attributes = tuple(column for column in (rows[0] if rows else ()) if column not in _OWN_COLUMNS)
    code_list = dataclasses.replace(
        code_list,
        items=tuple(_item(code_list, row, number, attributes) for number, row in enumerate(rows, start=2)),
        aliases=_aliases(folder, name),
        attributes=attributes,
    )
    _check(code_list)
    return code_list


def _rows(folder: SchemaFolder, relative: str, required: tuple[str, ...]) -> list[dict[str, str]]:
    with folder.file(relative).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        missing = [column for column in required if column not in (reader.fieldnames or ())]
        if missing:
            raise SchemaFolderError(f"{relative}: kolom {', '.join(missing)} tidak ada di baris judul.")
        try:
            rows = list(reader)
        except csv.Error as error:
            raise SchemaFolderError(f"{relative}, baris {reader.line_num}: {error}.") from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise SchemaFolderError(f"{relative}, baris {number}: jumlah kolom tidak sama dengan baris judul.")
    return rows


def _versions(described: list[Mapping[str, Any]]) -> tuple[Version, ...]:
    versions = [
        Version(
            id=str(version["id"]),
            legal_basis=version["legal_basis"],
            valid_from=_day(version["valid_from"]),
            valid_to=_day(version["valid_to"]) if version.get("valid_to") else None,
            verified=bool(version["verified"]),
            source=version.get("source", ""),
            note=version.get("note", ""),
        )
        for version in described
    ]
    if not versions or any(a.valid_from >= b.valid_from for a, b in zip(versions, versions[1:], strict=False)):
        raise ValueError("versions (urut dari yang lama)")
    ended = [dataclasses.replace(a, valid_to=a.valid_to or b.valid_from) for a, b in zip(versions, versions[1:], strict=False)]
    return (*ended, versions[-1])


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _level(described: Mapping[str, Any]) -> Level:
    return Level(
        id=described["id"],
        label=described["label"],
        pattern=re.compile(described["pattern"]),
        parent_length=described.get("parent_length", 0),
        kinds=tuple(
            Kind(kind["id"], kind["label"], re.compile(kind["pattern"]), tuple(kind.get("prefixes", ())))
            for kind in described.get("kinds", ())
        ),
    )


def _change(described: Mapping[str, Any]) -> Change:
    if described["relation"] not in ("recoded", "split", "merged", "abolished"):
        raise ValueError(f"relation {described['relation']}")
    became = tuple(str(code) for code in described.get("to", ()))
    return Change(str(described["from"]), became, described["relation"], str(described["version"]), described.get("basis", ""))


def _item(code_list: CodeList, row: dict[str, str], number: int, attributes: tuple[str, ...]) -> Item:
    code, name = row["code"], row["name"]
    where = f"{FOLDER}/{code_list.id}.csv, baris {number}"
    level = code_list.level(row["level"]) if row.get("level") else code_list.level_of(code)
    if level is None or not level.pattern.fullmatch(code):
        raise SchemaFolderError(f'{where}: kode "{code}" tidak berbentuk kode {code_list.id}.')
    if not name or name != " ".join(name.split()):
        raise SchemaFolderError(f"{where}: nama kosong atau berspasi lebih.")
    for version in (row.get("since"), row.get("until")):
        if version and version not in {known.id for known in code_list.versions}:
            raise SchemaFolderError(f'{where}: versi "{version}" tidak ada di {code_list.id}.yaml.')
    kind = next((kind.id for kind in level.kinds if kind.pattern.fullmatch(code)), None)
    if level.kinds and kind is None:
        raise SchemaFolderError(f'{where}: kode "{code}" tidak termasuk jenis mana pun dari tingkat {level.id}.')
    return Item(
        code=code,
        name=name,
        level=level.id,
        kind=kind,
        parent=row.get("parent") or (code[: level.parent_length] if level.parent_length else None),
        since=row.get("since") or None,
        until=row.get("until") or None,
        attributes={column: row[column] for column in attributes if row[column] != ""},
    )


def _aliases(folder: SchemaFolder, name: str) -> Mapping[str, tuple[str, ...]]:
    relative = f"{FOLDER}/{name}.alias.csv"
    if relative not in folder.names(FOLDER, ".alias.csv"):
        return {}
    aliases: dict[str, tuple[str, ...]] = {}
    for row in _rows(folder, relative, required=("code", "alias")):
        aliases[row["code"]] = (*aliases.get(row["code"], ()), row["alias"])
    return aliases


def _check(code_list: CodeList) -> None:
    """Hold what rows alone cannot show: one item per code and version, parents that exist, aliases and changes of known codes."""
    where = f"{FOLDER}/{code_list.id}"
    order = {version.id: number for number, version in enumerate(code_list.versions)}
    last = len(order)
    for code, items in _by_code(code_list).items():
        spans = sorted((order[i.since] if i.since else 0, order[i.until] if i.until else last) for i in items)
        if any(start >= end for start, end in spans) or any(a[1] > b[0] for a, b in zip(spans, spans[1:], strict=False)):
            raise SchemaFolderError(f'{where}.csv: kode "{code}" ada lebih dari sekali pada versi yang sama.')
    for version in code_list.versions:
        edition = code_list.edition(version.id)
        for item in edition:
            if item.parent is not None and item.parent not in edition:
                raise SchemaFolderError(f'{where}.csv: induk "{item.parent}" dari "{item.code}" tidak ada pada versi {version.id}.')
    for code in code_list.aliases:
        if not code_list.history(code):
            raise SchemaFolderError(f'{where}.alias.csv: kode "{code}" tidak ada di daftar.')
    for change in code_list.changes:
        if not code_list.history(change.code) or change.version not in order:
            raise SchemaFolderError(f'{where}.yaml: perubahan atas "{change.code}" tidak menunjuk kode dan versi yang ada.')
        edition = code_list.edition(change.version)
        lost = [code for code in change.became if code not in edition]
        if lost or bool(change.became) == (change.relation == "abolished"):
            raise SchemaFolderError(f'{where}.yaml: perubahan atas "{change.code}" menunjuk kode yang tidak ada: {", ".join(lost)}.')


def _by_code(code_list: CodeList) -> Mapping[str, list[Item]]:
    return {item.code: code_list.history(item.code) for item in code_list.items}


def _crosswalk(folder: SchemaFolder, name: str, lists: Mapping[str, CodeList]) -> Crosswalk:
    relative = f"{FOLDER}/{name}.csv"
    described = folder.read_yaml(f"{FOLDER}/{name}.yaml")
    try:
        source, target = lists[described["source_list"]], lists[described["target_list"]]
        pairs = tuple((row["source"], row["target"]) for row in _rows(folder, relative, required=("source", "target")))
        crosswalk = Crosswalk(
            id=name.removesuffix(".crosswalk"),
            source=source.id,
            target=target.id,
            title=described["title"],
            date=_day(described["date"]),
            origin=described["origin"],
            verified=bool(described["verified"]),
            pairs=pairs,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaFolderError(f"{FOLDER}/{name}.yaml: isian {error} hilang atau tidak sah.") from error
    for number, (source_code, target_code) in enumerate(pairs, start=2):
        if not source.history(source_code) or not target.history(target_code):
            raise SchemaFolderError(f'{relative}, baris {number}: "{source_code}" atau "{target_code}" tidak ada di daftarnya.')
    return crosswalk
