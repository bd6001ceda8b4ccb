"""Solr's local parameters in front of a query: `{!lucene q.op=OR}bees butterflies`."""

from __future__ import annotations

import re

from ckanext.ntbsatudata.domain.query.lucene import QuerySyntaxError

_HEAD = re.compile(r"\s*\{!((?:'[^']*'|\"[^\"]*\"|[^}'\"])*)\}(.*)", re.DOTALL)
_PAIR = re.compile(r"([\w.]+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s'\"]+))|([\w.]+)")


def split_local_parameters(text: str) -> tuple[str | None, dict[str, str], str]:
    """Return the query parser named, its own parameters, and the query. Raises `QuerySyntaxError` for an open brace."""
    if not text.lstrip().startswith("{!"):
        return None, {}, text
    head = _HEAD.fullmatch(text)
    if head is None:
        raise QuerySyntaxError("the local parameters {!…} have no end")
    parser, own = None, {}
    for name, single, double, bare, word in _PAIR.findall(head[1]):
        if word:
            parser = parser or word
        else:
            own[name] = single or double or bare
    return own.pop("type", parser), own, own.pop("v", head[2])
