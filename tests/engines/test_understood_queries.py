"""A plain query, as CKAN sends it, finds by synonym, abbreviation, region and year on both engines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from catalogue import document
from search_engine import Engine

sys.path.insert(0, str(Path(__file__).parent / "relevance"))

from asking import AS_CKAN

from ckanext.ntbsatudata.search.dataset_document import searched_words
from ckanext.ntbsatudata.search.reading import reader
from ckanext.ntbsatudata.search.solr.query import understood
from ckanext.ntbsatudata.search.vocabulary import learn

COVERED = [
    document(
        21, "Status Gizi Balita", notes="gizi kurang", kode_wilayah=["52.07"], dalam_wilayah=["52.07", "52"], tahun_data=["2023", "2024"]
    ),
    document(22, "Pengangguran Terbuka", kode_wilayah=["52.72"], dalam_wilayah=["52.72", "52"], tahun_data=["2019"]),
    document(23, "Dinas Kesehatan dalam Angka", kode_wilayah=["52"], dalam_wilayah=["52"], tahun_data=["2024"]),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("wasting", ["d21"]),
        ("dinkes", ["d23"]),
        ("unemployment", ["d22"]),
        ("gizi kurang KSB 2024", ["d21"]),
        ("gizi Taliwang", ["d21"]),
        ("penganguran", ["d22"]),
        ("berapa jumlah pengangguran di Kota Bima?", ["d22"]),
        ("xyzzy", []),
    ],
)
def test_a_plain_query_finds_what_it_means(engine: Engine, postgres: Engine, query: str, expected: list[str]) -> None:
    engine.connection.add(COVERED, commit=True)
    if engine.name == "solr":
        learn(sorted({word for each in COVERED for word in searched_words(each)}))
    asked = understood({"q": query}, reader()) if engine.name == "solr" else {"q": query}
    plain = asked["q"] == query
    as_ckan = {name: value for name, value in AS_CKAN.items() if plain or name not in ("defType", "qf", "mm", "tie")}
    found = [hit["id"] for hit in engine.search(**{**as_ckan, **asked}, fl="id").docs]
    engine.connection.delete(q="id:(d21 OR d22 OR d23)", commit=True)
    assert set(expected) <= set(found) if expected else found == []
