"""Search: speed at 30,000 datasets on both engines side by side, and relevance beside CKAN as it comes.

    .venv/bin/python benchmarks/search.py [--datasets 30000] [--relevance] [--postgres-only]

The datasets are those of the real catalogues beside the repository, repeated with other agencies, tags and dates. PostgreSQL is the one
of the wheel, Solr 9.9 with our config set (java and mvn are needed); both on this machine, one after the other.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "engines" / folder) for folder in ("relevance", "solr")]
DATA = Path(os.environ.get("NTB_SHARED_DATA", ROOT.parent / "shared" / "data"))
FACETS = ["organization", "groups", "tags", "res_format", "dalam_wilayah", "tahun_data"]
ALL_FACETS = [*FACETS, "frequency", "prioritas_tahun", "license_id"]
BATCH, REPEATS = 500, 3


def catalogue(number: int) -> Iterator[dict[str, Any]]:
    """Yield `number` search documents."""
    from real_catalogues import datasets, search_document

    from ckanext.ntbsatudata.search.dataset_document import dataset_document

    real, draw = list(datasets(DATA)), random.Random(1)
    for at in range(number):
        dataset = real[at % len(real)]
        document = dataset_document(search_document(dataset, f"{dataset['name']}-{at // len(real)}"))
        yield {
            **document,
            "organization": f"agency-{int(draw.random() ** 2 * 60)}",
            "groups": [f"topic-{at % 14}"],
            "tags": [*document["tags"], f"tag-{draw.randrange(3000)}"],
            "res_format": draw.choice([["CSV"], ["XLSX"], ["CSV", "PDF"]]),
            "license_id": "cc-by",
            "frequency": [draw.choice(["tahunan", "bulanan"])],
            "metadata_modified": f"20{10 + at % 15}-{1 + at % 12:02d}-01T00:00:00Z",
            "data_dict": "x" * 3000,
        }


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def resident() -> float:
    """This process's memory in MB: the documents, CKAN and our side of the engine."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def speed(
    name: str, connection: Any, documents: list[dict[str, Any]], asked: Callable[[str], Mapping[str, Any]], settle: Callable[[], None]
) -> None:
    """Print the figures of one engine. `asked` gives what CKAN would send for a plain query."""
    from asking import AS_CKAN
    from judging import judged_queries

    batches = [documents[at : at + BATCH] for at in range(0, len(documents), BATCH)]
    at_first = resident()
    indexing = sum(milliseconds(lambda batch=batch: connection.add(batch, commit=True)) for batch in batches)
    settle()
    single = [milliseconds(lambda one=one: connection.add([one], commit=True)) for one in documents[:50]]
    counting = {"facet": "true", "facet.mincount": 1, "facet.limit": 50, "rows": 21, "fl": "id,validated_data_dict"}
    queries = [judged.query for judged in judged_queries()]
    indexed, rounds, mixed = resident(), [], []
    for _ in range(REPEATS):
        each = [milliseconds(lambda q=q: connection.search(**asked(q), **counting, **{"facet.field": FACETS})) for q in queries]
        mixed = sorted(each)
        rounds.append(resident())
    plain = {key: value for key, value in AS_CKAN.items() if key not in ("defType", "qf", "mm", "tie")}
    everything = min(milliseconds(lambda: connection.search(q="*:*", **plain, **counting, **{"facet.field": ALL_FACETS})) for _ in range(5))
    print(
        f"{name:12} indexing {len(documents) / indexing * 1000:6.0f}/s   one edit p50 {sorted(single)[25]:5.1f} ms   "
        f"{len(queries)} queries with six facets p50 {mixed[len(mixed) // 2]:5.1f} ms, p95 {mixed[int(len(mixed) * 0.95)]:5.1f} ms   "
        f"*:* with all facets {everything:5.1f} ms   "
        f"memory {at_first:.0f} MB, {indexed:.0f} indexed, {' '.join(f'{one:.0f}' for one in rounds)} after each round of queries"
    )


def relevance(name: str, connection: Any, asked: Callable[[str], Mapping[str, Any]]) -> None:
    from judging import measure, text_to_judge
    from real_catalogues import datasets

    texts = {dataset["name"]: text_to_judge(dataset) for dataset in datasets(DATA)}
    found = measure(lambda q: [hit["name"] for hit in connection.search(**asked(q), rows=11, fl="name").docs][:10], texts)
    print(f"{name:12} NDCG@10 " + "  ".join(f"{kind} {value:.2f}" for kind, value in found.items()))


@contextlib.contextmanager
def postgres() -> Iterator[Any]:
    """An empty portal database on the embedded PostgreSQL, with CKAN's configuration loaded."""
    from ckanext.ntbsatudata.local.services import Services

    with tempfile.TemporaryDirectory(prefix="satudata-search-") as folder:
        Path(folder).chmod(0o711)
        with Services(Path(folder) / "services", durable=False) as services:
            os.environ.update(
                CKAN_SQLALCHEMY_URL=services.catalogue_url,
                CKAN_DATASTORE_WRITE_URL=services.datastore_write_url,
                CKAN_DATASTORE_READ_URL=services.datastore_read_url,
                CKAN_REDIS_URL=services.redis_url,
                CKAN_SOLR_URL="http://127.0.0.1:1/solr/none",
                CKAN_STORAGE_PATH=f"{folder}/storage",
            )
            ini = ROOT / "config" / "test.ini"
            subprocess.run([str(Path(sys.executable).parent / "ckan"), "-c", str(ini), "db", "init"], check=True, stdout=subprocess.DEVNULL)
            from ckan.cli import load_config
            from ckan.config.environment import load_environment

            load_environment(load_config(str(ini)))
            from ckanext.ntbsatudata.search.postgres.connection import PostgresConnection

            yield PostgresConnection(decode_dates=False)


def analyse() -> None:
    import ckan.model as model

    model.Session.commit()
    connection = model.ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.exec_driver_sql("VACUUM ANALYZE")
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=30_000)
    parser.add_argument("--relevance", action="store_true")
    parser.add_argument("--postgres-only", action="store_true")
    chosen = parser.parse_args()
    with postgres() as connection:
        from asking import AS_CKAN

        def for_postgres(query: str) -> Mapping[str, Any]:
            return {"q": query, **AS_CKAN}

        documents = list(catalogue(chosen.datasets))
        if chosen.relevance:
            from real_catalogues import datasets, search_document

            from ckanext.ntbsatudata.search.dataset_document import dataset_document

            originals = [search_document(dataset) for dataset in datasets(DATA)]
            connection.add([dataset_document(dict(document)) for document in originals], commit=True)
            analyse()
            relevance("PostgreSQL", connection, for_postgres)
            connection.delete(q="*:*", commit=True)
        speed("PostgreSQL", connection, documents, for_postgres, analyse)
        if chosen.postgres_only:
            return
        import pysolr
        from server import running_solr

        from ckanext.ntbsatudata.search.dataset_document import dataset_document, searched_words
        from ckanext.ntbsatudata.search.reading import reader
        from ckanext.ntbsatudata.search.solr.query import understood
        from ckanext.ntbsatudata.search.vocabulary import learn

        def for_solr(query: str) -> Mapping[str, Any]:
            rewritten = understood({"q": query}, reader())
            if rewritten["q"] == query:
                return {"q": query, **AS_CKAN}
            return {**{key: value for key, value in AS_CKAN.items() if key not in ("defType", "qf", "mm", "tie")}, **rewritten}

        with running_solr() as address:
            solr = pysolr.Solr(address, timeout=300)
            if chosen.relevance:
                documents_of_solr = [dataset_document(dict(document)) for document in originals]
                learn(sorted(set().union(*(searched_words(document) for document in documents_of_solr))))
                solr.add(documents_of_solr, commit=True)
                relevance("Solr, ours", solr, for_solr)
                solr.delete(q="*:*", commit=True)
            speed("Solr", solr, documents, for_solr, lambda: None)
    if chosen.relevance:
        with stock_config_set() as config_set, running_solr(config_set) as address:
            solr = pysolr.Solr(address, timeout=300)
            solr.add(originals, commit=True)
            relevance("stock CKAN", solr, lambda query: {"q": query, **AS_CKAN})


@contextlib.contextmanager
def stock_config_set() -> Iterator[Path]:
    """CKAN's own schema with empty word lists, as its documentation sets it up."""
    import shutil

    import ckan
    from server import CONFIG_SET

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(CONFIG_SET / "solrconfig.xml", folder)
        shutil.copy(Path(ckan.__file__).parent / "config" / "solr" / "schema.xml", folder)
        for name in ("synonyms.txt", "protwords.txt", "stopwords.txt"):
            (Path(folder) / name).touch()
        yield Path(folder)


if __name__ == "__main__":
    main()
