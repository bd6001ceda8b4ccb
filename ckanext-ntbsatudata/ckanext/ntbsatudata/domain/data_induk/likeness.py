"""Which records may be one object: the same identifier, or nearly the same name in the same place.

Finding is ours, deciding is the owner's: nothing here merges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from ckanext.ntbsatudata.domain.data_induk.record_set import Record, RecordSet
from ckanext.ntbsatudata.domain.kode_referensi.spelling import letters_of, spaced

LIKELY_SCORE = 88.0
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}


@dataclass(frozen=True)
class Likeness:
    """Two records that may be one. `score` runs to 100; `shared` names the identifiers that are the same."""

    one: Record
    other: Record
    score: float
    shared: tuple[str, ...]


def duplicates(record_set: RecordSet) -> list[Likeness]:
    """Return the pairs of records that may be one object, the surest first.

    Names are compared inside one region only, so that the work grows with the size of a region, not of the set.
    """
    pairs: dict[tuple[str, str], Likeness] = {}
    for group in _blocks(record_set):
        for number, one in enumerate(group):
            for other in group[number + 1 :]:
                likeness = _likeness(record_set, one, other)
                if likeness is not None:
                    pairs[one.id, other.id] = likeness
    return sorted(pairs.values(), key=lambda pair: (-pair.score, pair.one.id, pair.other.id))


def match(
    record_set: RecordSet, name: str, *, region: str | None = None, identifiers: Mapping[str, str] | None = None, limit: int = 5
) -> list[tuple[Record, float]]:
    """Return the records a name and its identifiers may stand for, best first, with scores to 100.

    A shared identifier decides (100); else names are compared, in `region` and below it when it is given.
    """
    given = {key: value for key, value in (identifiers or {}).items() if value}
    sure = [record for record in record_set.current if any(record.identifiers.get(key) == value for key, value in given.items())]
    if sure:
        return [(record, 100.0) for record in sure[:limit]]
    wanted = _plain(name, record_set.words)
    scored = []
    for record in record_set.current:
        lies = record.values.get(record_set.region or "", "")
        if region is not None and not (lies == region or lies.startswith(f"{region}.")):
            continue
        score = _name_score(wanted, _plain(record.name, record_set.words))
        if score >= LIKELY_SCORE - 20:
            scored.append((record, score))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].id))[:limit]


def _blocks(record_set: RecordSet) -> Iterable[list[Record]]:
    blocks: dict[tuple[str, str], list[Record]] = {}
    for record in record_set.current:
        for key, value in record.identifiers.items():
            blocks.setdefault((key, value), []).append(record)
        if record_set.region is not None:
            blocks.setdefault(("", record.values.get(record_set.region, "")), []).append(record)
    return [block for block in blocks.values() if len(block) > 1]


def _likeness(record_set: RecordSet, one: Record, other: Record) -> Likeness | None:
    shared = tuple(key for key, value in one.identifiers.items() if other.identifiers.get(key) == value)
    if shared:
        return Likeness(one, other, 100.0, shared)
    if any(key in other.identifiers for key in one.identifiers):
        return None  # both are registered, under different numbers
    score = _name_score(_plain(one.name, record_set.words), _plain(other.name, record_set.words))
    return Likeness(one, other, score, ()) if score >= LIKELY_SCORE else None


def _plain(name: str, words: Mapping[str, str]) -> str:
    written = (words.get(word, word) for word in spaced(name).split())
    return " ".join(_ROMAN.get(word, word) for word in " ".join(written).split())


def _name_score(one: str, other: str) -> float:
    """100 for the same letters; never likely when the numbers differ: Melati 1 is not Melati 2."""
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0
    return round(fuzz.ratio(letters_of(one), letters_of(other)), 1)
