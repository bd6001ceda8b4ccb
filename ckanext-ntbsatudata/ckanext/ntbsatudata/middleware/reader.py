"""Who asks: a reader without a name, whose answer anybody may see, or somebody whose answer is theirs alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PageKey = tuple[str, ...]

LONGEST_QUERY = 1024

# What the portal may look at when it writes a page, besides the address. All of it belongs to the key of a kept page, so that
# no header can plant a page under a key that a reader without this header asks for.
_READ_BY_THE_PORTAL = (
    "HTTP_ACCEPT",
    "HTTP_ORIGIN",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REQUESTED_WITH",
)


def is_anonymous(environ: Mapping[str, Any], token_header: str) -> bool:
    """Whether nothing in the request says who asks: no cookie at all, no token, no name set by a web server in front."""
    token = "HTTP_" + token_header.upper().replace("-", "_")
    return not any(environ.get(name) for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "REMOTE_USER", token))


def page_key(environ: Mapping[str, Any]) -> PageKey | None:
    """Return everything of the request the answer may depend on; None when such an answer is not worth keeping.

    Not kept: part of a file, a request with a body or for a fresh answer, a query longer than any page of ours links to.
    """
    query = environ.get("QUERY_STRING", "")
    fresh = "no-cache" in environ.get("HTTP_CACHE_CONTROL", "")
    if fresh or environ.get("HTTP_RANGE") or environ.get("CONTENT_LENGTH", "") not in ("", "0") or len(query) > LONGEST_QUERY:
        return None
    address = (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        query,
    )
    headers = [name for name in environ if name.startswith("HTTP_HX_")]
    read = (f"{name}={environ[name]}" for name in sorted([*headers, *_READ_BY_THE_PORTAL]) if name in environ)
    return (*address, *read)


def carries(environ: Mapping[str, Any], cookies: Collection[str]) -> bool:
    """Whether the request brings one of the named cookies."""
    names = {pair.partition("=")[0].strip() for pair in environ.get("HTTP_COOKIE", "").split(";")}
    return not names.isdisjoint(cookies)
