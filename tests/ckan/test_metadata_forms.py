"""From file to complete draft through the pages, without a script: saved as you go, wrong answers said in place."""

from __future__ import annotations

import io
import json
import re

import pytest
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

TABLE = (
    b"Kabupaten/Kota,2018,2019\nLombok Barat,685161,690000\nLombok Tengah,930797,940000\nKota Mataram,477476,480000\nDompu,246807,250000\n"
)


class Person:
    """Somebody who fills in pages: gets them, changes answers, sends the form. Counts the answers given."""

    def __init__(self, app, token):
        self.app, self.headers = app, {"Authorization": token}

    def get(self, address, status=200):
        return self.app.get(address, headers=self.headers, status=status, follow_redirects=False)

    def send(self, address, follow=True, **answers):
        return self.app.post(address, data=answers, headers=self.headers, follow_redirects=follow)


@pytest.fixture
def person(app):
    user = factories.UserWithToken()
    organization = factories.Organization(
        users=[{"name": user["name"], "capacity": "editor"}],
        title="Dinas Dukcapil",
        address="Jalan Majapahit 12",
        email="data@example.go.id",
        head_title="Kepala Bidang",
    )
    found = Person(app, user["token"])
    found.organization, found.name = organization, user["name"]
    return found


def inputs_of(page):
    """The values of the inputs on a page as a browser would send them back."""
    from bs4 import BeautifulSoup

    form = BeautifulSoup(page, "html.parser").select_one(".metadata-form form[method=post]:not([action])")
    values = {}
    for one in form.select("input[name], textarea[name], select[name]"):
        if one.name == "select":
            chosen = one.select_one("option[selected]") or one.select_one("option")
            values[one["name"]] = chosen.get("value", chosen.text)
        elif one.get("type") in ("radio", "checkbox"):
            if one.has_attr("checked"):
                values.setdefault(one["name"], []).append(one["value"])
        elif one.name == "textarea":
            values[one["name"]] = one.text
        else:
            values[one["name"]] = one.get("value", "")
    return values


def begin(person):
    response = person.send("/isi", follow=False, owner_org=person.organization["id"], upload=(io.BytesIO(TABLE), "jumlah_penduduk.csv"))
    assert response.status_code == 302, response.body
    return re.search(r"/isi/dataset/([^/]+)/data", response.headers["Location"]).group(1)


def accept(person, address, **changes):
    """Say yes to a page, with the changes given."""
    return person.send(address, follow=False, **{**inputs_of(person.get(address).body), **changes})


def show(person, dataset_id):
    return helpers.call_action("package_show", {"user": person.name}, id=dataset_id)


def finished_activity(person, **more):
    made = person.send(
        "/isi/mskeg/baru", follow=False, name="Kompilasi Data Penduduk", owner_org=person.organization["id"], frequency="TAHUNAN", **more
    )
    record = re.search(r"/isi/mskeg/([^/]+)/identitas", made.headers["Location"]).group(1)
    accept(person, f"/isi/mskeg/{record}/identitas", sektor_kegiatan="DEMOGRAFI_DAN_KEPENDUDUKAN")
    row = {f"iii_variabel_yang_dikumpulkan:0:{name}": "Penduduk" for name in ("nama", "konsep", "definisi", "referensi_waktu")}
    accept(person, f"/isi/mskeg/{record}/perencanaan", **row)
    return record


def test_a_new_activity_is_finished_with_its_sector_and_one_variable(person):
    record = finished_activity(person)
    page = person.get(f"/isi/mskeg/{record}/periksa").body
    assert "error-summary" not in page
    done = person.send(f"/isi/mskeg/{record}/periksa", follow=False)
    assert done.headers["Location"].endswith(f"/metadata/mskeg/{record}")
    shown = helpers.call_action("ntbsatudata_mskegiatan_show", id=record)
    assert shown["version"] == 1 and shown["i_alamat"] == "Jalan Majapahit 12" and shown["iv_frekuensi_penyelanggara"] == "TAHUNAN"


def test_what_is_typed_is_saved_and_what_is_wrong_is_said_above_and_in_place(person):
    made = person.send("/isi/mskeg/baru", follow=False, name="Survei Kepuasan", owner_org=person.organization["id"])
    record = re.search(r"/isi/mskeg/([^/]+)/", made.headers["Location"]).group(1)
    page = accept(person, f"/isi/mskeg/{record}/identitas", cara_pengumpulan_data="SURVEI", judul_kegiatan="Pendek").body
    assert (
        'role="alert"' in page
        and 'href="#judul_kegiatan"' in page
        and 'aria-invalid="true"' in page
        and 'id="error-judul_kegiatan"' in page
    )
    draft = helpers.call_action("ntbsatudata_mskegiatan_show", {"user": person.name}, id=record)["draft"]
    assert (draft["judul_kegiatan"], draft["cara_pengumpulan_data"]) == ("Pendek", "SURVEI")
    page = person.get(f"/isi/mskeg/{record}/sampel").body
    assert 'data-when-field="cara_pengumpulan_data"' in page
    summary = person.get(f"/isi/mskeg/{record}/periksa").body
    assert f"/isi/mskeg/{record}/sampel#v_jenis_rancangan_sampel" in summary and "Finish" not in summary


def test_every_field_of_the_forms_is_asked_on_a_page(person):
    from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, load_form
    from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

    for word, kind in (("mskeg", Kind.MSKEG), ("msind", Kind.MSIND), ("msvar", Kind.MSVAR)):
        made = person.send(f"/isi/{word}/baru", follow=False, name="Kompilasi Data Penduduk", owner_org=person.organization["id"])
        record = re.search(rf"/isi/{word}/([^/]+)/", made.headers["Location"]).group(1)
        form = load_form(SchemaFolder(), kind)
        for stage in form.stages:
            page = person.get(f"/isi/{word}/{record}/{stage.name}").body
            for field in form.of_stage(stage.name):
                assert f'id="{field.name}"' in page, field.name
        assert all(field.stage for field in form.fields if field.type is not FieldType.SYSTEM)


@pytest.mark.ckan_config("ntbsatudata.curation", True)
def test_a_file_becomes_a_submitted_dataset_with_at_most_twelve_answers(person):
    record = finished_activity(person)
    person.send(f"/isi/mskeg/{record}/periksa")
    answers = 1  # the file
    dataset = begin(person)
    shown = show(person, dataset)
    assert shown["state"] == "draft" and shown["konsep"] == "Penduduk" and shown["resources"][0]["format"] == "CSV"
    page = person.get(f"/isi/dataset/{dataset}/data").body
    assert "dari berkas" in page or "from the file" in page
    answers += 2  # the topic chosen, one yes to the page
    assert accept(person, f"/isi/dataset/{dataset}/data", topik="RAD.03").status_code == 302
    answers += 4  # definition, unit and «belum ada» typed, one yes
    assert (
        accept(person, f"/isi/dataset/{dataset}/standar", definisi="Orang yang tercatat.", satuan="Orang", id_sds="belum ada").status_code
        == 302
    )
    answers += 1
    assert accept(person, f"/isi/dataset/{dataset}/cakupan").status_code == 302
    answers += 2  # the activity chosen, one yes
    assert accept(person, f"/isi/dataset/{dataset}/pengelola", id_mskeg=record).status_code == 302
    page = person.get(f"/isi/dataset/{dataset}/ajukan").body
    assert "error-summary" not in page, page
    answers += 1  # the submission
    assert answers <= 12
    done = accept(person, f"/isi/dataset/{dataset}/ajukan")
    assert done.status_code == 302, done.body
    revisions = helpers.call_action("ntbsatudata_revision_list", {"user": person.name, "ignore_auth": False})
    assert [(one["working_id"], one["state"]) for one in revisions] == [(dataset, "submitted")]
    shown = show(person, dataset)
    assert not shown.get("proposed") and shown["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/REGI"]
    report = helpers.call_action("ntbsatudata_quality_show", {"user": person.name}, id=dataset)
    assert report["mqa"]["points"] >= 351 and report["principles"]["metadata"] is True


def test_a_portal_without_curation_publishes_the_complete_draft(person):
    record = finished_activity(person)
    person.send(f"/isi/mskeg/{record}/periksa")
    dataset = begin(person)
    accept(person, f"/isi/dataset/{dataset}/standar", definisi="Orang yang tercatat.", satuan="Orang", id_sds="belum ada")
    accept(person, f"/isi/dataset/{dataset}/pengelola", id_mskeg=record)
    accept(person, f"/isi/dataset/{dataset}/ajukan")
    assert show(person, dataset)["state"] == "active"


def test_a_refused_answer_leaves_the_others_saved(person):
    dataset = begin(person)
    page = accept(person, f"/isi/dataset/{dataset}/standar", konsep="Persentase X Tahun 2024", satuan="Jiwa").body
    assert 'href="#konsep"' in page and 'value="Persentase X Tahun 2024"' in page
    shown = show(person, dataset)
    assert (shown["konsep"], shown["satuan"]) == ("Penduduk", "Jiwa")


def test_columns_are_described_on_their_page(person):
    dataset = begin(person)
    accept(
        person,
        f"/isi/dataset/{dataset}/cakupan",
        **{"column:1:title": "Tahun 2018", "column:1:unit": "orang", "column:0:kode_referensi": "wilayah-kemendagri"},
    )
    fields = show(person, dataset)["resources"][0]["schema"]["fields"]
    assert (fields[1]["title"], fields[1]["unit"], fields[0]["kode_referensi"]) == ("Tahun 2018", "orang", "wilayah-kemendagri")


def test_a_dataset_without_its_metadata_is_refused_and_every_field_named(person):
    from ckan.plugins import toolkit

    dataset = begin(person)
    with pytest.raises(toolkit.ValidationError) as refused:
        helpers.call_action("ntbsatudata_submission_check", {"user": person.name, "ignore_auth": False}, id=dataset)
    assert {"definisi", "id_sds", "id_mskeg"} <= set(refused.value.error_dict)
    page = person.get(f"/isi/dataset/{dataset}/ajukan").body
    assert f"/isi/dataset/{dataset}/pengelola#id_mskeg" in page


def test_a_stranger_and_a_reader_without_account_fill_in_nothing(app, person):
    dataset = begin(person)
    stranger = Person(app, factories.UserWithToken()["token"])
    for address in ("/isi", f"/isi/dataset/{dataset}/data", "/isi/mskeg/baru"):
        assert stranger.get(address, status=403)
        assert app.get(address, status=403)


def test_a_file_that_cannot_be_read_is_said_on_the_page(person):
    response = person.send("/isi", follow=False, owner_org=person.organization["id"], upload=(io.BytesIO(b"%PDF-1.4"), "a.pdf"))
    assert response.status_code == 200 and "question-wrong" in response.body
    assert json.dumps(helpers.call_action("package_list")) == "[]"


def test_the_api_refuses_a_dataset_without_metadata_with_a_4xx(app, person):
    dataset = begin(person)
    response = app.post(f"/api/3/action/ntbsatudata_submission_check?id={dataset}", json={"id": dataset}, headers=person.headers)
    assert response.status_code == 409 and "id_mskeg" in json.loads(response.body)["error"]
