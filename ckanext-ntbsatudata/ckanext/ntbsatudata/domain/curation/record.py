"""The chain of the record of decisions: each entry's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

FIRST = "0" * 64
FIELDS = ("dataset_id", "revision_id", "event", "actor", "on_behalf_of", "role", "source", "target", "reason", "at")


def link(previous: str, entry: Mapping[str, str | None]) -> str:
    """Return the SHA-256, in hex, that an entry bears after `previous`; `at` is an ISO 8601 moment in UTC."""
    content = json.dumps([previous, *(entry[name] for name in FIELDS)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def first_break(entries: Iterable[Mapping[str, str | None]]) -> int | None:
    """Return the position, from 0, of the first entry that does not follow from the one before; None for a whole chain."""
    previous = FIRST
    for position, entry in enumerate(entries):
        if entry["previous"] != previous or entry["hash"] != link(previous, entry):
            return position
        previous = str(entry["hash"])
    return None
