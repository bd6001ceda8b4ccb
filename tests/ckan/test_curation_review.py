"""Reviews on real services: checks before people, comments beside fields, what changed since, the pembina data of the subject, deadlines."""

from __future__ import annotations

import csv as csv_file
import io
from datetime import date, timedelta
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.curation.working_days import WorkingDays
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.jobs import file_check
from ckanext.ntbsatudata.model.curation import Revision

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]

ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
NIK = "5201014107900001"  # made up, of the form of a NIK


@pytest.fixture
def people() -> dict[str, Any]:
    """A produsen data of one agency, a walidata, and two pembina data of different subjects."""
    for name in ("produsen", "walidata", "pembina-kesehatan", "pembina-ekonomi"):
        factories.User(name=name)
    agency = factories.Organization(name="dikes", users=[{"name": "produsen", "capacity": "editor"}])
    factories.Sysadmin(name="operator")
    act("operator", "ntbsatudata_role_grant", user="walidata", role="walidata")
    act("operator", "ntbsatudata_role_grant", user="pembina-kesehatan", role="pembina_data", subject="RAD.04")
    act("operator", "ntbsatudata_role_grant", user="pembina-ekonomi", role="pembina_data", subject="RAD.02")
    return {"agency": agency}


@pytest.fixture
def metadata_rules_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of metadata have tests of their own; here only the files are judged."""
    monkeypatch.setattr("ckanext.ntbsatudata.logic.automatic_checks.metadata_problems", lambda dataset: [])


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def make(people: dict[str, Any], content: bytes = b"kode_wilayah,jumlah\n52.01,7\n52.02,8\n", **fields: Any) -> dict[str, Any]:
    """A draft with one file; the answer is its revision."""
    dataset = act("produsen", "package_create", name="stunting", title="Stunting", owner_org=people["agency"]["id"], **fields)
    upload = FileStorage(io.BytesIO(content), "tabel.csv", content_type="text/csv")
    act("produsen", "resource_create", package_id=dataset["id"], url="tabel.csv", format="CSV", name="Tabel", upload=upload)
    return act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]


def replace_file(revision: dict[str, Any], content: bytes) -> None:
    resource = act("produsen", "package_show", id=revision["working_id"])["resources"][0]
    upload = FileStorage(io.BytesIO(content), "tabel.csv", content_type="text/csv")
    act("produsen", "resource_patch", id=resource["id"], url="tabel.csv", upload=upload)


def results(revision: dict[str, Any]) -> dict[str, Any]:
    shown = act("produsen", "ntbsatudata_revision_show", id=revision["id"])
    return {one["check"]: one for one in shown["checks"]}


def test_missing_metadata_block_a_submission_with_the_way_out(people: dict[str, Any]) -> None:
    revision = make(people)
    assert results(revision)["metadata"]["passed"] is False
    with pytest.raises(toolkit.ValidationError) as refused:
        act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    assert refused.value.error_dict["code"] == ["checks-failed"]
    assert "Perbaiki masalah pada halaman revisi" in refused.value.error_dict["message"][0]


@pytest.mark.usefixtures("metadata_rules_rest")
def test_every_check_has_a_result_and_a_sound_file_passes_all(people: dict[str, Any]) -> None:
    revision = make(people)
    assert {name: one["passed"] for name, one in results(revision).items()} == {
        "metadata": True, "table_and_codes": True, "personal_data": True, "format": True, "links": True,
    }  # fmt: skip
    assert act("produsen", "ntbsatudata_revision_submit", id=revision["id"])["state"] == "submitted"


@pytest.mark.usefixtures("metadata_rules_rest")
def test_personal_data_block_and_are_named_by_place_never_by_value(people: dict[str, Any], app: Any) -> None:
    revision = make(people, f"kode_wilayah,keterangan\n52.01,aman\n52.02,{NIK}\n52.03,aman\n52.04,aman\n".encode())
    found = results(revision)["personal_data"]
    assert found["passed"] is False
    problem = found["problems"][0]
    assert (problem["row"], problem["field"], problem["file"]) == (3, "keterangan", "Tabel")
    assert problem["message"] and problem["remedy"]
    page = app.get(f"/kurasi/{revision['id']}", headers=token("produsen"))
    assert "baris 3" in page.body
    assert NIK not in page.body and NIK not in str(act("produsen", "ntbsatudata_revision_show", id=revision["id"]))
    with pytest.raises(toolkit.ValidationError):
        act("produsen", "ntbsatudata_revision_submit", id=revision["id"])


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_file_that_is_not_what_its_format_says_blocks(people: dict[str, Any]) -> None:
    revision = make(people, b"%PDF-1.7 laporan")
    found = results(revision)["format"]
    assert [one["message"] for one in found["problems"]] == ["Format yang tertulis CSV, sedangkan isi berkas PDF."]
    replace_file(revision, b"kode_wilayah,jumlah\n52.01,7\n")
    assert results(revision)["format"]["passed"] is True, "another file is looked at anew"


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_code_that_is_not_in_its_list_blocks_with_row_and_field(people: dict[str, Any]) -> None:
    revision = make(people, b"kode_wilayah,jumlah\n52.01,7\n52.02,8\n52.03,9\n52.04,2\n52.05,3\n52.99,1\n")
    found = results(revision)["table_and_codes"]
    assert (found["problems"][0]["row"], found["problems"][0]["field"]) == (7, "kode_wilayah")


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_link_into_the_office_network_blocks(people: dict[str, Any]) -> None:
    revision = make(people)
    act("produsen", "resource_create", package_id=revision["working_id"], url="http://10.1.2.3/data.csv", format="CSV", name="Tautan")
    assert [one["code"] for one in results(revision)["links"]["problems"]] == ["link-internal"]


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_large_file_is_looked_at_by_the_worker_and_blocks_until_then(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_check, "IN_THE_BACKGROUND_FROM", 10)
    revision = make(people)
    assert results(revision)["table_and_codes"]["pending"] is True
    with pytest.raises(toolkit.ValidationError):
        act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    file_check.check(act("produsen", "package_show", id=revision["working_id"])["resources"][0]["id"])
    assert act("produsen", "ntbsatudata_revision_submit", id=revision["id"])["state"] == "submitted"


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_comment_on_a_field_is_answered_settled_and_shown_beside_the_field(people: dict[str, Any], app: Any) -> None:
    revision = make(people)
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    said = act("walidata", "ntbsatudata_revision_comment_create", id=revision["id"], field="definisi", text="Sebut kelompok umurnya.")
    act("walidata", "ntbsatudata_revision_return", id=revision["id"], reason="Lihat catatan.")
    form = app.get(f"/isi/dataset/{revision['working_id']}/standar", headers=token("produsen"))
    assert "Sebut kelompok umurnya." in form.body
    act("produsen", "ntbsatudata_revision_comment_create", id=revision["id"], answer_to=said["id"], text="Sudah: 0 sampai 59 bulan.")
    found = act("walidata", "ntbsatudata_revision_comment_list", id=revision["id"])
    assert [(one["field"], [answer["text"] for answer in one["answers"]]) for one in found] == [("definisi", ["Sudah: 0 sampai 59 bulan."])]
    act("walidata", "ntbsatudata_revision_comment_close", id=revision["id"], comment=said["id"])
    assert "Sebut kelompok umurnya." not in app.get(f"/isi/dataset/{revision['working_id']}/standar", headers=token("produsen")).body


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_comment_points_to_what_is_there_and_holds_no_personal_number(people: dict[str, Any]) -> None:
    revision = make(people)
    resource = act("produsen", "package_show", id=revision["working_id"])["resources"][0]
    on_row = act("walidata", "ntbsatudata_revision_comment_create", id=revision["id"], resource_id=resource["id"], row=2, text="Periksa.")
    assert (on_row["row"], on_row["resource_id"]) == (2, resource["id"])
    for wrong in ({"field": "tidak_ada"}, {"row": 2}, {"resource_id": "zz", "row": 2}, {"resource_id": resource["id"], "row": "nol"}):
        with pytest.raises(toolkit.ValidationError) as refused:
            act("walidata", "ntbsatudata_revision_comment_create", id=revision["id"], text="x", **wrong)
        assert "menunjuk tempat yang tidak ada" in str(refused.value.error_dict["field"])
    with pytest.raises(toolkit.ValidationError) as refused:
        act("walidata", "ntbsatudata_revision_comment_create", id=revision["id"], text=f"Hapus {NIK}")
    assert refused.value.error_dict["code"] == ["text-personal"]
    factories.User(name="orang-lain")
    with pytest.raises(toolkit.ObjectNotFound):
        act("orang-lain", "ntbsatudata_revision_comment_create", id=revision["id"], text="x")


@pytest.mark.usefixtures("metadata_rules_rest")
def test_a_second_submission_shows_only_what_changed_since_the_first(people: dict[str, Any], app: Any) -> None:
    revision = make(people)
    first = act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    assert first["since_last"] is None
    act("walidata", "ntbsatudata_revision_return", id=revision["id"], reason="Judul kurang jelas.")
    act("produsen", "package_patch", id=revision["working_id"], title="Stunting Menurut Kecamatan")
    replace_file(revision, b"kode_wilayah,jumlah\n52.01,9\n")
    second = act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    assert [one for one in second["since_last"]["metadata"] if one["field"] == "title"] == [
        {"field": "title", "before": "Stunting", "after": "Stunting Menurut Kecamatan"}
    ]
    assert second["since_last"]["files"] == ["Tabel"]
    page = app.get(f"/kurasi/{revision['id']}", headers=token("walidata"))
    assert "Yang berubah sejak pengajuan" in page.body


@pytest.mark.usefixtures("metadata_rules_rest")
def test_the_second_check_is_for_the_pembina_data_of_the_subject(people: dict[str, Any]) -> None:
    revision = make(people, topik="RAD.04", prioritas_tahun=["2026"])
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=ALL_MET)
    assert act("pembina-ekonomi", "ntbsatudata_curation_queue") == []
    with pytest.raises((toolkit.NotAuthorized, toolkit.ObjectNotFound)):
        act("pembina-ekonomi", "ntbsatudata_revision_confirm", id=revision["id"], reason="Sesuai.")
    assert [one["id"] for one in act("pembina-kesehatan", "ntbsatudata_curation_queue")] == [revision["id"]]
    assert act("pembina-kesehatan", "ntbsatudata_revision_confirm", id=revision["id"], reason="Sesuai.")["state"] == "approved"


@pytest.mark.usefixtures("metadata_rules_rest")
def test_the_deadline_is_five_working_days_and_the_queue_counts_them(people: dict[str, Any], app: Any) -> None:
    revision = make(people)
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    waiting = act("walidata", "ntbsatudata_curation_queue")[0]
    assert (waiting["due_on"], waiting["days_left"]) == (WorkingDays.load(SchemaFolder()).after(date.today(), 5).isoformat(), 5)
    assert "5 hari kerja lagi" in app.get("/kurasi", headers=token("walidata")).body
    model.Session.get(Revision, revision["id"]).due_on = date.today() - timedelta(days=14)
    model.Session.commit()
    assert act("walidata", "ntbsatudata_curation_queue")[0]["late"] is True
    assert "terlambat" in app.get("/kurasi", headers=token("walidata")).body


@pytest.mark.usefixtures("metadata_rules_rest")
def test_one_form_decides_on_several_and_records_each(people: dict[str, Any], app: Any) -> None:
    first = make(people)
    dataset = act("produsen", "package_create", name="gizi", title="Gizi", owner_org=people["agency"]["id"])
    second = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    for each in (first, second):
        act("produsen", "ntbsatudata_revision_submit", id=each["id"])
    chosen = dict.fromkeys(ALL_MET, "met")
    form = {"revision": [first["id"], second["id"]], "move": "approve_and_publish", "reason": "Sesuai.", **chosen}
    page = app.post("/kurasi", data=form, headers=token("walidata"))
    assert page.status_code == 200
    for each in (first, second):
        entries = act("walidata", "ntbsatudata_curation_record_list", id=each["dataset_id"])
        assert [entry["event"] for entry in entries][-2:] == ["revision_approved", "release_published"]
        assert {entry["reason"] for entry in entries[-2:]} == {"Sesuai."}
    assert act("walidata", "ntbsatudata_curation_queue") == []


@pytest.mark.usefixtures("metadata_rules_rest")
def test_the_public_record_is_on_the_page_and_as_a_table_that_no_spreadsheet_runs(people: dict[str, Any], app: Any) -> None:
    revision = make(people)
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Rahasia dapur.", principles=ALL_MET)
    act("walidata", "ntbsatudata_revision_publish", id=revision["id"], reason="=1+1")
    page = app.get("/dataset/stunting")
    assert "Keputusan atas dataset ini" in page.body and "Rahasia dapur." not in page.body
    answer = app.get("/dataset/stunting/catatan.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv_file.DictReader(io.StringIO(answer.body)))
    assert [(row["event"], row["actor"], row["reason"]) for row in rows] == [("release_published", "", "'=1+1")]
    inside = list(csv_file.DictReader(io.StringIO(app.get("/dataset/stunting/catatan.csv", headers=token("walidata")).body)))
    assert [row["actor"] for row in inside] == ["produsen", "produsen", "walidata", "walidata"]


def token(name: str) -> dict[str, str]:
    made = act(name, "api_token_create", user=name, name="uji", expires_in=1, unit=86400)
    return {"Authorization": made["token"]}
