"""How long a portal takes to start, and the memory its services hold: ours by `satudata run`, CKAN 2.12 by its own commands.

    python benchmarks/start.py [--later 5]

Ours is from nothing to a page a reader can open, with PostgreSQL, Redis, migrations, reference data, accounts and worker.
CKAN's own is the sum of what its manual asks for on services that already run: `db init`, the DataStore's rights, a first
administrator, gunicorn until `status_show` answers. It has no content and no search then.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from ckanext.ntbsatudata.local.portal import Portal, Wish
from ckanext.ntbsatudata.local.postgres import run_script
from ckanext.ntbsatudata.local.services import Services
from ckanext.ntbsatudata.local.state import StateFolder

BIN = Path(sys.executable).parent
GUNICORN = Path(__file__).parents[1] / "config" / "gunicorn.conf.py"
SECRET = secrets.token_urlsafe(32)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def seconds_until(address: str, process: subprocess.Popen[bytes]) -> float:
    started = time.perf_counter()
    while not answers(address):
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode}")
        time.sleep(0.02)
    return time.perf_counter() - started


def memory_in(folder: Path) -> dict[str, float]:
    """Return MB by service of one of our portals, shared pages counted once."""
    portal = Portal(StateFolder(folder), Wish(), os.environ)
    found = {}
    for service in portal.services:
        program = service.program()
        found[program.name] = sum(process.memory_full_info().pss for process in program.running()) / 1e6
    return found


def ours(folder: Path, port: int, later: int) -> None:
    environ = {**os.environ, "SATUDATA_HOME": str(folder)}
    times, stops = [], []
    for _ in range(later + 1):
        process = subprocess.Popen([str(BIN / "satudata"), "run", "--port", str(port)], env=environ, stdout=subprocess.DEVNULL)
        times.append(seconds_until(f"http://127.0.0.1:{port}/dataset/kode-wilayah", process))
        time.sleep(2)
        memory = memory_in(folder)
        started = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        stops.append(time.perf_counter() - started)
    print(f"ours: first start           {times[0]:7.1f} s")
    print(f"ours: later start, median   {statistics.median(times[1:]):7.1f} s   of {later}, slowest {max(times[1:]):.1f} s")
    print(f"ours: stop, median          {statistics.median(stops):7.1f} s")
    print("ours: memory                " + ", ".join(f"{name} {size:.0f} MB" for name, size in memory.items()))


def stock(folder: Path, port: int, later: int) -> None:
    ini = folder / "ckan.ini"
    with Services(folder / "services") as services:
        settings = {
            "use": "egg:ckan",
            "ckan.plugins": "datastore activity datatables_view text_view image_view",
            "ckan.site_url": f"http://127.0.0.1:{port}",
            "solr_url": "http://127.0.0.1:1/solr/none",
            "sqlalchemy.url": services.catalogue_url,
            "ckan.datastore.write_url": services.datastore_write_url,
            "ckan.datastore.read_url": services.datastore_read_url,
            "ckan.redis.url": services.redis_url,
            "ckan.storage_path": str(folder / "storage"),
            "SECRET_KEY": SECRET,
        }
        ini.write_text("[app:main]\n" + "".join(f"{name} = {value.replace('%', '%%')}\n" for name, value in settings.items()))
        started = time.perf_counter()
        ckan(ini, "db", "init")
        run_script(services.postgres.url("postgres", "datastore"), ckan(ini, "datastore", "set-permissions"))
        ckan(ini, "user", "add", "admin", "email=admin@portal.invalid", f"password={SECRET}")
        ckan(ini, "sysadmin", "add", "admin")
        prepared = time.perf_counter() - started
        times = []
        for _ in range(later):
            command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
            process = subprocess.Popen(command, env={**os.environ, "CKAN_INI": str(ini)}, stderr=subprocess.DEVNULL)
            times.append(seconds_until(f"http://127.0.0.1:{port}/api/3/action/status_show", process))
            workers = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
            memory = sum(worker.memory_full_info().pss for worker in workers) / 1e6
            process.terminate()
            process.wait(60)
    print(f"stock: prepared by commands {prepared:7.1f} s   on services that run already, without content")
    print(f"stock: web start, median    {statistics.median(times):7.1f} s   of {later}, slowest {max(times):.1f} s")
    print(f"stock: memory               Web {memory:.0f} MB")


def ckan(ini: Path, *arguments: str) -> str:
    return subprocess.run(
        [str(BIN / "ckan"), "-c", str(ini), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    ).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--later", type=int, default=5, help="how many later starts")
    later = parser.parse_args().later
    folder = Path(tempfile.mkdtemp(prefix="satudata-start-"))
    folder.chmod(0o711)
    try:
        ours(folder / "var", free_port(), later)
        stock(folder, free_port(), later)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
