"""The state folder: everything one portal keeps, where each thing lies in it, who holds it, and which release made it."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from packaging.version import Version

from ckanext.ntbsatudata.local.errors import AlreadyRunning, DiskNearlyFull, FolderNotUsable, SettingsError
from ckanext.ntbsatudata.local.secrets import write_private

RELEASE = version("ntb-satu-data")
_SPACE_NEEDED = 1024**3  # bytes: first content, write-ahead log and one large upload


@dataclass(frozen=True)
class Identity:
    """What a folder is for, decided at its first start."""

    wilayah: str
    demo: bool
    release: str = RELEASE
    prepared: str = ""  # fingerprint of what the databases were last prepared for


@dataclass(frozen=True)
class Holder:
    """Who runs the portal of a folder."""

    pid: int
    url: str


class StateFolder:
    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.logs = self.root / "logs"
        self.storage = self.root / "storage"
        self.assets = self.root / "webassets"
        self.web = self.root / "web"
        self.worker = self.root / "worker"
        self.scheduler = self.root / "scheduler"
        self.preparation = self.root / "preparation"
        self.quarantine = self.root / "quarantine"
        self.temporary = self.root / "temporary"
        self.ini = self.root / "ckan.ini"
        self.settings = self.root / "settings.ini"
        self.accounts = self.root / "accounts"
        self._identity = self.root / "identity.json"
        self._lock = self.root / "lock"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> StateFolder:
        """Return the folder `SATUDATA_HOME` names, else `var` below the working folder."""
        return cls(Path(environ.get("SATUDATA_HOME") or "var"))

    def make(self) -> None:
        """Make the folder and its rooms. Raises `FolderNotUsable` or `DiskNearlyFull`."""
        try:
            self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
            for room in (
                self.logs,
                self.storage,
                self.assets,
                self.quarantine,
                self.temporary,
                self.web,
                self.worker,
                self.scheduler,
                self.preparation,
            ):
                room.mkdir(mode=0o700, exist_ok=True)
            probe = self.root / ".write-test"
            probe.write_bytes(b"")
            probe.unlink(missing_ok=True)
        except OSError as error:
            raise FolderNotUsable(
                f"Folder {self.root} tidak dapat ditulisi ({error.strerror}). Perbaiki izinnya, atau pilih folder lain lewat SATUDATA_HOME."
            ) from error
        free = shutil.disk_usage(self.root).free
        if free < _SPACE_NEEDED:
            raise DiskNearlyFull(
                f"Ruang di disk tempat {self.root} tinggal {free / 1024**2:.0f} MB; paling sedikit {_SPACE_NEEDED / 1024**2:.0f} MB."
                " Kosongkan ruang, atau pindahkan folder lewat SATUDATA_HOME."
            )

    def empty_temporary(self) -> None:
        """Remove what a killed program left of uploads and of tables under way."""
        shutil.rmtree(self.temporary)
        self.temporary.mkdir(mode=0o700)

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        """Hold the folder for this process; the hold ends with the process, however it ends. Raises `AlreadyRunning`."""
        with self._lock.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = self.holder()
                where = f" di {holder.url} (proses {holder.pid})" if holder else ""
                raise AlreadyRunning(
                    f"Portal pada folder {self.root} sudah berjalan{where}. Hentikan dulu dengan `satudata stop`,"
                    " atau pakai folder lain lewat SATUDATA_HOME."
                ) from error
            file.truncate(0)
            json.dump(dataclasses.asdict(Holder(os.getpid(), url)), file)
            file.flush()
            yield

    def holder(self) -> Holder | None:
        """Return who holds the folder now, or None."""
        try:
            with self._lock.open("r", encoding="utf-8") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    content = file.read()
                    return Holder(**json.loads(content)) if content else None
        except FileNotFoundError:
            return None
        return None

    def identity(self) -> Identity | None:
        """Return what the folder is for, or None before its first start. Raises `SettingsError` when a newer release made it."""
        if not self._identity.is_file():
            return None
        identity = Identity(**json.loads(self._identity.read_text(encoding="utf-8")))
        if Version(identity.release) > Version(RELEASE):
            raise SettingsError(
                f"Folder {self.root} dibuat oleh rilis {identity.release}, lebih baru daripada yang terpasang ({RELEASE})."
                f" Pasang rilis {identity.release} atau yang lebih baru, atau pulihkan cadangan dari rilis {RELEASE}."
            )
        return identity

    def keep_identity(self, identity: Identity) -> None:
        write_private(self._identity, json.dumps(dataclasses.asdict(identity), indent=1))
