"""Invitations, mail and the feed of the queue, on real services."""

from __future__ import annotations

import base64
import logging
from datetime import datetime, timedelta, timezone
from typing import Any

import ckan.model as model
import pytest
from ckan.lib import mailer
from ckan.plugins import toolkit
from ckan.tests import factories
from lxml import etree

from ckanext.ntbsatudata.jobs import curation_mail
from ckanext.ntbsatudata.model.invitation import Invitation

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]
NEW = {"name": "wati", "fullname": "Wati", "email": "wati@portal.invalid", "password": "kata-sandi-panjang-7"}
no_mail = pytest.mark.ckan_config("smtp.mail_from", "")


@pytest.fixture(autouse=True)
def no_metadata_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks have tests of their own."""
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])


@pytest.fixture
def agency() -> dict[str, Any]:
    for name in ("produsen", "walidata"):
        factories.User(name=name)
    factories.Sysadmin(name="operator")
    act("operator", "ntbsatudata_role_grant", user="walidata", role="walidata")
    return factories.Organization(name="dikes", users=[{"name": "produsen", "capacity": "editor"}])


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def token(name: str) -> str:
    return str(act(name, "api_token_create", user=name, name="uji", expires_in=1, unit=86400)["token"])


def invite(app: Any, **data: Any) -> tuple[dict[str, Any], str]:
    with app.flask_app.test_request_context("/"):
        made = act("walidata", "ntbsatudata_invitation_create", **data)
    return made, str(made["link"]).rpartition("/")[2]


def submitted(agency: dict[str, Any]) -> dict[str, Any]:
    dataset = act("produsen", "package_create", name="stunting", title="Stunting", owner_org=agency["id"])
    revision = act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    return dict(act("produsen", "ntbsatudata_revision_submit", id=revision["id"]))


@no_mail
def test_an_invitation_without_a_mail_server_is_a_link_that_works_once(agency: dict[str, Any], app: Any) -> None:
    made, secret = invite(app, role="produsen_data", subject=agency["id"], note="Bidang Gizi")
    kept = model.Session.get(Invitation, made["id"])
    assert secret not in str({column.name: getattr(kept, column.name) for column in kept.__table__.columns}), "only its hash is kept"
    assert "produsen data" in app.get(f"/undangan/{secret}").body
    app.post(f"/undangan/{secret}", data=NEW, follow_redirects=False)
    assert act("wati", "organization_list_for_user", permission="create_dataset")[0]["id"] == agency["id"]
    with pytest.raises(toolkit.ValidationError) as refused:
        act("", "ntbsatudata_invitation_accept", token=secret, **{**NEW, "name": "budi", "email": "budi@portal.invalid"})
    assert refused.value.error_dict["code"] == ["invitation-used"]
    assert model.User.get("budi") is None
    assert app.get(f"/undangan/{secret}", status=410).status_code == 410


@no_mail
def test_an_expired_a_revoked_and_an_unknown_link_open_nothing(agency: dict[str, Any], app: Any) -> None:
    expired, first = invite(app, role="forum_secretariat")
    model.Session.get(Invitation, expired["id"]).expires_at = datetime.now(timezone.utc) - timedelta(minutes=1)
    model.Session.commit()
    revoked, second = invite(app, role="forum_secretariat")
    act("walidata", "ntbsatudata_invitation_revoke", id=revoked["id"])
    for secret, code in ((first, "invitation-expired"), (second, "invitation-revoked"), ("tebakan", "invitation-unknown")):
        with pytest.raises(toolkit.ValidationError) as refused:
            act("", "ntbsatudata_invitation_accept", token=secret, **NEW)
        assert refused.value.error_dict["code"] == [code]
    assert model.User.get("wati") is None


@no_mail
def test_an_account_that_is_there_takes_the_role_it_is_invited_to(agency: dict[str, Any], app: Any) -> None:
    _made, secret = invite(app, role="pembina_data", subject="RAD.04")
    act("produsen", "ntbsatudata_invitation_accept", token=secret)
    assert {"user": "produsen", "role": "pembina_data", "subject": "RAD.04"} in act("operator", "ntbsatudata_role_list")


def test_only_the_walidata_and_the_operator_invite_and_only_to_what_there_is(agency: dict[str, Any]) -> None:
    with pytest.raises(toolkit.NotAuthorized):
        act("produsen", "ntbsatudata_invitation_create", role="walidata")
    for role, subject in (("produsen_data", ""), ("produsen_data", "tidak-ada"), ("pembina_data", "RAD.99"), ("walidata", "RAD.04")):
        with pytest.raises(toolkit.ValidationError):
            act("walidata", "ntbsatudata_invitation_create", role=role, subject=subject)
    with pytest.raises(toolkit.ValidationError):
        act("walidata", "ntbsatudata_invitation_create", role="system_operator")


def test_a_submission_is_told_to_the_walidata_by_mail(agency: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[list[str]] = []
    monkeypatch.setattr(toolkit, "enqueue_job", lambda job, args=None, **rest: queued.append([job.__name__, *(args or [])]))
    submitted(agency)
    mails = [one for one in queued if one[0] == "send"]
    assert [one[1] for one in mails] == [model.User.get("walidata").id]
    assert "Stunting" in mails[0][2] and "/kurasi/" in mails[0][3]


@no_mail
def test_without_a_mail_server_nothing_is_queued(agency: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(toolkit, "enqueue_job", lambda job, *args, **rest: queued.append(job.__name__))
    submitted(agency)
    assert "send" not in queued


def test_a_mail_that_fails_is_logged_without_the_address(
    agency: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    user = model.User.get("walidata")

    def fail(recipient: Any, *args: Any, **rest: Any) -> None:
        raise mailer.MailerException(f"550 {recipient.email} unknown")

    monkeypatch.setattr(mailer, "mail_user", fail)
    with caplog.at_level(logging.INFO, logger=curation_mail.__name__):
        assert curation_mail.send(user.id, "Judul", "Isi") is False
    assert f"not sent to account {user.id}" in caplog.text
    assert user.email not in caplog.text


def test_the_queue_is_a_feed_for_a_token_and_for_nobody_else(agency: dict[str, Any], app: Any) -> None:
    submitted(agency)
    assert app.get("/kurasi/antrean.atom", status=401).headers["WWW-Authenticate"].startswith("Basic")
    secret = token("walidata")
    basic = base64.b64encode(f"walidata:{secret}".encode()).decode()
    for header in (secret, f"Basic {basic}"):
        answer = app.get("/kurasi/antrean.atom", headers={"Authorization": header})
        tree = etree.fromstring(answer.body.encode())
        assert tree.xpath("count(//*[local-name()='entry'])") == 1
        assert tree.xpath("string(//*[local-name()='entry']/*[local-name()='title'])") == "Stunting: diajukan"
    wrong = base64.b64encode(f"produsen:{secret}".encode()).decode()
    assert app.get("/kurasi/antrean.atom", headers={"Authorization": f"Basic {wrong}"}, status=401).status_code == 401


def test_a_demonstration_says_who_may_try_what_and_a_real_portal_has_no_such_page(
    app: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.get("/peragaan?nyata", status=404).status_code == 404
    monkeypatch.setitem(ckan_config, "ntbsatudata.demo", True)
    page = app.get("/peragaan").body
    for words in ("Walidata pendukung", "Sekretariat forum", "tidak memutuskan apa pun tentang data"):
        assert words in page
