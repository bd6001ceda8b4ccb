"""The feeds through the portal: what changes is written, an unchanged catalogue gives equal bytes, pages and validators hold."""

from __future__ import annotations

import json
import re

import ckan.model as model
import pytest
from ckan.tests import factories, helpers
from lxml import etree
from rdflib import DCAT, RDF, Graph

from ckanext.ntbsatudata.feeds import reading, records
from ckanext.ntbsatudata.model.feed_record import FeedRecord

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")

FULL = {
    "title": "Jumlah Penduduk", "notes": "Uraian <b>tebal</b>", "konsep": "Penduduk", "klasifikasi": ["wilayah"], "ukuran": "Jumlah", "satuan": "Orang",
    "id_sds": "belum ada", "frequency": "TAHUNAN", "temporal_start": "2018", "temporal_end": "2024", "kode_wilayah": ["52"], "maintainer": "Meja Data",
    "maintainer_email": "a@dinas.go.id", "license_id": "CC-BY-4.0", "access_rights": "terbuka", "tags": [{"name": "penduduk"}], "prioritas_tahun": ["2026"],
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/SOCI"],
    "resources": [{"url": "https://dinas.go.id/penduduk.csv", "format": "CSV", "name": "Tabel"}],
}  # fmt: skip


def made(**changes):
    agency = factories.Organization(title="Dinas Dukcapil")
    dataset = factories.Dataset(owner_org=agency["id"], **{**FULL, **changes})
    records.write_waiting()
    return dataset


def change(action, **data):
    user = helpers.call_action("get_site_user")["name"]
    return helpers.call_action(action, {"user": user}, **data)


def feed(app, **query):
    return json.loads(app.get("/data.json", query_string=query).body)


def test_a_published_dataset_stands_in_data_json_with_every_field_of_ours(app):
    dataset = made()
    found = feed(app)
    assert (found["@type"], found["conformsTo"]) == ("dcat:Catalog", "https://project-open-data.cio.gov/v1.1/schema")
    [record] = found["dataset"]
    assert record["identifier"] == dataset["id"]
    assert {key: record[key] for key in ("title", "accrualPeriodicity", "temporal", "license", "prioritas_tahun", "satuan", "id_sds", "kode_wilayah")} == {
        "title": "Jumlah Penduduk", "accrualPeriodicity": "R/P1Y", "temporal": "2018-01-01/2024-12-31", "satuan": "Orang", "id_sds": "belum ada",
        "license": "https://creativecommons.org/licenses/by/4.0/", "prioritas_tahun": ["2026"], "kode_wilayah": ["52"],
    }  # fmt: skip
    assert record["publisher"]["name"] == "Dinas Dukcapil" and record["contactPoint"]["hasEmail"] == "mailto:a@dinas.go.id"
    assert [(one.get("downloadURL"), one.get("accessURL")) for one in record["distribution"]] == [
        ("https://dinas.go.id/penduduk.csv", None), (None, record["landingPage"])
    ]  # fmt: skip


def test_two_exports_of_an_unchanged_catalogue_are_byte_equal_even_when_written_anew(app):
    dataset = made()
    addresses = ("/data.json", "/catalog.ttl", "/catalog.xml", "/catalog.jsonld", "/feeds/changes.atom", "/sitemap.xml")
    before = {address: app.get(address).body for address in addresses}
    records.note([dataset["id"]])
    records.write_waiting()
    assert {address: app.get(address).body for address in addresses} == before


def test_an_identifier_stays_when_title_name_and_files_change(app):
    dataset = made()
    change("package_patch", id=dataset["id"], title="Lain", name="lain", resources=[])
    records.write_waiting()
    [record] = feed(app)["dataset"]
    assert (record["identifier"], record["title"], record["landingPage"].endswith(dataset["id"])) == (dataset["id"], "Lain", True)


def test_a_dataset_that_is_hidden_or_deleted_leaves_every_feed_at_once(app):
    hidden, deleted = made(), made(name="kedua")
    change("package_patch", id=hidden["id"], private=True)
    change("package_delete", id=deleted["name"])
    assert feed(app)["dataset"] == []
    assert hidden["id"] not in app.get("/catalog.ttl").body and hidden["name"] not in app.get("/sitemap.xml").body
    assert "Withdrawn: Jumlah Penduduk" in app.get("/feeds/changes.atom").body


def test_a_dataset_hidden_behind_every_hook_is_still_not_shown(app):
    dataset = made()
    model.Session.query(model.Package).filter_by(id=dataset["id"]).update({"private": True})
    model.Session.commit()
    assert feed(app)["dataset"] == []


def test_a_dataset_that_comes_back_has_its_place_and_identifier_again(app):
    first, second = made(name="satu"), made(name="dua")
    for private in (True, False):
        change("package_patch", id=first["id"], private=private)
    records.write_waiting()
    assert [record["identifier"] for record in feed(app)["dataset"]] == [first["id"], second["id"]]


def test_a_renamed_agency_is_renamed_in_the_records_of_its_datasets(app):
    dataset = made()
    change("organization_patch", id=dataset["owner_org"], title="Dinas Baru")
    assert records.write_waiting() == 1
    assert feed(app)["dataset"][0]["publisher"]["name"] == "Dinas Baru"


def test_a_page_past_the_end_is_an_empty_list_and_a_page_that_is_no_number_is_refused(app):
    made()
    assert feed(app, page=2)["dataset"] == [] and len(feed(app, page=1)["dataset"]) == 1
    for wrong in ("0", "-1", "x", "1e9", "٣"):
        assert app.get("/data.json", query_string={"page": wrong}, status=400)


def test_a_large_catalogue_comes_in_pages_of_one_size_and_order(app, monkeypatch):
    identifiers = [made(name=f"dataset-{number}")["id"] for number in range(5)]
    monkeypatch.setattr("ckanext.ntbsatudata.domain.feeds.paging._SIZES", (4, 2))
    pages = reading.data_json_pages(reading.version())
    assert pages.records is None
    one = len(model.Session.get(FeedRecord, identifiers[0]).data_json.encode())
    cut = reading.Pages.fitting(5 * one, lambda records: one * records + 100, 3 * one)
    assert (cut.records, cut.count(5)) == (2, 3)
    got = [
        [record["identifier"] for record in json.loads(b"".join(reading.data_json_document(page, cut)))["dataset"]] for page in (1, 2, 3, 4)
    ]
    assert got == [identifiers[:2], identifiers[2:4], identifiers[4:], []]


def test_an_unchanged_feed_answers_304_to_its_etag_and_carries_the_moment_of_the_last_change(app):
    made()
    answer = app.get("/data.json")
    assert answer.headers["Last-Modified"] and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert app.get("/data.json", headers={"If-None-Match": answer.headers["ETag"]}, status=304).body == ""
    made(name="kedua")
    assert app.get("/data.json", headers={"If-None-Match": answer.headers["ETag"]}, status=200)


def test_a_feed_too_large_to_hold_is_streamed_compressed_with_its_own_etag(app, monkeypatch):
    made()
    monkeypatch.setattr("ckanext.ntbsatudata.views.feeds.STREAMED_FROM", 1)
    plain = app.get("/data.json")
    packed = app.get("/data.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["ETag"] != plain.headers["ETag"]
    import gzip

    assert gzip.decompress(packed.data) == plain.data
    assert app.get("/data.json", headers={"If-None-Match": plain.headers["ETag"]}, status=304).body == ""


def test_the_catalogue_is_the_same_graph_in_every_form_and_links_its_pages(app, monkeypatch):
    monkeypatch.setattr(reading, "CATALOGUE_PAGE", 2)
    identifiers = {made(name=f"dataset-{number}")["id"] for number in range(3)}
    graphs = [
        Graph().parse(data=app.get(f"/catalog.{form}").body, format=kind)
        for form, kind in (("ttl", "turtle"), ("xml", "xml"), ("jsonld", "json-ld"))
    ]
    assert set(graphs[0]) == set(graphs[1]) == set(graphs[2]) and len(set(graphs[0].subjects(RDF.type, DCAT.Dataset))) == 2
    second = Graph().parse(data=app.get("/catalog.ttl?page=2").body, format="turtle")
    seen = {str(uri).rpartition("/")[2] for graph in (graphs[0], second) for uri in graph.subjects(RDF.type, DCAT.Dataset)}
    assert seen == identifiers
    assert "page=2" in app.get("/catalog.ttl").body and app.get("/catalog.ttl?page=3", status=404)


def test_ckan_s_own_api_stays_open_for_a_harvest_of_what_changed(app):
    made()
    answer = json.loads(
        app.get("/api/3/action/package_search", query_string={"rows": 0, "fq": "metadata_modified:[2020-01-01T00:00:00Z TO *]"}).body
    )
    assert answer["result"]["count"] == 1
    none = json.loads(
        app.get("/api/3/action/package_search", query_string={"rows": 0, "fq": "metadata_modified:[2999-01-01T00:00:00Z TO *]"}).body
    )
    assert none["result"]["count"] == 0


def test_the_sitemap_and_robots_txt_lead_to_every_dataset(app):
    dataset = made()
    root = etree.fromstring(app.get("/sitemap.xml").data)
    assert [found.text.endswith(f"/dataset/{dataset['name']}") for found in root.iter("{*}loc")] == [True]
    assert re.search(r"^Sitemap: http://test.ckan.net/sitemap.xml$", app.get("/robots.txt").body, re.MULTILINE)


def test_the_page_for_harvesters_names_every_address_and_what_waits(app):
    made()
    body = app.get("/interoperabilitas").body
    for address in ("/data.json", "/catalog.ttl", "/catalog.xml", "/catalog.jsonld", "/feeds/changes.atom", "/sitemap.xml"):
        assert f"http://test.ckan.net{address}" in body
