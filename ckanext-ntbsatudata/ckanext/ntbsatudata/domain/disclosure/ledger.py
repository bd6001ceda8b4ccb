"""The ledger: an append-only record of every cell ever public, with its release.

One interface, two homes: a file for the command line, here; a table of the portal. In the file each line is one release
and carries the hash of the line before it, so that a changed, dropped or reordered line is found. A line that a crash left
unfinished was never public and is cut off by the next append; a lock keeps concurrent runs apart.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import fasteners

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.errors import SatuDataError

START = "0" * 64
_THREADS = threading.Lock()  # the lock on the file holds off other processes only


class LedgerError(SatuDataError):
    """The ledger was altered, or a line of it cannot be read."""

    exit_code = 65


class Ledger(Protocol):
    """What protection, audit and publication ask of a ledger."""

    def releases(self, table: str) -> list[PublishedRelease]:
        """Return the releases of one table, oldest first."""
        ...

    def append(self, release: PublishedRelease) -> str:
        """Record a release before it goes public. Returns the hash that now stands for the whole ledger."""
        ...


class FileLedger:
    """A ledger in one file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[FileLedger]:
        """Keep all other runs out, from reading what is public until the new release is recorded."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _THREADS, fasteners.InterProcessLock(str(self.path) + ".lock"):
            yield self

    def releases(self, table: str) -> list[PublishedRelease]:
        """Return the releases of one table. Raises `LedgerError` when the chain of hashes is broken."""
        return [release_of(content) for content in self._lines() if content["table"] == table]

    def append(self, release: PublishedRelease) -> str:
        """Add one line and write it through to the disk; a release just like the table's last one adds nothing."""
        previous, last = START, None
        for content in self._lines():
            previous = content["hash"]
            if content["table"] == release.table:
                last = content
        if last is not None and release_of(last).same_cells(release):
            return previous
        content = entry_of(release, previous)
        whole = self._whole_bytes()
        with open(self.path, "r+b" if self.path.exists() else "w+b") as file:
            file.truncate(whole)
            file.seek(whole)
            file.write(written(content).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return str(content["hash"])

    def head(self) -> str:
        """Return the hash that stands for the whole ledger. Raises `LedgerError` when the chain is broken."""
        last = START
        for content in self._lines():
            last = content["hash"]
        return last

    def _whole_bytes(self) -> int:
        """Return the length of the file up to its last finished line."""
        if not self.path.exists():
            return 0
        content = self.path.read_bytes()
        return content.rfind(b"\n") + 1

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        previous = START
        with open(self.path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return  # a crash cut this line short; its release did not go public
                try:
                    content = json.loads(line)
                    broken = not follows(content, previous)
                except (ValueError, KeyError, TypeError) as error:
                    raise LedgerError(f"Buku rilis {self.path.name} baris {number} tidak dapat dibaca.") from error
                if broken:
                    raise LedgerError(f"Buku rilis {self.path.name} baris {number} telah berubah: rantai hash tidak cocok.")
                previous = content["hash"]
                yield content


def entry_of(release: PublishedRelease, previous: str) -> dict[str, Any]:
    """Return the entry of a release after the entry whose hash is `previous`, with its own hash."""
    names: dict[str, list[str]] = {}
    at: dict[str, list[int]] = {}
    for dimension, codes in release.codes.items():
        place = {code: number for number, code in enumerate(dict.fromkeys(codes))}
        names[dimension] = list(place)
        at[dimension] = [place[code] for code in codes]
    content: dict[str, Any] = {
        "table": release.table,
        "release": release.release,
        "codes": names,
        "at": at,
        "nilai": list(release.values),
        "status": list(release.statuses),
        "previous": previous,
    }
    content["hash"] = _hash(content)
    return content


def written(content: Mapping[str, Any]) -> str:
    """Return an entry as the one line of text that a ledger keeps."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def follows(content: Mapping[str, Any], previous: str) -> bool:
    """Return whether an entry is as it was written and comes after `previous`. Raises `KeyError` where it has no hash."""
    return bool(content["previous"] == previous and content["hash"] == _hash(content))


def release_of(content: Mapping[str, Any]) -> PublishedRelease:
    """Return the release that an entry records."""
    codes = {dimension: [names[at] for at in content["at"][dimension]] for dimension, names in content["codes"].items()}
    return PublishedRelease(content["table"], content["release"], codes, content["nilai"], content["status"])


def _hash(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "hash"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
