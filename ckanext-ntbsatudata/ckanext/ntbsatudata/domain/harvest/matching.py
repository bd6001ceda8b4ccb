"""Which record of a source is which dataset we have of it, whatever became of its identifiers; and what follows from that.

Identifiers alone are not to be trusted: two exports of real catalogues had none in common. So a record is matched by identifier,
then by landing page, then by title and publisher, each only where it points to one record on both sides.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.problems import Problem, Severity

LARGEST_LOSS = 0.4  # share of the known records; beyond, a person decides


@dataclass(frozen=True)
class Record:
    """A record of a source, in our fields. The keys are empty where the source gives nothing."""

    identifier: str
    landing_page: str
    title: str
    digest: str
    dataset: Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What we have of a source: the dataset it became and the keys it had then."""

    package_id: str
    identifier: str
    landing_page: str
    title: str
    digest: str
    present: bool


@dataclass(frozen=True)
class Plan:
    """What a run would do. `unchanged` counts records that cost no write."""

    create: tuple[Record, ...]
    update: tuple[tuple[Known, Record], ...]
    gone: tuple[Known, ...]
    unchanged: int
    known: int
    problems: tuple[Problem, ...]

    @property
    def loss(self) -> float:
        """Return the share of known records that are gone, after all matching; 0 when none was known."""
        return len(self.gone) / self.known if self.known else 0.0

    @property
    def waits(self) -> bool:
        """True when so much is gone that a person must say whether that is right."""
        return self.loss >= LARGEST_LOSS

    @property
    def counts(self) -> dict[str, int]:
        return {
            "create": len(self.create),
            "update": len(self.update),
            "gone": len(self.gone),
            "unchanged": self.unchanged,
            "known": self.known,
        }


def folded(text: object) -> str:
    """Return a title as it is compared: no case, no accents of spelling, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", str(text or "")).casefold().split())


def record(dataset: Mapping[str, Any]) -> Record:
    """Return the record of a dataset in our fields (`domain.metadata.incoming`)."""
    text = json.dumps(dataset, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    title = f"{folded(dataset.get('title'))}\n{folded(dataset.get('publisher_name'))}"
    return Record(
        str(dataset.get("identifier") or ""),
        str(dataset.get("url") or ""),
        title,
        hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        dataset,
    )


def distinct(records: Sequence[Record]) -> tuple[list[Record], list[Problem]]:
    """Return the records each with an identifier of its own, and warnings.

    A source that repeats one, or gives none, still means what it lists: the identifier then carries the landing page, the title or
    a number. Wholly equal records are one.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    digests: set[str] = set()
    found = []
    for number, one in enumerate(records, start=1):
        if one.digest in digests:
            problems.append(Problem("harvest-record-repeated", row=number, severity=Severity.WARNING))
            continue
        digests.add(one.digest)
        identifier = one.identifier
        if not identifier:
            identifier = one.landing_page or hashlib.blake2b(one.title.encode(), digest_size=8).hexdigest()
            problems.append(Problem("harvest-identifier-missing", row=number, severity=Severity.WARNING))
        if identifier in seen:
            problems.append(
                Problem("harvest-identifier-repeated", row=number, severity=Severity.WARNING, values={"value": identifier[:80]})
            )
            identifier = next(f"{identifier}#{again}" for again in range(2, len(records) + 2) if f"{identifier}#{again}" not in seen)
        seen.add(identifier)
        found.append(Record(identifier, one.landing_page, one.title, one.digest, one.dataset))
    return found, problems


def plan(records: Sequence[Record], known: Sequence[Known]) -> Plan:
    """Match the records of a run with what we have, and say what follows. An empty run is not judged here: it never gets this far."""
    incoming, problems = distinct(records)
    matched: dict[str, Record] = {}
    open_records = list(incoming)
    open_known = list(known)
    keys: tuple[Callable[[Record | Known], str], ...] = (
        lambda one: one.identifier,
        lambda one: one.landing_page,
        lambda one: one.title,
    )
    for key in keys:
        times_here, times_there = Counter(map(key, open_records)), Counter(map(key, open_known))
        by_key = {key(one): one for one in open_known if key(one).strip() and times_there[key(one)] == 1}
        still_open = []
        for one in open_records:
            met = by_key.get(key(one)) if times_here[key(one)] == 1 else None
            if met is None:
                still_open.append(one)
            else:
                matched[met.package_id] = one
        open_records = still_open
        open_known = [one for one in open_known if one.package_id not in matched]
    update, unchanged = [], 0
    for had in known:
        now = matched.get(had.package_id)
        if now is None:
            continue
        if now.digest == had.digest and had.present and now.identifier == had.identifier:
            unchanged += 1
        else:
            update.append((had, now))
    gone = tuple(had for had in open_known if had.present)
    problems += _twins(open_records)
    return Plan(tuple(open_records), tuple(update), gone, unchanged, sum(one.present for one in known), tuple(problems))


def _twins(created: Sequence[Record]) -> list[Problem]:
    """Equal titles of one publisher are listed for a person and not merged."""
    times = Counter(one.title for one in created)
    return [
        Problem("harvest-twins", severity=Severity.WARNING, values={"title": title.partition("\n")[0][:100], "count": count})
        for title, count in times.items()
        if count > 1
    ]
