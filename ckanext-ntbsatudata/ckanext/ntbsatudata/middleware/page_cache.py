"""Pages already written for anonymous readers, each good for one state of the catalogue.

A page is kept under the stamp the catalogue bore *before* the page was written, and given out only to a request that has just read
the same stamp. So a page is never older than the request that gets it, whatever happens between.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.ntbsatudata.middleware.reader import PageKey

OVERHEAD = 2048  # bytes of memory a kept page takes besides its body, generously


@dataclass(frozen=True)
class Page:
    """A finished answer: its headers without length and encoding, its body as it is stored, the hash of the plain body."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    gzipped: bool
    etag: str


class PageCache:
    """Keeps pages up to `most_bytes` of memory and for at most `most_seconds`, forgetting those not asked for longest.

    The time limit is for what changes without the catalogue changing: the clock itself ("two days ago").
    """

    def __init__(self, most_bytes: int, most_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp = ""
        self._bytes = 0
        self._pages: OrderedDict[PageKey, tuple[float, Page]] = OrderedDict()

    def find(self, stamp: str, key: PageKey) -> Page | None:
        """Return the page kept for this state of the catalogue; when the state is another one, forget all pages first."""
        with self._lock:
            if stamp != self._stamp:
                self._pages.clear()
                self._bytes = 0
                self._stamp = stamp
            if key not in self._pages:
                return None
            until, page = self._pages[key]
            if self._clock() >= until:
                self._forget(key)
                return None
            self._pages.move_to_end(key)
            return page

    def keep(self, stamp: str, key: PageKey, page: Page) -> None:
        """Keep a page, unless the catalogue has moved on while it was written or it would crowd out all others."""
        size = _size(key, page)
        with self._lock:
            if stamp != self._stamp or size > self._most_bytes // 4:
                return
            if key in self._pages:
                self._forget(key)
            while self._bytes + size > self._most_bytes:
                self._forget(next(iter(self._pages)))
            self._pages[key] = (self._clock() + self._most_seconds, page)
            self._bytes += size

    def __len__(self) -> int:
        return len(self._pages)

    def _forget(self, key: PageKey) -> None:
        _until, page = self._pages.pop(key)
        self._bytes -= _size(key, page)


def _size(key: PageKey, page: Page) -> int:
    return len(page.body) + sum(len(part) for part in key) + OVERHEAD
