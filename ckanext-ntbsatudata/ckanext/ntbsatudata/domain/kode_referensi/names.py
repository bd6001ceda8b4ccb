"""How a name is written, and which code it may stand for.

A name is a hint, never a key: `Bima` is a kabupaten and a kota, and forty village names of NTB occur more than once. What
is not certain is given as candidates with a score, to be asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz import fuzz, process

from ckanext.ntbsatudata.domain.kode_referensi.code_list import CodeList, Edition, Item, Kind
from ckanext.ntbsatudata.domain.kode_referensi.history import resolve
from ckanext.ntbsatudata.domain.kode_referensi.spelling import letters_of, spaced

CERTAIN_SCORE = 90.0
CERTAIN_MARGIN = 5.0  # points to the next candidate
CLEAR_SCORE = 80.0  # enough where nothing else is near: one letter wrong in a name of five
CLEAR_MARGIN = 15.0
LOWEST_SCORE = 60.0
OTHER_SCORE = 75.0  # the most a name gets that is known to be another: SP II for SP III, Sumba Barat for Sumbawa Barat

_NUMBER = re.compile(r"\b(?:\d+|[ivx]+)\b")


class Origin(Enum):
    """Where the name that matched comes from."""

    NAME = "name"
    FORMER_NAME = "former-name"
    ALIAS = "alias"


@dataclass(frozen=True)
class Candidate:
    """An item a name may stand for. `score` runs from 0 to 100; 100: the same letters."""

    item: Item
    score: float
    origin: Origin
    matched: str


@dataclass(frozen=True)
class Match:
    """All candidates of one name, best first. `certain` is the one that needs no question, if there is one."""

    name: str
    candidates: tuple[Candidate, ...]

    @property
    def certain(self) -> Candidate | None:
        if not self.candidates:
            return None
        best = self.candidates[0]
        margin = best.score - (self.candidates[1].score if len(self.candidates) > 1 else 0.0)
        sure = best.score >= CERTAIN_SCORE and margin >= CERTAIN_MARGIN
        clear = best.score >= CLEAR_SCORE and margin >= CLEAR_MARGIN
        return best if sure or clear else None


@dataclass(frozen=True)
class _Entry:
    letters: str
    numbers: tuple[str, ...]
    item: Item
    origin: Origin
    written: str


@dataclass(frozen=True, eq=False)
class NameIndex:
    """The names, former names and aliases of one edition, ready to be matched."""

    code_list: CodeList
    edition: Edition
    kinds: Mapping[str, Kind]
    entries: tuple[_Entry, ...]
    by_writing: Mapping[str, tuple[Item, ...]]
    foreign_names: frozenset[str]  # letters of names that the wider list has and this one has not

    @classmethod
    def of(cls, code_list: CodeList, version_id: str | None = None) -> NameIndex:
        """Return the index of a version, built once. Raises `UnknownVersionError`."""
        return _index(code_list, code_list.edition(version_id))

    def match(self, name: str, *, level: str | None = None, within: str | None = None, limit: int = 5) -> Match:
        """Return the candidates for a name, best first.

        `level` narrows to one level of the list, `within` to what lies below one code (a kabupaten's desa).
        Raises `UnknownLevelError` or `UnknownCodeError` when there is none such.
        """
        if level is not None:
            self.code_list.named_level(level)
        if within is not None:
            self.edition.item(within)
        by_letters = _narrowed(self, level, within)
        whole = spaced(name)
        kind, bare = _split(whole, self.kinds)
        letters, numbers = letters_of(bare), tuple(_NUMBER.findall(bare))
        if not letters:
            return Match(name, ())
        scored = [(entry, 100.0) for entry in by_letters.get(letters_of(whole), ())]  # a name may begin with such a word: desa Kota Raja
        scored += [(entry, score) for entry, score in _near(by_letters, letters) if kind in (None, entry.item.kind, entry.item.level)]
        best: dict[str, Candidate] = {}
        for entry, score in scored:
            another = entry.numbers != numbers or letters in self.foreign_names
            score = min(score, OTHER_SCORE) if another and score < 100 else score
            known = best.get(entry.item.code)
            if known is None or score > known.score:
                best[entry.item.code] = Candidate(entry.item, round(score, 1), entry.origin, entry.written)
        ordered = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.item.code))
        return Match(name, tuple(ordered[:limit]))

    def match_all(self, names: Iterable[str], *, level: str | None = None, within: str | None = None, limit: int = 5) -> list[Match]:
        """Return one match for each name, in order; a name met again is matched once."""
        known: dict[str, Match] = {}
        for name in (names := list(names)):
            if name not in known:
                known[name] = self.match(name, level=level, within=within, limit=limit)
        return [known[name] for name in names]

    def exact(self, written: str) -> Item | None:
        """Return the one item whose code, name or alias this is, letter by letter but for case and outer blanks.

        This is the way for short lists with odd spellings (`tahunana`, `-`); None: no item, or more than one.
        """
        found = self.by_writing.get(written.strip().casefold(), ())
        return found[0] if len(found) == 1 else None

    def says(self, name: str, code: str) -> bool:
        """Return whether a name may stand for a code: it is one of its names, or misspelt past doubt."""
        match = self.match(name, limit=50)
        return any(candidate.item.code == code and candidate.score >= CERTAIN_SCORE for candidate in match.candidates)


@lru_cache(maxsize=512)
def _narrowed(index: NameIndex, level: str | None, within: str | None) -> Mapping[str, tuple[_Entry, ...]]:
    """The entries by their letters, of one level and below one code when these are given."""

    def lies(item: Item) -> bool:
        return within is None or any(above.code == within for above in index.edition.ancestors(item.code))

    by_letters: dict[str, tuple[_Entry, ...]] = {}
    for entry in index.entries:
        if (level is None or entry.item.level == level) and lies(entry.item):
            by_letters[entry.letters] = (*by_letters.get(entry.letters, ()), entry)
    return by_letters


def _near(by_letters: Mapping[str, tuple[_Entry, ...]], letters: str) -> list[tuple[_Entry, float]]:
    """The entries of the same letters with 100 points, then those of like letters with at most 99."""
    found = [(entry, 100.0) for entry in by_letters.get(letters, ())]
    like = process.extract(letters, list(by_letters), scorer=fuzz.ratio, score_cutoff=LOWEST_SCORE, limit=30)
    return found + [(entry, min(score, 99.0)) for key, score, _ in like if key != letters for entry in by_letters[key]]


def _split(spaced_name: str, kinds: Mapping[str, Kind]) -> tuple[str | None, str]:
    prefixes = {spaced(prefix): kind.id for kind in kinds.values() for prefix in kind.prefixes}
    for prefix in sorted(prefixes, key=len, reverse=True):
        if spaced_name.startswith(f"{prefix} "):
            return prefixes[prefix], spaced_name[len(prefix) + 1 :]
    return None, spaced_name


@lru_cache(maxsize=64)
def _index(code_list: CodeList, edition: Edition) -> NameIndex:
    kinds = {kind.id: kind for level in code_list.levels for kind in level.kinds}
    written = [(item, item.name, Origin.NAME) for item in edition]
    written += [
        (edition.items[code], alias, Origin.ALIAS) for code, names in code_list.aliases.items() if code in edition for alias in names
    ]
    written += [(item, past.name, Origin.FORMER_NAME) for past in code_list.items for item in _heirs(code_list, past, edition)]
    entries = []
    for item, name, origin in written:
        kind, bare = _split(spaced(name), kinds)
        bare = bare if kind in (item.kind, item.level) else spaced(name)
        entries.append(_Entry(letters_of(bare), tuple(_NUMBER.findall(bare)), item, origin, name))
    by_writing: dict[str, tuple[Item, ...]] = {}
    for item, name in [*((item, item.code) for item in edition), *((item, name) for item, name, _origin in written)]:
        known = by_writing.get(name.casefold(), ())
        if item not in known:
            by_writing[name.casefold()] = (*known, item)
    foreign = frozenset(letters_of(_split(spaced(name), kinds)[1]) for name in code_list.foreign_names)
    return NameIndex(code_list, edition, kinds, tuple(entries), by_writing, foreign)


def _heirs(code_list: CodeList, past: Item, edition: Edition) -> tuple[Item, ...]:
    """Return the one item that a name of another version stands for in this edition, if there is one with another name."""
    if edition.find(past.code) is past:
        return ()
    items = resolve(code_list, past.code, edition.version.id, past.since or code_list.versions[0].id).items
    return items if len(items) == 1 and items[0].name != past.name else ()
