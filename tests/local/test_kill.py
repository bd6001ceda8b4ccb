"""`kill -9` of one process, of the supervisor, of all: nothing is lost, no orphan is left."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from .conftest import READY, Run, free_port, kill_all, processes_in, satudata

MAIN_PROCESS = {
    "PostgreSQL": lambda process: process.name() == "postgres" and "-D" in process.cmdline(),
    "Redis": lambda process: process.name() == "redis-server",
    "Web": lambda process: "gunicorn" in process.cmdline() and "gunicorn" not in process.parent().cmdline(),
    "Pekerja latar": lambda process: "worker" in process.cmdline() and "worker" not in process.parent().cmdline(),
    "Penjadwal": lambda process: "schedule" in process.cmdline(),
}


def _main_process(run: Run, service: str) -> psutil.Process:
    return next(process for process in processes_in(run.home) if MAIN_PROCESS[service](process))


def _until(condition, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("service", list(MAIN_PROCESS))
def test_a_killed_service_is_started_again(prepared_home: Path, port: int, service: str):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    killed = _main_process(run, service)
    killed.kill()

    run.wait_for(f"{service} berhenti; dijalankan lagi.")
    assert _until(lambda: satudata(prepared_home, "status").stdout.count("tidak berjalan") == 0)
    assert _until(run.answers)
    assert run.action("package_show?id=kode-wilayah")["state"] == "active"
    assert run.interrupt(signal.SIGTERM) == 0
    assert processes_in(prepared_home) == []


def test_the_services_end_with_a_killed_supervisor(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    run.process.kill()
    run.wait()

    assert _until(lambda: processes_in(prepared_home) == [])


def test_a_start_right_after_a_killed_supervisor_waits_for_what_is_still_ending(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)
    run.process.kill()
    run.wait()

    after = Run(prepared_home, port)
    after.wait_for(READY)

    assert after.answers()
    assert after.interrupt(signal.SIGTERM) == 0
    assert processes_in(prepared_home) == []


def test_stop_ends_what_a_killed_supervisor_could_not_take_along(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)
    for process in processes_in(prepared_home):
        process.suspend()  # a stopped process does not hear that its starter has died
    run.process.kill()
    run.wait()
    assert processes_in(prepared_home) != []
    for process in processes_in(prepared_home):
        process.resume()

    satudata(prepared_home, "stop")

    assert processes_in(prepared_home) == []


def test_what_the_portal_has_confirmed_outlives_a_kill_of_everything(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)
    told = satudata(prepared_home, "ckan", "user", "token", "add", "admin", "test", "expires_in=1", "unit=86400", "-q")
    token = told.stdout.split()[-1]
    organization = run.action("organization_list")[0]
    run.action("package_create", {"name": "bertahan", "title": "Bertahan", "owner_org": organization}, token)
    table = {"fields": [{"id": "kode", "type": "text"}], "records": [{"kode": "52.01"}]}
    run.action("datastore_create", {"resource": {"package_id": "bertahan"}, **table}, token)

    kill_all(run)
    after = Run(prepared_home, port)
    after.wait_for(READY)

    dataset = after.action("package_show?id=bertahan", token=token)
    rows = after.action(f"datastore_search?resource_id={dataset['resources'][0]['id']}", token=token)["records"]
    found = after.action("package_search?q=bertahan&include_private=true&include_drafts=true", token=token)["results"]
    after.interrupt(signal.SIGTERM)
    assert dataset["title"] == "Bertahan"
    assert [row["kode"] for row in rows] == ["52.01"]
    assert [each["name"] for each in found] == ["bertahan"]


def test_ctrl_c_in_the_middle_of_the_first_start(home: Path):
    run = Run(home, free_port())
    run.wait_for("Tabel basis data")

    assert run.interrupt(signal.SIGINT) == 130

    assert run.words.rstrip().endswith("Dihentikan.")
    assert processes_in(home) == []
    after = Run(home, free_port())
    after.wait_for(READY)
    assert after.interrupt(signal.SIGTERM) == 0


def test_twenty_kills_at_random_moments_of_the_first_start_lose_nothing(home: Path):
    """The first start goes through PostgreSQL's own making, the migrations, publishing and the first page; every one is hit."""
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)
    for _ in range(20):
        run = Run(home, free_port())
        time.sleep(moments.uniform(0.1, 12))
        kill_all(run)
    run = Run(home, free_port())
    run.wait_for(READY)

    names = run.action("package_list")
    datasets = [run.action(f"package_show?id={name}") for name in names]
    found = run.action("package_search?rows=1000")
    resources = [resource for dataset in datasets for resource in dataset["resources"]]
    counts = [
        run.action(f"datastore_search?limit=0&resource_id={resource['id']}")["total"]
        for resource in resources
        if resource["datastore_active"]
    ]
    assert run.interrupt(signal.SIGTERM) == 0
    assert processes_in(home) == []
    assert {"kode-wilayah", "jumlah-penduduk-kabupaten-kota", "luas-wilayah-kabupaten-kota"} <= set(names), f"seed {seed}"
    assert sorted(result["name"] for result in found["results"]) == sorted(names), f"seed {seed}"
    assert len(counts) == len(resources), f"seed {seed}"
    assert all(counts), f"seed {seed}"


def test_a_number_that_another_process_has_by_now_does_not_keep_postgresql_from_starting(prepared_home: Path, port: int):
    """As after a restart of the machine: the lock files name a process that is alive and no PostgreSQL."""
    run = Run(prepared_home, port)
    run.wait_for(READY)
    kill_all(run)
    locks = [prepared_home / "postgres" / name for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock")]
    for lock in locks:
        _number, *others = lock.read_text().splitlines()
        lock.write_text("\n".join([str(os.getpid()), *others]) + "\n")

    after = Run(prepared_home, port)
    after.wait_for(READY)

    assert after.action("package_show?id=kode-wilayah")["state"] == "active"
    assert after.interrupt(signal.SIGTERM) == 0
