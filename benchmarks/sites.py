"""Two portals to measure: ours, and CKAN 2.12 as it comes, with Solr. Same server, same services, same datasets."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from ckanext.ntbsatudata.local.services import Services

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CONFIG = ROOT / "config"

_STOCK = """\
ckan.plugins = scheming_datasets datastore activity datatables_view text_view image_view dcat structured_data harvest ckan_harvester
scheming.dataset_schemas = ckanext.scheming:ckan_dataset.yaml
scheming.presets = ckanext.scheming:presets.json
ckan.site_id = stock
ckan.auth.create_unowned_dataset = false
ckan.datastore.sqlsearch.enabled = false
ckan.views.default_views = datatables_view image_view text_view
"""
_LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = line
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = line
[formatter_line]
format = %(levelname)s %(name)s: %(message)s
"""


@dataclass
class Site:
    """A portal in a folder of its own. `settings` come last in its ini file."""

    name: str
    folder: Path
    port: int
    solr_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ini(self) -> Path:
        return self.folder / "site.ini"

    @property
    def is_stock(self) -> bool:
        return self.solr_url is not None

    @contextlib.contextmanager
    def services(self) -> Iterator[None]:
        """Run the databases and the queue of this portal, make what is missing in them, and write its ini file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        with Services(self.folder / "services") as services:
            self._write_ini(services)
            try:
                if not (self.folder / "token").is_file():
                    self._make(services)
                self.token = (self.folder / "token").read_text()
                yield
            finally:
                self.stop()

    def start(self) -> float:
        """Start the web server; return the seconds until the first page of a dataset list is there."""
        started = time.perf_counter()
        command = [
            str(BIN / "gunicorn"),
            "-c",
            str(CONFIG / "gunicorn.conf.py"),
            "--bind",
            f"127.0.0.1:{self.port}",
            "--log-level",
            "warning",
        ]
        log = (self.folder / "web.log").open("ab")
        self._server = subprocess.Popen(command, env={**os.environ, "CKAN_INI": str(self.ini)}, stdout=log, stderr=log, cwd=self.folder)
        while True:
            try:
                if requests.get(f"{self.url}/dataset/", timeout=30).status_code == 200:
                    return time.perf_counter() - started
            except requests.ConnectionError:
                if self._server.poll() is not None:
                    raise RuntimeError(f"the web server of {self.name} ended; see {log.name}") from None
            time.sleep(0.05)

    def stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
            self._server = None

    def memory(self) -> float:
        """Return the MB of memory the web server's processes hold, shared pages counted once."""
        if self._server is None:
            raise RuntimeError(f"{self.name} does not run")
        parent = psutil.Process(self._server.pid)
        return sum(process.memory_full_info().pss for process in (parent, *parent.children())) / 1e6

    def processor_seconds(self) -> float:
        """Return the processor time that the web server and the database have used since they started."""
        if self._server is None:
            raise RuntimeError(f"{self.name} does not run")
        database = int((self.folder / "services" / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        return sum(processor_seconds(psutil.Process(pid)) for pid in (self._server.pid, database))

    def call(self, action: str, **values: Any) -> Any:
        """Return the result of an action called as the administrator."""
        answer = requests.post(f"{self.url}/api/3/action/{action}", json=values, headers={"Authorization": self.token}, timeout=120)
        if not answer.ok:
            raise RuntimeError(f"{action}: {answer.text[:500]}")
        return answer.json()["result"]

    def ckan(self, *arguments: str) -> str:
        """Return what CKAN's command line prints for this portal."""
        done = subprocess.run([str(BIN / "ckan"), "-c", str(self.ini), *arguments], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"ckan {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def _write_ini(self, services: Services) -> None:
        secret = secrets.token_urlsafe(32)
        if self.ini.is_file():
            secret = next(line[len("SECRET_KEY = ") :] for line in self.ini.read_text().splitlines() if line.startswith("SECRET_KEY = "))
        settings = {
            "ckan.site_url": self.url,
            "sqlalchemy.url": services.catalogue_url,
            "ckan.datastore.write_url": services.datastore_write_url,
            "ckan.datastore.read_url": services.datastore_read_url,
            "ckan.redis.url": services.redis_url,
            "ckan.storage_path": str(self.folder / "storage"),
            "ckan.webassets.path": str(self.folder / "assets"),
            "SECRET_KEY": secret,
            "WTF_CSRF_SECRET_KEY": secret,
            "api_token.jwt.encode.secret": f"string:{secret}",
            "api_token.jwt.decode.secret": f"string:{secret}",
            **({"solr_url": self.solr_url} if self.solr_url else {"ntbsatudata.search.engine": "postgres"}),
            **self.settings,
        }
        head = "use = egg:ckan\n" + _STOCK if self.is_stock else f"use = config:{CONFIG / 'portal.ini'}\n"
        lines = "".join(f"{name} = {value.replace('%', '%%')}\n" for name, value in settings.items())
        self.ini.write_text(f"[app:main]\n{head}{lines}{_LOGGING if self.is_stock else ''}")

    def _make(self, services: Services) -> None:
        import psycopg2

        self.ckan("db", "init")
        statements = [line for line in self.ckan("datastore", "set-permissions").splitlines() if not line.startswith("\\connect")]
        connection = psycopg2.connect(services.postgres.url("postgres", "datastore"))
        with connection, connection.cursor() as cursor:
            cursor.execute("\n".join(statements))
        connection.close()
        self.ckan("user", "add", "walidata", "email=walidata@localhost.test", f"password={secrets.token_urlsafe(12)}")
        self.ckan("sysadmin", "add", "walidata")
        printed = self.ckan("user", "token", "add", "walidata", "benchmark", *(() if self.is_stock else ("expires_in=1", "unit=86400")))
        (self.folder / "token").write_text(printed.split()[-1])


def processor_seconds(process: psutil.Process) -> float:
    """Return the processor time a process and its children have used."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def fill(site: Site, packages: list[dict[str, Any]]) -> float:
    """Create the datasets with their agencies and topics through the API; return datasets a second."""
    agencies = dict(package["organization"] for package in packages)
    ids = {name: site.call("organization_create", name=name, title=title)["id"] for name, title in sorted(agencies.items())}
    for topic in sorted({package["topic"] for package in packages}):
        site.call("group_create", name=topic, title=topic.capitalize())
    started = time.perf_counter()
    for package in packages:
        values = {key: value for key, value in package.items() if key not in ("organization", "topic")}
        site.call("package_create", **values, owner_org=ids[package["organization"][0]], groups=[{"name": package["topic"]}])
    return len(packages) / (time.perf_counter() - started)


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
