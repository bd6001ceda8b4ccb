"""Quality and completeness through the API; proposals from an uploaded file; the national list of standards."""

from __future__ import annotations

import io
import json

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.jobs import quality as jobs

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")

FULL = {
    "title": "Jumlah Penduduk", "notes": "Uraian", "konsep": "Penduduk", "definisi": "d", "klasifikasi": ["wilayah"], "ukuran": "Jumlah", "satuan": "Orang",
    "id_sds": "belum ada", "frequency": "TAHUNAN", "temporal_start": "2018", "temporal_end": "2025", "kode_wilayah": ["52"], "maintainer": "Meja Data",
    "maintainer_email": "a@example.go.id", "license_id": "CC-BY-4.0", "access_rights": "terbuka", "tags": [{"name": "penduduk"}],
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/SOCI"],
}  # fmt: skip


@pytest.fixture
def agency():
    editor = factories.User()
    organization = factories.Organization(
        users=[{"name": editor["name"], "capacity": "editor"}], title="Dinas Dukcapil", email="data@example.go.id"
    )
    return organization, editor["name"]


def call(action, user, **data):
    return helpers.call_action(f"ntbsatudata_{action}", {"user": user, "ignore_auth": False}, **data)


def site_user():
    return toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def test_a_report_says_points_stars_principles_timeliness_and_what_would_raise_them(agency):
    organization, editor = agency
    dataset = factories.Dataset(owner_org=organization["id"], user={"name": editor}, **FULL)
    found = call("quality_show", "", id=dataset["id"])
    # No file yet: 100 + 0 + 0 + 75 of the dataset's own metrics, issued and modified 5 each.
    assert (found["mqa"]["points"], found["mqa"]["of"], found["mqa"]["rating"], found["stars"]) == (185, 405, "sufficient", 0)
    assert found["principles"] == {"standar_data": True, "metadata": False, "interoperabilitas_data": False, "kode_referensi": False}
    assert found["raise"]["mqa"][0] == {"metric": "access_url", "points": 50, "how": found["raise"]["mqa"][0]["how"]}
    assert found["timeliness"]["state"] == "current"


def test_a_changed_dataset_is_assessed_in_the_background_and_listed_the_poorest_first(agency):
    organization, editor = agency
    for one in (FULL, {"title": "Tanpa metadata"}):
        dataset = factories.Dataset(owner_org=organization["id"], user={"name": editor}, **one)
        jobs.assess(dataset["id"])
    found = call("quality_list", "", owner_org=organization["name"])
    assert [one["title"] for one in found] == ["Tanpa metadata", "Jumlah Penduduk"]
    assert found[1]["mqa"]["points"] == 185 and found[1]["agency"] == "Dinas Dukcapil"
    assert jobs.assess_all() == 2


def test_a_nightly_run_that_is_cut_short_is_carried_on_by_the_next(agency, monkeypatch):
    organization, editor = agency
    names = [factories.Dataset(owner_org=organization["id"], user={"name": editor}, title=title)["id"] for title in "ABC"]
    jobs.assess(names[1])
    done: list[str] = []
    monkeypatch.setattr(jobs, "assess", done.append)
    jobs.assess_all()
    assert done == [*sorted([names[0], names[2]]), names[1]]


def test_evidence_of_links_and_dcat_ap_is_kept_and_counts(agency):
    organization, editor = agency
    dataset = factories.Dataset(
        owner_org=organization["id"], user={"name": editor}, resources=[{"url": "https://data.example/1.csv", "format": "CSV"}], **FULL
    )
    before = call("quality_show", "", id=dataset["id"])["mqa"]["points"]
    call(
        "quality_assess", site_user(), id=dataset["id"], evidence={"answers": {"https://data.example/1.csv": True}, "passes_dcat_ap": True}
    )
    assert call("quality_show", "", id=dataset["id"])["mqa"]["points"] == before + 50 + 30 + 30
    with pytest.raises(toolkit.NotAuthorized):
        call("quality_assess", editor, id=dataset["id"])


def test_completeness_names_what_is_missing_for_each_purpose_to_those_who_may_edit(agency):
    organization, editor = agency
    dataset = factories.Dataset(owner_org=organization["id"], user={"name": editor}, **{**FULL, "satuan": ""})
    found = call("completeness_show", editor, id=dataset["id"])
    assert {problem["field"] for problem in found["submit"]["missing"]} == {"satuan", "id_mskeg", "resources"}
    assert "diperlukan agar diajukan ke walidata" in found["submit"]["missing"][0]["message"]
    assert not found["submit"]["complete"] and 0 < found["submit"]["percent"] < 100
    with pytest.raises(toolkit.NotAuthorized):
        call("completeness_show", factories.User()["name"], id=dataset["id"])


def test_a_konsep_that_means_something_else_elsewhere_is_a_warning_and_blocks_nothing(agency):
    organization, editor = agency
    factories.Dataset(
        owner_org=organization["id"], user={"name": editor}, **{**FULL, "title": "Penduduk menurut sensus", "definisi": "Lain"}
    )
    dataset = factories.Dataset(owner_org=organization["id"], user={"name": editor}, **{**FULL, "konsep": "Penduduk"})
    found = call("completeness_show", editor, id=dataset["id"])["submit"]
    assert [problem["code"] for problem in found["warnings"]] == ["konsep-not-unique"]
    assert "Penduduk menurut sensus" in found["warnings"][0]["message"]
    assert "konsep" not in {problem["field"] for problem in found["missing"]}


def test_an_activity_that_is_not_there_or_not_finished_blocks_a_submission(agency):
    organization, editor = agency
    draft = call("mskegiatan_create", editor, owner_org=organization["id"], judul_kegiatan="Kompilasi Data Ternak", draft=True)
    for wanted, code in (("tidak-ada", "activity-unknown"), (draft["id"], "activity-unfinished")):
        dataset = factories.Dataset(owner_org=organization["id"], user={"name": editor}, **{**FULL, "id_mskeg": wanted})
        assert code in {problem["code"] for problem in call("completeness_show", editor, id=dataset["id"])["submit"]["missing"]}


def test_a_file_is_read_and_what_it_says_is_proposed(agency):
    organization, editor = agency
    content = b"Kabupaten/Kota,2018,2019\nLombok Barat,685161,690000\nLombok Tengah,930797,940000\nKota Mataram,477476,480000\n"
    found = call("dataset_propose", editor, owner_org=organization["id"], upload=FileStorage(io.BytesIO(content), "jumlah_penduduk.csv"))
    assert found["konsep"] == {"value": "Penduduk", "origin": "file", "origin_label": {"id": "dari berkas", "en": "from the file"}}
    assert found["title"]["value"].startswith("Jumlah Penduduk") and found["maintainer_email"]["value"] == "data@example.go.id"
    assert [column["name"] for column in found["schema"]["value"]["fields"]] == ["Kabupaten/Kota", "2018", "2019"]


def test_a_file_that_is_no_table_is_refused_with_its_reason(agency):
    organization, editor = agency
    with pytest.raises(toolkit.ValidationError) as refused:
        call("dataset_propose", editor, owner_org=organization["id"], upload=FileStorage(io.BytesIO(b"%PDF-1.4 x"), "a.pdf"))
    assert refused.value.error_dict["upload"][0]


def test_the_national_list_is_searched_when_the_operator_supplies_it(agency, tmp_path, monkeypatch):
    assert call("standar_data_search", "", q="penduduk") == []
    (tmp_path / "sdsn.json").write_text(
        json.dumps([{"idSds": "SD00286.00.00", "konsep": "Penduduk miskin", "ukuran": "Jumlah", "satuan": "Orang", "flag": "KON"}])
    )
    monkeypatch.setitem(toolkit.config, "ntbsatudata.standards_list", str(tmp_path / "sdsn.json"))
    found = call("standar_data_search", "", q="penduduk miskin")
    assert [(one["id_sds"], one["konsep"], one["satuan"]) for one in found] == [("SD00286.00.00", "Penduduk Miskin", "Orang")]
