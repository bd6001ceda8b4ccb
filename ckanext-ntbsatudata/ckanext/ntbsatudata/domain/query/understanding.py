"""A plain query understood: which of its words name a subject, a region or a period, and what else they may be written as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ckanext.ntbsatudata.domain.query.analysis import stem
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon, Phrase
from ckanext.ntbsatudata.domain.query.places import Mention, Place, PlaceNames
from ckanext.ntbsatudata.domain.query.spelling import Speller

# Index fields beside the words (see `domain.query.coverage`).
CODES, WITHIN, YEARS = "kode_wilayah", "dalam_wilayah", "tahun_data"
_YEAR = re.compile(r"(?:19|20)\d\d")
CORRECTION_WORTH = 0.95
PART_WORTH = 0.4


class Subject(Enum):
    WORD = "word"
    WEAK = "weak"  # helps the order, need not occur
    PLACE = "place"
    PERIOD = "period"


@dataclass(frozen=True)
class Alternative:
    """One way a clause may be met: all `terms` (stems, or exact values of `field`) occur. `worth` runs to 1."""

    terms: tuple[str, ...]
    worth: float = 1.0
    field: str | None = None


@dataclass(frozen=True)
class Clause:
    """A part of the query, as written, and all the ways to meet it."""

    subject: Subject
    written: str
    alternatives: tuple[Alternative, ...]
    corrected: str | None = None


@dataclass(frozen=True)
class Understanding:
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """The query with its misspelt words corrected."""
        return " ".join(clause.corrected or clause.written for clause in self.clauses)

    @property
    def is_corrected(self) -> bool:
        return any(clause.corrected for clause in self.clauses)


@dataclass(frozen=True)
class Reader:
    """Reads queries with what the portal knows of words, regions and its own vocabulary."""

    lexicon: Lexicon
    places: PlaceNames
    speller: Speller | None = field(default=None, compare=False)

    def read(self, text: Sequence[str]) -> Understanding:
        """Return what a row of folded words means. Words that say nothing are left out unless there are no others."""
        clauses = tuple(self._clauses(text))
        if any(clause.subject is not Subject.WEAK for clause in clauses):
            return Understanding(clauses)
        return Understanding(tuple(_counting(clause) for clause in clauses) or tuple(_counting(_plain(word)) for word in text))

    def loosen(self, understanding: Understanding) -> Understanding:
        """Return the same, with each part of a phrase as a poor way to meet it: `gizi` for `gizi buruk`."""
        return Understanding(tuple(self._loosened(clause) for clause in understanding.clauses))

    def _loosened(self, clause: Clause) -> Clause:
        parts = (clause.corrected or clause.written).split()
        parts = [part for part in parts if part not in self.lexicon.silent and part not in self.lexicon.weak]
        if clause.subject is not Subject.WORD or len(parts) < 2:
            return clause
        ways = dict.fromkeys(clause.alternatives)
        for part in parts:
            for terms, worth in {(stem(part),): 1.0, **self.lexicon.others((part,))}.items():
                ways[Alternative(terms, worth * PART_WORTH)] = None
        return replace(clause, alternatives=tuple(ways))

    def _clauses(self, text: Sequence[str]) -> Iterator[Clause]:
        start = 0
        while start < len(text):
            end, clause = self._clause_at(text, start)
            if clause is not None:
                yield clause
            start = end

    def _clause_at(self, text: Sequence[str], start: int) -> tuple[int, Clause | None]:
        mention = self.places.at(text, start)
        for end in range(min(len(text), start + self.lexicon.longest), start, -1):
            if mention is not None and mention.end >= end:
                return mention.end, _place(mention, text)
            phrase = tuple(text[start:end])
            others = self.lexicon.others(phrase)
            if others and (len(phrase) > 1 or phrase[0] not in self.lexicon.silent):
                subject = Subject.WEAK if len(phrase) == 1 and phrase[0] in self.lexicon.weak else Subject.WORD
                known = (Alternative(tuple(stem(word) for word in phrase)),)
                return end, Clause(subject, " ".join(phrase), known + _alternatives(others))
        word = text[start]
        if word in self.lexicon.silent:
            return start + 1, None
        if _YEAR.fullmatch(word):
            return start + 1, Clause(Subject.PERIOD, word, (Alternative((word,)), Alternative((word,), 1.0, YEARS)))
        if word in self.lexicon.weak:
            return start + 1, Clause(Subject.WEAK, word, (Alternative((stem(word),)),))
        meant = self.speller.correct(word) if self.speller else None
        return start + 1, _plain(word) if meant is None else self._corrected(word, meant)

    def _corrected(self, word: str, meant: tuple[str, ...]) -> Clause:
        """Return the clause of the word meant; what was written still counts in full."""
        understood = Reader(self.lexicon, self.places).read(meant)
        alternatives = [Alternative((stem(word),))]
        if len(understood.clauses) == 1:
            inner = understood.clauses[0]
            alternatives += [Alternative(each.terms, each.worth * CORRECTION_WORTH, each.field) for each in inner.alternatives]
            subject = Subject.WORD if inner.subject is Subject.WEAK else inner.subject
        else:
            alternatives.append(Alternative(tuple(stem(part) for part in meant), CORRECTION_WORTH))
            subject = Subject.WORD
        return Clause(subject, word, tuple(alternatives), " ".join(meant))


def _plain(word: str) -> Clause:
    return Clause(Subject.WORD, word, (Alternative((stem(word),)),))


def _counting(clause: Clause) -> Clause:
    return Clause(Subject.WORD, clause.written, clause.alternatives, clause.corrected)


def _alternatives(others: Mapping[Phrase, float]) -> tuple[Alternative, ...]:
    return tuple(Alternative(terms, worth) for terms, worth in others.items())


def _place(mention: Mention, text: Sequence[str]) -> Clause:
    written = text[mention.start : mention.end]
    alternatives = {Alternative(tuple(stem(word) for word in written)): None}
    for place in mention.places:
        alternatives.update(dict.fromkeys(_ways(place)))
    return Clause(Subject.PLACE, " ".join(written), tuple(alternatives))


def _ways(place: Place) -> Iterator[Alternative]:
    """A dataset may name the region, hold its code, lie within it, or cover the whole it lies in."""
    for name in place.names:
        yield Alternative(tuple(stem(word) for word in name))
    yield Alternative((place.code,), 1.0, CODES)
    yield Alternative((place.code,), 0.7, WITHIN)
    for distance, code in enumerate(place.within):
        yield Alternative((code,), 0.5 / (distance + 1), CODES)
