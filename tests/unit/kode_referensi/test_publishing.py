from __future__ import annotations

import csv
import io
import json

import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, SKOS

from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, UnknownCodeError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import UnknownLevelError
from ckanext.ntbsatudata.domain.kode_referensi.publishing import as_rows, as_skos, described_list, same_place, select
from ckanext.ntbsatudata.domain.kode_referensi.reconciliation import InvalidQueryError, answer, extend, manifest, suggest_entities

PORTAL = "https://data.contoh.id/kode-referensi"
LIST = f"{PORTAL}/wilayah-kemendagri"


def test_a_list_says_what_it_is_and_how_many_items_each_level_has(kemendagri: CodeList) -> None:
    described = described_list(kemendagri, kemendagri.edition("137/2017"))
    assert (described["version"], described["current_version"]) == ("137/2017", "2430/2025")
    assert (described["valid_from"], described["valid_to"]) == ("2017-12-29", "2019-10-25")
    assert described["counts"] == {"provinsi": 1, "kabupaten_kota": 10, "kecamatan": 116, "desa_kelurahan": 1137}
    json.dumps(described)


def test_the_same_place_in_the_other_system(lists: CodeLists, kemendagri: CodeList) -> None:
    [place] = same_place(lists, kemendagri, "52.01.07")
    assert (place["list"], place["relation"], [item["code"] for item in place["items"]]) == ("wilayah-bps", "1:1", ["5201010"])
    [gap] = same_place(lists, kemendagri, "52.07.02.2021")
    assert (gap["relation"], gap["items"]) == ("none", [])


def test_rows_below_one_kabupaten(kemendagri: CodeList) -> None:
    chosen = select(kemendagri, kemendagri.edition(), level="desa_kelurahan", within="52.07")
    rows = list(csv.DictReader(io.StringIO(as_rows(kemendagri, chosen))))
    assert len(rows) == 65
    assert {row["kind"] for row in rows} == {"desa", "kelurahan"}
    with pytest.raises(UnknownLevelError, match="tidak punya tingkat dusun"):
        select(kemendagri, kemendagri.edition(), level="dusun")
    with pytest.raises(UnknownCodeError, match='"52.99" tidak ada'):
        select(kemendagri, kemendagri.edition(), within="52.99")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # inside rdflib
def test_skos_holds_scheme_hierarchy_aliases_and_the_other_system(lists: CodeLists, kemendagri: CodeList) -> None:
    edition = kemendagri.edition()
    graph = Graph().parse(data=json.dumps(as_skos(lists, kemendagri, edition, edition, PORTAL)), format="json-ld")
    place = Namespace(f"{LIST}/")
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == 1294
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {URIRef(LIST)}
    assert graph.value(place["52.01.07"], SKOS.broader) == place["52.01"]
    assert graph.value(place["52.01.07"], SKOS.exactMatch) == URIRef(f"{PORTAL}/wilayah-bps/5201010")
    assert "KSB" in {str(label) for label in graph.objects(place["52.07"], SKOS.altLabel)}
    assert list(graph.objects(place["52"], SKOS.topConceptOf)) == [URIRef(LIST)]
    assert len(list(graph.triples((None, SKOS.exactMatch, None)))) == 1 + 10 + 117 + 1140


# the reconciliation service


def test_the_manifest_speaks_version_0_2_and_shows_where_items_are_seen(kemendagri: CodeList) -> None:
    service = manifest(kemendagri, LIST)
    assert "0.2" in service["versions"]
    assert service["view"]["url"] == LIST + "/{{id}}"
    assert [one["id"] for one in service["defaultTypes"]] == ["provinsi", "kabupaten_kota", "kecamatan", "desa_kelurahan"]
    assert {"identifierSpace", "schemaSpace", "name"} <= service.keys()


def test_openrefine_asks_a_batch_of_names(kemendagri: CodeList) -> None:
    answers = answer(
        kemendagri,
        {
            "q0": {"query": "Lotim", "type": "kabupaten_kota"},
            "q1": {"query": "Bima", "type": "kabupaten_kota"},
            "q2": {"query": "52.01.07"},
            "q3": {"query": "Kuta", "type": ["desa_kelurahan"], "properties": [{"pid": "within", "v": "Lombok Tengah"}]},
            "q4": {"query": "Xyzzy"},
        },
    )
    first = answers["q0"]["result"][0]
    assert (first["id"], first["name"], first["match"], first["type"]) == (
        "52.03",
        "Kabupaten Lombok Timur",
        True,
        [{"id": "kabupaten_kota", "name": "kabupaten/kota"}],
    )
    assert [(one["id"], one["match"]) for one in answers["q1"]["result"][:2]] == [("52.06", False), ("52.72", False)]
    assert [(one["id"], one["score"]) for one in answers["q2"]["result"]] == [("52.01.07", 100.0)]
    assert answers["q3"]["result"][0]["id"].startswith("52.02.")
    assert answers["q3"]["result"][0]["match"] is True
    assert answers["q4"]["result"] == []


def test_a_matched_column_is_extended_with_the_bps_code(lists: CodeLists, kemendagri: CodeList) -> None:
    extended = extend(lists, kemendagri, {"ids": ["52.01.07", "99"], "properties": [{"id": "wilayah-bps"}, {"id": "parent"}]})
    assert extended["rows"]["52.01.07"] == {"wilayah-bps": [{"str": "5201010"}], "parent": [{"str": "52.01"}]}
    assert extended["rows"]["99"] == {"wilayah-bps": [], "parent": []}


def test_a_prefix_suggests_items(kemendagri: CodeList) -> None:
    assert [one["id"] for one in suggest_entities(kemendagri, "Seko")["result"]][:2] == ["52.01.07", "52.01.07.2001"]
    assert suggest_entities(kemendagri, "52.07")["result"][0]["id"] == "52.07"


@pytest.mark.parametrize(
    ("queries", "sentence"),
    [
        ([], '"queries" harus sebuah objek JSON'),
        ({"q0": "Bima"}, '"queries" harus sebuah objek JSON'),
        ({f"q{number}": {"query": "Bima"} for number in range(201)}, "Paling banyak 200 pertanyaan"),
        ({"q0": {"query": "Bima", "limit": "banyak"}}, '"limit" harus bilangan'),
    ],
)
def test_a_request_that_is_put_wrongly_is_told(kemendagri: CodeList, queries: object, sentence: str) -> None:
    with pytest.raises(InvalidQueryError, match=sentence):
        answer(kemendagri, queries)


def test_an_unknown_property_is_told(lists: CodeLists, kemendagri: CodeList) -> None:
    with pytest.raises(InvalidQueryError, match="Sifat tidak dikenal: luas"):
        extend(lists, kemendagri, {"ids": ["52"], "properties": [{"id": "luas"}]})
