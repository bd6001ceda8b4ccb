"""A new decree is a new version in data: merge the codes it lists into the rows we have, and propose what became of lost codes."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.kode_referensi.code_list import Change, CodeList, Item, Version
from ckanext.ntbsatudata.domain.kode_referensi.spelling import spaced
from ckanext.ntbsatudata.domain.problems import Problem, Severity

PROPOSED_BASIS = "nama sama di bawah induk yang sama; usulan dari selisih dua versi"


@dataclass(frozen=True)
class Decree:
    """A list with one more version, and what must be looked at before it is taken over."""

    code_list: CodeList
    proposed: tuple[Change, ...]
    problems: tuple[Problem, ...]


def take_over(code_list: CodeList, rows: Iterable[tuple[str, str]], version: Version) -> Decree:
    """Return the list with `version` added, whose codes and names are `rows`.

    A name that differs in case, blanks or a written-out prefix only is no new name. A lost code whose name a new code of
    the same grandparent has is proposed as recoded. Malformed and repeated codes are problems and left out.
    """
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for number, (code, written) in enumerate(rows, start=2):
        name = " ".join(written.replace("\\'", "'").split())
        if code_list.level_of(code) is None:
            problems.append(Problem("malformed-code", row=number, field="kode", values={"value": code, "list": code_list.id}))
        elif code in names:
            problems.append(Problem("repeated-code", row=number, field="kode", values={"value": code}))
        elif not name:
            problems.append(Problem("nameless-code", row=number, field="nama", values={"value": code}))
        else:
            names[code] = name
    before = code_list.edition()
    items = [_carried(code_list, item, names, version.id) if item.until is None else item for item in code_list.items]
    for code in sorted(names):
        former = before.find(code)
        if former is None or not _same(code_list, former.name, names[code]):
            items.append(_new_item(code_list, code, names[code], version.id))
    if not code_list.items:
        items = [dataclasses.replace(item, since=None) for item in items]
    versions = (*(v if v.valid_to else dataclasses.replace(v, valid_to=version.valid_from) for v in code_list.versions), version)
    merged = dataclasses.replace(code_list, items=tuple(sorted(items, key=lambda item: item.code)), versions=versions)
    proposed = _recoded(merged, before.items, version.id) if code_list.items else ()
    unclear = set(before.items) - set(names) - {change.code for change in proposed}
    problems += [
        Problem("lost-code", severity=Severity.WARNING, values={"value": c, "name": before.items[c].name}) for c in sorted(unclear)
    ]
    return Decree(dataclasses.replace(merged, changes=(*merged.changes, *proposed)), proposed, tuple(problems))


def _carried(code_list: CodeList, item: Item, names: Mapping[str, str], version: str) -> Item:
    if item.code not in names:
        return dataclasses.replace(item, until=version)
    if _same(code_list, item.name, names[item.code]):
        return dataclasses.replace(item, name=names[item.code])
    return dataclasses.replace(item, until=version)


def _new_item(code_list: CodeList, code: str, name: str, version: str) -> Item:
    level = code_list.level_of(code)
    parent = code[: level.parent_length] if level is not None and level.parent_length else None
    return Item(code, name, level.id if level else "", parent=parent, since=version)


def _same(code_list: CodeList, one: str, other: str) -> bool:
    """Whether two names are one name: blanks, case and a prefix written out or not make no new name, other letters do."""

    def written_out(name: str) -> str:
        plain = " ".join(name.casefold().split())
        for level in code_list.levels:
            for kind in level.kinds:
                for prefix in kind.prefixes[1:]:
                    if plain.startswith(f"{prefix.casefold()} "):
                        return f"{kind.prefixes[0].casefold()} {plain[len(prefix) + 1 :]}"
        return plain

    return written_out(one) == written_out(other)


def _recoded(code_list: CodeList, before: Mapping[str, Item], version: str) -> tuple[Change, ...]:
    after = code_list.edition(version).items
    gone = [before[code] for code in sorted(before.keys() - after.keys())]
    fresh = [after[code] for code in sorted(after.keys() - before.keys())]

    def grandparent(item: Item, items: Mapping[str, Item]) -> str | None:
        parent = items.get(item.parent) if item.parent is not None else None
        return parent.parent if parent is not None else None

    changes = []
    for old in gone:
        twins = [
            new for new in fresh
            if new.level == old.level and spaced(new.name) == spaced(old.name) and grandparent(new, after) == grandparent(old, before)
        ]  # fmt: skip
        if len(twins) == 1:
            changes.append(Change(old.code, (twins[0].code,), "recoded", version, PROPOSED_BASIS))
    return tuple(changes)


def as_csv(code_list: CodeList) -> str:
    """Return the rows as `schemas/kode_referensi/<list>.csv` holds them."""
    columns = ["code", "name", "since", "until", *code_list.attributes]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for item in code_list.items:
        own = {"code": item.code, "name": item.name, "since": item.since or "", "until": item.until or ""}
        writer.writerow([{**item.attributes, **own}.get(column, "") for column in columns])
    return stream.getvalue()


def as_description(code_list: CodeList, described: Mapping[str, object]) -> dict[str, object]:
    """Return what `<list>.yaml` must say now: all it said, with versions and changes as they are."""
    versions = [
        {
            "id": version.id,
            "legal_basis": version.legal_basis,
            "valid_from": version.valid_from,
            "verified": version.verified,
            **({"source": version.source} if version.source else {}),
            **({"note": version.note} if version.note else {}),
        }
        for version in code_list.versions
    ]
    changes = [
        {"from": change.code, "to": list(change.became), "relation": change.relation, "version": change.version, "basis": change.basis}
        for change in code_list.changes
    ]
    return {**described, "versions": versions, **({"changes": changes} if changes else {})}
