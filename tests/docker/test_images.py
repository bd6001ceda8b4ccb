"""Each image's steps run in a clean Debian, and the portal of many containers answers: PostgreSQL, Redis, CKAN, worker, nginx."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.debian_root import DebianRoot, debootstrap

DOCKER = Path(__file__).parents[2] / "docker"
IMAGES = ("postgres", "redis", "nginx", "ckan")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="a clean Debian root needs root (chroot)"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not installed"),
    pytest.mark.skipif(shutil.which("ip") is None, reason="iproute2 is not installed"),
]


@pytest.fixture(scope="module")
def images() -> Iterator[dict[str, DebianRoot]]:
    folder = Path(tempfile.mkdtemp(prefix="satudata-images-", dir="/var/tmp"))
    try:
        debootstrap(folder / "base")
        roots = {}
        for name in IMAGES:
            roots[name] = DebianRoot.from_base(folder / "base", folder / name)
            roots[name].build(DOCKER / name / "Dockerfile")
        yield roots
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_images_build_and_end_as_an_unprivileged_user(images: dict[str, DebianRoot]) -> None:
    for name, root in images.items():
        assert root.run(["id", "-u"]).strip() != "0", name


def test_the_image_of_the_portal_has_our_three_plugins(images: dict[str, DebianRoot]) -> None:
    code = "from importlib.metadata import entry_points as e; print(*sorted(p.name for p in e(group='ckan.plugins') if p.value.startswith('ckanext.n') or p.name == 'posyandu'))"
    assert images["ckan"].run(["python3", "-c", code]).split() == ["ntbcare", "ntbsatudata", "posyandu"]


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    name = f"satudata{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    subprocess.run(["ip", "netns", "exec", name, "ip", "link", "set", "lo", "up"], check=True)
    yield name
    subprocess.run(["ip", "netns", "delete", name], check=True)


def wait(what: str, check: list[str], log: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while subprocess.run(check, capture_output=True).returncode:
        if time.monotonic() > end:
            pytest.fail(f"{what} does not answer after {seconds:.0f} s:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.5)


def test_postgres_makes_its_databases_and_roles_from_the_secrets(images: dict[str, DebianRoot], network: str, tmp_path: Path) -> None:
    root = images["postgres"]
    root.secret("database_password", "first")
    root.secret("datastore_read_password", "second")
    server = root.start(root.command, network, {}, tmp_path / "postgres.log")
    inside = ["ip", "netns", "exec", network, "chroot", "--userspec=postgres", str(root.folder), "/usr/lib/postgresql/15/bin/"]
    ready = [*inside[:-1], inside[-1] + "pg_isready", "--host", "127.0.0.1", "--username", "ckan", "--dbname", "ckan"]
    try:
        wait("PostgreSQL", ready, tmp_path / "postgres.log", 60)
        for role, password, database in (
            ("ckan", "first", "ckan"),
            ("ckan", "first", "datastore"),
            ("datastore_read", "second", "datastore"),
        ):
            address = f"postgresql://{role}:{password}@127.0.0.1/{database}"
            done = subprocess.run(
                [*inside[:-1], inside[-1] + "psql", "-Atc", "SELECT current_user", address], capture_output=True, text=True
            )
            assert done.stdout.strip() == role, done.stderr
        wrong = [*inside[:-1], inside[-1] + "psql", "-Atc", "SELECT 1", "postgresql://ckan:guess@127.0.0.1/ckan"]
        assert "password authentication failed" in subprocess.run(wrong, capture_output=True, text=True).stderr
    finally:
        server.terminate()
        server.wait(30)
