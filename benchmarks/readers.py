"""Readers who ask a portal: one after another for the time of each answer, or many at once for answers a second."""

from __future__ import annotations

import asyncio
import gc
import http.client
import itertools
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Milliseconds of single answers, sorted."""

    milliseconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        return self.milliseconds[len(self.milliseconds) // 2]

    @property
    def p95(self) -> float:
        return self.milliseconds[min(len(self.milliseconds) - 1, int(len(self.milliseconds) * 0.95))]

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}"


def one_after_another(port: int, paths: Sequence[str]) -> Times:
    """Ask each path once over one kept connection and return the times. Raises `RuntimeError` on any answer but 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    gc.disable()
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        times.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    gc.enable()
    connection.close()
    return Times(tuple(sorted(times)))


def many_at_once(port: int, paths: Sequence[str], seconds: float, connections: int = 8) -> float:
    """Return answers a second over so many kept connections, asked from a process of its own (this module run as a script)."""
    command = [sys.executable, __file__, str(port), str(seconds), str(connections)]
    return float(subprocess.run(command, input="\n".join(paths), stdout=subprocess.PIPE, text=True, check=True).stdout)


async def _ask(port: int, paths: list[str], seconds: float, connections: int) -> float:
    turn = itertools.cycle(paths)
    end = time.perf_counter() + seconds
    answered = await asyncio.gather(*(_one_connection(port, turn, end) for _ in range(connections)))
    return sum(answered) / seconds


async def _one_connection(port: int, turn: itertools.cycle[str], end: float) -> int:
    answered = 0
    reader = writer = None
    while time.perf_counter() < end:
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {next(turn)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if not head.startswith(("http/1.1 200", "http/1.1 304")):
            raise RuntimeError(head.splitlines()[0])
        length = next(int(line[15:]) for line in head.splitlines() if line.startswith("content-length:"))
        await reader.readexactly(length)
        answered += 1
        if "connection: close" in head:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
    return answered


if __name__ == "__main__":
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    print(asyncio.run(_ask(port, sys.stdin.read().split("\n"), seconds, connections)))
