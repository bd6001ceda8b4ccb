"""A real `satudata run` in a folder of its own, for tests that start, stop and kill it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

SATUDATA = Path(sys.executable).parent / "satudata"
READY = "Portal siap"


def _let_signals_through() -> None:
    # A test run that was itself started in the background ignores Ctrl-C or a hang-up, and its children would inherit that.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Run:
    """One `satudata run` as a child process, its words in a file."""

    def __init__(self, home: Path, port: int, *options: str, **environ: str) -> None:
        self.home, self.port = home, port
        self.said = home.with_suffix(".said")
        with self.said.open("w", encoding="utf-8") as said:
            self.process = subprocess.Popen(
                [str(SATUDATA), "run", "--port", str(port), *options],
                env={**os.environ, "SATUDATA_HOME": str(home), "PYTHONUNBUFFERED": "1", **environ},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_let_signals_through,
            )

    @property
    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.words:
            if self.process.poll() is not None:
                pytest.fail(f"it ended with {self.process.returncode} and said:\n{self.words}")
            if time.monotonic() > deadline:
                pytest.fail(f"it never said {words!r}, but:\n{self.words}")
            time.sleep(0.05)

    def wait(self, seconds: float = 180) -> int:
        return self.process.wait(seconds)

    def interrupt(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.wait()

    def action(self, name: str, data: dict[str, Any] | None = None, token: str = "") -> Any:
        """Return the result of an action asked over HTTP."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/3/action/{name}",
            data=None if data is None else json.dumps(data).encode(),
            headers={"Content-Type": "application/json", "Authorization": token},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]

    def answers(self) -> bool:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            self.action("package_search?rows=0")
            return True
        return False


def processes_in(home: Path) -> list[psutil.Process]:
    """Return every process that works in the folder: none may be left after a stop."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(home):
                found.append(process)
    return found


def kill_all(run: Run) -> None:
    """`kill -9` of the supervisor and of every process it has started, at once."""
    victims = [psutil.Process(run.process.pid), *processes_in(run.home)]
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    run.wait()


def satudata(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run another command on the folder, as from another terminal."""
    return subprocess.run(
        [str(SATUDATA), *arguments], env={**os.environ, "SATUDATA_HOME": str(home), **environ}, capture_output=True, text=True, timeout=400
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home() -> Iterator[Path]:
    """A path for a state folder that is not there yet, short enough for sockets; nothing of it is left afterwards."""
    with _folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def port() -> int:
    """The port of `prepared_home`: at another one its start would make the index anew, for the addresses in it."""
    return free_port()


@pytest.fixture(scope="module")
def prepared_home(port: int) -> Iterator[Path]:
    """A state folder after its first start, stopped again; shared by the tests of one module."""
    with _folder() as folder:
        run = Run(folder, port)
        run.wait_for(READY)
        assert run.interrupt(signal.SIGTERM) == 0
        yield folder


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    above = Path(tempfile.mkdtemp(prefix="satudata-"))
    above.chmod(0o711)
    try:
        yield above / "var"
    finally:
        left = processes_in(above)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=10)
        shutil.rmtree(above)
