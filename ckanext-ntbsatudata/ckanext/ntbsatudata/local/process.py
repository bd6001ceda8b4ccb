"""A child process: known by its program and its working folder, ended with its starter, stopped with all it has started.

No pid file is kept: two processes are the same service when they run the same program in the same folder, which no other
process does. So whatever a `kill -9` leaves behind is found again, also after a restart of the machine has dealt out the
old numbers anew.
"""

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
_GRACE = 20  # seconds to end by itself before it is ended by force


@dataclass(frozen=True)
class Program:
    """What is started: its name for people, its command, and the folder that only it works in."""

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None

    def running(self) -> list[psutil.Process]:
        """Return the processes of this program, its own children included, whoever started them."""
        executable, folder = os.path.realpath(self.command[0]), os.path.realpath(self.folder)
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.cwd() == folder and process.exe() == executable:
                    found.append(process)
        return found

    def end_all(self) -> None:
        """End every process of this program: by its stop signal, then by force."""
        processes = self.running()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(self.stop_signal)
        _gone, left = psutil.wait_procs(processes, timeout=_GRACE)
        for process in left + self.running():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


class Process:
    """One running program. Start it from the main thread, whose end ends the child."""

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

    @property
    def exit_code(self) -> int | None:
        """Return None while it runs."""
        return self._popen.poll()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when `ready()` holds. Raises `ServiceFailed` when the process ends first or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.exit_code is not None and not ready():
                raise ServiceFailed(f"{self.program.name} berhenti sebelum siap (kode {self.exit_code}). {self._log_end()}")
            if time.monotonic() > deadline:
                raise ServiceFailed(f"{self.program.name} belum siap setelah {seconds:.0f} detik. {self._log_end()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask the program to end, wait, and end by force what is left."""
        if self.exit_code is None:
            self._popen.send_signal(self.program.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(_GRACE)
        self.program.end_all()
        self._popen.wait()

    def _log_end(self) -> str:
        lines = self.program.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        return "\n".join([f"Baris terakhir {self.program.log}:", *(f"  {line}" for line in lines)])


def run_to_end(program: Program, seconds: float) -> None:
    """Run a program until it has done its work. Raises `ServiceFailed` when it fails or takes longer.

    Nothing of it is left in any case, also when an interrupt comes while it is being started.
    """
    program.end_all()
    try:
        process = Process(program)
        process.wait_until(lambda: process.exit_code == 0, seconds)
    finally:
        program.end_all()
