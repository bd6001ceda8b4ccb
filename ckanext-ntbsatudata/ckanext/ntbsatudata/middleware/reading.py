"""Every answer of the portal to a reader: kept pages, `ETag` and 304, gzip, no cookie for the nameless, security headers."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from ckanext.ntbsatudata.middleware.headers import Audience, say_how_long, secure
from ckanext.ntbsatudata.middleware.page_cache import Page, PageCache
from ckanext.ntbsatudata.middleware.reader import carries, is_anonymous, page_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AUDIENCE = "ntbsatudata.audience"  # the portal writes here, in the WSGI environment, for whom its answer is

LARGEST_ANSWER = 16 * 1024 * 1024  # bytes held in memory to be hashed and compressed; beyond, an answer streams as it is
_SMALLEST_TO_COMPRESS = 512
_COMPRESSIBLE = re.compile(r"text/|application/([\w.-]+\+)?(json|xml|javascript)\b|application/(n-triples|n-quads|trig)|image/svg\+xml")
_LOGIN_PAGES = re.compile(r"^(/\w{2,3}(_\w+)?)?/user/(login|register|reset)\b")


class ReadingMiddleware:
    """A WSGI layer around the portal.

    `stamp` returns the present state of the catalogue, or None when it cannot be known: then nothing is kept or given from memory.
    `pages` None keeps no pages. `cookies` are the names of the portal's own session cookies.
    """

    def __init__(
        self,
        app: WSGIApplication,
        pages: PageCache | None,
        stamp: Callable[[], str | None],
        token_header: str = "Authorization",
        cookies: Collection[str] = ("ckan", "remember_token"),
    ) -> None:
        self._app = app
        self._pages = pages
        self._stamp = stamp
        self._token_header = token_header
        self._cookies = frozenset(cookies)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reads = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        response = self._read(environ) if reads else _run(self._app, environ)
        secure(response.headers, environ)
        return response(environ, start_response)

    def _read(self, environ: WSGIEnvironment) -> Response:
        pages = self._pages
        key = page_key(environ) if pages is not None and is_anonymous(environ, self._token_header) else None
        stamp = self._stamp() if key is not None else None
        if pages is None or key is None or stamp is None:
            return self._write(environ)[0]
        page = pages.find(stamp, key)
        if page is not None:
            return _unpack(page, environ)
        response, page = self._write(environ)
        if page is not None:
            pages.keep(stamp, key, page)
        return response

    def _write(self, environ: WSGIEnvironment) -> tuple[Response, Page | None]:
        """Let the portal answer; return the answer and, when every anonymous reader may have the same, its page."""
        inner = {**environ, "REQUEST_METHOD": "GET"}  # the answer to HEAD is that to GET, its body left out at the end
        response = _run(self._app, inner)
        audience = inner.get(AUDIENCE, Audience.NAMED)
        path = environ.get("PATH_INFO", "")
        self._drop_needless_cookie(response, environ, audience)
        if "Set-Cookie" in response.headers:
            audience = Audience.NAMED
        say_how_long(response.headers, audience, path)
        length = response.content_length
        if response.status_code != 200 or length is None or length > LARGEST_ANSWER or environ.get("HTTP_RANGE"):
            return response, None
        page = _pack(response, compress=audience is not Audience.NAMED)
        response = _unpack(page, environ)
        return response, page if _may_be_kept(response, audience) else None

    def _drop_needless_cookie(self, response: Response, environ: WSGIEnvironment, audience: Audience) -> None:
        """A reader who brings no session gets none, except for logging in (forms, and the notice carried over a redirect).

        An asset never carries one: whoever keeps the asset for all would keep one user's session with it.
        """
        needs = carries(environ, self._cookies) or response.status_code // 100 == 3 or _LOGIN_PAGES.match(environ.get("PATH_INFO", ""))
        if audience is Audience.ASSET or not needs:
            response.headers.remove("Set-Cookie")


def _may_be_kept(response: Response, audience: Audience) -> bool:
    headers = response.headers
    attachment = headers.get("Content-Disposition", "").startswith("attachment")  # its download is counted each time
    return audience is not Audience.NAMED and "no-store" not in headers["Cache-Control"] and not attachment


def _run(app: WSGIApplication, environ: dict[str, Any]) -> Response:
    """Return the application's answer with its body untouched, so that a server may still send a file by itself."""
    started: list[Any] = []
    early: list[bytes] = []  # pieces given before the body is asked for (PEP 3333 allows both ways)

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started[:] = [status, headers]
        return early.append

    body = rest = app(environ, start_response)
    if not started:
        rest = iter(body)
        early.append(next(rest, b""))
    status, headers = started
    return Response(_joined(early, rest, body) if early else body, status, headers, direct_passthrough=True)


def _joined(early: list[bytes], rest: Iterable[bytes], body: Iterable[bytes]) -> Iterable[bytes]:
    try:
        yield from early
        yield from rest
    finally:
        if hasattr(body, "close"):
            body.close()


def _pack(response: Response, compress: bool) -> Page:
    """Hold the answer in memory, compressed where that helps and may be done.

    Answers to named users are not compressed: they hold a secret (the CSRF token) beside text an attacker may choose, and their
    length would tell it (BREACH, https://breachattack.com).
    """
    try:
        body = b"".join(response.response)  # type: ignore[arg-type]
    finally:
        response.close()
    headers = response.headers
    for name in ("Content-Length", "ETag", "Accept-Ranges"):
        headers.remove(name)
    fits = compress and len(body) >= _SMALLEST_TO_COMPRESS and "Content-Encoding" not in headers
    gzipped = fits and bool(_COMPRESSIBLE.match(headers.get("Content-Type", "")))
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Page(tuple(headers), gzip.compress(body, 6, mtime=0) if gzipped else body, gzipped, etag)


def _unpack(page: Page, environ: WSGIEnvironment) -> Response:
    """Return the answer for this reader: compressed or plain, whole or 304. Each form has its own strong `ETag` (RFC 9110, 8.8.3)."""
    gzipped = page.gzipped and parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING")).quality("gzip") > 0
    response = Response(gzip.decompress(page.body) if page.gzipped and not gzipped else page.body, 200, list(page.headers))
    if page.gzipped:
        response.vary.add("Accept-Encoding")
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(page.etag + ("-gz" if gzipped else ""))
    response.make_conditional(environ)
    response.headers.remove("Date")  # the web server says it
    return response
