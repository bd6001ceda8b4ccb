"""A plain query understood, in Lucene syntax: each clause becomes a group of its ways.

Solr's edismax leaves `mm` out of account once a query holds operators, so how many groups must be met is written out.
"""

from __future__ import annotations

import itertools
from typing import Any

from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.dismax import minimum_match, parse_plain
from ckanext.ntbsatudata.domain.query.lucene import Occur, QuerySyntaxError
from ckanext.ntbsatudata.domain.query.understanding import Alternative, Reader, Subject

FIELDS = "title:{word}^4 OR text:{word}"
MINIMUM = "2<-1 5<80%"  # CKAN's own
MOST_CHOICES = 40


def understood(asked: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """Return the parameters of `package_search`, with a plain query rewritten; any other query stays as it is."""
    text = str(asked.get("q") or "")
    if not text.strip() or ":" in text or '"' in text or asked.get("defType") or asked.get("qf"):
        return asked
    try:
        clauses = parse_plain(text)
    except QuerySyntaxError:
        return asked
    if any(clause.occur is not Occur.SHOULD for clause in clauses):
        return asked
    understanding = reader.read([word for clause in clauses for word in words(clause.text)])
    groups = [
        "(" + " OR ".join(_way(each) for each in clause.alternatives) + ")"
        for clause in understanding.clauses
        if clause.subject is not Subject.WEAK
    ]
    return {**asked, "q": _enough_of(groups)} if groups else asked


def _enough_of(groups: list[str]) -> str:
    """Return a query in Lucene syntax that as many groups must meet as CKAN's `mm` says: every such choice of them, joined by OR."""
    choices = list(itertools.combinations(groups, minimum_match(MINIMUM, len(groups))))
    if len(choices) > MOST_CHOICES:
        choices = [(group,) for group in groups]
    return " OR ".join("(" + " AND ".join(choice) + ")" for choice in choices)


def _way(alternative: Alternative) -> str:
    if alternative.field is not None:
        return f'{alternative.field}:"{alternative.terms[0]}"^{alternative.worth:g}'
    phrase = " AND ".join(f"({FIELDS.format(word=term)})" for term in alternative.terms)
    return f"({phrase})^{alternative.worth:g}"
