"""What is done to the databases before the portal opens: once for each release, set of schemas and set of addresses.

Each step may be repeated; a start that was cut short repeats them all.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import psycopg2

from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.local import records
from ckanext.ntbsatudata.local.errors import ServiceFailed, SettingsError
from ckanext.ntbsatudata.local.postgres import CATALOGUE, DATASTORE, OWNER, SUPERUSER, run_script
from ckanext.ntbsatudata.local.process import Program, run_to_end
from ckanext.ntbsatudata.local.services import Services
from ckanext.ntbsatudata.local.state import RELEASE, StateFolder
from ckanext.ntbsatudata.local.steps import Steps
from ckanext.ntbsatudata.local.web import CKAN

_LONGEST = 1800.0  # seconds
_EXTENSIONS = ("ntbsatudata", "ntbcare", "posyandu")


class Preparation:
    """Runs CKAN's commands on the portal's ini file, one after the other."""

    def __init__(self, state: StateFolder, services: Services, environment: Mapping[str, str]) -> None:
        self._state = state
        self._services = services
        self._environment = environment
        self._log = state.logs / "preparation.log"

    def fingerprint(self, settings: Mapping[str, str]) -> str:
        """Return a hash over all that the preparation depends on."""
        parts = [RELEASE, version("ckan"), json.dumps(settings, sort_keys=True)]
        for extension in _EXTENSIONS:
            parts += _listing(Path(str(files(f"ckanext.{extension}"))) / "migration", "**/versions/*.py")
        for layer in SchemaFolder.from_environment(self._environment).layers:
            parts += _listing(layer, "**/*.*")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def run(self, steps: Steps, settings: Mapping[str, str], *, own_database: bool, demo: bool) -> None:
        """Bring databases, search index, accounts and content up to date. Raises `ServiceFailed` with the end of the log."""
        with steps.step("Tabel basis data"):
            self._ckan("db", "upgrade")
            if own_database:
                records.protect(self._services.postgres.url(SUPERUSER, CATALOGUE), OWNER)
        with steps.step("Hak baca DataStore"):
            self._give_rights(settings["ckan.datastore.write_url"], own_database=own_database)
        with steps.step("Indeks pencarian"):
            self._ckan("search-index", "rebuild")
        with steps.step("Terjemahan"):
            self._ckan("translation", "js")
        sample = ["--demo"] if demo else []
        with steps.step("Isi"):
            self._ckan("ntbsatudata", "content", "publish", *sample)
        with steps.step("Akun"):
            self._ckan("ntbsatudata", "account", "make", str(self._state.accounts), *sample)
        if demo:
            with steps.step("Contoh kurasi"):
                self._ckan("ntbsatudata", "curation", "sample")

    def _ckan(self, *arguments: str) -> None:
        command = [sys.executable, str(CKAN), "-c", str(self._state.ini), *arguments]
        program = Program(f"ckan {' '.join(arguments[:3])}", command, self._state.preparation, self._log, self._environment)
        run_to_end(program, _LONGEST)

    def _give_rights(self, write_url: str, *, own_database: bool) -> None:
        """Give the DataStore's reader and its functions their place: as superuser, or as the owner of an external database."""
        if own_database:
            run_script(self._services.postgres.url(SUPERUSER, DATASTORE), self._rights())
            return
        if _has_rights(write_url):
            return
        try:
            run_script(write_url, self._rights())
        except ServiceFailed as error:
            raise SettingsError(
                "Pemilik basis data luar tidak boleh menyetel hak baca DataStore. Minta administratornya menjalankan sekali:"
                f" satudata ckan datastore set-permissions | psql, lalu ulangi satudata run. {error}"
            ) from error

    def _rights(self) -> str:
        """Return CKAN's script of the rights on the DataStore. Raises `ServiceFailed`."""
        command = [sys.executable, str(CKAN), "-c", str(self._state.ini), "datastore", "set-permissions"]
        with self._log.open("ab") as log:
            done = subprocess.run(command, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True)
        if done.returncode != 0:
            raise ServiceFailed(f"ckan datastore set-permissions gagal (kode {done.returncode}). Lihat {self._log}.")
        return done.stdout


def _has_rights(write_url: str) -> bool:
    """Whether the script of rights has been run on this database: it makes this function."""
    connection = psycopg2.connect(write_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'populate_full_text_trigger'")
            return cursor.fetchone() is not None
    finally:
        connection.close()


def _listing(folder: Path, pattern: str) -> list[str]:
    """Return name, size and time of change of each file, sorted; nothing where there is no such folder."""
    return sorted(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in folder.glob(pattern))
