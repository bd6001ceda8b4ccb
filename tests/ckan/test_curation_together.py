"""Several people at once: what two change of one draft is both kept, and of two decisions one is told that it came second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

pytestmark = [pytest.mark.ckan_config("ntbsatudata.curation", True), pytest.mark.usefixtures("clean_db", "clean_index")]

ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
IMPORTED = 12


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def at_once(app: Any, works: list[Callable[[], None]]) -> list[BaseException]:
    """Run the works in threads that start together, each with a session of its own; return what went wrong."""
    gate, errors = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        with app.flask_app.test_request_context("/api", method="POST"):
            gate.wait(20)
            try:
                work()
            except Exception as error:  # noqa: BLE001  # whatever it is, the test tells it
                errors.append(error)
            finally:
                model.Session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return errors


def test_editors_reviewers_and_an_import_lose_nothing_of_each_other(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])
    people = ("ani", "budi", "wati", "wayan", "impor")
    for name in people:
        factories.User(name=name)
    agency = factories.Organization(name="dikes", users=[{"name": name, "capacity": "editor"} for name in ("ani", "budi", "impor")])
    operator = factories.Sysadmin(name="operator")
    for name in ("wati", "wayan"):
        act(operator["name"], "ntbsatudata_role_grant", user=name, role="walidata")
    edited = act("ani", "package_create", name="bersama", title="Bersama", owner_org=agency["id"])
    decided = act("ani", "package_create", name="diputuskan", title="Diputuskan", owner_org=agency["id"])
    revision = act("ani", "ntbsatudata_revision_list", dataset_id=decided["id"])[0]["id"]
    act("ani", "ntbsatudata_revision_submit", id=revision)
    model.Session.remove()

    def edits(who: str, field: str) -> None:
        for number in range(8):
            act(who, "package_patch", id=edited["id"], **{field: f"{field} {number}"})

    def decides(who: str) -> None:
        act(who, "ntbsatudata_revision_approve", id=revision, reason=f"Sesuai, {who}.", principles=ALL_MET)

    def imports() -> None:
        for number in range(IMPORTED):
            act("impor", "package_create", name=f"impor-{number}", title=f"Impor {number}", owner_org=agency["id"])

    errors = at_once(
        app, [lambda: edits("ani", "title"), lambda: edits("budi", "notes"), lambda: decides("wati"), lambda: decides("wayan"), imports]
    )

    assert [getattr(error, "error_dict", {"code": [str(error)]})["code"] for error in errors] == [["move-not-possible"]]
    shown = act("ani", "package_show", id=edited["id"])
    assert (shown["title"], shown["notes"]) == ("title 7", "notes 7")
    events = [entry["event"] for entry in act("ani", "ntbsatudata_revision_show", id=revision)["record"]]
    assert events == ["revision_begun", "revision_submitted", "revision_approved"]
    assert len(act("impor", "ntbsatudata_revision_list", state="draft")) == IMPORTED + 1
    assert act("operator", "ntbsatudata_curation_record_verify")["broken_at"] is None


def test_a_whole_dataset_sent_back_late_is_refused_not_written_over(app: Any) -> None:
    for name in ("ani", "budi"):
        factories.User(name=name)
    agency = factories.Organization(name="dikes", users=[{"name": name, "capacity": "editor"} for name in ("ani", "budi")])
    act("ani", "package_create", name="bersama", title="Bersama", owner_org=agency["id"])
    read = act("ani", "package_show", id="bersama")
    act("budi", "package_patch", id="bersama", notes="Dari Budi.")
    with pytest.raises(toolkit.ValidationError) as refused:
        act("ani", "package_update", **{**read, "title": "Dari Ani"})
    assert refused.value.error_dict["code"] == ["changed-meanwhile"]
    assert act("ani", "package_show", id="bersama")["notes"] == "Dari Budi."
