"""How long the whole `data.json` takes, and what memory: rendered records read from PostgreSQL, beside ckanext-dcat's way of writing one graph.

`python benchmarks/feeds.py [--records 30000]` starts a database of its own and prints one line for each figure.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PER_RECORD = """
INSERT INTO package (id, name, title, state, private, type, metadata_created, metadata_modified, extras)
SELECT 'p' || n, 'dataset-' || n, 'Data ' || n, 'active', false, 'dataset', now(), now(), '{}' FROM generate_series(1, :records) AS n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=30_000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory(prefix="satudata-bench-") as folder:
        Path(folder).chmod(0o711)
        from ckanext.ntbsatudata.local.services import Services

        with Services(Path(folder) / "services", durable=False) as services:
            os.environ.update(
                CKAN_SQLALCHEMY_URL=services.catalogue_url,
                CKAN_DATASTORE_WRITE_URL=services.datastore_write_url,
                CKAN_DATASTORE_READ_URL=services.datastore_read_url,
                CKAN_REDIS_URL=services.redis_url,
                CKAN_SOLR_URL="http://127.0.0.1:1/solr/none",
                CKAN_STORAGE_PATH=str(Path(folder) / "storage"),
            )
            ini = ROOT / "config" / "test.ini"
            subprocess.run([str(Path(sys.executable).parent / "ckan"), "-c", str(ini), "db", "init"], check=True, stdout=subprocess.DEVNULL)
            measure(ini, records)


def measure(ini: Path, records: int) -> None:
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(str(ini)))
    import ckan.model as model
    from rdflib import Graph
    from sqlalchemy import text

    from ckanext.ntbsatudata.domain.feeds import dcat, rdf_text
    from ckanext.ntbsatudata.domain.metadata.standard import Standard
    from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
    from ckanext.ntbsatudata.feeds import reading
    from ckanext.ntbsatudata.feeds.records import rendered, site

    with app._wsgi_app.test_request_context() if hasattr(app, "_wsgi_app") else contextlib.nullcontext():
        sample = {
            "id": "ID", "name": "n", "title": "Jumlah Penduduk Menurut Kabupaten/Kota", "notes": "Uraian data yang panjang. " * 12, "license_id": "CC-BY-4.0",
            "frequency": "TAHUNAN", "kode_wilayah": ["52"], "tags": [{"name": f"kata kunci {n}"} for n in range(5)], "satuan": "Orang", "konsep": "Penduduk",
            "metadata_created": "2026-01-01T00:00:00", "metadata_modified": "2026-01-01T00:00:00", "organization": {"id": "o", "name": "o", "title": "Dinas"},
            "resources": [{"id": f"r{n}", "url": f"https://a.go.id/{n}.csv", "format": "CSV", "name": "Tabel"} for n in range(3)],
        }  # fmt: skip
        begun = time.perf_counter()
        for _again in range(200):
            forms = rendered(sample)
        print(
            f"writing one record in four forms: {(time.perf_counter() - begun) / 200 * 1000:.2f} ms, {sum(map(len, forms.values()))} bytes"
        )
        model.Session.execute(text(PER_RECORD), {"records": records})
        model.Session.execute(
            text(
                "INSERT INTO ntbsatudata_feed_record (package_id, public, title, summary, digest, first_at, changed_at, data_json, turtle, rdf_xml, json_ld) "
                "SELECT 'p' || n, true, 'Data', '', md5(n::text), now(), now(), replace(:data_json, 'ID', 'p' || n), '', '', '' "
                "FROM generate_series(1, :records) AS n"
            ),
            {"records": records, "data_json": forms["data_json"]},
        )
        model.Session.commit()
        model.Session.execute(
            text("ANALYZE package, ntbsatudata_feed_record")
        )  # as autovacuum does for a catalogue that has stood a minute
        model.Session.commit()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        current = reading.version()
        pages = reading.data_json_pages(current)
        size = sum(len(piece) for page in range(1, pages.count(current.count) + 1) for piece in reading.data_json_document(page, pages))
        spent = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"data.json of {records} records: {spent:.2f} s, {size / 1e6:.1f} MB in {pages.count(current.count)} pages, peak {peak / 1024:.0f} MB (+{(peak - before) / 1024:.0f})"
        )
        standard, own = Standard.of(SchemaFolder()), site()
        datasets = [{**sample, "id": f"p{n}"} for n in range(1000)]
        begun = time.perf_counter()
        ours = "".join(rdf_text.turtle(dcat.dataset_triples(one, standard, own)) for one in datasets)
        mine = time.perf_counter() - begun
        begun = time.perf_counter()
        graph = Graph()
        for one in datasets:
            for triple in dcat.dataset_triples(one, standard, own):
                graph.add(triple)
        theirs_text = graph.serialize(format="turtle")
        theirs = time.perf_counter() - begun
        print(
            f"Turtle of 1,000 datasets: pieces {mine:.2f} s ({len(ours)} bytes), one rdflib graph {theirs:.2f} s ({len(theirs_text)} bytes)"
        )


if __name__ == "__main__":
    main()
