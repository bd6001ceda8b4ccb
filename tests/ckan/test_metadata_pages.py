"""What readers and programs get of the metadata: pages, JSON, what travels with a download, citations."""

from __future__ import annotations

import io
import json
import zipfile

import frictionless
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, load_form
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")

SCHEMA = {
    "fields": [
        {"name": "kode_wilayah", "type": "string", "title": "Kode wilayah", "kode_referensi": "wilayah-kemendagri"},
        {"name": "jumlah", "type": "integer", "title": "Jumlah penduduk", "unit": "orang"},
    ]
}
CSV = b"kode_wilayah,jumlah\n52.01,10\n52.02,20\n"


def example(kind):
    form = load_form(SchemaFolder(), kind)
    record = {field.name: field.example for field in form.fields if field.type is not FieldType.SYSTEM and field.when is None}
    for _ in range(3):
        record |= {field.name: field.example for field in form.fields if field.when is not None and field.when.holds(record)}
    return record


def site_user():
    return {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


@pytest.fixture
def published(tmp_path):
    """A dataset with a file, a finished activity and a described table."""
    organization = factories.Organization(title="Dinas Dukcapil")
    activity = helpers.call_action("ntbsatudata_mskegiatan_create", site_user(), owner_org=organization["id"], **example(Kind.MSKEG))
    dataset = helpers.call_action(
        "package_create", site_user(), name="jumlah-penduduk", title="Jumlah Penduduk", owner_org=organization["id"], id_mskeg=activity["id"],
        konsep="Penduduk", klasifikasi=["wilayah"], license_id="CC-BY-4.0", tags=[{"name": "penduduk"}],
    )  # fmt: skip
    resource = helpers.call_action(
        "resource_create", site_user(), package_id=dataset["id"], url="jumlah.csv", format="CSV", mimetype="text/csv", schema=SCHEMA, name="Tabel",
        upload=FileStorage(io.BytesIO(CSV), "jumlah.csv", content_type="text/csv"),
    )  # fmt: skip
    return dataset, resource, activity


def test_an_activity_has_a_page_and_json_with_every_public_field(app, published):
    dataset, _resource, activity = published
    found = json.loads(app.get(f"/metadata/mskeg/{activity['id']}.json").body)
    form = load_form(SchemaFolder(), Kind.MSKEG)
    assert {field.name for field in form.fields if not field.internal} <= set(found) and "ii_pj_nama" not in found
    assert json.loads(app.get(f"/metadata/mskeg/{activity['id']}", headers={"Accept": "application/json"}).body) == found
    page = app.get(f"/metadata/mskeg/{activity['id']}").body
    assert "Kompilasi Data Penduduk Kabupaten/Kota" in page and f"/dataset/{dataset['name']}" in page
    assert activity["id"] in app.get("/metadata").body


def test_an_old_version_stays_readable(app, published):
    _dataset, _resource, activity = published
    helpers.call_action("ntbsatudata_mskegiatan_update", site_user(), id=activity["id"], sektor_kegiatan="PEMBANGUNAN", note="Sektor")
    assert json.loads(app.get(f"/metadata/mskeg/{activity['id']}.json?version=1").body)["sektor_kegiatan"] == "DEMOGRAFI_DAN_KEPENDUDUKAN"
    assert app.get(f"/metadata/mskeg/{activity['id']}.json?version=9", status=404)
    assert app.get(f"/metadata/mskeg/{activity['id']}.json?version=x", status=400)


def test_the_columns_of_a_resource_are_its_variables(app, published):
    _dataset, resource, _activity = published
    found = json.loads(app.get(f"/metadata/msvar/{resource['id']}.json").body)
    assert [variable["alias"] for variable in found["variables"]] == CSV.decode().splitlines()[0].split(",")
    assert found["variables"][1]["satuan"] == "orang"
    assert "Jumlah penduduk" in app.get(f"/metadata/msvar/{resource['id']}").body


@pytest.mark.parametrize(
    "address", ["/metadata/mskeg/none", "/metadata/msxyz/1", "/metadata/msvar/none.json", "/dataset/none/datapackage.zip"]
)
def test_what_is_not_there_is_not_found(app, address):
    assert app.get(address, status=404)


@pytest.mark.parametrize("kind", ["mskeg", "msind", "msvar"])
def test_a_form_is_published_with_rules_and_examples(app, kind):
    fields = json.loads(app.get(f"/metadata/form/{kind}.json").body)["fields"]
    assert [field["name"] for field in fields] == [field.name for field in load_form(SchemaFolder(), Kind(kind)).fields]
    assert app.get(f"/metadata/form/{kind}").body.count("<tr") > 10


@pytest.mark.filterwarnings("default")
def test_the_data_package_of_a_dataset_is_valid_and_holds_the_metadata(app, published, tmp_path):
    dataset, _resource, activity = published
    response = app.get(f"/dataset/{dataset['name']}/datapackage.zip")
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.namelist() == ["datapackage.json", "metadata/dataset.json", "metadata/mskeg-1.json", "data/jumlah.csv"]
        assert archive.read("data/jumlah.csv") == CSV
        assert json.loads(archive.read("metadata/mskeg-1.json"))["judul_kegiatan"] == activity["judul_kegiatan"]
        archive.extractall(tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"), type="package")
    assert report.valid, report.to_summary()


def test_a_restricted_dataset_gives_its_metadata_and_no_file(app, published):
    dataset, _resource, _activity = published
    helpers.call_action(
        "package_patch", site_user(), id=dataset["id"], access_rights="terbatas", access_ground="UU 14/2008 Pasal 17 huruf h", access_decided="2026-03-02",
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(app.get(f"/dataset/{dataset['name']}/datapackage.zip").data)) as archive:
        assert "data/jumlah.csv" not in archive.namelist() and "metadata/dataset.json" in archive.namelist()


@pytest.mark.parametrize("level", ["terbatas", "tertutup"])
def test_the_data_of_a_restricted_dataset_are_kept_from_readers_while_its_metadata_stay_public(app, published, level):
    dataset, resource, _activity = published
    helpers.call_action(
        "datastore_create",
        site_user(),
        resource_id=resource["id"],
        force=True,
        fields=[{"id": "kode_wilayah", "type": "text"}],
        records=[{"kode_wilayah": "52.01"}],
    )
    restricted = {"access_rights": level, "access_ground": "UU 14/2008 Pasal 17 huruf h", "access_decided": "2026-03-02"}
    helpers.call_action("package_patch", site_user(), id=dataset["id"], **restricted)
    file = f"/dataset/{dataset['id']}/resource/{resource['id']}/download/jumlah.csv"
    refused = app.get(file, status=403)
    assert b"jumlah" not in refused.data and b"The data of this dataset are not open" in refused.data
    assert app.get(f"/api/3/action/datastore_search?resource_id={resource['id']}", status=403)
    assert app.get(f"/datastore/dump/{resource['id']}", status=404)
    page = app.get(f"/dataset/{dataset['name']}").body
    assert "UU 14/2008 Pasal 17 huruf h" in page and "Penduduk" in page
    assert json.loads(app.get(f"/metadata/dataset/{dataset['name']}.json").body)["access_rights"] == level
    found = helpers.call_action("package_search", {"user": "", "ignore_auth": False}, fq=f"id:{dataset['id']}")
    assert found["count"] == 1


def test_those_who_write_the_data_of_the_agency_still_read_them(app, published):
    dataset, resource, _activity = published
    restricted = {"access_rights": "terbatas", "access_ground": "UU 14/2008 Pasal 17 huruf h", "access_decided": "2026-03-02"}
    helpers.call_action("package_patch", site_user(), id=dataset["id"], **restricted)
    editor = factories.UserWithToken()
    helpers.call_action("organization_member_create", site_user(), id=dataset["owner_org"], username=editor["name"], role="editor")
    helpers.call_action(
        "datastore_create", site_user(), resource_id=resource["id"], force=True, fields=[{"id": "a", "type": "text"}], records=[{"a": "1"}]
    )
    rows = helpers.call_action("datastore_search", {"user": editor["name"], "ignore_auth": False}, resource_id=resource["id"])
    assert rows["total"] == 1
    with pytest.raises(toolkit.NotAuthorized):
        helpers.call_action("datastore_search", {"user": factories.User()["name"], "ignore_auth": False}, resource_id=resource["id"])


def test_a_download_says_where_its_metadata_are(app, published):
    dataset, resource, _activity = published
    response = app.get(f"/dataset/{dataset['id']}/resource/{resource['id']}/download/jumlah.csv")
    link = response.headers["Link"]
    assert link == f'<http://test.ckan.net/metadata/msvar/{resource["id"]}.json>; rel="describedby"; type="application/json"'
    assert response.data == CSV


def test_all_metadata_of_a_dataset_are_one_json(app, published):
    dataset, resource, activity = published
    found = json.loads(app.get(f"/metadata/dataset/{dataset['name']}.json").body)
    assert (found["konsep"], found["license_url"]) == ("Penduduk", "https://creativecommons.org/licenses/by/4.0/")
    assert found["resources"][0]["schema"] == SCHEMA and found["records"]["mskeg"][0]["id"] == activity["id"]


@pytest.mark.parametrize(("suffix", "start"), [("txt", "Dinas Dukcapil ("), ("bib", "@misc{jumlah-penduduk,"), ("ris", "TY  - DATA\r\n")])
def test_a_dataset_is_cited_in_three_forms(app, published, suffix, start):
    response = app.get(f"/dataset/jumlah-penduduk/citation.{suffix}")
    assert response.data.decode().startswith(start) and "http://test.ckan.net/dataset/jumlah-penduduk" in response.data.decode()


def test_the_dataset_page_speaks_in_the_readers_words(app, published):
    dataset, resource, activity = published
    page = app.get(f"/dataset/{dataset['name']}").body
    for words in (
        "What the figures mean",
        "Penduduk",
        "Who answers for it",
        "How fresh it is",
        "Kode wilayah",
        "orang",
        "/kode-referensi/wilayah-kemendagri",
    ):
        assert words in page, words
    assert f"/metadata/mskeg/{activity['id']}" in page and f"/metadata/msvar/{resource['id']}" in page
    assert 'rel="license" href="https://creativecommons.org/licenses/by/4.0/"' in page
    assert "Dinas Dukcapil (" in page and "/citation.bib" in page and "/citation.ris" in page and "/datapackage.zip" in page


def test_the_api_call_on_the_page_works_when_pasted(app, published):
    dataset, _resource, _activity = published
    page = app.get(f"/dataset/{dataset['name']}").body
    address = page.partition('curl "')[2].partition('"')[0].replace("&amp;", "&") or page.partition("curl &#34;")[2].partition("&#34;")[
        0
    ].replace("&amp;", "&")
    assert address.startswith("http://test.ckan.net/api/3/action/")
    assert json.loads(app.get(address.removeprefix("http://test.ckan.net")).body)["success"] is True


def test_quality_is_a_page_and_json(app, published):
    dataset, _resource, _activity = published
    report = json.loads(app.get(f"/mutu/{dataset['name']}.json").body)
    assert report["mqa"]["of"] == 405 and len(report["mqa"]["metrics"]) == 23
    page = app.get(f"/mutu/{dataset['id']}").body
    assert "of 405 points" in page and "What would raise it" in page
    helpers.call_action("ntbsatudata_quality_assess", site_user(), id=dataset["id"])
    listed = app.get("/mutu").body
    assert "Jumlah Penduduk" in listed and "Dinas Dukcapil" in listed
    assert json.loads(app.get("/mutu.json").body)[0]["name"] == dataset["name"]
    assert app.get("/mutu/none", status=404) and app.get("/mutu?agency=none", status=404)
