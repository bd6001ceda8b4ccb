"""A local portal over its state folder: start it and keep it, say how it does, stop it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import psutil
import psycopg2

from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.local import records, settings
from ckanext.ntbsatudata.local.errors import NotRunning, PythonTooOld, ServiceFailed, SettingsError
from ckanext.ntbsatudata.local.preparation import Preparation
from ckanext.ntbsatudata.local.service import Service
from ckanext.ntbsatudata.local.services import Services
from ckanext.ntbsatudata.local.state import RELEASE, Identity, StateFolder
from ckanext.ntbsatudata.local.steps import Steps
from ckanext.ntbsatudata.local.supervisor import Supervisor, stop_signals_interrupt
from ckanext.ntbsatudata.local.web import CkanCommand, Web, require_free

OLDEST_PYTHON = (3, 10)
_FIRST_REGION = "52"
_SECONDS_TO_STOP = 120.0


@dataclass(frozen=True)
class Wish:
    """What the command line asks for. `wilayah` None: what the folder already is."""

    host: str = "127.0.0.1"
    port: int = 5000
    wilayah: str | None = None
    demo: bool = False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class ServiceReport:
    """How one service does: number of processes, their memory in bytes with shared pages counted once, seconds since the first of them started."""

    name: str
    processes: int
    memory: int
    seconds: float


class Portal:
    """The services of one state folder. Making one needs the folder to exist."""

    def __init__(self, state: StateFolder, wish: Wish, environ: Mapping[str, str]) -> None:
        self._state = state
        self._wish = wish
        self._environ = environ
        self._embedded = Services(state.root)
        # uploads are spooled, and tables prepared, where nobody else can look and the next start removes what a kill left
        ckan_environ = {
            **environ,
            "TMPDIR": str(state.temporary),
            "CKAN_INI": str(state.ini),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }
        self._web = Web(state.web, state.logs / "web.log", ckan_environ, wish.host, wish.port)
        self._worker = CkanCommand("Pekerja latar", state.worker, state.logs / "worker.log", ckan_environ, state.ini, ["jobs", "worker"])
        scheduled = ["ntbsatudata", "schedule", "run"]
        self._scheduler = CkanCommand("Penjadwal", state.scheduler, state.logs / "scheduler.log", ckan_environ, state.ini, scheduled)
        self._preparation = Preparation(state, self._embedded, ckan_environ)

    def run(self, write: Callable[[str], None]) -> None:
        """Start the portal and stay until Ctrl-C or SIGTERM. `write` gets the progress, a piece at a time.

        Raises the errors of `errors.py`; `KeyboardInterrupt` when it is interrupted before the portal is ready.
        """
        supervisor = Supervisor(self._state.logs, lambda line: write(f"{line}\n"))
        steps = Steps(write)
        write(f"Portal pada {self._state.root}\n")
        with self._state.held(self._wish.url), stop_signals_interrupt():
            try:
                self._start(supervisor, steps)
                write(self._welcome(steps))
                try:
                    supervisor.watch()
                except KeyboardInterrupt:
                    write("\nMenghentikan portal ...\n")
            finally:
                supervisor.stop()
        write("Portal berhenti.\n")

    def report(self) -> list[ServiceReport]:
        """Return one line for each service, the dead ones too."""
        return [_report(service) for service in self.services]

    def records_are_protected(self) -> bool:
        """Return whether the portal's database role can only add to the record of decisions and the ledger. Raises `ServiceFailed`."""
        try:
            return records.are_protected(settings.catalogue_url(self._state))
        except psycopg2.OperationalError as error:
            raise ServiceFailed(f"Basis data katalog tidak menjawab: {error}") from error

    def end_strays(self) -> int:
        """End what an earlier run left behind; return how many processes that were."""
        strays = sum(len(service.program().running()) for service in self.services)
        for service in self.services:
            service.stop()
        return strays

    @property
    def services(self) -> list[Service]:
        """Every service that can be ours, the one that needs the others first."""
        return [self._web, self._scheduler, self._worker, self._embedded.redis, self._embedded.postgres]

    def _start(self, supervisor: Supervisor, steps: Steps) -> None:
        with steps.step("Memeriksa"):
            self.end_strays()
            self._state.empty_temporary()
            require_free(self._wish.host, self._wish.port)
            identity = identity_for(self._state, self._wish, self._environ)
            own_database = not settings.external_database(self._environ)
            own_queue = not settings.external_queue(self._environ)
            of_portal = settings.of_portal(self._state, self._embedded, identity, self._environ, self._wish.url)
            settings.write(self._state, of_portal)
            self._state.keep_identity(identity)  # from here on an older release is refused
        if own_database:
            with steps.step("PostgreSQL"):
                supervisor.start(self._embedded.postgres)
                self._embedded.postgres.ensure_databases()
        if own_queue:
            with steps.step("Redis"):
                supervisor.start(self._embedded.redis)
        fingerprint = self._preparation.fingerprint(of_portal)
        if identity.prepared != fingerprint:
            self._preparation.run(steps, of_portal, own_database=own_database, demo=identity.demo)
            self._state.keep_identity(replace(identity, prepared=fingerprint))
        with steps.step("Web"):
            supervisor.start(self._web)
        with steps.step("Pekerja latar"):
            supervisor.start(self._worker)
        with steps.step("Penjadwal"):
            supervisor.start(self._scheduler)

    def _welcome(self, steps: Steps) -> str:
        return (
            f"\nPortal siap dalam {steps.total}: {self._wish.url}\n"
            f"Akun masuk: {self._state.accounts}\n"
            "Ctrl-C menghentikan; dari terminal lain: satudata status, satudata stop.\n"
        )


def require_python(found: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise `PythonTooOld` when this Python is older than the product needs."""
    if found < OLDEST_PYTHON:
        needed, here = ".".join(map(str, OLDEST_PYTHON)), ".".join(map(str, found))
        raise PythonTooOld(
            f"Python {here} terlalu lama; perlu {needed} atau lebih baru. Pasang yang baru, lalu: make run PYTHON=python{needed}"
        )


def identity_for(state: StateFolder, wish: Wish, environ: Mapping[str, str]) -> Identity:
    """Return what the folder is for. Raises `SettingsError` when the wish contradicts what it already is, `UsageError` for a region that is none."""
    identity = state.identity()
    if identity is None:
        region = Region.of(CodeLists.load(SchemaFolder.from_environment(environ)), wish.wilayah or _FIRST_REGION)
        return Identity(wilayah=region.code, demo=wish.demo)
    if wish.wilayah is not None and wish.wilayah != identity.wilayah:
        raise SettingsError(
            f"Folder {state.root} milik portal wilayah {identity.wilayah}, bukan {wish.wilayah}. Pakai folder lain lewat SATUDATA_HOME."
        )
    if wish.demo and not identity.demo:
        raise SettingsError(
            f"Folder {state.root} milik portal sungguhan; --demo akan menambahkan isi contoh. Pakai folder lain lewat SATUDATA_HOME."
        )
    return replace(identity, release=RELEASE)


def stop(state: StateFolder, environ: Mapping[str, str]) -> None:
    """Stop the portal of a folder, or what a killed one left. Raises `NotRunning`, or `ServiceFailed` when it would not stop."""
    holder = state.holder()
    if holder is None:
        if state.identity() is None or Portal(state, Wish(), environ).end_strays() == 0:
            raise NotRunning(f"Tidak ada portal yang berjalan pada folder {state.root}. Jalankan dengan: satudata run")
        return
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except PermissionError as error:
        raise ServiceFailed(f"Portal (proses {holder.pid}) dijalankan oleh pengguna lain. Hentikan sebagai pengguna itu.") from error
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while state.holder() is not None:
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"Portal (proses {holder.pid}) belum berhenti setelah {_SECONDS_TO_STOP:.0f} detik. Paksa: kill -9 {holder.pid}"
            )
        time.sleep(0.1)


def _report(service: Service) -> ServiceReport:
    processes = service.program().running()
    memory, started = 0, time.time()
    for process in processes:
        try:
            memory += process.memory_full_info().pss
            started = min(started, process.create_time())
        except psutil.NoSuchProcess:
            continue
    return ServiceReport(service.program().name, len(processes), memory, time.time() - started)
