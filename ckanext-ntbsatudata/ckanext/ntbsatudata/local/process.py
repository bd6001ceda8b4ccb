"""A child process: started in a session of its own, ended with its starter, stopped with all it has started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from ckanext.ntbsatudata.local.account import Account
from ckanext.ntbsatudata.local.errors import ServiceFailed

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_LAST_LINES = 12


@dataclass(frozen=True)
class Program:
    """What is started: its name for people, its command, and where it works and writes its log."""

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None


class Process:
    """One running program. Not a group of threads: start it from the main thread, whose end ends the child."""

    def __init__(self, program: Program) -> None:
        self.program = program
        starter = os.getpid()

        def before_exec() -> None:
            if program.account is not None:
                program.account.become()
            # Ends the child when we are killed; set after the change of account, which would clear it.
            _LIBC.prctl(_PR_SET_PDEATHSIG, program.stop_signal, 0, 0, 0)
            if os.getppid() != starter:
                os._exit(1)

        with program.log.open("ab") as log:
            self._popen = subprocess.Popen(
                list(program.command),
                cwd=program.folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec,
            )
        self.pid = self._popen.pid
        self.started = time.time()

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when `ready()` holds. Raises `ServiceFailed` when the process ends first or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise ServiceFailed(f"{self.program.name} berhenti sebelum siap (kode {self.exit_code}). {self._log_hint()}")
            if time.monotonic() > deadline:
                raise ServiceFailed(f"{self.program.name} belum siap setelah {seconds:.0f} detik. {self._log_hint()}")
            time.sleep(0.05)

    def stop(self, seconds: float = 20) -> None:
        """Ask the program to end, wait, and end by force what is left of its session."""
        if self.alive:
            self._popen.send_signal(self.program.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(seconds)
        end_session(self.pid)
        self._popen.wait()

    def _log_hint(self) -> str:
        lines = self.program.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        return "\n".join([f"Baris terakhir {self.program.log}:", *(f"  {line}" for line in lines)])


def end_session(session: int) -> None:
    """Kill every process left in a session."""
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                os.kill(pid, signal.SIGKILL)
