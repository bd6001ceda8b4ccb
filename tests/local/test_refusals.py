"""What keeps a portal from starting: each with its sentence, its way out and its documented exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from ckanext.ntbsatudata.local.errors import DiskNearlyFull, PythonTooOld
from ckanext.ntbsatudata.local.portal import require_python
from ckanext.ntbsatudata.local.state import RELEASE, StateFolder

from .conftest import READY, Run, free_port, satudata

ROOT = Path(__file__).parents[2]


def test_a_taken_port(home: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = satudata(home, "run", "--port", str(port))
    assert told.returncode == 76
    assert told.stderr == (
        f"Port {port} di 127.0.0.1 tidak dapat dipakai (Address already in use)."
        f" Pilih port lain, misalnya: make run PORT={port + 55} (atau: satudata run --port {port + 55}).\n"
    )


def test_a_folder_that_cannot_be_written():
    told = satudata(Path("/proc/satudata"), "run")
    assert told.returncode == 73
    assert told.stderr.startswith("Folder /proc/satudata tidak dapat ditulisi (")
    assert told.stderr.endswith("Perbaiki izinnya, atau pilih folder lain lewat SATUDATA_HOME.\n")


def test_a_folder_whose_name_is_too_long_for_a_socket(home: Path):
    told = satudata(home / ("x" * 100), "run", "--port", str(free_port()))
    assert told.returncode == 73
    assert "terlalu panjang untuk soket PostgreSQL. Pakai folder yang lebih pendek lewat SATUDATA_HOME." in told.stderr


def test_a_disk_that_is_nearly_full(home: Path, monkeypatch: pytest.MonkeyPatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10 * 1024**3, 10 * 1024**3, 100 * 1024**2))
    with pytest.raises(DiskNearlyFull) as refused:
        StateFolder(home).make()
    assert refused.value.exit_code == 74
    assert str(refused.value) == (
        f"Ruang di disk tempat {home} tinggal 100 MB; paling sedikit 1024 MB. Kosongkan ruang, atau pindahkan folder lewat SATUDATA_HOME."
    )


def test_a_python_that_is_too_old():
    with pytest.raises(PythonTooOld) as refused:
        require_python((3, 9, 2))
    assert refused.value.exit_code == 71
    assert str(refused.value) == (
        "Python 3.9.2 terlalu lama; perlu 3.10 atau lebih baru. Pasang yang baru, lalu: make run PYTHON=python3.10"
    )


def test_make_with_a_python_that_is_too_old(tmp_path: Path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("Makefile", "setup.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}  # these tests run under make too
    told = subprocess.run(["make", "run", f"PYTHON={old}"], cwd=tmp_path, env=alone, capture_output=True, text=True)
    assert told.returncode != 0
    assert told.stdout == f"Perlu Python 3.10 atau lebih baru; {old} lebih lama atau tidak ada. Pasang, lalu: make run PYTHON=python3.12\n"
    assert not (tmp_path / ".venv").exists()


def test_a_second_portal_on_the_same_folder(prepared_home: Path, port: int):
    run = Run(prepared_home, port)
    run.wait_for(READY)

    told = satudata(prepared_home, "run", "--port", str(free_port()))

    assert told.returncode == 75
    assert told.stderr == (
        f"Portal pada folder {prepared_home} sudah berjalan di http://localhost:{port} (proses {run.process.pid})."
        " Hentikan dulu dengan `satudata stop`, atau pakai folder lain lewat SATUDATA_HOME.\n"
    )
    assert run.answers(), "the first one is untouched"
    run.interrupt(signal.SIGTERM)


def test_a_folder_of_a_newer_release(prepared_home: Path):
    identity = prepared_home / "identity.json"
    before = identity.read_text()
    identity.write_text(json.dumps({**json.loads(before), "release": "99.0"}))

    told = satudata(prepared_home, "run", "--port", str(free_port()))

    identity.write_text(before)
    assert told.returncode == 78
    assert told.stderr == (
        f"Folder {prepared_home} dibuat oleh rilis 99.0, lebih baru daripada yang terpasang ({RELEASE})."
        f" Pasang rilis 99.0 atau yang lebih baru, atau pulihkan cadangan dari rilis {RELEASE}.\n"
    )


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--wilayah", "52.07"], "milik portal wilayah 52, bukan 52.07."),
        (["--demo"], "milik portal sungguhan; --demo akan menambahkan isi contoh."),
    ],
)
def test_a_folder_that_is_for_something_else(prepared_home: Path, option: list[str], sentence: str):
    told = satudata(prepared_home, "run", "--port", str(free_port()), *option)
    assert told.returncode == 78
    assert told.stderr == f"Folder {prepared_home} {sentence} Pakai folder lain lewat SATUDATA_HOME.\n"


def test_a_region_that_is_none(home: Path):
    told = satudata(home, "run", "--port", str(free_port()), "--wilayah", "99")
    assert told.returncode == 64
    assert told.stderr.startswith('"99" bukan kode provinsi atau kabupaten/kota. Pilih salah satu: 52, 52.01,')
    assert not (home / "identity.json").exists(), "a wrong word decides nothing"


def test_a_database_that_is_only_half_external(home: Path):
    told = satudata(home, "run", "--port", str(free_port()), CKAN_SQLALCHEMY_URL="postgresql://ckan@db.example/ckan")
    assert told.returncode == 78
    assert told.stderr == (
        "CKAN_SQLALCHEMY_URL disetel tetapi CKAN_DATASTORE_WRITE_URL, CKAN_DATASTORE_READ_URL tidak."
        " Setel ketiganya, atau kosongkan ketiganya.\n"
    )


def test_a_damaged_settings_file(home: Path):
    home.mkdir()
    (home / "settings.ini").write_text("ckan.site_title = tanpa bagian\n")
    told = satudata(home, "run", "--port", str(free_port()))
    assert told.returncode == 78
    assert f"Berkas pengaturan {home / 'settings.ini'} tidak terbaca" in told.stderr


def test_a_wrong_option_is_a_usage_error(home: Path):
    told = satudata(home, "run", "--port", "seventy")
    assert told.returncode == 64
    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused by PostgreSQL")
def test_as_root_postgresql_runs_as_somebody_else(prepared_home: Path):
    assert (prepared_home / "postgres" / "data").stat().st_uid != 0
