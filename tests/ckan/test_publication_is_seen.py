"""A reader who has read every page of a dataset sees a new release of it on each, from the moment of its publication and not before."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

pytestmark = [pytest.mark.ckan_config("ntbsatudata.curation", True), pytest.mark.usefixtures("clean_db", "clean_index")]

PRINCIPLES = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def csv(text: str) -> FileStorage:
    return FileStorage(io.BytesIO(text.encode()), "tabel.csv", content_type="text/csv")


def publish(revision_id: str, **changelog: str) -> None:
    act("produsen", "ntbsatudata_revision_submit", id=revision_id, **changelog)
    act("walidata", "ntbsatudata_revision_approve", id=revision_id, reason="Sesuai.", principles=PRINCIPLES)
    act("walidata", "ntbsatudata_revision_publish", id=revision_id)


def fill(dataset: dict[str, Any], text: str) -> None:
    resource = dataset["resources"][0]["id"] if dataset["resources"] else None
    if resource is None:
        resource = act("produsen", "resource_create", package_id=dataset["id"], url="tabel.csv", format="CSV", upload=csv(text))["id"]
    else:
        act("produsen", "resource_patch", id=resource, url="tabel.csv", upload=csv(text))
    rows = [dict(zip(("kode", "jumlah"), line.split(","))) for line in text.splitlines()[1:]]
    act("produsen", "datastore_create", resource_id=resource, force=True, fields=[{"id": "kode"}, {"id": "jumlah"}], records=rows)


def test_a_release_is_seen_on_every_page_at_once(app, monkeypatch):
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])  # they have tests of their own
    for name in ("produsen", "walidata"):
        factories.User(name=name)
    agency = factories.Organization(name="dikes", users=[{"name": "produsen", "capacity": "editor"}])
    act(factories.Sysadmin()["name"], "ntbsatudata_role_grant", user="walidata", role="walidata")
    dataset = act("produsen", "package_create", name="stunting", title="Stunting lama", owner_org=agency["id"])
    fill(dataset, "kode,jumlah\n52.01,7001\n")
    publish(act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]["id"])

    reader = app.flask_app.test_client(use_cookies=False)
    resource = act("", "package_show", id="stunting")["resources"][0]["id"]
    titles = ("/dataset/stunting", "/dataset/", "/organization/dikes", "/api/3/action/package_show?id=stunting", "/feeds/dataset.atom")
    figures = (f"/dataset/stunting/resource/{resource}/download/tabel.csv", f"/api/3/action/datastore_search?resource_id={resource}")

    def seen() -> set[str]:
        pages = [reader.get(path) for path in (*titles, *figures)]
        assert [page.status_code for page in pages] == [200] * len(pages)
        return {word for page in pages for word in ("Stunting lama", "Stunting baru", "7001", "9002") if word in page.text}

    assert seen() == {"Stunting lama", "7001"}
    revision = act("produsen", "ntbsatudata_revision_create", id="stunting")
    working = act("produsen", "package_show", id=revision["working_id"])
    act("produsen", "package_patch", id=working["id"], title="Stunting baru")
    fill(working, "kode,jumlah\n52.01,9002\n")
    assert seen() == {"Stunting lama", "7001"}
    publish(revision["id"], changelog="Angka diperbarui.")
    assert seen() == {"Stunting baru", "9002"}
