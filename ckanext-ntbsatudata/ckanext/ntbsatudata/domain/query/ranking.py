"""The order of the answers: how rare a part of the query is, and how well the best candidates' titles fit it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ckanext.ntbsatudata.domain.query.analysis import stem, words
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.understanding import Alternative, Clause, Subject, Understanding

CANDIDATES = 200
COMMON = 2000
FEW = 100  # documents: no word in this few is a common one
APART = 0.6  # what a title gains by the words of a phrase that do not stand in a row
STEM_ONLY = 0.75  # what a title gains by another form of the word asked
COVERED, IN_TITLE, TOGETHER = 0.6, 0.5, 0.25
WEAK_WORTH = 0.35
WEAK_RARITY = 1.5  # a word in more than a fifth of the documents tells nothing that its place in the title does not
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
    they count by the commonest way. Of a region that very many documents name, the codes alone are looked for.
    """
    rarities = {}
    coded = clause.subject is Subject.PLACE and any(
        each.field is not None and frequency.get(term_of(each, each.terms[0])) for each in clause.alternatives
    )
    for alternative in _without_common_words(clause, frequency, documents):
        counts = [frequency.get(term_of(alternative, term), 0) for term in alternative.terms]
        if all(counts) and not (coded and alternative.field is None and min(counts) > COMMON):
            rarities[alternative] = sum(rarity(count, documents) for count in counts)
    if not rarities or (clause.subject is Subject.WEAK and min(rarities.values()) < WEAK_RARITY):
        return []
    first = clause.alternatives[0]
    base = rarities.get(first, min(rarities.values()))
    if clause.subject is Subject.WEAK:
        base *= WEAK_WORTH
    return [Weighed(alternative, base * alternative.worth / len(alternative.terms)) for alternative in rarities]


def _without_common_words(clause: Clause, frequency: Mapping[str, int], documents: int) -> Iterator[Alternative]:
    """Yield what was written as it is, and all other phrases without the words that stand in every tenth document or more."""
    seen = set()
    for place, alternative in enumerate(clause.alternatives):
        if place and len(alternative.terms) > 1 and alternative.field is None:
            terms = tuple(term for term in alternative.terms if frequency.get(term, 0) <= max(documents / 10, FEW))
            alternative = replace(alternative, terms=terms)
        if alternative.terms and (alternative.field, alternative.terms) not in seen:
            seen.add((alternative.field, alternative.terms))
            yield alternative


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
    asked = _places(understanding, written, stems)
    covered = {stems[at] for places in asked.values() for at in places}
    said = {stem_ for word, stem_ in zip(written, stems, strict=True) if word not in lexicon.silent and word not in lexicon.weak}
    said = {term for term in said if not term.isdigit()}
    coverage = len(said & covered) / len(said) if said else 0.0
    counted = [clause for clause in understanding.clauses if clause.subject is not Subject.WEAK]
    in_title = sum(_closeness(clause, asked.get(clause, ()), written) for clause in counted) / len(counted) if counted else 0.0
    pairs = [(asked.get(before), asked.get(after)) for before, after in itertools.pairwise(counted)]
    together = sum(bool(a and b and 0 < b[0] - a[-1] <= 3) for a, b in pairs) / len(pairs) if pairs else 0.0
    years = [int(word) for word in written if len(word) == 4 and word.isdigit() and OLDEST <= int(word) <= NEWEST]
    recent = RECENT_WORTH * (max(years) - OLDEST) / (NEWEST - OLDEST) if years else 0.0
    return 1 + COVERED * coverage + IN_TITLE * in_title + TOGETHER * together + recent


def _places(understanding: Understanding, written: Sequence[str], stems: Sequence[str]) -> dict[Clause, list[int]]:
    """Return where in the title each clause is met. A word serves one clause only, longer ways first: the `sakit` of `rumah sakit`
    is no answer to `penyakit`."""
    free = dict.fromkeys(range(len(stems)))
    found: dict[Clause, list[int]] = {}
    ways = [(each, clause) for clause in understanding.clauses for each in clause.alternatives if each.field is None]
    for alternative, clause in sorted(ways, key=lambda way: -len(way[0].terms)):
        if clause in found:
            continue
        asked_for = clause.written.split()
        places = []
        for term in alternative.terms:
            at = [place for place in free if stems[place] == term and place not in places]
            places += sorted(at, key=lambda place: written[place] not in asked_for)[:1]
        if len(places) == len(alternative.terms):
            found[clause] = places
            for place in places:
                free.pop(place, None)
    return found


def _closeness(clause: Clause, places: Sequence[int], written: Sequence[str]) -> float:
    if not places:
        return 0.0
    asked_for = (clause.corrected or clause.written).split()
    as_written = 1.0 if all(written[place] in asked_for for place in places) else STEM_ONLY
    in_a_row = all(after == before + 1 for before, after in itertools.pairwise(places))
    return as_written if in_a_row else as_written * APART
