"""Relevance is measured on real catalogues, beside CKAN as it comes (Solr, its schema, its English stemmer)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan
import pysolr
import pytest

sys.path.insert(0, str(Path(__file__).parent / "relevance"))

from asking import first_ten
from judging import judged_queries, measure, text_to_judge
from real_catalogues import datasets, search_document
from server import CONFIG_SET, running_solr

pytestmark = pytest.mark.shared_data
MARK, LOWEST_KIND, LEAST_GAIN = 0.80, 0.60, 0.25


@pytest.fixture(scope="session")
def catalogue(shared_data: Path) -> list[dict[str, Any]]:
    return list(datasets(shared_data))


@pytest.fixture(scope="session")
def texts(catalogue: list[dict[str, Any]]) -> dict[str, str]:
    return {dataset["name"]: text_to_judge(dataset) for dataset in catalogue}


@pytest.fixture
def measured(clean_db: None, catalogue: list[dict[str, Any]], texts: dict[str, str]) -> dict[str, float]:
    from ckanext.ntbsatudata.search.dataset_document import dataset_document
    from ckanext.ntbsatudata.search.postgres.connection import PostgresConnection

    connection = PostgresConnection(decode_dates=False)
    connection.add([dataset_document(search_document(dataset)) for dataset in catalogue], commit=True)
    return measure(lambda query: first_ten(connection, query), texts)


@pytest.fixture(scope="session")
def stock(catalogue: list[dict[str, Any]], texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, float]]:
    if not os.environ.get("SATUDATA_TEST_SOLR"):
        pytest.skip("SATUDATA_TEST_SOLR is not set: `make test` needs no Java, .ci/run sets it")
    config_set = tmp_path_factory.mktemp("stock")
    shutil.copy(CONFIG_SET / "solrconfig.xml", config_set)
    shutil.copy(Path(ckan.__file__).parent / "config" / "solr" / "schema.xml", config_set)
    for name in ("synonyms.txt", "protwords.txt", "stopwords.txt"):
        (config_set / name).touch()
    with running_solr(config_set) as address:
        connection = pysolr.Solr(address, timeout=120)
        connection.add([search_document(dataset) for dataset in catalogue], commit=True)
        yield measure(lambda query: first_ten(connection, query), texts)


def test_there_are_enough_judged_queries_of_every_kind() -> None:
    kinds = [judged.kind for judged in judged_queries()]
    assert len(kinds) >= 120
    assert min(kinds.count(kind) for kind in set(kinds)) >= 15


def test_answers_reach_the_mark_and_no_kind_of_query_is_left_behind(measured: dict[str, float]) -> None:
    assert measured["all"] >= MARK, measured
    assert min(measured.values()) >= LOWEST_KIND, measured


def test_the_gain_over_ckan_as_it_comes_is_kept(measured: dict[str, float], stock: dict[str, float]) -> None:
    assert measured["all"] - stock["all"] >= LEAST_GAIN, (measured, stock)
