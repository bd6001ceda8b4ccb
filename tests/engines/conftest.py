"""Both search engines behind one fixture: what holds for one holds for the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pysolr
import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "solr")]

from catalogue import DOCUMENTS  # noqa: E402
from search_engine import Engine  # noqa: E402
from server import running_solr  # noqa: E402


@pytest.fixture(scope="session")
def solr() -> Iterator[Engine]:
    if not os.environ.get("SATUDATA_TEST_SOLR"):
        pytest.skip("SATUDATA_TEST_SOLR is not set: `make test` needs no Java, .ci/run sets it")
    with running_solr() as address:
        engine = Engine("solr", pysolr.Solr(address, timeout=60))
        engine.fill(DOCUMENTS)
        yield engine


@pytest.fixture
def postgres(clean_db: None) -> Engine:
    from ckanext.ntbsatudata.search.postgres.connection import PostgresConnection

    engine = Engine("postgres", PostgresConnection(decode_dates=False))
    engine.fill(DOCUMENTS)
    return engine


@pytest.fixture(params=["postgres", "solr"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found
