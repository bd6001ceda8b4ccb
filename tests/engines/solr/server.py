"""Solr 9 for the contract suite, from its artifacts on Maven Central: no Docker, no installation."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONFIG_SET = HERE.parents[2] / "docker" / "solr" / "conf"
LONGEST_START = 90.0


@contextlib.contextmanager
def running_solr(config_set: Path = CONFIG_SET) -> Iterator[str]:
    """Give the address of an empty core `ckan`. Skips the test, with the reason, where Java or Maven is not there."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine, so Solr cannot be started")
    build = Path(os.environ.get("NTB_SOLR_BUILD", Path(tempfile.gettempdir()) / "satudata-solr-for-tests"))
    classpath = _classpath(build)
    home = Path(tempfile.mkdtemp(prefix="satudata-solr-"))
    shutil.copytree(config_set, home / "ckan" / "conf")
    (home / "solr.xml").write_text("<solr></solr>", encoding="utf-8")
    (home / "ckan" / "core.properties").write_text("name=ckan\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["-Xmx512m", "-Djetty.host=127.0.0.1", f"-Dsolr.install.dir={home}", "-Dsolr.log.level=ERROR"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(["java", *options, "-cp", classpath, "SolrForTests", str(home), str(port)], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/solr/ckan"
    try:
        _wait(address, process, home / "log")
        yield address
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _classpath(build: Path) -> str:
    listed = build / "classpath.txt"
    if not listed.is_file():
        build.mkdir(parents=True, exist_ok=True)
        shutil.copytree(HERE / "src", build / "src", dirs_exist_ok=True)
        shutil.copy(HERE / "pom.xml", build)
        goals = ["compile", "dependency:build-classpath", f"-Dmdep.outputFile={listed}"]
        done = subprocess.run(["mvn", "-q", "-B", *goals], cwd=build, capture_output=True, text=True)
        if done.returncode:
            listed.unlink(missing_ok=True)
            pytest.skip(f"Maven could not fetch Solr: {done.stdout[-300:]}")
    return f"{build / 'target' / 'classes'}{os.pathsep}{listed.read_text(encoding='utf-8').strip()}"


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import requests

    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"Solr ended: {log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{address}/select?q=*:*&rows=0", timeout=20).ok:
                return
        time.sleep(0.3)
    raise RuntimeError(f"Solr did not answer: {log.read_text(errors='replace')[-2000:]}")
