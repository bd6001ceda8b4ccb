"""Files of a programme into DuckDB: what identifies a person is hashed in the very scan that reads it, what is dropped is never read.

Any delimited text or workbook; the header is the first record in which a profile knows its required columns.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.extracts.profile import Identity, Match, Profile, ProfileColumn
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.delimited import read_delimited, rewrite, sniff_dialect
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.records import IrregularFileError, Records, column
from ckanext.ntbsatudata.domain.tables.source import source_kind
from ckanext.ntbsatudata.domain.tables.workbook import read_sheet

HEADER_WITHIN = 40  # records; an export has a title and a few filters above its header
MEMORY_LIMIT = "700MB"
THREADS = 2


class ExtractRefused(SatuDataError):
    """Files from which nothing may be made; `problems` says why."""

    exit_code = 65

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Ekstrak ditolak: {len(self.problems)} masalah pada berkasnya.")


@dataclass(frozen=True)
class ReadFile:
    """What the run record keeps of one file: no name, no value. `rows` without titles and header."""

    sha256: str
    bytes: int
    profile: str
    rows: int


@dataclass(frozen=True)
class ReadExtract:
    """`tables`: profile name to DuckDB table, as `source.Extract` describes them."""

    tables: dict[str, str]
    files: tuple[ReadFile, ...]
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


@dataclass(frozen=True)
class _Key:
    """The key of the identities of one run: two secrets, so that the hash is nested as in NMAC. It is never written anywhere."""

    inner: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    outer: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    def hashed(self, text: str) -> str:
        """Return SQL for the keyed hash of a text, NULL where there is none: 128 bits in hexadecimal."""
        return f"substr(sha256('{self.outer}' || sha256('{self.inner}' || {text})), 1, 32)"


def open_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB in memory whose spill lies in a folder of the quarantine that only its owner enters; the spill is not enciphered."""
    spill = folder / "spill"
    spill.mkdir(mode=0o700, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS, "memory_limit": MEMORY_LIMIT, "temp_directory": str(spill),
        "preserve_insertion_order": False,
    }  # fmt: skip
    return duckdb.connect(config=config)


def read_extract(connection: duckdb.DuckDBPyConnection, profiles: Sequence[Profile], files: Sequence[Path], workspace: Path) -> ReadExtract:
    """Read all files into one table for each profile that came.

    `workspace`: a folder of the quarantine, for texts that must be written once more. Raises `ExtractRefused` when a file is unreadable, of no
    profile, or lacks a required column; drift is a problem that does not block.
    """
    key, problems = _Key(), list[Problem]()
    tables: dict[str, str] = {}
    found: list[ReadFile] = []
    seen: dict[str, int] = {}
    for number, path in enumerate(files):
        digest = _digest(path)
        if digest in seen:
            problems.append(
                Problem("extract-file-twice", severity=Severity.WARNING, values={"file": number + 1, "other": seen[digest] + 1})
            )
            continue
        seen[digest] = number
        try:
            records = _records(path, workspace / f"file{number}")
            profile, match, header = _recognise(profiles, path, records, number)
        except UnreadableFileError as error:
            problems.append(Problem("extract-file-unreadable", values={"file": number + 1, "reason": error.problem.code}))
            continue
        except ExtractRefused as refused:
            problems += refused.problems
            continue
        problems += _drift(profile, match, number, header)
        try:
            rows = _load(connection, tables, profile, match, records, header, number, key)
        except duckdb.Error:  # its sentence may quote a record
            problems.append(Problem("extract-file-unreadable", values={"file": number + 1, "reason": "irregular-file"}))
            continue
        found.append(ReadFile(digest, path.stat().st_size, profile.name, rows))
    if any(problem.severity.blocks for problem in problems):
        raise ExtractRefused(problems)
    return ReadExtract(tables, tuple(found), tuple(problems))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()  # hashlib.file_digest came with Python 3.11
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _records(path: Path, workspace: Path) -> Records:
    workspace.mkdir(mode=0o700)
    if source_kind(path).is_workbook:
        sheet = read_sheet(path, workspace)
        return Records(sheet.path, ",", sheet.columns)
    text = read_delimited(path, workspace)
    records = Records(text.path, text.delimiter, text.columns, in_parallel=text.dialect.plain)
    try:
        records.head(HEADER_WITHIN)
        if text.dialect.plain:
            _ = records.count  # the whole file can be scanned where it lies, or it is written once more
    except IrregularFileError:
        text = rewrite(path, sniff_dialect(path), workspace)
        records = Records(text.path, text.delimiter, text.columns)
    return records


def _recognise(profiles: Sequence[Profile], path: Path, records: Records, number: int) -> tuple[Profile, Match, int]:
    """Return the profile of a file, where its columns stand, and the record that is its header."""
    rows = records.head(HEADER_WITHIN)
    best: tuple[int, Profile, Match, int] | None = None
    for profile in profiles:
        for at, row in enumerate(rows, start=1):
            match = profile.match(row)
            score = len(match.positions) - 100 * len(profile.required_missing(match)) + (50 if profile.claims(path.name) else 0)
            if match.positions and (best is None or score > best[0]):
                best = (score, profile, match, at)
    if best is None or len(best[2].positions) < 2:
        raise ExtractRefused([Problem("extract-file-unknown", values={"file": number + 1})])
    _, profile, match, header = best
    if missing := profile.required_missing(match):
        raise ExtractRefused(
            [Problem("extract-column-missing", header, name, values={"file": number + 1, "profile": profile.name}) for name in missing]
        )
    return profile, match, header


def _drift(profile: Profile, match: Match, number: int, header: int) -> list[Problem]:
    """Return a notice for each header nobody knows; its words are not repeated, for they may be anything."""
    return [
        Problem("extract-column-unknown", header, None, Severity.WARNING, {"file": number + 1, "position": at + 1, "profile": profile.name})
        for at in match.strangers
    ]


def _load(
    connection: duckdb.DuckDBPyConnection, tables: dict[str, str], profile: Profile, match: Match, records: Records, header: int,
    number: int, key: _Key,
) -> int:  # fmt: skip
    name = f"extract_{profile.name.replace('-', '_')}"
    if profile.name not in tables:
        columns = ", ".join(f'"{one.name}" VARCHAR' for one in profile.kept)
        connection.execute(f"CREATE TABLE {name} (_file INTEGER, _row BIGINT, {columns})")
        tables[profile.name] = name
    chosen = ", ".join(_value(one, match, key) for one in profile.kept)
    filled = " OR ".join(f"{column(at)} IS NOT NULL" for at in match.positions.values())
    loaded = connection.execute(
        f"INSERT INTO {name} SELECT {number}, record, {chosen} FROM {records.relation} WHERE record > {header} AND ({filled})"
    ).fetchall()
    return int(loaded[0][0])


def _value(one: ProfileColumn, match: Match, key: _Key) -> str:
    if one.name not in match.positions:
        return "NULL"
    cell = column(match.positions[one.name])
    if one.identity is None:
        return f"nullif(trim({cell}), '')"
    if one.identity is Identity.NUMBER:
        digits = f"regexp_replace({cell}, '[^0-9]', '', 'g')"
        sound = f"NOT regexp_matches({cell}, '[0-9][.,]?[0-9]*[eE][+]?[0-9]') AND length({digits}) = 16 AND NOT ends_with({digits}, '0000')"
        return f"CASE WHEN {sound} THEN {key.hashed(digits)} END"
    plain = f"nullif(regexp_replace(upper(strip_accents({cell})), '[^A-Z0-9]', '', 'g'), '')"
    return key.hashed(plain)
