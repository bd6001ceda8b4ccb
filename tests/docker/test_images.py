"""Each image's steps run in a clean Debian, and the portal of many containers answers: PostgreSQL, Redis, CKAN, worker, nginx."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
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
    code = "from importlib.metadata import entry_points as e; print(*(p.name for p in e(group='ckan.plugins')))"
    assert {"ntbcare", "ntbsatudata", "posyandu"} <= set(images["ckan"].run(["python3", "-c", code]).split())


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


SOLR = Path(__file__).parents[1] / "engines" / "solr"


def inside(network: str, *command: str) -> list[str]:
    return ["ip", "netns", "exec", network, *command]


def solr_command(home: Path) -> list[str]:
    """Solr from Maven, with our config set, on the port and under the name that `compose.yaml` gives it."""
    sys.path.insert(0, str(SOLR))
    from server import _classpath

    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    classpath = _classpath(Path(tempfile.gettempdir()) / "satudata-solr-for-tests")
    shutil.copytree(DOCKER / "solr" / "conf", home / "ckan" / "conf")
    (home / "solr.xml").write_text("<solr></solr>", encoding="utf-8")
    (home / "ckan" / "core.properties").write_text("name=ckan\n", encoding="utf-8")
    return ["java", "-Xmx512m", f"-Dsolr.install.dir={home}", "-Dsolr.log.level=ERROR", "-cp", classpath, "SolrForTests", str(home), "8983"]


def test_the_portal_of_many_containers_publishes_its_reference_data_and_answers(
    images: dict[str, DebianRoot], network: str, tmp_path: Path
) -> None:
    """All programs with the commands of their images, in one network where the service names of `compose.yaml` hold."""
    secrets = {
        "database_password": "first",
        "datastore_read_password": "second",
        "session_secret": "third" * 8,
        "admin_password": "fourth-4",
    }
    for root in images.values():
        for name, value in secrets.items():
            root.secret(name, value)
    running = []

    def start(name: str, *command: str, **environment: str) -> Path:
        log = tmp_path / f"{name}-{command[-1] if command else 'main'}.log"
        running.append(images[name].start(list(command) or images[name].command, network, environment, log))
        return log

    def wait_for(what: str, address: str, log: Path, seconds: float) -> None:
        wait(what, inside(network, "curl", "--fail", "--silent", "--output", "/dev/null", address), log, seconds)

    home = tmp_path / "solr"
    try:
        with (tmp_path / "solr.log").open("wb") as log:
            running.append(subprocess.Popen(inside(network, *solr_command(home)), stdout=log, stderr=log, start_new_session=True))
        wait_for("Solr", "http://127.0.0.1:8983/solr/ckan/admin/ping", tmp_path / "solr.log", 90)
        database = start("postgres")
        start("redis")
        ready = inside(
            network,
            "chroot",
            str(images["postgres"].folder),
            "/usr/lib/postgresql/15/bin/pg_isready",
            "--host",
            "127.0.0.1",
            "--dbname",
            "ckan",
        )
        wait("PostgreSQL", ready, database, 60)
        portal = {"SATUDATA_SITE_URL": "http://localhost:8080", "SATUDATA_WILAYAH": "52"}
        web = start("ckan", "start-portal", "web", **portal)
        wait_for("the portal", "http://127.0.0.1:5000/api/3/action/package_search?rows=0", web, 300)
        start("ckan", "start-portal", "worker", **portal)
        wait_for("nginx", "http://127.0.0.1:8080/", start("nginx"), 30)
        asked = inside(network, "curl", "--silent", "http://127.0.0.1:8080/api/3/action/package_search?q=penduduk&rows=1")
        found = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)["result"]
        assert found["results"][0]["name"] == "jumlah-penduduk-kabupaten-kota"
        page = subprocess.run(
            inside(network, "curl", "--silent", "--dump-header", "-", "http://127.0.0.1:8080/"), check=True, capture_output=True
        )
        text = page.stdout.decode(errors="replace").lower()
        assert text.startswith("http/1.1 200")
        assert "x-content-type-options: nosniff" in text
        assert "set-cookie" not in text
    finally:
        for process in reversed(running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
