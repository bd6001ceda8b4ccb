"""Which addresses of the web a reader outside can never open: internal names, private networks."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

# Names that the public DNS never answers (RFC 2606, RFC 6761, RFC 6762), and what offices call their own machines.
_INTERNAL_SUFFIXES = (".test", ".local", ".localhost", ".internal", ".lan", ".intranet", ".example", ".invalid", ".home.arpa", ".corp")
_SCHEMES = ("http", "https", "ftp")


def is_internal(url: str) -> bool:
    """True when the host of an address is known to be closed to the public, by its look alone; nothing is asked."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return True
    if not host:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_INTERNAL_SUFFIXES)


def public_address(url: object, own_site: str) -> str | None:
    """Return an address fit for a feed, its odd signs escaped; None for none, for another scheme, for an internal host.

    The portal's own address is always fit: who runs a demonstration on his own machine reads its feeds there.
    """
    text = str(url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or not parts.netloc or any(sign in parts.netloc for sign in ' <>"{}|\\^`@'):
        return None
    if is_internal(text) and not text.startswith(own_site + "/"):
        return None
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~", encoding="utf-8")
