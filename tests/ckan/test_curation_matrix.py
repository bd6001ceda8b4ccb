"""Who may do what when, by API token and through every path: made from the tables of moves, asked of a real portal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from sqlalchemy import select, text

from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.model.curation import CurationRecord, Revision

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.ckan_config("ckan.auth.allow_dataset_collaborators", True),
    pytest.mark.ckan_config("ckan.auth.create_unowned_dataset", False),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]

SECRET = "Rahasia7731"
ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
ROLE_OF = {
    "produsen": Role.PRODUSEN_DATA,
    "pendukung": Role.WALIDATA_PENDUKUNG,
    "walidata": Role.WALIDATA,
    "pembina": Role.PEMBINA_DATA,
    "forum": Role.FORUM_SECRETARIAT,
    "programme": Role.PROGRAMME_OPERATOR,
    "operator": Role.SYSTEM_OPERATOR,
    "stranger": Role.PUBLIC,
    "nobody": Role.PUBLIC,
}
# CKAN itself answers these with an error of its own instead of a refusal.
REFUSED_WITH_500 = ("resource_id=_table_metadata", "package_collaborator_list")
WRITERS = ("produsen", "pendukung")
SEES_NO_REVISION = ("stranger", "nobody")


class Portal:
    """The portal as programs see it: actions and pages, each asked with somebody's token."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.tokens: dict[str, dict[str, str]] = {"nobody": {}}
        for name in (*ROLE_OF, "author"):
            if name in ("nobody", "operator"):
                continue
            factories.User(name=name)
        factories.Sysadmin(name="operator")
        capacities = {"produsen": "editor", "author": "editor", "pendukung": "admin"}
        self.agency = factories.Organization(name="dikes", users=[{"name": name, "capacity": each} for name, each in capacities.items()])
        for name in ("walidata", "pembina", "forum", "programme"):
            self.act("operator", "ntbsatudata_role_grant", user=name, role=ROLE_OF[name].value)
        for name in (*ROLE_OF, "author"):
            if name != "nobody":
                made = self.act(name, "api_token_create", user=name, name="uji", expires_in=1, unit=86400)
                self.tokens[name] = {"Authorization": made["token"]}

    @staticmethod
    def act(user: str, action: str, /, **data: Any) -> Any:
        return toolkit.get_action(action)({"user": user}, data)

    def ask(self, who: str, action: str, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and error (or result) of an action asked over HTTP with somebody's token."""
        model.Session.remove()
        answer = self.app.post(f"/api/3/action/{action}", json=data, headers=self.tokens[who])
        told = json.loads(answer.body) if answer.body.startswith("{") else {"error": {"message": answer.body}}
        return answer.status_code, told.get("error") or told

    def get(self, who: str, path: str) -> tuple[int, str]:
        model.Session.remove()
        answer = self.app.get(path, headers=self.tokens[who], follow_redirects=False)
        return answer.status_code, answer.body

    def dataset(self, name: str) -> dict[str, Any]:
        made = self.act(
            "author", "package_create", name=name, title=f"{SECRET} {name}", notes=SECRET, owner_org=self.agency["id"], tag_string=SECRET
        )
        resource = self.act(
            "author", "resource_create", package_id=made["id"], url=f"https://example.org/{SECRET}.csv", name=SECRET, format="CSV"
        )
        records = [{"kode": SECRET}]
        self.act(
            "author", "datastore_create", resource_id=resource["id"], force=True, fields=[{"id": "kode", "type": "text"}], records=records
        )
        return self.act("author", "package_show", id=made["id"])

    def revision_in(self, state: State, name: str, authors: list[str] | None = None) -> str:
        """A revision put into a state as if its way there had been taken; the author is somebody who asks for nothing afterwards."""
        dataset = self.dataset(name)
        revision = model.Session.scalar(select(Revision).where(Revision.working_id == dataset["id"]))
        revision.state, revision.changelog, revision.review = state.value, "Pertama.", ALL_MET
        if authors is not None:
            revision.authors = authors
        if state in (State.PUBLISHED, State.WITHDRAWN):
            package = model.Package.get(dataset["id"])
            package.state, package.private = "active", False
        model.Session.commit()
        return str(revision.id)

    def state_of(self, revision_id: str) -> str:
        model.Session.remove()
        return str(model.Session.get(Revision, revision_id).state)


@pytest.fixture
def portal(app: Any, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])
    return Portal(app)


def expected(who: str, move: Move, state: State) -> int:
    """The status the tables of moves give: 403 and 404 for whom it is not, 409 for when it is not."""
    if who == "nobody":
        return 403
    if who in SEES_NO_REVISION:
        return 404
    transition = TRANSITIONS[move]
    if ROLE_OF[who] not in transition.roles:
        return 403
    if state not in transition.sources:
        return 409
    if state is State.AWAITING_PEMBINA and move is Move.RETURN and ROLE_OF[who] is not Role.PEMBINA_DATA:
        return 409  # the turn of the pembina data
    return 200


def test_every_role_every_move_every_state(portal: Portal) -> None:
    """900 requests: those refused leave the revision as it is, those granted are carried out, with the role in the record."""
    wrong: list[str] = []
    for state in State:
        shared = portal.revision_in(state, f"bersama-{state.value.replace('_', '-')}")
        granted = []
        for move in Move:
            for who in ROLE_OF:
                wanted = expected(who, move, state)
                if wanted == 200:
                    granted.append((move, who))
                    continue
                status, error = portal.ask(who, f"ntbsatudata_revision_{move.value}", {"id": shared, "reason": "Alasan."})
                told = json.dumps(error)
                if status != wanted or (status == 409 and not {"move-not-possible", "turn-of-pembina"} & set(error.get("code", ()))):
                    wrong.append(f"{who} {move.value} {state.value}: {status} instead of {wanted}: {told[:200]}")
        if portal.state_of(shared) != state.value:
            wrong.append(f"{state.value}: a refused request changed it to {portal.state_of(shared)}")
        for number, (move, who) in enumerate(granted):
            own = [model.User.get(who).id] if move is Move.RECALL else None
            revision = portal.revision_in(state, f"{state.value.replace('_', '-')}-{number}", own)
            status, error = portal.ask(who, f"ntbsatudata_revision_{move.value}", {"id": revision, "reason": "Alasan."})
            newest = model.Session.scalar(
                select(CurationRecord).where(CurationRecord.revision_id == revision).order_by(CurationRecord.ordinal.desc()).limit(1)
            )
            known = (status, portal.state_of(revision), newest.event, newest.role, newest.source)
            if known != (200, TRANSITIONS[move].target.value, TRANSITIONS[move].event, ROLE_OF[who].value, state.value):
                wrong.append(f"{who} {move.value} {state.value}: {known} {json.dumps(error)[:200]}")
    assert not wrong, "\n".join(wrong)


def test_a_reviewer_never_decides_on_an_own_dataset(portal: Portal) -> None:
    walidata, pembina = model.User.get("walidata").id, model.User.get("pembina").id
    for state, move, who in (
        (State.SUBMITTED, Move.TAKE, "walidata"),
        (State.IN_REVIEW, Move.APPROVE, "walidata"),
        (State.AWAITING_PEMBINA, Move.CONFIRM, "pembina"),
    ):
        revision = portal.revision_in(state, f"sendiri-{move.value}", [walidata, pembina])
        status, error = portal.ask(who, f"ntbsatudata_revision_{move.value}", {"id": revision, "reason": "Sesuai."})
        assert (status, error["code"]) == (409, ["own-work"])
        assert portal.state_of(revision) == state.value


def forged(dataset: dict[str, Any], value: Any, field: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("package_create", {"name": "palsu", "title": "Palsu", "owner_org": dataset["owner_org"], field: value}),
        ("package_update", {**dataset, field: value}),
        ("package_patch", {"id": dataset["id"], field: value}),
        ("package_revise", {"match": {"id": dataset["id"]}, "update": {field: value}}),
        ("package_revise", {"match__id": dataset["id"], f"update__{field}": value}),
    ]


def test_a_state_nobody_may_ask_for_is_refused_with_a_sentence(portal: Portal) -> None:
    dataset = portal.dataset("jujur")
    for who in (*WRITERS, "operator"):
        for value in ("active", "approved", "published", "in_review", "deleted", "released", "zz", 1, ["active"], True):
            for action, data in forged(dataset, value, "state"):
                status, error = portal.ask(who, action, data)
                assert status == 409, f"{who} {action} {value}: {status} {error}"
                assert "tidak dapat diminta; keadaan berubah lewat kurasi." in str(error["state"])
        for value in (False, "false", "False", 0, "0", "no", "off"):
            for action, data in forged(dataset, value, "private"):
                status, error = portal.ask(who, action, data)
                assert status == 409, f"{who} {action} {value}: {status} {error}"
                assert "itu keputusan kurasi." in str(error["private"])
    revision = portal.act("author", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]["id"]
    for move in Move:
        for field in ("state", "target"):
            status, error = portal.ask(
                "produsen", f"ntbsatudata_revision_{move.value}", {"id": revision, field: "published", "reason": "x"}
            )
            assert status == 409 and "tidak dapat diminta" in str(error["state"])
    status, error = portal.ask("produsen", "package_create", {"name": "lain", "type": "berita", "owner_org": portal.agency["id"]})
    assert status == 409 and "bukan dataset katalog ini" in str(error["type"])
    shown = portal.act("author", "package_show", id=dataset["id"])
    assert (shown["state"], shown["private"]) == ("draft", True)
    assert model.Package.get("palsu") is None and model.Package.get("lain") is None


def writes(dataset: dict[str, Any], portal: Portal) -> list[tuple[str, dict[str, Any]]]:
    """Every action of CKAN's that changes what a reader gets of a dataset."""
    one, resource = {"id": dataset["id"]}, dataset["resources"][0]
    table = {"resource_id": resource["id"], "force": True}
    return [
        ("package_update", {**dataset, "title": "Diam-diam"}),
        ("package_update", {"id": dataset["name"], "title": "Diam-diam", "owner_org": dataset["owner_org"]}),
        ("package_patch", {**one, "title": "Diam-diam"}),
        ("package_patch", {"id": dataset["name"], "notes": "Diam-diam"}),
        ("package_revise", {"match": {"name": dataset["name"]}, "update": {"title": "Diam-diam"}}),
        ("package_revise", {"match__id": dataset["id"], "update__title": "Diam-diam"}),
        ("package_revise", {"match__id": dataset["id"], "filter": ["-notes"]}),
        ("package_delete", one),
        ("dataset_purge", one),
        ("package_resource_reorder", {**one, "order": [resource["id"]]}),
        ("package_owner_org_update", {**one, "organization_id": portal.agency["id"]}),
        ("package_collaborator_create", {**one, "user_id": "stranger", "capacity": "editor"}),
        ("package_collaborator_delete", {**one, "user_id": "stranger"}),
        ("resource_create", {"package_id": dataset["id"], "url": "https://example.org/x.csv"}),
        ("resource_update", {"id": resource["id"], "url": "https://example.org/x.csv", "state": "approved"}),
        ("resource_patch", {"id": resource["id"], "name": "Diam-diam", "pkg_publishing_status": "approved"}),
        ("resource_delete", {"id": resource["id"]}),
        ("resource_view_create", {"resource_id": resource["id"], "view_type": "text_view", "title": "Diam-diam"}),
        ("datastore_create", {**table, "fields": [{"id": "lain", "type": "text"}]}),
        ("datastore_create", {**table, "records": [{"kode": "tambahan"}]}),
        ("datastore_create", {"resource": {"package_id": dataset["id"]}, "fields": [{"id": "lain", "type": "text"}]}),
        ("datastore_upsert", {**table, "method": "insert", "records": [{"kode": "tambahan"}]}),
        ("datastore_records_delete", {**table, "filters": {"kode": SECRET}}),
        ("datastore_delete", table),
        ("bulk_update_public", {"datasets": [dataset["id"]], "org_id": portal.agency["id"]}),
        ("bulk_update_private", {"datasets": [dataset["id"]], "org_id": portal.agency["id"]}),
        ("bulk_update_delete", {"datasets": [dataset["id"]], "org_id": portal.agency["id"]}),
        ("member_create", {"id": "topik", "object": dataset["id"], "object_type": "package", "capacity": "public"}),
        ("member_create", {"id": "topik", "object": dataset["name"], "object_type": "package", "capacity": "public"}),
        ("package_relationship_create", {"subject": dataset["id"], "object": "lain", "type": "depends_on"}),
        ("group_update", {"id": "topik", "name": "topik", "title": "Topik", "packages": [{"id": dataset["id"], "name": dataset["name"]}]}),
        ("group_patch", {"id": "topik", "packages": [{"name": dataset["name"]}]}),
    ]  # fmt: skip


def kept(dataset: dict[str, Any]) -> dict[str, Any]:
    """All that readers get of a dataset, straight from the database."""
    shown = Portal.act("operator", "package_show", id=dataset["id"])
    rows = Portal.act("operator", "datastore_search", resource_id=dataset["resources"][0]["id"])["records"]
    views = Portal.act("operator", "resource_view_list", id=dataset["resources"][0]["id"])
    helpers = model.Session.execute(
        text("SELECT user_id, capacity FROM package_member WHERE package_id = :id"), {"id": dataset["id"]}
    ).fetchall()
    return {"shown": shown, "rows": rows, "views": views, "helpers": helpers}


@pytest.mark.parametrize("state", [State.PUBLISHED, State.SUBMITTED, State.IN_REVIEW, State.AWAITING_PEMBINA, State.APPROVED])
def test_what_is_published_or_looked_at_changes_through_no_action_of_anybody(portal: Portal, state: State) -> None:
    factories.Group(name="topik", users=[{"name": name, "capacity": "admin"} for name in WRITERS])
    portal.dataset("lain")
    if state is State.PUBLISHED:
        revision = portal.revision_in(State.APPROVED, "sasaran")
        portal.act("walidata", "ntbsatudata_revision_publish", id=revision)
    else:
        portal.revision_in(state, "sasaran")
    dataset = portal.act("operator", "package_show", id="sasaran")
    before = kept(dataset)
    wrong = []
    for who in ROLE_OF:
        for action, data in writes(dataset, portal):
            status, error = portal.ask(who, action, data)
            if status not in (400, 403, 404, 409):
                wrong.append(f"{who} {action}: {status} {json.dumps(error)[:160]}")
            elif status == 409 and "code" in error and not error.get("message"):
                wrong.append(f"{who} {action}: refused without a sentence")
    assert not wrong, "\n".join(wrong)
    assert kept(dataset) == before


def hidden_paths(dataset: dict[str, Any], revision_id: str) -> list[tuple[str, Callable[[str], bool]]]:
    """Addresses an anonymous or foreign reader may try; beside each, whether its answer reveals nothing."""
    resource = dataset["resources"][0]["id"]
    secret, name = SECRET.lower(), dataset["name"]

    def reveals_nothing(body: str) -> bool:
        # What was asked for may be repeated; what is in the dataset may not.
        return secret not in body.lower() and f'"{dataset["id"]}"' not in body

    def none_found(body: str) -> bool:
        return reveals_nothing(body) and (not body.startswith("{") or json.loads(body).get("result", {}).get("count", 0) == 0)

    api = "/api/3/action/"
    flags = ("", "&include_drafts=true", "&include_private=true", "&include_deleted=true", "&include_in_review=true", "&use_default_schema=true",
             "&include_drafts=true&include_private=true&include_deleted=true", "&fq=state:draft", "&fq=%2Bstate:*", "&fq=capacity:private",
             "&fq=state:(draft OR active OR deleted OR released)&include_drafts=true", "&fq=permission_labels:*", "&fq=-state:zz",
             "&facet.field=[\"organization\",\"tags\",\"state\",\"capacity\"]&facet.limit=-1", "&fl=id,name,title", "&fl=*", "&sort=title asc",
             "&fq_list=[\"state:draft\"]", f"&fq=tags:{SECRET}", f"&fq=id:{dataset['id']}")  # fmt: skip
    searches = [f"{api}package_search?q={question}{flag}" for question in ("*:*", f"name:{name}") for flag in flags]
    actions = [
        f"package_show?id={dataset['id']}", f"package_show?id={name}&include_plugin_data=true", f"package_show?id={name}&use_default_schema=true",
        f"resource_show?id={resource}", f"resource_view_list?id={resource}", f"datastore_search?resource_id={resource}",
        f"datastore_info?id={resource}", f"datastore_search?resource_id={resource}&include_total=false", "datastore_search?resource_id=_table_metadata",
        f'datastore_search_sql?sql=SELECT * FROM "{resource}"', "package_list", "current_package_list_with_resources", "package_autocomplete?q=sasaran",
        f"resource_search?query=name:{SECRET[:5]}", "resource_search?query=url:example", "organization_show?id=dikes&include_datasets=true",
        "organization_list?all_fields=true&include_datasets=true", "user_show?id=author&include_datasets=true", "member_list?id=dikes&object_type=package",
        f"package_activity_list?id={dataset['id']}", "recently_changed_packages_activity_list", "organization_activity_list?id=dikes",
        "user_activity_list?id=author", f"package_relationships_list?id={dataset['id']}", f"package_collaborator_list?id={dataset['id']}",
        f"ntbsatudata_revision_show?id={revision_id}", f"ntbsatudata_revision_compare?id={revision_id}", "ntbsatudata_revision_list",
        "ntbsatudata_curation_queue", f"ntbsatudata_release_list?id={name}", f"ntbsatudata_release_show?id={name}&number=1",
        f"ntbsatudata_curation_record_list?id={name}", "tag_list?all_fields=false", f"tag_show?id={SECRET.lower()}", "tag_autocomplete?q=rahasia",
    ]  # fmt: skip
    pages = [
        f"/dataset/{name}", f"/dataset/{dataset['id']}", f"/dataset/{name}/resource/{resource}", f"/dataset/{dataset['id']}/resource/{resource}/download/x.csv",
        f"/datastore/dump/{resource}", f"/datastore/dump/{resource}?format=json", f"/dataset/{name}/dictionary/{resource}", f"/dataset/activity/{name}",
        f"/dataset/changes/{name}", f"/dataset/{name}/rilis", f"/dataset/{name}/rilis/1", f"/dataset/{name}/rilis/1/{resource}/x.csv", f"/kurasi/{revision_id}",
        "/kurasi", "/dataset/", "/organization/dikes", "/feeds/dataset.atom", "/feeds/organization/dikes.atom",
        "/feeds/custom.atom?q=*:*", "/data.json", "/catalog.jsonld", "/catalog.ttl", f"/dataset/{name}.jsonld", f"/dataset/{name}.ttl", "/user/author", "/",
        f"/dataset/edit/{name}", f"/dataset/{name}/groups", f"/dataset/groups/{name}", f"/dataset/followers/{name}", "/sitemap.xml",
    ]  # fmt: skip
    return [
        *((path, none_found) for path in searches),
        *((api + path, reveals_nothing) for path in actions),
        *((path, reveals_nothing) for path in pages),
    ]


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_what_is_not_public_is_seen_through_no_path(portal: Portal, state: State) -> None:
    revision = portal.revision_in(state, "sasaran")
    dataset = portal.act("operator", "package_show", id="sasaran")
    wrong = []
    for who in SEES_NO_REVISION:
        for path, reveals_nothing in hidden_paths(dataset, revision):
            status, body = portal.get(who, path)
            stumbles = status >= 500 and not any(part in path for part in REFUSED_WITH_500)
            if stumbles or not reveals_nothing(body):
                wrong.append(f"{who} {status} {path}")
    assert not wrong, "\n".join(wrong)
