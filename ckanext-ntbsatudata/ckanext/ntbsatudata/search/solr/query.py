"""A plain query understood, in Solr's words: each clause becomes a group of its ways, and `mm` counts the groups."""

from __future__ import annotations

from typing import Any

from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.dismax import parse_plain
from ckanext.ntbsatudata.domain.query.lucene import Occur, QuerySyntaxError
from ckanext.ntbsatudata.domain.query.understanding import Alternative, Reader, Subject

FIELDS = "title^4 tags^2 groups^2 text"


def understood(asked: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """Return the parameters of `package_search`, with a plain query rewritten; any other query stays as it is."""
    text = str(asked.get("q") or "")
    if not text.strip() or set(text) & set(':"()[]{}*?~^+!&|\\') or asked.get("defType") or asked.get("qf"):
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
    return {**asked, "q": " ".join(groups), "defType": "edismax", "qf": FIELDS, "q.op": "OR"} if groups else asked


def _way(alternative: Alternative) -> str:
    if alternative.field is not None:
        return f'{alternative.field}:"{alternative.terms[0]}"^{alternative.worth:g}'
    if len(alternative.terms) == 1:
        return f"{alternative.terms[0]}^{alternative.worth:g}"
    return "(" + " AND ".join(alternative.terms) + f")^{alternative.worth:g}"
