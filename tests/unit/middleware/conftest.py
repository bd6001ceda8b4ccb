"""A small portal to wrap, and readers who ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from ckanext.ntbsatudata.middleware.headers import Audience
from ckanext.ntbsatudata.middleware.page_cache import PageCache
from ckanext.ntbsatudata.middleware.reading import AUDIENCE, ReadingMiddleware


@dataclass
class Portal:
    """Writes a page that says its number, and what a test puts into `answer`."""

    stamp: str | None = "state 1"
    now: float = 0.0
    written: int = 0
    answer: Callable[[Request], Response] | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.written += 1
        self.asked.append(request.method)
        if not request.cookies and "Authorization" not in request.headers:
            environ[AUDIENCE] = Audience.PUBLIC
        response = self.answer(request) if self.answer else Response(f"page {self.written} " + "x" * 600, mimetype="text/html")
        return response(environ, start_response)


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def pages(portal: Portal) -> PageCache:
    return PageCache(most_bytes=100_000, most_seconds=300, clock=lambda: portal.now)


@pytest.fixture
def reader(portal: Portal, pages: PageCache) -> Client:
    return Client(ReadingMiddleware(portal, pages, lambda: portal.stamp), use_cookies=False)
