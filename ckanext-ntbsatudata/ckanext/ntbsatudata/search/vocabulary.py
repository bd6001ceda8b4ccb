"""The portal's own vocabulary, kept in memory and read on from where it was read last."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from threading import Lock

from ckanext.ntbsatudata.domain.query.analysis import stem, words
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.spelling import Speller
from ckanext.ntbsatudata.model.search_index import SearchPosting, SearchWord
from ckanext.ntbsatudata.search.execution import execute
from ckanext.ntbsatudata.search.sql import Sql

SHORTEST_WORD, LONGEST_WORD = 3, 30
LATE = 1000  # a number given earlier may be committed later, so the newest are read again


class Vocabulary:
    """All words of the index by length. One for each process; it grows with the words of the catalogue, not with its use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget(None)

    def _forget(self, first: int | None) -> None:
        self._first, self._last = first, 0
        self._words: set[str] = set()
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)

    def speller(self, lexicon: Lexicon) -> Speller:
        """Return a speller that knows the words of the index as it is now, and the words of the lexicon."""
        with self._lock:
            self._read_on(lexicon)
            return Speller(self._by_length, self._words, frequency)

    def _read_on(self, lexicon: Lexicon) -> None:
        first, last = execute(Sql(f"SELECT min(id), max(id) FROM {SearchWord.__tablename__}")).one()
        if first != self._first:
            self._forget(first)
            self._take(lexicon.vocabulary)
        if last is not None and last > self._last:
            rows = execute(Sql(f"SELECT word FROM {SearchWord.__tablename__} WHERE id > %s", (self._last - LATE,)))
            self._take([word for (word,) in rows])
            self._last = last

    def _take(self, new: Sequence[str] | frozenset[str]) -> None:
        for word in new:
            if word not in self._words:
                self._words.add(word)
                self._by_length[len(word)].append(word)


def learn(some: Sequence[str]) -> None:
    """Add words to the portal's vocabulary."""
    statement = (
        f"INSERT INTO {SearchWord.__tablename__} (word) SELECT word FROM unnest(%s::text[]) AS new(word)"
        f" WHERE NOT EXISTS (SELECT FROM {SearchWord.__tablename__} AS held WHERE held.word = new.word)"
    )
    execute(Sql(statement, (list(some),)))


def worth_learning(text: str) -> set[str]:
    """Return the words of a text that a query may have misspelt: of letters only, neither very short nor very long."""
    return {word for word in words(text) if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha()}


def frequency(some: Sequence[str]) -> Mapping[str, int]:
    """Return in how many documents each of a few words (in any of its forms) occurs."""
    counts = frequency_of_terms([stem(word) for word in some])
    return {word: counts.get(stem(word), 0) for word in some}


def frequency_of_terms(terms: Sequence[str]) -> Mapping[str, int]:
    """Return in how many documents each term of the index occurs; terms that occur nowhere are left out.

    Numbers above `OFTEN` are kept for a minute: counting them takes long, and they hardly change.
    """
    now = time.monotonic()
    kept = {term: _often[term][0] for term in terms if term in _often and _often[term][1] > now}
    statement = f"SELECT term, count(*) FROM {SearchPosting.__tablename__} WHERE term = ANY(%s) GROUP BY term"
    counted = {term: number for term, number in execute(Sql(statement, ([term for term in terms if term not in kept],)))}  # noqa: C416
    if len(_often) > MOST_KEPT:
        _often.clear()
    _often.update({term: (number, now + KEPT_SECONDS) for term, number in counted.items() if number > OFTEN})
    return {**kept, **counted}


OFTEN, KEPT_SECONDS, MOST_KEPT = 1000, 60.0, 5000
_often: dict[str, tuple[int, float]] = {}
