"""The settings of every portal (`config/portal.ini`) close what CKAN leaves open; tried through the API, past all forms."""

from __future__ import annotations

import configparser
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ckan import model
from ckan.common import config_declaration
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from freezegun import freeze_time

PORTAL_INI = Path(__file__).parents[2] / "config" / "portal.ini"
GUARDED = ("ckan.auth.", "ckan.datastore.", "ckan.upload.", "ckan.hide_version", "expire_api_token.", "ckan.search.default_include_private")


def portal_settings() -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    parser.read(PORTAL_INI, encoding="utf-8")
    return dict(parser["app:main"])


PLUGINS = "ntbsatudata scheming_datasets scheming_organizations datastore activity expire_api_token"

pytestmark = [pytest.mark.usefixtures("clean_db", "clean_index"), pytest.mark.ckan_config("ckan.plugins", PLUGINS)]


@pytest.fixture(autouse=True)
def the_portals_own_settings(ckan_config, monkeypatch):
    for name, value in portal_settings().items():
        if name.startswith(GUARDED):
            monkeypatch.setitem(ckan_config, name, value)
    config_declaration.normalize(ckan_config)


@pytest.fixture
def call(app):
    """Call an action over HTTP, with a user's token or as nobody; returns the answer."""

    def post(action, values, user=None):
        token = {"Authorization": factories.APIToken(user=user["name"], expires_in=1, unit=3600)["token"]} if user else {}
        return app.post(f"/api/3/action/{action}", json=values, headers=token, status=None)

    return post


class TestPlugins:
    def test_no_plugin_fetches_addresses_for_readers_and_tokens_expire(self):
        plugins = portal_settings()["ckan.plugins"].split()
        assert "expire_api_token" in plugins
        assert not {"resource_proxy", "datapusher", "tracking"} & set(plugins)


class TestWhoMayWhat:
    @pytest.mark.parametrize("action", ["organization_create", "group_create", "package_create"])
    def test_a_user_without_an_agency_makes_nothing(self, call, action):
        answer = call(action, {"name": "buatan-sendiri"}, factories.User())
        assert answer.status_code == 403
        assert answer.json["error"]["__type"] == "Authorization Error"

    @pytest.mark.parametrize("action", ["organization_create", "group_create", "package_create", "user_create", "api_token_create"])
    def test_nobody_makes_nothing(self, call, action):
        values = {"name": "tanpa-nama", "email": "a@example.org", "password": "Rinjani-3726", "user": factories.User()["name"]}
        assert call(action, values).status_code == 403

    def test_nobody_registers(self, app):
        app.post(
            "/user/register",
            data={"save": "", "name": "baru", "email": "a@example.org", "password1": "Rinjani-3726", "password2": "Rinjani-3726"},
        )
        assert model.User.get("baru") is None

    def test_users_are_not_listed_for_readers(self, call):
        factories.User(name="petugas")
        assert call("user_list", {}).status_code == 403
        assert call("user_show", {"id": "petugas"}).status_code == 403

    def test_the_version_is_told_to_administrators_only(self, call):
        assert "ckan_version" not in call("status_show", {}).json["result"]


class TestDataStore:
    def test_free_sql_is_not_offered(self, call):
        answer = call("datastore_search_sql", {"sql": "SELECT 1"})
        assert answer.status_code == 400
        assert "Action name not known" in answer.body


class TestTokens:
    def test_a_token_without_an_end_is_not_made(self, call):
        user = factories.User()
        answer = call("api_token_create", {"user": user["name"], "name": "selamanya"}, user)
        assert answer.status_code == 409
        assert answer.json["error"]["expires_in"] == ["Missing value"]

    def test_a_token_ends_when_it_said(self, app):
        user = factories.User()
        token = factories.APIToken(user=user["name"], expires_in=1, unit=3600)["token"]

        def whoami():
            return app.post("/api/3/action/user_show", json={"id": user["name"]}, headers={"Authorization": token}, status=None).status_code

        assert whoami() == 200
        with freeze_time(datetime.utcnow() + timedelta(hours=2)):
            assert whoami() == 403


class TestUploads:
    @pytest.mark.parametrize("name", ["a.html", "a.svg", "a.png"])
    def test_a_picture_of_an_agency_is_a_picture_by_its_content(self, create_with_upload, name):
        from ckan.logic import ValidationError

        with pytest.raises(ValidationError, match="Unsupported upload type"):
            create_with_upload(
                b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", name,
                action="organization_create", upload_field_name="image_upload", name="dinas", context={"user": factories.Sysadmin()["name"]},
            )  # fmt: skip


class TestGuessing:
    @pytest.fixture(autouse=True)
    def nobody_has_guessed_yet(self):
        redis = connect_to_redis()
        for key in redis.scan_iter("*:ntbsatudata:login:*"):
            redis.delete(key)

    def test_the_sixth_guess_in_a_minute_is_not_looked_at_even_when_right(self, app):
        factories.User(name="petugas", password="Rinjani-3726-mdpl")
        browser = app.flask_app.test_client()

        def guess(password, name="petugas"):
            return browser.post("/user/login", data={"login": name, "password": password}).status_code

        assert [guess("salah") for _ in range(5)] == [200] * 5
        assert guess("Rinjani-3726-mdpl") == 429
        assert guess("salah", "petugas-lain") == 200

    def test_a_right_password_after_four_wrong_ones_is_taken(self, app):
        factories.User(name="petugas", password="Rinjani-3726-mdpl")
        browser = app.flask_app.test_client()
        for _ in range(4):
            browser.post("/user/login", data={"login": "petugas", "password": "salah"})
        assert browser.post("/user/login", data={"login": "petugas", "password": "Rinjani-3726-mdpl"}).status_code == 302

    def test_what_is_counted_names_nobody_and_is_forgotten(self, app):
        app.flask_app.test_client().post("/user/login", data={"login": "petugas", "password": "salah"})
        redis = connect_to_redis()
        keys = list(redis.scan_iter("*:ntbsatudata:login:*"))
        assert len(keys) == 1
        assert b"petugas" not in keys[0]
        assert 0 < redis.ttl(keys[0]) <= 60
