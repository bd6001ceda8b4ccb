"""Did you mean: the known word a misspelt one stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ckanext.ntbsatudata.domain.query.analysis import stem

SHORTEST = 4
MOST_CANDIDATES = 12


@dataclass(frozen=True)
class Speller:
    """`by_length` holds the known words by their length; `frequency` returns how many documents hold each of a few words."""

    by_length: Mapping[int, Sequence[str]]
    known: frozenset[str] | set[str]
    frequency: Callable[[Sequence[str]], Mapping[str, int]]

    def correct(self, word: str) -> tuple[str, ...] | None:
        """Return the word or two words meant, or None where the word is known or nothing is near enough.

        One letter may be wrong in words of four to six letters, two in longer ones, three from twelve on; a swap of neighbours
        is one error. Among equally near words the one in more documents is taken, then the one with the same first letter.
        """
        if len(word) < SHORTEST or not word.isalpha() or word in self.known or stem(word) in self.known:
            return None
        parts = self._parts(word)
        allowed = 1 if len(word) <= 6 else 2 if len(word) <= 11 else 3
        near = self._near(word, allowed)
        if near is not None and (parts is None or near[0] == 1):
            return (near[1],)
        return parts

    def _near(self, word: str, allowed: int) -> tuple[int, str] | None:
        choices = [known for length in range(len(word) - allowed, len(word) + allowed + 1) for known in self.by_length.get(length, ())]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=MOST_CANDIDATES)
        if not found:
            return None
        frequency = self.frequency([candidate for candidate, _distance, _index in found])

        def rank(match: tuple[str, float, int]) -> tuple[float, int, str]:
            candidate, distance, _index = match
            unlikely_start = 0.6 if candidate[0] != word[0] else 0.0
            rare = 0.5 if not frequency.get(candidate) else 0.0
            return distance + unlikely_start + rare, -frequency.get(candidate, 0), candidate

        best = min(found, key=rank)
        return int(best[1]), best[0]

    def _parts(self, word: str) -> tuple[str, str] | None:
        """Two known words written as one: rumahsakit."""
        splits = [(word[:at], word[at:]) for at in range(4, len(word) - 3) if word[:at] in self.known and word[at:] in self.known]
        if not splits:
            return None
        frequency = self.frequency([part for split in splits for part in split])
        held = [split for split in splits if all(frequency.get(part) for part in split)]
        return max(held, key=lambda split: min(frequency.get(part, 0) for part in split), default=None)
