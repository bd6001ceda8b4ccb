"""From upload to a complete table: checked, typed, in place. Beside CKAN's own `datastore_create` with records, in one run.

python benchmarks/table_loading.py          120,999 rows of ten columns (CKAN's side: a tenth of them)
"""

from __future__ import annotations

import contextlib
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from tables import generate

from ckanext.ntbsatudata.local.services import Services

INI = Path(__file__).parents[1] / "config" / "test.ini"
ROWS = 120_999
CHUNK = 5_000


@contextlib.contextmanager
def site(folder: Path) -> Iterator[None]:
    """Start the services and an application of the test site."""
    with Services(folder / "services", durable=False) as services:
        os.environ.update(
            CKAN_SQLALCHEMY_URL=services.catalogue_url, CKAN_DATASTORE_WRITE_URL=services.datastore_write_url,
            CKAN_DATASTORE_READ_URL=services.datastore_read_url, CKAN_REDIS_URL=services.redis_url, CKAN_STORAGE_PATH=str(folder / "storage"),
            CKAN_SOLR_URL="http://127.0.0.1:1/solr/none",
        )  # fmt: skip
        _ckan("db", "init")
        rights = [line for line in _ckan("datastore", "set-permissions").splitlines() if not line.startswith("\\connect")]
        connection = psycopg2.connect(services.postgres.url("postgres", "datastore"))
        with connection, connection.cursor() as cursor:
            cursor.execute("\n".join(rights))
        connection.close()
        from ckan.cli import load_config
        from ckan.config.middleware import make_app

        with make_app(load_config(str(INI)))._wsgi_app.test_request_context():
            yield


def _ckan(*arguments: str) -> str:
    return subprocess.run(
        [str(Path(sys.executable).parent / "ckan"), "-c", str(INI), *arguments], capture_output=True, text=True, check=True
    ).stdout


def measure(source: Path) -> None:
    from ckan.plugins import toolkit
    from werkzeug.datastructures import FileStorage

    from ckanext.ntbsatudata.jobs import table_loading, table_store

    def do(action: str, **data: object) -> dict[str, object]:
        user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        return toolkit.get_action(action)({"ignore_auth": True, "user": user}, data)

    do("organization_create", name="opd")
    dataset = do("package_create", name="tabel", owner_org="opd")
    with source.open("rb") as stream:
        started = time.perf_counter()
        resource = do("resource_create", package_id=dataset["id"], url="tabel.csv", format="CSV", upload=FileStorage(stream, "tabel.csv"))
        uploaded = time.perf_counter()
        state = table_loading.load(str(resource["id"]))
        complete = time.perf_counter()
    table_store.fill_full_text(str(resource["id"]))
    words = time.perf_counter()
    found = do("datastore_search", resource_id=resource["id"], limit=1)
    types = {field["id"]: field["type"] for field in found["fields"]}
    print(f"ours: {state['state']}, {found['total']:,} records, {types['tanggal']} {types['nilai']} {types['jumlah']}")
    print(f"  upload                               {uploaded - started:6.2f} s")
    print(f"  checked, typed, in place             {complete - uploaded:6.2f} s  {ROWS / (complete - uploaded):10,.0f} rows/s")
    print(f"  upload to complete                   {complete - started:6.2f} s")
    print(f"  words of each row searchable (later) {words - complete:6.2f} s")

    with source.open(encoding="utf-8", newline="") as stream:
        records = list(csv.DictReader(stream))[: ROWS // 10]
    other = do("resource_create", package_id=dataset["id"], url="http://example.org/tabel.csv", format="CSV")
    fields = [{"id": name, "type": "text"} for name in records[0]]
    started = time.perf_counter()
    for first in range(0, len(records), CHUNK):
        do("datastore_create", resource_id=other["id"], force=True, fields=fields, records=records[first : first + CHUNK])
    seconds = time.perf_counter() - started
    print(f"CKAN's datastore_create, all text      {seconds:6.2f} s  {len(records) / seconds:10,.0f} rows/s ({len(records):,} rows)")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tables-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        source = folder / "tabel.csv"
        generate(source, ROWS, 10, 0)
        with site(folder):
            measure(source)


if __name__ == "__main__":
    main()
