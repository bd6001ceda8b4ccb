"""The steps of a start, each shown with its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Steps:
    """Shows one line for each step: its name while it runs, its time when it is done."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._started = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        self._show(f"  {name} ".ljust(48, "."))
        try:
            yield
        except BaseException:
            self._show(" gagal\n")
            raise
        self._show(f" {_seconds(time.monotonic() - started)}\n")

    @property
    def total(self) -> str:
        return _seconds(time.monotonic() - self._started).strip()


def _seconds(seconds: float) -> str:
    return f"{seconds:5.1f} detik".replace(".", ",")
