"""What a browser is told about an answer of ours: what it may run, whom it may ask, how long it may keep it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from werkzeug.datastructures import Headers

# https://www.w3.org/TR/CSP3/. No address but our own; inline style, because CKAN's scripts set it; inline script never.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# An uploaded file that a browser opens all the same runs nothing, loads nothing and belongs to no origin.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"

_HASHED_NAME = re.compile(r"/[0-9a-f]{8}_[^/]+$")  # how webassets names a bundle: by a hash of its content


class Audience(Enum):
    """For whom an answer was written."""

    ASSET = "asset"  # a script, style or picture of the portal: the same for everybody
    PUBLIC = "public"  # what any anonymous reader gets
    NAMED = "named"  # somebody logged in, or with a token


def secure(headers: Headers, environ: Mapping[str, Any]) -> None:
    """Add the security headers, leaving a stricter policy of a single answer as it is."""
    headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if environ["wsgi.url_scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def say_how_long(headers: Headers, audience: Audience, path: str) -> None:
    """Set `Cache-Control`: hashed assets a year, other assets an hour, pages until asked again, a user's own pages by nobody else.

    An answer that forbids storing keeps its word.
    """
    if "no-store" in headers.get("Cache-Control", ""):
        return
    if audience is Audience.ASSET:
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if _HASHED_NAME.search(path) else "public, max-age=3600"
        headers.remove("Vary")
    elif audience is Audience.PUBLIC:
        headers["Cache-Control"] = "public, no-cache"
        headers["Vary"] = "Accept, Accept-Encoding, Cookie, HX-Request"
    else:
        headers["Cache-Control"] = "private, no-cache"


def attach(headers: Headers) -> None:
    """Make a browser save an uploaded file instead of opening it in our origin, whatever type it claims; its name stays."""
    _disposition, _, name = headers.get("Content-Disposition", "").partition(";")
    headers["Content-Disposition"] = f"attachment;{name}" if name else "attachment"
    headers["Content-Security-Policy"] = FILE_POLICY
