"""What became of a code, what one decree changed, and how a series moves to another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ckanext.ntbsatudata.domain.kode_referensi.code_list import Change, CodeList, Item, UnknownCodeError
from ckanext.ntbsatudata.domain.kode_referensi.spelling import same_name


class Fate(Enum):
    """What became of a code between two versions."""

    SAME = "same"
    RENAMED = "renamed"
    RECODED = "recoded"
    SPLIT = "split"
    MERGED = "merged"
    GONE = "gone"  # no longer there, and no record says what took its place


@dataclass(frozen=True)
class Resolution:
    """What a code of one version is in another. `items` are those of the later one, the code itself first."""

    code: str
    relation: Fate
    items: tuple[Item, ...]
    from_version: str
    to_version: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Differences:
    """What differs between two versions, each in the order of codes."""

    old: str
    new: str
    added: tuple[Item, ...]
    gone: tuple[Item, ...]
    renamed: tuple[tuple[Item, Item], ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Rebasing:
    """How codes of one version move to another: `moves` are safe; `unclear` may not be moved without weights or a decision."""

    list_id: str
    from_version: str
    to_version: str
    moves: Mapping[str, str]
    merged: tuple[str, ...]  # of `moves`: codes that share their new code, so that their values must be summed
    unclear: Mapping[str, tuple[str, ...]]

    def record(self) -> dict[str, object]:
        """Return what the metadata of the table must say about the move."""
        moved = {old: new for old, new in self.moves.items() if old != new}
        return {
            "kode_referensi": self.list_id,
            "from": self.from_version,
            "to": self.to_version,
            "moved": moved,
            "merged": list(self.merged),
        }


def resolve(code_list: CodeList, code: str, to_version: str | None = None, from_version: str | None = None) -> Resolution:
    """Return what `code` is at a version, the one in force by default.

    Without `from_version` the code is read as the oldest version that has it, so that a split is never passed over.
    Raises `UnknownCodeError` when no version (or not `from_version`) has the code, `UnknownVersionError`.
    """
    past = code_list.history(code)
    if not past:
        raise UnknownCodeError(f'"{code}" tidak pernah ada di kode referensi {code_list.id}.')
    start = code_list.edition(from_version or past[0].since or code_list.versions[0].id)
    origin = start.item(code)
    goal = code_list.edition(to_version)
    first, last = code_list.order(start.version.id), code_list.order(goal.version.id)
    codes: tuple[str, ...] = (code,)
    changes: list[Change] = []
    for number in range(first + 1, last + 1):
        codes, met = _step(code_list, codes, code_list.versions[number].id, back=False)
        changes += met
    for number in range(first, last, -1):
        codes, met = _step(code_list, codes, code_list.versions[number].id, back=True)
        changes += met
    items = tuple(goal.items[now] for now in codes if now in goal)
    return Resolution(code, _fate(origin, items, changes), items, start.version.id, goal.version.id, tuple(changes))


def _step(code_list: CodeList, codes: tuple[str, ...], version: str, *, back: bool) -> tuple[tuple[str, ...], list[Change]]:
    there: list[str] = []
    met: list[Change] = []
    for code in codes:
        if back:
            changes = [change for change in code_list.changes if change.version == version and code in change.became]
            there += [change.code for change in changes] or [code]
        else:
            changes = [change for change in code_list.changes if change.version == version and change.code == code]
            there += [became for change in changes for became in change.became] if changes else [code]
        met += changes
    return tuple(dict.fromkeys(there)), met


def _fate(origin: Item, items: tuple[Item, ...], changes: list[Change]) -> Fate:
    if not items:
        return Fate.GONE
    if len(items) > 1:
        return Fate.SPLIT
    if any(change.relation == "merged" for change in changes):
        return Fate.MERGED
    if items[0].code != origin.code:
        return Fate.RECODED
    return Fate.SAME if items[0].name == origin.name or same_name(items[0].name, origin.name) else Fate.RENAMED


def differences(code_list: CodeList, old: str, new: str) -> Differences:
    """Return what changed from one version to another. Raises `UnknownVersionError`."""
    before, after = code_list.edition(old), code_list.edition(new)
    between = {version.id for version in code_list.versions[code_list.order(old) + 1 : code_list.order(new) + 1]}
    changes = tuple(change for change in code_list.changes if change.version in between)
    meaning_another = {change.code for change in changes}
    return Differences(
        old=old,
        new=new,
        added=tuple(after.items[code] for code in sorted(after.items.keys() - before.items.keys())),
        gone=tuple(before.items[code] for code in sorted(before.items.keys() - after.items.keys())),
        renamed=tuple(
            (before.items[code], after.items[code])
            for code in sorted(before.items.keys() & after.items.keys() - meaning_another)
            if before.items[code].name != after.items[code].name
        ),
        changes=changes,
    )


def rebase(code_list: CodeList, codes: Iterable[str], from_version: str, to_version: str) -> Rebasing:
    """Return how each code of a series moves from one version to another. Raises as `resolve`."""
    moves: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for code in dict.fromkeys(codes):
        resolution = resolve(code_list, code, to_version, from_version)
        if len(resolution.items) == 1:
            moves[code] = resolution.items[0].code
        else:
            unclear[code] = tuple(item.code for item in resolution.items)
    met = Counter(moves.values())
    merged = tuple(old for old, new in moves.items() if met[new] > 1)
    return Rebasing(code_list.id, from_version, to_version, moves, merged, unclear)
