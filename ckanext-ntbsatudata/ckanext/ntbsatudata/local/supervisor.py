"""Keeps the services of a portal alive, and ends them together."""

from __future__ import annotations

import contextlib
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from ckanext.ntbsatudata.local.errors import ServiceFailed
from ckanext.ntbsatudata.local.service import Service

_LOOK_EVERY = 0.5  # seconds
_LONGEST_PAUSE = 60.0
_CALM = 300.0  # seconds alive after which an earlier death is forgotten
_LARGEST_LOG = 20 * 1024**2  # bytes; one older copy is kept
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def stop_signals_interrupt() -> Iterator[None]:
    """Within, SIGTERM and SIGHUP do what Ctrl-C does; one that was ignored from outside, as by `nohup`, stays ignored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heard = [number for number in _STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """Starts services in order, watches them, stops them in reverse order."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._services: list[Service] = []

    def start(self, service: Service) -> None:
        """Start a service and keep it from now on. Raises `ServiceFailed`."""
        self._services.append(service)
        service.start()

    def watch(self) -> None:
        """Restart what dies, with growing pauses; returns only by an interrupt."""
        pauses = dict.fromkeys(self._services, 0.0)
        started = dict.fromkeys(self._services, time.monotonic())
        while True:
            time.sleep(_LOOK_EVERY)
            now = time.monotonic()
            for service in self._services:
                if not service.dead:
                    if now - started[service] > _CALM:
                        pauses[service] = 0.0
                    continue
                if now - started[service] < pauses[service]:
                    continue
                pauses[service] = min(_LONGEST_PAUSE, pauses[service] * 2 or 1.0)
                self._restart(service)
                started[service] = time.monotonic()
            self._keep_logs_small()

    def stop(self) -> None:
        """Stop all, undisturbed by further signals."""
        for number in (signal.SIGINT, *_STOP_SIGNALS):
            signal.signal(number, signal.SIG_IGN)
        for service in reversed(self._services):
            service.stop()

    def _restart(self, service: Service) -> None:
        name = service.program().name
        self._say(f"{name} berhenti; dijalankan lagi.")
        try:
            service.start()
        except ServiceFailed as error:
            self._say(str(error))

    def _keep_logs_small(self) -> None:
        for log in self._logs.glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                with log.open("r+b") as file:  # its writers append, so they go on at the new end
                    file.truncate(0)
