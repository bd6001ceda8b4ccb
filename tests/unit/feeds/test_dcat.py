"""DCAT-AP: no violation of the SEMIC's shapes over real records, one graph in three texts, equal bytes for equal datasets."""

from __future__ import annotations

import json
import random

import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from ckanext.ntbsatudata.domain.feeds import dcat, rdf_text

DCT_TITLE = URIRef("http://purl.org/dc/terms/title")


def graph_of(datasets, standard, site):
    triples = dcat.catalogue_triples(site, "2026-01-02T03:04:05Z")
    for dataset in datasets:
        triples += [dcat.membership(site, dataset["id"]), *dcat.dataset_triples(dataset, standard, site)]
    return triples


@pytest.mark.parametrize(
    "shapes",
    [
        "2.1.1_dcat-ap_2.1.1_shacl_shapes.ttl",
        "2.1.1_dcat-ap_2.1.1_shacl_range.ttl",
        "3.0.0_dcat-ap-SHACL.ttl",
        "3.0.1_dcat-ap-SHACL.ttl",
    ],
)
def test_real_datasets_break_no_shape(real_datasets, shared_data, standard, site, shapes):
    data = Graph().parse(data=rdf_text.TURTLE_HEAD + rdf_text.turtle(graph_of(real_datasets[::5], standard, site)), format="turtle")
    conforms, _report, text = pyshacl.validate(data, shacl_graph=Graph().parse(shared_data / "dcat" / "shacl" / shapes), inference=None)
    assert conforms, text[:2000]


def test_the_shapes_do_notice_a_dataset_without_title(shared_data, standard, site):
    triples = [triple for triple in graph_of([{"id": "1", "name": "x"}], standard, site) if triple[1] != DCT_TITLE]
    data = Graph().parse(data=rdf_text.TURTLE_HEAD + rdf_text.turtle(triples), format="turtle")
    shapes = Graph().parse(shared_data / "dcat" / "shacl" / "2.1.1_dcat-ap_2.1.1_shacl_shapes.ttl")
    conforms, _report, text = pyshacl.validate(data, shacl_graph=shapes, inference=None)
    assert not conforms and "title" in text


def parsed(triples):
    turtle = Graph().parse(data=rdf_text.TURTLE_HEAD + rdf_text.turtle(triples), format="turtle")
    xml = Graph().parse(data=rdf_text.XML_HEAD + rdf_text.rdf_xml(triples) + rdf_text.XML_FOOT, format="xml")
    content = {"@context": dict(rdf_text.NAMESPACES), "@graph": rdf_text.json_ld_nodes(triples)}
    json_ld = Graph().parse(data=json.dumps(content), format="json-ld")
    return turtle, xml, json_ld


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_three_texts_are_one_graph(real_datasets, standard, site):
    triples = graph_of(real_datasets, standard, site)
    turtle, xml, json_ld = parsed(triples)
    assert set(turtle) == set(xml) == set(json_ld) and len(turtle) > 5000


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_survives_every_form(text):
    triples = [(URIRef("https://a.id/1"), DCT_TITLE, Literal(text, lang="id"))]
    for graph in parsed(triples):
        assert set(graph) == set(triples)


def test_the_order_of_statements_changes_no_byte(real_datasets, standard, site):
    triples = graph_of(real_datasets[:20], standard, site)
    shuffled = random.Random(1).sample(triples, len(triples))
    for write in (rdf_text.turtle, rdf_text.rdf_xml, rdf_text.json_ld_nodes):
        assert write(triples) == write(shuffled)


def test_national_terms_stand_in_their_own_namespace_and_never_in_dublin_core(standard, site):
    dataset = {"id": "1", "name": "x", "title": "T", "id_sds": "SD00001.00.00", "prioritas_tahun": ["2025", "2026"], "satuan": "Orang"}
    found = {
        (str(p).rpartition("#")[2], str(o)) for _s, p, o in dcat.dataset_triples(dataset, standard, site) if str(p).startswith(dcat.SDI)
    }
    assert found == {("id_sds", "SD00001.00.00"), ("prioritas_tahun", "2025"), ("prioritas_tahun", "2026"), ("satuan", "Orang")}


def test_a_closed_dataset_is_listed_without_its_files(standard, site):
    dataset = {
        "id": "1",
        "name": "x",
        "access_rights": "tertutup",
        "resources": [{"id": "r", "url": "https://a.go.id/x.csv", "format": "CSV"}],
    }
    text = rdf_text.turtle(dcat.dataset_triples(dataset, standard, site))
    assert "x.csv" not in text and "access-right/NON_PUBLIC" in text
