"""Our CKAN harvester beside ckanext-harvest's own, in one run: the same 300 packages of a local server, a first run and a forced second one.

`python benchmarks/harvest.py [--packages 300]` starts a database of its own and prints one line for each figure.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[1]
PLUGINS = (
    "ntbsatudata ntbcare posyandu scheming_datasets scheming_organizations datastore activity harvest ckan_harvester "
    "ntbsatudata_harvest_ckan ntbsatudata_harvest_datajson ntbsatudata_harvest_dcat"
)


def package(number: int) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}", "name": f"paket-{number}", "title": f"Jumlah Penduduk {number}", "notes": "Uraian. " * 30,
        "state": "active", "type": "dataset", "private": False, "metadata_modified": "2026-01-01T00:00:00.000000", "license_id": "CC-BY-4.0",
        "tags": [{"name": f"kata-{one}"} for one in range(4)], "organization": {"name": "dinas", "title": "Dinas"}, "extras": [], "groups": [],
        "resources": [{"url": f"https://kab.go.id/{number}-{one}.csv", "format": "CSV", "name": "Tabel"} for one in range(3)],
    }  # fmt: skip


class Portal(BaseHTTPRequestHandler):
    """A CKAN portal as far as a harvester asks it."""

    packages: list[dict[str, Any]] = []

    def log_message(self, *_arguments: object) -> None:
        return

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        start, rows = int(query.get("start", ["0"])[0]), int(query.get("rows", ["100"])[0])
        result = {"count": len(self.packages), "results": self.packages[start : start + rows]}
        body = json.dumps({"success": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=300)
    Portal.packages = [package(number) for number in range(parser.parse_args().packages)]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from ckanext.ntbsatudata.local.services import Services

    with tempfile.TemporaryDirectory(prefix="satudata-bench-") as folder:
        Path(folder).chmod(0o711)
        with Services(Path(folder) / "services", durable=False) as services:
            os.environ.update(
                CKAN_SQLALCHEMY_URL=services.catalogue_url,
                CKAN_DATASTORE_WRITE_URL=services.datastore_write_url,
                CKAN_DATASTORE_READ_URL=services.datastore_read_url,
                CKAN_REDIS_URL=services.redis_url,
                CKAN_SOLR_URL="http://127.0.0.1:1/solr/none",
                CKAN_STORAGE_PATH=str(Path(folder) / "storage"),
            )
            ini = Path(folder) / "bench.ini"
            lines = (ROOT / "config" / "test.ini").read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not line.startswith("ckan.plugins")]
            ours = [f"ckan.plugins = {PLUGINS}", "ntbsatudata.harvest.allowed_networks = 127.0.0.1/32", "ckan.harvest.mq.type = redis"]
            ini.write_text("\n".join([*kept, *ours]) + "\n", encoding="utf-8")
            ckan = str(Path(sys.executable).parent / "ckan")
            for words in (("db", "init"), ("db", "upgrade", "-p", "harvest")):
                subprocess.run([ckan, "-c", str(ini), *words], check=True, stdout=subprocess.DEVNULL)
            compare(ini, f"http://127.0.0.1:{server.server_port}")


def compare(ini: Path, url: str) -> None:
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(str(ini)))
    from ckan.plugins import toolkit

    with app._wsgi_app.test_request_context():
        user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        context = {"ignore_auth": True, "user": user}
        agency = toolkit.get_action("organization_create")(dict(context), {"name": "kabupaten", "title": "Kabupaten"})
        for kind, config in (("ckan", '{"force_all": true}'), ("ntbsatudata_harvest_ckan", "{}")):
            made = toolkit.get_action("harvest_source_create")(
                dict(context),
                {"url": url if kind == "ckan" else url + "/", "name": f"sumber-{kind.replace('_', '-')}", "title": kind, "source_type": kind,
                 "owner_org": agency["id"], "frequency": "MANUAL", "config": config},
            )  # fmt: skip
            for name in ("first run", "unchanged, forced"):
                spent, counts = run(made["id"])
                print(f"{kind:26} {name:18} {spent:7.2f} s  {1000 * spent / len(Portal.packages):7.2f} ms a package  {counts}")
            if kind == "ckan":  # its ids are those of the source: make room for the other
                for number in range(len(Portal.packages)):
                    toolkit.get_action("dataset_purge")(dict(context), {"id": Portal.packages[number]["id"]})


def run(source_id: str) -> tuple[float, dict[str, int]]:
    import ckan.model as model

    from ckanext.harvest import queue
    from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource

    job = HarvestJob(source=HarvestSource.get(source_id), status="Running")
    job.save()
    harvester = queue.get_harvester(job.source.type)
    begun = time.perf_counter()
    for object_id in queue.gather_stage(harvester, job):
        queue.fetch_and_import_stages(harvester, HarvestObject.get(object_id))
    spent = time.perf_counter() - begun
    counts: dict[str, int] = {}
    for (status,) in model.Session.query(HarvestObject.report_status).filter_by(harvest_job_id=job.id):
        counts[str(status)] = counts.get(str(status), 0) + 1
    return spent, counts


if __name__ == "__main__":
    main()
