"""Curation on real services: the published version stays live while its revision is checked; nobody goes around."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]

ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}


@pytest.fixture
def people() -> dict[str, Any]:
    """A produsen data of one agency, and a walidata of the portal."""
    produsen, walidata, pembina = (factories.User(name=name) for name in ("produsen", "walidata", "pembina"))
    agency = factories.Organization(name="dikes", users=[{"name": "produsen", "capacity": "editor"}])
    admin = factories.Sysadmin(name="operator")
    act(admin["name"], "ntbsatudata_role_grant", user="walidata", role="walidata")
    act(admin["name"], "ntbsatudata_role_grant", user="pembina", role="pembina_data")
    return {"produsen": produsen, "walidata": walidata, "pembina": pembina, "operator": admin, "agency": agency}


@pytest.fixture(autouse=True)
def no_metadata_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of metadata have tests of their own; here a dataset of a title and a file may be submitted."""
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def csv(text: str) -> FileStorage:
    return FileStorage(io.BytesIO(text.encode()), "tabel.csv", content_type="text/csv")


def make(people: dict[str, Any], text: str = "kode,jumlah\n52.01,7\n") -> dict[str, Any]:
    dataset = act("produsen", "package_create", name="stunting", title="Stunting", owner_org=people["agency"]["id"])
    act("produsen", "resource_create", package_id=dataset["id"], url="tabel.csv", format="CSV", name="Tabel", upload=csv(text))
    return act("produsen", "package_show", id=dataset["id"])


def load(resource_id: str, jumlah: int) -> None:
    fields = [{"id": "kode", "type": "text"}, {"id": "jumlah", "type": "int8"}]
    act("produsen", "datastore_create", resource_id=resource_id, force=True, fields=fields, records=[{"kode": "52.01", "jumlah": jumlah}])


def approve_and_publish(revision_id: str) -> None:
    act("walidata", "ntbsatudata_revision_approve", id=revision_id, reason="Sesuai.", principles=ALL_MET)
    act("walidata", "ntbsatudata_revision_publish", id=revision_id)


def published(people: dict[str, Any]) -> dict[str, Any]:
    dataset = make(people)
    load(dataset["resources"][0]["id"], 7)
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    approve_and_publish(revision["id"])
    return act("", "package_show", id=dataset["id"])


def test_what_a_produsen_data_makes_is_a_draft_nobody_else_sees(people: dict[str, Any]) -> None:
    dataset = make(people)
    assert (dataset["state"], dataset["private"]) == ("draft", True)
    with pytest.raises(toolkit.NotAuthorized):
        act("", "package_show", id=dataset["id"])
    assert act("", "package_search", q="*:*", include_private=True, include_drafts=True)["count"] == 0


def test_a_draft_becomes_public_by_submission_approval_and_publication(people: dict[str, Any]) -> None:
    dataset = published(people)
    assert (dataset["state"], dataset["private"]) == ("active", False)
    assert act("", "package_search", q="stunting")["count"] == 1
    releases = act("", "ntbsatudata_release_list", id=dataset["id"])
    assert [release["number"] for release in releases] == [1]


def test_the_published_dataset_stays_as_it_is_while_its_revision_is_edited(people: dict[str, Any], app: Any) -> None:
    live = published(people)
    resource = live["resources"][0]
    revision = act("produsen", "ntbsatudata_revision_create", id=live["id"])
    working = act("produsen", "package_show", id=revision["working_id"])
    act("produsen", "package_patch", id=working["id"], title="Stunting, diperbarui")
    act("produsen", "resource_patch", id=working["resources"][0]["id"], url="tabel.csv", upload=csv("kode,jumlah\n52.01,9\n"))
    load(working["resources"][0]["id"], 9)

    assert act("", "package_show", id=live["id"]) == live
    assert act("", "datastore_search", resource_id=resource["id"])["records"][0]["jumlah"] == 7
    download = f"/dataset/{live['name']}/resource/{resource['id']}/download/tabel.csv"
    assert app.get(download).body == "kode,jumlah\n52.01,7\n"
    assert act("", "package_search", q="diperbarui")["count"] == 0

    act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog="Angka diperbarui.")
    approve_and_publish(revision["id"])
    now = act("", "package_show", id=live["id"])
    assert now["title"] == "Stunting, diperbarui"
    assert [each["id"] for each in now["resources"]] == [resource["id"]]
    assert act("", "datastore_search", resource_id=resource["id"])["records"][0]["jumlah"] == 9
    assert app.get(download).body == "kode,jumlah\n52.01,9\n"
    assert act("", "package_search", q="diperbarui")["count"] == 1
    assert act("", "package_search", q="*:*")["count"] == 1


def test_old_releases_stay_retrievable_with_their_checksums(people: dict[str, Any]) -> None:
    live = published(people)
    revision = act("produsen", "ntbsatudata_revision_create", id=live["id"])
    working = act("produsen", "package_show", id=revision["working_id"])
    act("produsen", "resource_patch", id=working["resources"][0]["id"], url="tabel.csv", upload=csv("kode,jumlah\n52.01,9\n"))
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog="Angka diperbarui.")
    approve_and_publish(revision["id"])
    releases = act("", "ntbsatudata_release_list", id=live["id"])
    assert [(release["number"], release["changelog"]) for release in releases] == [(2, "Angka diperbarui."), (1, "")]
    first = act("", "ntbsatudata_release_show", id=live["id"], number=1)
    # sha256sum of "kode,jumlah\n52.01,7\n"
    assert list(first["sha256"].values()) == ["dc96518abd4173526efbb57217549106c134a07eb716a50de654ca75f5ae26c9"]


def test_a_published_dataset_cannot_be_edited_directly_and_the_way_is_said(people: dict[str, Any]) -> None:
    live = published(people)
    with pytest.raises(toolkit.ValidationError) as refused:
        act("produsen", "package_patch", id=live["id"], title="Langsung")
    assert refused.value.error_dict["code"] == ["dataset-is-published"]
    assert "ntbsatudata_revision_create" in refused.value.error_dict["message"][0]


@pytest.mark.parametrize("value", ["active", "published", "approved", "zz"])
def test_a_forged_state_is_refused_with_a_sentence(people: dict[str, Any], value: str) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        act("produsen", "package_create", name="palsu", title="Palsu", owner_org=people["agency"]["id"], state=value)
    assert f'Keadaan "{value}" tidak dapat diminta' in refused.value.error_dict["state"][0]
    dataset = make(people)
    for action, data in (
        ("package_patch", {"id": dataset["id"], "state": value}),
        ("package_update", {**dataset, "state": value}),
        ("package_revise", {"match": {"id": dataset["id"]}, "update": {"state": value}}),
        ("package_revise", {"match__id": dataset["id"], "update__state": value}),
    ):
        with pytest.raises(toolkit.ValidationError) as refused:
            act("produsen", action, **data)
        assert "state" in refused.value.error_dict


def test_asking_to_be_public_is_refused(people: dict[str, Any]) -> None:
    dataset = make(people)
    for action, data in (
        ("package_patch", {"id": dataset["id"], "private": False}),
        ("package_patch", {"id": dataset["id"], "private": "false"}),
        ("bulk_update_public", {"datasets": [dataset["id"]], "org_id": people["agency"]["id"]}),
    ):
        with pytest.raises((toolkit.ValidationError, toolkit.NotAuthorized)):
            act("produsen", action, **data)
    assert act("produsen", "package_show", id=dataset["id"])["private"] is True


def test_nobody_approves_their_own_work_even_as_walidata(people: dict[str, Any]) -> None:
    act("operator", "organization_member_create", id="dikes", username="walidata", role="editor")
    dataset = make(people)
    act("walidata", "package_patch", id=dataset["id"], notes="Sedikit perbaikan.")
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    with pytest.raises(toolkit.ValidationError) as refused:
        act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=ALL_MET)
    assert refused.value.error_dict["code"] == ["own-work"]


def test_the_operator_of_the_machine_decides_nothing(people: dict[str, Any]) -> None:
    dataset = make(people)
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    with pytest.raises(toolkit.NotAuthorized, match="Yang boleh: walidata"):
        act("operator", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=ALL_MET)


def test_what_a_reviewer_looks_at_stands_still(people: dict[str, Any]) -> None:
    dataset = make(people)
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    with pytest.raises(toolkit.ValidationError) as refused:
        act("produsen", "package_patch", id=dataset["id"], title="Diam-diam")
    assert refused.value.error_dict["code"] == ["revision-stands-still"]
    act("walidata", "ntbsatudata_revision_return", id=revision["id"], reason="Satuan belum tertulis.")
    assert act("produsen", "package_patch", id=dataset["id"], title="Diperbaiki")["title"] == "Diperbaiki"
    shown = act("produsen", "ntbsatudata_revision_show", id=revision["id"])
    assert (shown["state"], shown["record"][-1]["reason"]) == ("returned", "Satuan belum tertulis.")


def test_data_prioritas_need_the_pembina_data(people: dict[str, Any]) -> None:
    dataset = make(people)
    act("produsen", "package_patch", id=dataset["id"], prioritas_tahun=["2026"])
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    approved = act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=ALL_MET)
    assert approved["state"] == "awaiting_pembina"
    with pytest.raises(toolkit.ValidationError):
        act("walidata", "ntbsatudata_revision_publish", id=revision["id"])
    act("pembina", "ntbsatudata_revision_confirm", id=revision["id"], reason="Sesuai standar.")
    act("walidata", "ntbsatudata_revision_publish", id=revision["id"])
    assert act("", "package_show", id=dataset["id"])["state"] == "active"


def test_a_withdrawn_dataset_leaves_its_reason(people: dict[str, Any]) -> None:
    live = published(people)
    revision = act("walidata", "ntbsatudata_revision_list", dataset_id=live["id"])[0]
    act("walidata", "ntbsatudata_revision_withdraw", id=revision["id"], reason="Salah satuan.")
    assert act("", "package_search", q="*:*")["count"] == 0
    assert act("", "ntbsatudata_release_list", id=live["id"])[0]["withdrawn_reason"] == "Salah satuan."


def test_the_queue_shows_each_role_what_waits_for_it(people: dict[str, Any]) -> None:
    dataset = make(people)
    assert [one["state"] for one in act("produsen", "ntbsatudata_curation_queue")] == ["draft"]
    assert act("walidata", "ntbsatudata_curation_queue") == []
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"])
    assert act("produsen", "ntbsatudata_curation_queue") == []
    assert [one["title"] for one in act("walidata", "ntbsatudata_curation_queue")] == ["Stunting"]


def test_two_revisions_of_one_dataset_cannot_be_open_at_once(people: dict[str, Any]) -> None:
    live = published(people)
    first = act("produsen", "ntbsatudata_revision_create", id=live["id"])
    with pytest.raises(toolkit.ValidationError) as refused:
        act("produsen", "ntbsatudata_revision_create", id=live["id"])
    assert f"/kurasi/{first['id']}" in refused.value.error_dict["message"][0]


def test_readers_see_who_published_what_and_when_but_no_names(people: dict[str, Any]) -> None:
    live = published(people)
    entries = act("", "ntbsatudata_curation_record_list", id=live["id"])
    assert [(entry["event"], entry["actor"]) for entry in entries] == [("release_published", None)]
    inside = act("produsen", "ntbsatudata_curation_record_list", id=live["id"])
    assert [entry["event"] for entry in inside] == ["revision_begun", "revision_submitted", "revision_approved", "release_published"]


def token(name: str) -> dict[str, str]:
    made = act(name, "api_token_create", user=name, name="uji", expires_in=1, unit=86400)
    return {"Authorization": made["token"]}


def test_the_pages_of_curation_lead_from_the_queue_to_a_release(people: dict[str, Any], app: Any) -> None:
    live = published(people)
    revision = act("produsen", "ntbsatudata_revision_create", id=live["id"])
    working = act("produsen", "package_show", id=revision["working_id"])
    act("produsen", "package_patch", id=working["id"], title="Stunting 2025")
    act("produsen", "resource_patch", id=working["resources"][0]["id"], url="tabel.csv", upload=csv("kode,jumlah\n52.01,9\n52.02,4\n"))
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog="Tambah Lombok Tengah.")
    queue = app.get("/kurasi", headers=token("walidata"))
    assert "Stunting" in queue.body and "Tambah Lombok Tengah." in queue.body
    page = app.get(f"/kurasi/{revision['id']}", headers=token("walidata"))
    assert "Stunting 2025" in page.body
    changes = act("walidata", "ntbsatudata_revision_compare", id=revision["id"])
    assert {"field": "title", "before": "Stunting", "after": "Stunting 2025"} in changes["metadata"]
    table = changes["tables"][0]
    assert (table["rows_before"], table["rows_after"]) == (1, 2)
    approve_and_publish(revision["id"])
    history = app.get("/dataset/stunting/rilis")
    assert "Tambah Lombok Tengah." in history.body
    first = act("", "ntbsatudata_release_show", id=live["id"], number=1)
    resource_id = first["dataset"]["resources"][0]["id"]
    assert app.get(f"/dataset/stunting/rilis/1/{resource_id}/tabel.csv").body == "kode,jumlah\n52.01,7\n"
    assert "Stunting" in app.get("/dataset/stunting/rilis/1").body


def test_nobody_without_a_part_in_it_sees_the_pages_of_curation(people: dict[str, Any], app: Any) -> None:
    dataset = make(people)
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    sent = app.get("/kurasi", follow_redirects=False)
    assert sent.status_code == 302
    assert sent.headers["Location"].partition("?")[0].endswith("/user/login")
    stranger = factories.User(name="orang-lain")
    assert app.get(f"/kurasi/{revision['id']}", headers=token(stranger["name"]), status=404).status_code == 404


def test_a_withdrawn_dataset_answers_with_its_notice(people: dict[str, Any], app: Any) -> None:
    live = published(people)
    revision = act("walidata", "ntbsatudata_revision_list", dataset_id=live["id"])[0]
    act("walidata", "ntbsatudata_revision_withdraw", id=revision["id"], reason="Salah satuan.")
    page = app.get("/dataset/stunting", status=410)
    assert "Salah satuan." in page.body


def test_the_questions_of_one_request_see_one_state_of_the_catalogue(app: Any) -> None:
    from sqlalchemy import text

    with app.flask_app.test_request_context("/"):
        model.Session.remove()
        assert model.Session.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
        model.Session.remove()
    with app.flask_app.test_request_context("/", headers={"Authorization": "x"}):
        assert model.Session.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
        model.Session.remove()


# Requirements 21, 22, 29 to 31 and 47 of Satu Data Indonesia, each as a test that bears its number.


def submitted(people: dict[str, Any]) -> str:
    dataset = make(people)
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]["id"]
    act("produsen", "ntbsatudata_revision_submit", id=revision)
    return str(revision)


def test_21_each_role_has_moves_of_its_own() -> None:
    """Every role times every move is asked in test_curation_matrix.py; here, what the law gives to whom."""
    assert TRANSITIONS[Move.APPROVE].roles == {Role.WALIDATA}
    assert TRANSITIONS[Move.PUBLISH].roles == {Role.WALIDATA}
    assert TRANSITIONS[Move.CONFIRM].roles == {Role.PEMBINA_DATA}
    assert {Role.PRODUSEN_DATA, Role.WALIDATA_PENDUKUNG} <= TRANSITIONS[Move.SUBMIT].roles
    assert not any(Role.FORUM_SECRETARIAT in transition.roles for transition in TRANSITIONS.values())


def test_22_each_dataset_has_exactly_one_produsen_data(people: dict[str, Any]) -> None:
    with pytest.raises((toolkit.ValidationError, toolkit.NotAuthorized)):
        act("produsen", "package_create", name="tanpa-produsen", title="Tanpa")
    assert make(people)["owner_org"] == people["agency"]["id"]


def test_29_a_check_has_four_results_and_a_return_has_a_reason(people: dict[str, Any]) -> None:
    revision = submitted(people)
    act(
        "walidata", "ntbsatudata_revision_review", id=revision, principles={**ALL_MET, "metadata": {"met": False, "note": "Satuan kosong."}}
    )
    with pytest.raises(toolkit.ValidationError):
        act("walidata", "ntbsatudata_revision_return", id=revision)
    act("walidata", "ntbsatudata_revision_return", id=revision, reason="Satuan belum tertulis.")
    shown = act("produsen", "ntbsatudata_revision_show", id=revision)
    assert {name: result["met"] for name, result in shown["review"].items()} == {
        "standar_data": True, "metadata": False, "interoperabilitas_data": True, "kode_referensi": True,
    }  # fmt: skip
    assert (shown["state"], shown["record"][-1]["reason"]) == ("returned", "Satuan belum tertulis.")


def test_30_data_prioritas_are_not_approved_without_the_pembina_data(people: dict[str, Any]) -> None:
    dataset = make(people)
    act("produsen", "package_patch", id=dataset["id"], prioritas_tahun=["2026"])
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]["id"]
    act("produsen", "ntbsatudata_revision_submit", id=revision)
    assert act("walidata", "ntbsatudata_revision_approve", id=revision, reason="Sesuai.", principles=ALL_MET)["state"] == "awaiting_pembina"
    assert act("pembina", "ntbsatudata_revision_confirm", id=revision, reason="Sesuai.")["record"][-1]["role"] == "pembina_data"


def test_31_the_record_shows_who_when_and_why(people: dict[str, Any]) -> None:
    revision = submitted(people)
    act("walidata", "ntbsatudata_revision_return", id=revision, reason="Satuan belum tertulis.")
    last = act("produsen", "ntbsatudata_revision_show", id=revision)["record"][-1]
    assert (last["actor"], last["source"], last["target"], last["reason"]) == (
        "walidata",
        "submitted",
        "returned",
        "Satuan belum tertulis.",
    )
    assert last["at"].endswith("+00:00")


def test_47_two_uploads_are_two_retrievable_versions(people: dict[str, Any], app: Any) -> None:
    live = published(people)
    revision = act("produsen", "ntbsatudata_revision_create", id=live["id"])
    working = act("produsen", "package_show", id=revision["working_id"])
    act("produsen", "resource_patch", id=working["resources"][0]["id"], url="tabel.csv", upload=csv("kode,jumlah\n52.01,9\n"))
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog="Angka diperbarui.")
    act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=ALL_MET)
    act("walidata", "ntbsatudata_revision_publish", id=revision["id"])
    resource = live["resources"][0]["id"]
    for number, content in ((1, "kode,jumlah\n52.01,7\n"), (2, "kode,jumlah\n52.01,9\n")):
        assert app.get(f"/dataset/stunting/rilis/{number}/{resource}/tabel.csv").body == content
        shown = act("", "ntbsatudata_release_show", id=live["id"], number=number)
        assert shown["sha256"][resource] == hashlib.sha256(content.encode()).hexdigest()
    assert act("", "ntbsatudata_release_list", id=live["id"])[0]["changelog"] == "Angka diperbarui."
