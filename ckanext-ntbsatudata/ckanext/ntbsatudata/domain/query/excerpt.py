"""Why a result is there: the part of its text where the query is met."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.query.analysis import fold, stem
from ckanext.ntbsatudata.domain.query.understanding import Understanding

LENGTH = 180
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Piece:
    text: str
    is_hit: bool


def wanted_stems(understanding: Understanding) -> frozenset[str]:
    """Return the stems of all ways to meet a query."""
    return frozenset(term for clause in understanding.clauses for way in clause.alternatives if way.field is None for term in way.terms)


def excerpt(text: str, wanted: Collection[str], length: int = LENGTH) -> list[Piece]:
    """Return the stretch of about `length` characters with the most different words of the query, in pieces; all of a short text."""
    text = " ".join(text.split())
    hits = [(match.start(), match.end(), stem(fold(match.group()))) for match in _WORD.finditer(text)] if wanted else []
    hits = [hit for hit in hits if hit[2] in wanted]
    start = max(
        (hit[0] for hit in hits), key=lambda at: (len({held for s, e, held in hits if at <= s and e <= at + length}), -at), default=0
    )
    start = max(0, min(start - length // 4, len(text) - length))
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = len(text) if len(text) <= start + length else text.find(" ", start + length)
    end = len(text) if end < 0 else end
    pieces, at = [Piece("… ", False)] if start else [], start
    for hit_start, hit_end, _held in hits:
        if start <= hit_start and hit_end <= end:
            pieces += [Piece(text[at:hit_start], False), Piece(text[hit_start:hit_end], True)]
            at = hit_end
    pieces += [Piece(text[at:end], False)] + ([Piece(" …", False)] if end < len(text) else [])
    return [piece for piece in pieces if piece.text]
