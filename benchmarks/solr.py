"""Solr 9 for the stock portal: the launcher of the service tests over CKAN's own schema."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).parents[1]
LAUNCHER = ROOT / "tests" / "engines" / "solr"
_CONFIG = """\
<config>
  <luceneMatchVersion>9.12.0</luceneMatchVersion>
  <schemaFactory class="ClassicIndexSchemaFactory"/>
  <updateHandler class="solr.DirectUpdateHandler2"><updateLog/></updateHandler>
  <query>
    <filterCache size="512" initialSize="512" autowarmCount="0"/>
    <queryResultCache size="512" initialSize="512" autowarmCount="0"/>
    <documentCache size="512" initialSize="512" autowarmCount="0"/>
  </query>
  <requestHandler name="/select" class="solr.SearchHandler"/>
  <requestHandler name="/update" class="solr.UpdateRequestHandler"/>
</config>
"""


@contextlib.contextmanager
def solr(folder: Path, port: int) -> Iterator[tuple[str, psutil.Process]]:
    """Run Solr with one empty core on a port; give the core's address and the process."""
    shutil.rmtree(folder, ignore_errors=True)
    conf = folder / "home" / "ckan" / "conf"
    conf.mkdir(parents=True)
    shutil.copy(str(files("ckan") / "config" / "solr" / "schema.xml"), conf)
    (conf / "solrconfig.xml").write_text(_CONFIG)
    for name in ("synonyms.txt", "protwords.txt", "stopwords.txt"):
        (conf / name).touch()
    (folder / "home" / "solr.xml").write_text("<solr></solr>")
    (folder / "home" / "ckan" / "core.properties").write_text("name=ckan")
    subprocess.run(
        ["mvn", "-q", "-B", "compile", "dependency:build-classpath", f"-Dmdep.outputFile={folder / 'classpath'}"], cwd=LAUNCHER, check=True
    )
    classpath = f"{LAUNCHER / 'target' / 'classes'}:{(folder / 'classpath').read_text()}"
    command = ["java", "-Xmx512m", "-cp", classpath, "SolrForTests", str(folder / "home"), str(port)]
    with (folder / "log").open("wb") as log:
        process = psutil.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield _address(process, port), process
    finally:
        process.terminate()
        process.wait(30)


def _address(process: psutil.Popen, port: int) -> str:
    address = f"http://127.0.0.1:{port}/solr/ckan"
    for _ in range(600):
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{address}/select", params={"q": "*:*"}, timeout=5).ok:
                return address
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("Solr did not start")
