"""The code lists on a real site: pages, programs, OpenRefine. Requirement rows 14 to 16, 19 and 20."""

from __future__ import annotations

import csv
import io
import json

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from rdflib import Graph
from rdflib.namespace import RDF, SKOS


@pytest.fixture
def get(app):
    def ask(path: str, status: int = 200, accept: str = "text/html", **query: str):
        return app.get(path, query_string=query, headers={"Accept": accept}, status=status)

    return ask


def test_row_14_the_list_at_a_date_is_the_one_in_force_then(get) -> None:
    old = json.loads(get("/codelist/wilayah-kemendagri", date="2018-07-01", accept="*/*").body)
    new = json.loads(get("/codelist/wilayah-kemendagri", date="2026-01-01", accept="*/*").body)
    assert (old["version"], old["counts"]["kecamatan"]) == ("137/2017", 116)
    assert (new["version"], new["counts"]["kecamatan"]) == ("2430/2025", 117)
    assert len([item for item in old["items"] if item["level"] == "kecamatan" and item["code"].startswith("52.")]) == 116
    page = get("/kode-referensi/wilayah-kemendagri.json", date="2018-07-01", level="kecamatan")
    assert len(json.loads(page.body)["items"]) == 116


def test_row_15_a_bps_code_leads_to_the_same_place(get) -> None:
    found = json.loads(get("/resolve", code="5201010", list="bps", accept="*/*").body)
    assert [(item["code"], item["name"]) for place in found["elsewhere"] for item in place["items"]] == [("52.01.07", "Sekotong")]


def test_row_16_an_old_code_leads_to_the_new_one(get) -> None:
    for path in ("/resolve", "/codelist/resolve", "/kode-referensi/wilayah/resolve"):
        found = json.loads(get(path, code="52.03.09.2001", accept="application/json").body)
        assert (found["relation"], [item["code"] for item in found["items"]]) == ("recoded", ["52.03.21.2001"])
    back = json.loads(get("/kode-referensi/wilayah/resolve", code="52.03.21.2001", at="2018-07-01", accept="application/json").body)
    assert [item["code"] for item in back["items"]] == ["52.03.09.2001"]


def test_row_19_more_than_ten_lists_name_their_issuer_and_basis(get) -> None:
    lists = json.loads(get("/codelist", accept="*/*").body)
    assert len(lists) >= 10
    assert all(one["issuer"] and one["legal_basis"] and one["version"] for one in lists)
    assert {"kbli", "urusan", "opd", "frekuensi", "satuan", "tingkat-akses"} <= {one["id"] for one in lists}


def test_row_20_data_induk_names_owner_and_update(get) -> None:
    sets = json.loads(get("/data-induk", accept="application/json").body)
    assert {one["id"] for one in sets} == {"wilayah", "opd", "fasyankes", "posyandu", "sekolah"}
    assert all(one["owner"] and one["updated"] for one in sets)


@pytest.mark.parametrize(
    "path",
    [
        "/kode-referensi.json",
        "/kode-referensi/kbli.json",
        "/kode-referensi/wilayah/resolve.json?code=52.07",
        "/kode-referensi/resolve.json?code=52.07.02.2021",
        "/kode-referensi/wilayah/differences.json",
        "/kode-referensi/wilayah/52.07.json",
        "/data-induk.json",
        "/data-induk/opd.json",
        "/data-induk/wilayah/52.07.json",
    ],
)
def test_every_page_has_its_data_at_json(app, path: str) -> None:
    answer = app.get(path, headers={"Accept": "text/html"}, status=200)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(answer.body)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/kode-referensi", "Kementerian Dalam Negeri"),
        ("/kode-referensi/wilayah-kemendagri", "Kepmendagri 300.2.2-2430/2025"),
        ("/kode-referensi/wilayah-kemendagri/52.01.07", "5201010"),
        ("/kode-referensi/wilayah-kemendagri/52.03.09.2001", "52.03.21.2001"),
        ("/kode-referensi/wilayah-kemendagri/differences", "Selaparang"),
        ("/kode-referensi/wilayah-kemendagri/match", "csrf"),
        ("/kode-referensi/resolve?code=52.03.09.2001", "Lenek"),
        ("/kode-referensi/kbli", "not yet confirmed"),
        ("/data-induk", "Dinas Kesehatan"),
        ("/data-induk/wilayah", "5201"),
        ("/data-induk/wilayah/52.07", "156059"),
        ("/data-induk/posyandu", "7.716 posyandu"),
    ],
)
def test_every_page_opens_and_says_its_thing(app, path: str, sentence: str) -> None:
    assert sentence in app.get(path, status=200).body


def test_the_page_of_a_region_list_draws_its_map(get) -> None:
    page = get("/kode-referensi/wilayah-kemendagri").body
    assert page.count("<path d=") == 10
    assert "Kabupaten Sumbawa Barat" in page


def test_a_word_narrows_the_list(get) -> None:
    page = get("/kode-referensi/wilayah-kemendagri", q="sekotong").body
    assert "52.01.07" in page
    assert "52.71.05" not in page


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/kode-referensi/planet", 404, "Tidak ada kode referensi planet"),
        ("/kode-referensi/wilayah-kemendagri/99.99", 404, "tidak pernah ada"),
        ("/kode-referensi/wilayah-kemendagri?date=kemarin", 400, "Write dates as YYYY-MM-DD"),
        ("/kode-referensi/wilayah-kemendagri?version=1/1900", 404, "tidak punya versi 1/1900"),
        ("/kode-referensi/resolve?code=", 400, "Missing value"),
        ("/kode-referensi/resolve?code=52", 404, "ada di beberapa kode referensi"),
        ("/data-induk/planet", 404, "Tidak ada data induk planet"),
        ("/data-induk/wilayah/99", 404, "Tidak ada"),
    ],
)
def test_what_does_not_exist_is_told_to_people_and_programs(app, path: str, status: int, sentence: str) -> None:
    page = app.get(path, headers={"Accept": "text/html,*/*;q=0.8"}, status=status)
    assert "<h1>" in page.body
    assert sentence in page.body
    assert sentence in json.loads(app.get(path, headers={"Accept": "*/*"}, status=status).body)["message"]


def test_the_list_as_csv_and_skos(get) -> None:
    answer = get("/kode-referensi/wilayah-kemendagri.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(list(csv.DictReader(io.StringIO(answer.body)))) == 1294
    turtle = get("/kode-referensi/frekuensi", accept="text/turtle")
    assert turtle.headers["Content-Type"] == "text/turtle; charset=utf-8"
    assert len(list(Graph().parse(data=turtle.body, format="turtle").subjects(RDF.type, SKOS.Concept))) == 10


def test_boundaries_are_geojson(get) -> None:
    answer = get("/kode-referensi/wilayah-kemendagri/boundaries/kecamatan.geojson", size="page")
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert len(json.loads(answer.body)["features"]) == 117
    get("/kode-referensi/kbli/boundaries/kategori.geojson", status=404)


def test_pasted_names_are_matched(app) -> None:
    page = app.post("/kode-referensi/wilayah-kemendagri/match", data={"names": "Lotim\nBima\n", "level": "kabupaten_kota"}).body
    assert "52.03" in page
    assert "1 of 2 names are certain" in page


# OpenRefine


SERVICE = "/kode-referensi/wilayah-kemendagri/reconcile"


def test_openrefine_reads_the_manifest_and_asks_a_batch(app) -> None:
    manifest = json.loads(app.get(SERVICE).body)
    assert manifest["versions"] == ["0.2"]
    assert manifest["view"]["url"] == "http://test.ckan.net/kode-referensi/wilayah-kemendagri/{{id}}"
    queries = json.dumps({"q0": {"query": "Lotim", "type": "kabupaten_kota"}, "q1": {"query": "Bima", "type": "kabupaten_kota"}})
    answer = app.post(SERVICE, data={"queries": queries})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = json.loads(answer.body)
    assert (found["q0"]["result"][0]["id"], found["q0"]["result"][0]["match"]) == ("52.03", True)
    assert [one["match"] for one in found["q1"]["result"][:2]] == [False, False]


def test_openrefine_extends_and_suggests(app) -> None:
    asked = json.dumps({"ids": ["52.01.07"], "properties": [{"id": "wilayah-bps"}]})
    assert json.loads(app.post(SERVICE, data={"extend": asked}).body)["rows"] == {"52.01.07": {"wilayah-bps": [{"str": "5201010"}]}}
    assert json.loads(app.get(f"{SERVICE}/suggest/entity?prefix=Sekot").body)["result"][0]["id"] == "52.01.07"
    assert {"id": "wilayah-bps", "name": "wilayah-bps"} in json.loads(app.get(f"{SERVICE}/properties").body)["properties"]


@pytest.mark.parametrize("queries", ["{", "[]", '{"q0": 1}'])
def test_a_broken_batch_is_a_400_with_a_sentence(app, queries: str) -> None:
    answer = json.loads(app.post(SERVICE, data={"queries": queries}, status=400).body)
    assert answer["status"] == "error"
    assert answer["message"]


# actions


def test_programs_match_and_rebase() -> None:
    [match] = helpers.call_action("ntbsatudata_kode_referensi_match", id="wilayah", names=["KSB"])
    assert (match["state"], match["candidates"][0]["code"]) == ("certain", "52.07")
    moved = helpers.call_action("ntbsatudata_kode_referensi_rebase", id="wilayah", codes=["52.03.09.2001"], from_version="137/2017")
    assert moved["moves"] == {"52.03.09.2001": "52.03.21.2001"}
    with pytest.raises(toolkit.ValidationError, match="At most 5000 at a time"):
        helpers.call_action("ntbsatudata_kode_referensi_match", id="wilayah", names=["x"] * 5001)


POSYANDU = (
    "id,name,updated,kode_posyandu,kode_wilayah,strata\n"
    "p1,Posyandu Melati II,2026-10-01,,52.01.01.1001,madya\n"
    "p2,POSY MELATI 2,2026-10-01,,52.01.01.1001,madya\n"
    "p3,Kenanga,2026-10-01,,52.01.01.1001,madya\n"
)


@pytest.fixture
def posyandu(tmp_path, monkeypatch):
    folder = tmp_path / "data_induk"
    folder.mkdir()
    (folder / "posyandu.csv").write_text(POSYANDU, encoding="utf-8")
    monkeypatch.setenv("SATUDATA_SCHEMAS", str(tmp_path))


@pytest.mark.usefixtures("clean_db", "posyandu")
def test_only_the_walidata_sees_and_merges_duplicates_and_the_trail_stays(app) -> None:
    app.get("/data-induk/posyandu/duplicates", status=403)
    sysadmin = factories.SysadminWithToken()
    headers = {"Authorization": sysadmin["token"]}
    page = app.get("/data-induk/posyandu/duplicates", headers=headers).body
    assert "Posyandu Melati II" in page
    assert "Kenanga" not in page
    decision = {"id": "posyandu", "kept": "p1", "dropped": "p2", "reason": "nama dan desa sama"}
    with pytest.raises(toolkit.NotAuthorized):
        helpers.call_action("ntbsatudata_data_induk_merge", {"ignore_auth": False, "user": factories.User()["name"]}, **decision)
    walidata = factories.User()["name"]
    helpers.call_action("ntbsatudata_role_grant", {"user": sysadmin["name"]}, user=walidata, role="walidata")
    helpers.call_action("ntbsatudata_data_induk_merge", {"ignore_auth": False, "user": walidata}, **decision)
    found = helpers.call_action("ntbsatudata_data_induk_show", id="posyandu")
    assert ([record["id"] for record in found["records"]], found["merged"]) == (["p1", "p3"], 1)
    shown = helpers.call_action("ntbsatudata_data_induk_record_show", id="posyandu", record="p2")
    assert (shown["id"], [(merge["dropped"], merge["reason"]) for merge in shown["trail"]]) == ("p1", [("p2", "nama dan desa sama")])
    rows = list(csv.DictReader(io.StringIO(app.get("/data-induk/posyandu.csv").body)))
    assert [row["id"] for row in rows] == ["p1", "p3"]
    with pytest.raises(toolkit.ValidationError, match="sudah digabungkan"):
        helpers.call_action("ntbsatudata_data_induk_merge", {"user": sysadmin["name"]}, **decision)


@pytest.mark.usefixtures("clean_db", "posyandu")
def test_the_walidata_decides_on_the_page_and_must_give_a_reason(app) -> None:
    headers = {"Authorization": factories.SysadminWithToken()["token"], "Accept": "text/html"}
    address = "/data-induk/posyandu/duplicates"
    refused = app.post(address, data={"pair": ["p1", "p2"], "kept": "p1", "reason": ""}, headers=headers, status=400)
    assert "Missing value" in refused.body
    page = app.post(address, data={"pair": ["p1", "p2"], "kept": "p2", "reason": "dikonfirmasi puskesmas"}, headers=headers)
    assert "No two records of this set look like one." in page.body
    assert "dikonfirmasi puskesmas" in app.get("/data-induk/posyandu/p1", headers={"Accept": "text/html"}).body


def test_master_records_are_given_in_portions(get) -> None:
    found = json.loads(get("/data-induk/wilayah.json", limit="5", offset="3").body)
    assert (found["found"], len(found["records"]), found["records"][0]["id"]) == (1294, 5, "52.01.01.1001")
    narrowed = json.loads(get("/data-induk/wilayah.json", q="lombok timur").body)
    assert [record["id"] for record in narrowed["records"]] == ["52.03"]
    below = json.loads(get("/data-induk/wilayah.json", region="52.07", limit="1000").body)
    assert below["found"] == 8 + 65
    get("/data-induk/wilayah.json", limit="semua", status=400)
