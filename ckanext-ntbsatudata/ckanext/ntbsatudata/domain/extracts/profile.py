"""A profile: what one kind of incoming file looks like, read from `schemas/tables/<programme>/<profile>.yaml`.

It says which columns there are, under which headers they have been seen, and what becomes of each: kept, turned into a keyed
hash while reading (`identity`), or never let out of the reader (`drop`). The page `docs/reference/extracts.md` describes each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatch
from functools import cached_property
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.headers import plain

KEYS = {"version", "title", "files", "columns"}
COLUMN_KEYS = {"name", "aliases", "required", "identity", "drop", "about"}
FOLDER = "tables"


class Identity(Enum):
    """How a value is made comparable before it is hashed."""

    TEXT = "text"  # letters and digits, whatever their case, blanks and marks
    NUMBER = "number"  # sixteen digits; a number that a spreadsheet has damaged identifies nobody and has no hash


@dataclass(frozen=True)
class ProfileColumn:
    """One column by its canonical name. `aliases`: the headers it has been seen under, its own name apart."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    identity: Identity | None = None
    drop: bool = False

    @cached_property
    def headers(self) -> frozenset[str]:
        """The headers it answers to, in plain form."""
        return frozenset(plain(header) for header in (self.name, *self.aliases))


@dataclass(frozen=True)
class Match:
    """Where the columns of a profile stand under one header. `strangers`: headers nobody knows, by position."""

    positions: Mapping[str, int]
    strangers: Mapping[int, str]
    missing: tuple[str, ...]  # columns of the profile that are not there, required or not


@dataclass(frozen=True)
class Profile:
    """What one kind of incoming file looks like. `files`: patterns of file names that belong to it alone."""

    name: str
    version: str
    title: Mapping[str, str]
    columns: tuple[ProfileColumn, ...]
    files: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[ProfileColumn, ...]:
        """The columns that leave the reader, identities among them as hashes."""
        return tuple(column for column in self.columns if not column.drop)

    def claims(self, file_name: str) -> bool:
        """Return whether the name of a file says that it is of this profile."""
        return any(fnmatch(file_name.lower(), pattern.lower()) for pattern in self.files)

    def match(self, header: Sequence[str | None]) -> Match:
        """Return where the columns stand under a header; the first of two equal headers counts."""
        positions: dict[str, int] = {}
        strangers: dict[int, str] = {}
        by_header = {spelling: column.name for column in self.columns for spelling in column.headers}
        for at, text in enumerate(header):
            if text is None or not text.strip():
                continue
            name = by_header.get(plain(text))
            if name is None or name in positions:
                strangers[at] = text
            else:
                positions[name] = at
        return Match(positions, strangers, tuple(column.name for column in self.columns if column.name not in positions))

    def required_missing(self, match: Match) -> tuple[str, ...]:
        """Return the required columns that a header lacks."""
        return tuple(column.name for column in self.columns if column.required and column.name not in match.positions)


def load_profiles(folder: SchemaFolder, programme: str) -> tuple[Profile, ...]:
    """Return the profiles of a programme, by name. Raises `SchemaFolderError` for a file that is no profile, or where there is none."""
    profiles = tuple(_profile(path, folder.read_yaml(path)) for path in folder.names(f"{FOLDER}/{programme}", ".yaml"))
    if not profiles:
        raise SchemaFolderError(f"Program {programme} tidak punya profil berkas di {FOLDER}/{programme}.")
    return profiles


def _profile(path: str, content: Any) -> Profile:
    try:
        _only(content, KEYS)
        columns = tuple(_column(one) for one in content["columns"])
        profile = Profile(
            path.rsplit("/", 1)[-1].removesuffix(".yaml"), str(content["version"]),
            {"id": str(content["title"]["id"]), "en": str(content["title"]["en"])}, columns, tuple(map(str, content.get("files", ()))),
        )  # fmt: skip
        _check(columns)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SchemaFolderError(f"{path} bukan profil berkas: {type(error).__name__} pada {error}.") from error
    return profile


def _column(content: Mapping[str, Any]) -> ProfileColumn:
    _only(content, COLUMN_KEYS)
    identity = content.get("identity", False)
    return ProfileColumn(
        str(content["name"]),
        tuple(map(str, content.get("aliases", ()))),
        bool(content.get("required", False)),
        None if identity is False else Identity.TEXT if identity is True else Identity(identity),
        bool(content.get("drop", False)),
    )


def _check(columns: Iterable[ProfileColumn]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        if column.drop and column.identity:
            raise ValueError(f"{column.name}: drop dan identity tidak dapat bersama")
        if not column.name.isidentifier() or column.name.startswith("_"):
            raise ValueError(f"{column.name}: nama kolom harus huruf kecil, angka dan _")
        for header in column.headers:
            if seen.setdefault(header, column.name) != column.name:
                raise ValueError(f"{column.name}: judul {header} juga milik {seen[header]}")


def _only(content: Mapping[str, Any], known: set[str]) -> None:
    if strangers := set(content) - known:
        raise ValueError(f"kunci yang tidak dikenal: {', '.join(sorted(map(str, strangers)))}")
