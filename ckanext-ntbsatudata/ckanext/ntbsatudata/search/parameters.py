"""What a search asks besides its query: order, page, fields of the answer, facets. The names are Solr's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.lib.search.common import SearchQueryError

LARGEST_PAGE = 1_000_000


@dataclass(frozen=True)
class Order:
    field: str
    descending: bool


@dataclass(frozen=True)
class Facets:
    """`limit` is None where every value is wanted."""

    fields: tuple[str, ...] = ()
    limit: int | None = 100
    least: int = 0


def texts(value: Any) -> list[str]:
    """Return the values of a parameter that may come once or as a list, as text a database can hold."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return [clean(str(item)) for item in items if item is not None and str(item).strip()]


def clean(text: str) -> str:
    """Return the text without what PostgreSQL refuses: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def number(parameters: Mapping[str, Any], name: str, default: int) -> int:
    """Return a whole number. Raises `SearchQueryError` for anything else."""
    value = parameters.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise SearchQueryError(f'Invalid "{name}" parameter: a whole number is needed') from error


def page(parameters: Mapping[str, Any]) -> tuple[int, int]:
    """Return offset and number of rows."""
    start, rows = number(parameters, "start", 0), number(parameters, "rows", 10)
    if start < 0 or rows < 0:
        raise SearchQueryError('Invalid "start" or "rows" parameter: it must not be negative')
    return min(start, 2**62), min(rows, LARGEST_PAGE)


def orders(parameters: Mapping[str, Any]) -> Sequence[Order]:
    """Return the order: `score desc, title_string asc`. Raises `SearchQueryError` for what cannot be read."""
    text = clean(str(parameters.get("sort") or "score desc"))
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([\w.-]+)\s+(asc|desc)\s*", part, re.IGNORECASE)
        if match is None:
            raise SearchQueryError('Invalid "sort" parameter')
        found.append(Order(match[1], match[2].lower() == "desc"))
    return found


def facets(parameters: Mapping[str, Any]) -> Facets:
    """Return which values are to be counted."""
    wanted = str(parameters.get("facet", "false")).lower() in ("true", "1", "on", "yes")
    names = tuple(dict.fromkeys(texts(parameters.get("facet.field")))) if wanted else ()
    limit = number(parameters, "facet.limit", 100)
    return Facets(names, None if limit < 0 else limit, number(parameters, "facet.mincount", 0))


def answer_fields(parameters: Mapping[str, Any]) -> Sequence[str]:
    """Return the names (or patterns with `*`) of the fields to answer with."""
    return [name for text in texts(parameters.get("fl") or "*") for name in re.split(r"[\s,]+", text) if name] or ["*"]
