"""The plain query of people: words, "quoted phrases", +must and -not; everything else is text (Solr's dismax)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.query.lucene import Occur, QuerySyntaxError, unescape

_CLAUSE = re.compile(r'([+-]?)"([^"]*)"|([+-]?)((?:\\.|[^\s"\\]|\\(?=\s|$))+)', re.DOTALL)
_SIGNS_ONLY = re.compile(r"[+-]\s*[+-]")
_LOOSE_SIGNS = re.compile(r"\s+[+-](?:\s*[+-]+)+|\s+[-+\s]+$")


@dataclass(frozen=True)
class PlainClause:
    occur: Occur
    text: str
    quoted: bool


def parse_plain(text: str) -> list[PlainClause]:
    """Return the clauses of a plain query: what is no operator is text.

    Raises `QuerySyntaxError` for signs without a word at the start, as Solr does; elsewhere they are dropped.
    """
    if _SIGNS_ONLY.match(text.strip()):
        raise QuerySyntaxError("a word is missing after + or -")
    clauses = []
    for quoted_sign, phrase, sign, word in _CLAUSE.findall(_LOOSE_SIGNS.sub(" ", text)):
        quoted = not word
        clause = PlainClause(_OCCUR[quoted_sign or sign], phrase if quoted else unescape(word), quoted)
        if clause.text.strip():
            clauses.append(clause)
    return clauses


_OCCUR = {"+": Occur.MUST, "-": Occur.MUST_NOT, "": Occur.SHOULD}


def minimum_match(specification: str, optional: int) -> int:
    """Return how many of the optional clauses must match, by Solr's `mm`: `3`, `-1`, `75%`, `-25%`, `2<-1 5<80%`.

    Source: Apache Solr 9, `SolrPluginUtils.calculateMinShouldMatch`. Raises `ValueError` for what is no `mm`.
    """
    specification = specification.strip()
    if "<" not in specification:
        return max(0, min(optional, _amount(specification, optional)))
    result = optional
    for condition in re.sub(r"\s*<\s*", "<", specification).split():
        bound, _, amount = condition.partition("<")
        if optional <= int(bound):
            return result
        result = max(0, min(optional, _amount(amount, optional)))
    return result


def _amount(specification: str, optional: int) -> int:
    if specification.endswith("%"):
        share = int(specification[:-1])
        amount = int(optional * share / 100)
    else:
        amount = int(specification)
        share = amount
    return optional + amount if share < 0 else amount
