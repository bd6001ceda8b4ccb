"""In which form a reader wants an answer: a page, or data for a program."""

from __future__ import annotations

import json
from typing import NoReturn

from ckan.plugins import toolkit
from flask import Response, abort

TYPES = {
    "html": "text/html",
    "json": "application/json",
    "csv": "text/csv",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
}


def split(name: str, offered: tuple[str, ...]) -> tuple[str, str]:
    """Return a name without its form's suffix, and the form: of the suffix (`kbli.csv`), else of the `Accept` header.

    Codes hold dots themselves, so only the suffixes on offer are taken off.
    """
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix in offered and suffix != "html":
        return stem, suffix
    return name, accepted(offered)


def accepted(offered: tuple[str, ...]) -> str:
    """Return the form of the `Accept` header; the first on offer when it does not say."""
    by_type = {TYPES[form]: form for form in offered}
    best = toolkit.request.accept_mimetypes.best_match(list(by_type), default=TYPES[offered[0]])
    return by_type[best]


def answer(text: str, form: str, filename: str | None = None) -> Response:
    """Return data for a program, which may be asked for from any page of the web (CORS)."""
    response = Response(text, content_type=f"{TYPES[form]}; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    if filename:
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


def refuse(status: int, sentence: str) -> NoReturn:
    """End the request with what is wrong: a page for browsers, JSON for programs."""
    if accepted(("json", "html")) == "json":
        response = answer(json.dumps({"status": "error", "message": sentence}, ensure_ascii=False), "json")
    else:
        response = Response(toolkit.render("refused.html", {"sentence": sentence}))
    response.status_code = status
    abort(response)


def sentence_of(error: toolkit.ValidationError) -> str:
    """Return what a validation error says, field by field."""
    return " ".join(f"{field}: {', '.join(map(str, said))}" for field, said in error.error_dict.items())


__all__: list[str] = []  # no blueprint
