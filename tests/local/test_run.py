"""Starting, stopping and asking from another terminal."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest

from .conftest import READY, Run, processes_in, satudata


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(prepared_home: Path, port: int, number: signal.Signals):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    assert run.interrupt(number) == 0

    assert run.words.rstrip().endswith("Portal berhenti.")
    assert processes_in(prepared_home) == []


def test_a_later_start_prepares_nothing_again(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)
    run.interrupt(signal.SIGTERM)

    assert "PostgreSQL ..." in run.words
    assert "Tabel basis data" not in run.words
    assert "Isi ..." not in run.words


def test_status_names_address_and_services_and_stop_ends_them(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    told = satudata(prepared_home, "status")
    assert told.returncode == 0
    assert f"Portal berjalan di http://localhost:{port} (proses {run.process.pid})" in told.stdout
    for service in ("Web", "Pekerja latar", "Penjadwal", "Redis", "PostgreSQL"):
        assert service in told.stdout
    assert "tidak berjalan" not in told.stdout

    stopped = satudata(prepared_home, "stop")
    assert (stopped.returncode, stopped.stdout) == (0, "Portal berhenti.\n")
    assert run.wait() == 0
    assert processes_in(prepared_home) == []


def test_status_and_stop_of_a_portal_that_does_not_run_say_how_to_start_it(prepared_home: Path):
    for command in ("status", "stop"):
        told = satudata(prepared_home, command)
        assert told.returncode == 3
        assert told.stderr == f"Tidak ada portal yang berjalan pada folder {prepared_home}. Jalankan dengan: satudata run\n"


def test_ckan_s_own_commands_work_on_the_running_portal(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    told = satudata(prepared_home, "ckan", "user", "list")
    run.interrupt(signal.SIGTERM)

    assert told.returncode == 0
    assert "name=admin" in told.stdout


def test_a_command_of_ckan_before_the_first_start_says_what_to_do(home: Path):
    told = satudata(home, "ckan", "user", "list")
    assert told.returncode == 3
    assert told.stderr == f"Belum ada portal pada folder {home}. Jalankan dengan: satudata run\n"


def test_secrets_are_readable_by_their_owner_alone(prepared_home: Path):
    for name in ("secrets.json", "ckan.ini", "accounts", "identity.json"):
        assert stat.S_IMODE((prepared_home / name).stat().st_mode) == 0o600, name
    for name in ("storage", "quarantine", "logs", "postgres", "redis"):
        assert stat.S_IMODE((prepared_home / name).stat().st_mode) == 0o700, name


def test_the_first_start_publishes_the_reference_data_once(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    names = run.action("package_list")
    again = satudata(prepared_home, "ckan", "ntbsatudata", "content", "publish")
    names_again = run.action("package_list")
    run.interrupt(signal.SIGTERM)

    assert again.returncode == 0
    assert "kode-wilayah" in names
    assert names_again == names
