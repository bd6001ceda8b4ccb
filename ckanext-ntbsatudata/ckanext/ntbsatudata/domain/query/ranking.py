"""The order of the answers: how rare a part of the query is, and how well the best candidates' titles fit it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.query.analysis import stem, words
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.understanding import Alternative, Clause, Subject, Understanding

CANDIDATES = 200
COVERED, IN_TITLE, TOGETHER = 0.6, 0.5, 0.25
WEAK_WORTH = 0.35
RECENT_WORTH, OLDEST, NEWEST = 0.04, 2000, 2030


@dataclass(frozen=True)
class Weighed:
    """An alternative with what one document gains by it."""

    alternative: Alternative
    gain: float


def term_of(alternative: Alternative, term: str) -> str:
    """Return the term as the index holds it."""
    return term if alternative.field is None else f"{alternative.field}:{term}"


def weigh(clause: Clause, frequency: Mapping[str, int], documents: int) -> list[Weighed]:
    """Return the ways of a clause that occur in the index at all.

    All ways count by the rarity of what was written: a rare synonym must not outweigh the word itself. Where that does not occur,
    they count by the commonest way.
    """
    rarities = {}
    for alternative in clause.alternatives:
        counts = [frequency.get(term_of(alternative, term), 0) for term in alternative.terms]
        if all(counts):
            rarities[alternative] = sum(rarity(count, documents) for count in counts)
    if not rarities:
        return []
    first = clause.alternatives[0]
    base = rarities[first] if first in rarities else min(rarities.values())
    if clause.subject is Subject.WEAK:
        base *= WEAK_WORTH
    return [Weighed(alternative, base * alternative.worth / len(alternative.terms)) for alternative in rarities]


def rarity(count: int, documents: int) -> float:
    """Return the inverse document frequency of BM25 (Robertson and Zaragoza 2009, section 3.4.3), never below a small positive number."""
    return math.log(1 + (max(documents - count, 0) + 0.5) / (count + 0.5))


@dataclass(frozen=True)
class Candidate:
    ordinal: int
    score: float
    title: str


def rerank(understanding: Understanding, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return the candidates in their final order, with their final scores.

    A title gains when it says little that was not asked, holds the parts of the query, and holds them side by side; of two alike
    the one about a later year stands first.
    """
    fits = [Candidate(each.ordinal, each.score * fit(understanding, each.title, lexicon), each.title) for each in candidates]
    return sorted(fits, key=lambda each: -each.score)


def fit(understanding: Understanding, title: str, lexicon: Lexicon) -> float:
    """Return the factor of a title, 1 or more."""
    written = words(title)
    stems = [stem(word) for word in written]
    places = {term: at for at, term in reversed(list(enumerate(stems)))}
    asked: list[int | None] = []
    covered: set[str] = set()
    for clause in understanding.clauses:
        held = next((each for each in clause.alternatives if each.field is None and all(term in places for term in each.terms)), None)
        if held is not None:
            covered.update(held.terms)
        if clause.subject is not Subject.WEAK:
            asked.append(None if held is None else places[held.terms[0]])
    said = {stem_ for word, stem_ in zip(written, stems, strict=True) if word not in lexicon.silent and word not in lexicon.weak}
    said = {term for term in said if not term.isdigit()}
    coverage = len(said & covered) / len(said) if said else 0.0
    in_title = sum(at is not None for at in asked) / len(asked) if asked else 0.0
    pairs = list(itertools.pairwise(asked))
    together = sum(a is not None and b is not None and 0 < b - a <= 3 for a, b in pairs) / len(pairs) if pairs else 0.0
    years = [int(word) for word in written if len(word) == 4 and word.isdigit() and OLDEST <= int(word) <= NEWEST]
    recent = RECENT_WORTH * (max(years) - OLDEST) / (NEWEST - OLDEST) if years else 0.0
    return 1 + COVERED * coverage + IN_TITLE * in_title + TOGETHER * together + recent
