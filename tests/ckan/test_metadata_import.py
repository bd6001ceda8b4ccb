"""Bringing in what exists: a Data Package comes back as the same dataset, BPS workbooks and INDAH payloads as drafts."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.metadata.datapackage import dataset_values
from ckanext.ntbsatudata.domain.metadata.form import Kind, load_form
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

CSV = b"kode_wilayah,jumlah\n52.01,10\n52.02,20\n"
SCHEMA = {
    "fields": [
        {"name": "kode_wilayah", "type": "string", "title": "Kode", "kode_referensi": "wilayah-kemendagri"},
        {"name": "jumlah", "type": "integer"},
    ]
}


@pytest.fixture
def agency():
    user = factories.UserWithToken()
    organization = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}], title="Dinas Dukcapil")
    return organization["id"], user


def call(action, user, **data):
    return helpers.call_action(action, {"user": user["name"], "ignore_auth": False}, **data)


def form_workbook():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ["Nama Kegiatan", "Kompilasi"],
        [f"({number})" for number in range(1, 13)],
        [1, "Umur", "umur", "Umur", "Usia", "-", "Akhir tahun", "integer", "-", ">= 0", "-", 1],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return FileStorage(io.BytesIO(stream.getvalue()), "formulir.xlsx")


def test_a_data_package_of_ours_comes_back_as_the_same_dataset(app, agency):
    organization, user = agency
    given = {
        "title": "Jumlah Penduduk", "notes": "Uraian", "konsep": "Penduduk", "klasifikasi": ["wilayah"], "satuan": "Orang", "frequency": "TAHUNAN",
        "temporal_start": "2018", "kode_wilayah": ["52"], "license_id": "CC-BY-4.0", "access_rights": "terbuka", "tags": [{"name": "penduduk"}],
    }  # fmt: skip
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    dataset = helpers.call_action("package_create", {"user": site_user["name"]}, name="jumlah-penduduk", owner_org=organization, **given)
    upload = FileStorage(io.BytesIO(CSV), "jumlah.csv", content_type="text/csv")
    helpers.call_action(
        "resource_create",
        {"user": site_user["name"]},
        package_id=dataset["id"],
        url="jumlah.csv",
        format="CSV",
        mimetype="text/csv",
        schema=SCHEMA,
        upload=upload,
    )
    archive = app.get("/dataset/jumlah-penduduk/datapackage.zip").data
    made = call("ntbsatudata_datapackage_import", user, owner_org=organization, upload=FileStorage(io.BytesIO(archive), "paket.zip"))
    form = load_form(SchemaFolder(), Kind.DATASET)
    before, after = (
        dataset_values(helpers.call_action("package_show", {"user": site_user["name"]}, id=one), form)
        for one in (dataset["id"], made["id"])
    )
    assert {name: value for name, value in after.items() if name != "name"} == {
        name: value for name, value in before.items() if name != "name"
    }
    assert made["state"] == "draft" and made["resources"][0]["schema"] == SCHEMA
    response = app.get(
        f"/dataset/{made['id']}/resource/{made['resources'][0]['id']}/download/jumlah.csv", headers={"Authorization": user["token"]}
    )
    assert response.data == CSV


def test_each_line_of_a_bps_workbook_becomes_a_draft_with_what_is_missing(agency):
    organization, user = agency
    made = call("ntbsatudata_workbook_import", user, owner_org=organization, upload=form_workbook())
    assert [(one["kind"], one["name"], one["problems"]) for one in made] == [("msvar", "Umur", [])]
    finished = call("ntbsatudata_msvariabel_update", user, id=made[0]["id"])
    assert finished["version"] == 1 and finished["apakah_variabel_bisa_diakses_umum"] is True


@pytest.mark.parametrize(("action", "name"), [("ntbsatudata_workbook_import", "a.xlsx"), ("ntbsatudata_datapackage_import", "a.zip")])
def test_what_is_neither_is_refused_with_its_reason(agency, action, name):
    organization, user = agency
    with pytest.raises(toolkit.ValidationError) as refused:
        call(action, user, owner_org=organization, upload=FileStorage(io.BytesIO(b"bukan"), name))
    assert refused.value.error_dict["upload"][0].endswith(".")


def test_the_page_takes_all_three_and_says_what_became_of_them(app, agency):
    organization, user = agency
    headers = {"Authorization": user["token"]}
    payload = json.dumps({"data": {"judul_kegiatan": "Survei Kepuasan", "tahun": 2026}}).encode()
    page = app.post("/isi/impor", data={"owner_org": organization, "upload": (io.BytesIO(payload), "indah.json")}, headers=headers).body
    assert "Survei Kepuasan" in page and "/isi/mskeg/" in page
    page = app.post(
        "/isi/impor", data={"owner_org": organization, "upload": (form_workbook().stream, "formulir.xlsx")}, headers=headers
    ).body
    assert "Umur" in page and "/isi/msvar/" in page
    page = app.post("/isi/impor", data={"owner_org": organization, "upload": (io.BytesIO(b"x"), "x.json")}, headers=headers).body
    assert "error-summary" in page
    assert app.get("/isi/impor", status=403)
