"""A code list as data: who issued it, by which decree, and which code meant what from when to when.

Source: Perpres 39/2019 Pasal 1 and 10 (kode referensi as the unique mark of an object, kept by a named agency).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

from ckanext.ntbsatudata.domain.errors import NotFoundError


class UnknownCodeError(NotFoundError):
    """A code is not in the list, at the version asked."""


class UnknownVersionError(NotFoundError):
    """A list has no such version, or none yet at the date asked."""


class UnknownLevelError(NotFoundError):
    """A list has no such level."""


@dataclass(frozen=True)
class Version:
    """One issue of a list. `valid_to` is the day the next version took over; None: in force."""

    id: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    verified: bool = True  # False: the legal basis or the date has not been read in the official text
    source: str = ""
    note: str = ""

    def holds_at(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Kind:
    """A sort of code inside one level, told by its form: kabupaten or kota, desa or kelurahan."""

    id: str
    label: str
    pattern: re.Pattern[str]
    prefixes: tuple[str, ...] = ()  # how people write it before a name: Kabupaten, Kab.


@dataclass(frozen=True)
class Level:
    """One step of a hierarchy: what its codes look like and how many leading characters name the parent."""

    id: str
    label: str
    pattern: re.Pattern[str]
    parent_length: int = 0
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Item:
    """One code as one or more consecutive versions have it; a new name makes a new item."""

    code: str
    name: str
    level: str
    kind: str | None = None
    parent: str | None = None
    since: str | None = None  # the version that brought it; None: the first
    until: str | None = None  # the version that no longer has it; None: in force
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What one decree did to one code, beyond a new name."""

    code: str
    became: tuple[str, ...]
    relation: str  # recoded, split, merged, abolished
    version: str
    basis: str = ""


@dataclass(frozen=True, eq=False)
class Edition:
    """The list as one version has it."""

    list_id: str
    version: Version
    items: Mapping[str, Item]

    def __contains__(self, code: object) -> bool:
        return code in self.items

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items.values())

    def __len__(self) -> int:
        return len(self.items)

    def find(self, code: str) -> Item | None:
        return self.items.get(code)

    def item(self, code: str) -> Item:
        """Return the item of a code. Raises `UnknownCodeError`."""
        found = self.items.get(code)
        if found is None:
            raise UnknownCodeError(f'"{code}" tidak ada di kode referensi {self.list_id} versi {self.version.id}.')
        return found

    def code(self, value: str) -> Code:
        """Return the value as a code of this edition. Raises `UnknownCodeError`."""
        return Code(value, self)

    def of_level(self, level: str, kind: str | None = None) -> list[Item]:
        return [item for item in self if item.level == level and (kind is None or item.kind == kind)]

    def children(self, code: str) -> list[Item]:
        return self._children.get(code, [])

    def ancestors(self, code: str) -> list[Item]:
        """Return the parents of a code, nearest first. Raises `UnknownCodeError`."""
        above: list[Item] = []
        item = self.item(code)
        while item.parent is not None and item.parent in self.items:
            item = self.items[item.parent]
            above.append(item)
        return above

    @cached_property
    def _children(self) -> Mapping[str, list[Item]]:
        below: dict[str, list[Item]] = {}
        for item in self:
            if item.parent is not None:
                below.setdefault(item.parent, []).append(item)
        return below


@dataclass(frozen=True)
class Code:
    """A code that exists: it cannot be made from a value its edition does not have (`UnknownCodeError`)."""

    value: str
    edition: Edition = field(repr=False, compare=False)
    list_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.edition.item(self.value)
        object.__setattr__(self, "list_id", self.edition.list_id)

    @property
    def item(self) -> Item:
        return self.edition.item(self.value)

    @property
    def version(self) -> str:
        return self.edition.version.id

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, eq=False)
class CodeList:
    """A kode referensi with all its versions, oldest first."""

    id: str
    title: Mapping[str, str]  # by language
    issuer: str
    subject: str  # lists of one subject name the same things: wilayah-kemendagri and wilayah-bps
    levels: tuple[Level, ...]
    versions: tuple[Version, ...]
    items: tuple[Item, ...]
    description: str = ""
    owner: str = ""
    issuer_short: str = ""  # as people say it: Kemendagri, BPS
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # code: other names and abbreviations
    changes: tuple[Change, ...] = ()
    attributes: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()  # short ways to name the list: bps
    wider: str | None = None  # the list of the whole country, of which this one details a part
    foreign_names: tuple[str, ...] = ()  # what the wider list has beyond this one

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def legal_basis(self) -> str:
        return self.current.legal_basis

    def version_at(self, day: date) -> Version:
        """Return the version in force on a day. Raises `UnknownVersionError` before the first one."""
        for version in reversed(self.versions):
            if version.holds_at(day):
                return version
        raise UnknownVersionError(
            f"Kode referensi {self.id} belum ada pada {day.isoformat()}; versi pertama berlaku sejak {self.versions[0].valid_from.isoformat()}."
        )

    def version(self, version_id: str) -> Version:
        """Return a version by its id. Raises `UnknownVersionError`."""
        for version in self.versions:
            if version.id == version_id:
                return version
        known = ", ".join(version.id for version in self.versions)
        raise UnknownVersionError(f"Kode referensi {self.id} tidak punya versi {version_id}. Versi yang ada: {known}.")

    def edition(self, version_id: str | None = None) -> Edition:
        """Return the list as a version has it, the one in force by default. Raises `UnknownVersionError`."""
        version = self.version(version_id) if version_id else self.current
        return self._editions[version.id]

    def at(self, day: date) -> Edition:
        """Return the list as it was in force on a day. Raises `UnknownVersionError` before the first version."""
        return self._editions[self.version_at(day).id]

    def level(self, level_id: str) -> Level | None:
        return next((level for level in self.levels if level.id == level_id), None)

    def named_level(self, level_id: str) -> Level:
        """Return a level by its id. Raises `UnknownLevelError`."""
        found = self.level(level_id)
        if found is None:
            known = ", ".join(level.id for level in self.levels)
            raise UnknownLevelError(f"Kode referensi {self.id} tidak punya tingkat {level_id}. Yang ada: {known}.")
        return found

    def level_of(self, code: str) -> Level | None:
        """Return the level whose form the code has, whether or not the code exists."""
        return next((level for level in self.levels if level.pattern.fullmatch(code)), None)

    def history(self, code: str) -> list[Item]:
        """Return all a code has been, oldest first; empty when it never existed."""
        return self._history.get(code, [])

    def order(self, version_id: str) -> int:
        """Return the place of a version in the row of versions. Raises `UnknownVersionError`."""
        return self.versions.index(self.version(version_id))

    @cached_property
    def _history(self) -> Mapping[str, list[Item]]:
        past: dict[str, list[Item]] = {}
        for item in self.items:
            past.setdefault(item.code, []).append(item)
        for items in past.values():
            items.sort(key=lambda item: self.order(item.since) if item.since else 0)
        return past

    @cached_property
    def _editions(self) -> Mapping[str, Edition]:
        order = {version.id: number for number, version in enumerate(self.versions)}
        editions = {}
        for number, version in enumerate(self.versions):
            items = {
                item.code: item
                for item in self.items
                if (item.since is None or order[item.since] <= number) and (item.until is None or number < order[item.until])
            }
            editions[version.id] = Edition(self.id, version, MappingProxyType(items))
        return editions
