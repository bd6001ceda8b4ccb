"""The services that are CKAN: the web server, and the commands that stay."""

from __future__ import annotations

import json
import socket
import sys
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from ckanext.ntbsatudata.local.errors import PortTaken
from ckanext.ntbsatudata.local.process import Program
from ckanext.ntbsatudata.local.service import Service

CKAN = Path(sysconfig.get_path("scripts")) / "ckan"
_GUNICORN_SETTINGS = Path(str(files("ckanext.ntbsatudata.settings"))) / "gunicorn.conf.py"


def require_free(host: str, port: int) -> None:
    """Raise `PortTaken` when another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} di {host} tidak dapat dipakai ({error.strerror}). Pilih port lain, misalnya: make run PORT={port + 55}"
                f" (atau: satudata run --port {port + 55})."
            ) from error


class Web(Service):
    """The portal under gunicorn. Ready means that a search answers, which needs the databases and the index."""

    seconds_to_start = 90.0

    def __init__(self, folder: Path, log: Path, environment: Mapping[str, str], host: str, port: int) -> None:
        super().__init__()
        self._folder, self._log, self._environment = folder, log, environment
        self._host, self._port = host, port

    def program(self) -> Program:
        command = [sys.executable, "-m", "gunicorn", "--config", str(_GUNICORN_SETTINGS), "--bind", f"{self._host}:{self._port}"]
        return Program("Web", command, self._folder, self._log, self._environment)

    def answers(self) -> bool:
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host
        try:
            with urllib.request.urlopen(f"http://{host}:{self._port}/api/3/action/package_search?rows=0", timeout=20) as answer:
                return bool(json.load(answer)["success"])
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class CkanCommand(Service):
    """A command of CKAN's that stays: the worker, the scheduler. It listens to the queue and answers to nobody."""

    def __init__(self, name: str, folder: Path, log: Path, environment: Mapping[str, str], ini: Path, arguments: Sequence[str]) -> None:
        super().__init__()
        command = [sys.executable, str(CKAN), "-c", str(ini), *arguments]
        self._program = Program(name, command, folder, log, environment)

    def program(self) -> Program:
        return self._program

    def answers(self) -> bool:
        return not self.dead
