"""The dataset and search pages say what CKAN's own would, with less work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import ckan.lib.helpers as core
import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action
from sqlalchemy import event

from ckanext.ntbsatudata import helpers


@pytest.fixture
def dataset(clean_db, clean_index):
    agency = factories.Organization(name="dinas-kesehatan", title="Dinas Kesehatan & Sosial/NTB")
    return factories.Dataset(
        name="kunjungan", title="Kunjungan </script> Puskesmas", notes="Lihat *profil* tag:gizi.", owner_org=agency["id"]
    )


def with_links(dataset, count):
    links = [{"url": f"https://data.example/{number}.csv", "format": "CSV"} for number in range(count)]
    return call_action("package_patch", {"user": dataset_owner()}, id=dataset["id"], resources=links)


def dataset_owner() -> str:
    return toolkit.get_action("get_site_user")({"ignore_auth": True})["name"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what the catalogue's database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(model.meta.engine, "before_cursor_execute", note)


class TestWork:
    def test_a_page_of_twenty_links_asks_the_database_no_more_than_one_of_two(self, app, dataset):
        asked = {}
        for count in (2, 20):
            with_links(dataset, count)
            app.get("/dataset/kunjungan")
            toolkit.get_action("package_patch")({"user": dataset_owner(), "ignore_auth": True}, {"id": "kunjungan", "version": str(count)})
            with statements() as asked[count]:
                assert app.get("/dataset/kunjungan").status_code == 200
        assert len(asked[20]) == len(asked[2])


class TestActions:
    def test_a_dataset_is_the_same_by_address_and_by_id(self, dataset):
        assert call_action("package_show", id="kunjungan") == call_action("package_show", id=dataset["id"])

    def test_an_unknown_dataset_is_not_found(self, dataset):
        with pytest.raises(toolkit.ObjectNotFound):
            call_action("package_show", id="tidak-ada")
        with pytest.raises(toolkit.ValidationError, match="Missing value"):
            call_action("package_show")

    def test_a_private_dataset_stays_hidden_by_address_too(self, dataset):
        call_action("package_patch", {"user": dataset_owner()}, id="kunjungan", private=True)
        for address in ("kunjungan", dataset["id"]):
            with pytest.raises(toolkit.NotAuthorized):
                call_action("package_show", {"user": "", "ignore_auth": False}, id=address)

    def test_nobody_follows_nothing(self, dataset):
        with pytest.raises(toolkit.NotAuthorized):
            call_action("am_following_dataset", {"user": ""}, id="kunjungan")

    def test_a_user_follows_what_he_follows(self, dataset):
        user = factories.User()
        assert call_action("am_following_dataset", {"user": user["name"]}, id="kunjungan") is False
        call_action("follow_dataset", {"user": user["name"]}, id="kunjungan")
        assert call_action("am_following_dataset", {"user": user["name"]}, id="kunjungan") is True

    @pytest.mark.ckan_config("ckan.plugins", "ntbsatudata scheming_datasets scheming_organizations datastore activity text_view")
    def test_on_the_page_a_resource_has_the_views_it_has(self, dataset):
        first, second = with_links(dataset, 2)["resources"]
        view = call_action(
            "resource_view_create", {"user": dataset_owner()}, resource_id=first["id"], view_type="text_view", title="Isi berkas"
        )
        context = {"user": "", "for_view": True}
        toolkit.get_action("package_show")(context, {"id": "kunjungan"})
        shown = {resource["id"]: toolkit.get_action("resource_view_list")(context, {"id": resource["id"]}) for resource in (first, second)}
        plain = {resource["id"]: call_action("resource_view_list", id=resource["id"]) for resource in (first, second)}
        assert shown == plain
        assert ([one["id"] for one in shown[first["id"]]], shown[second["id"]]) == ([view["id"]], [])

    def test_on_the_page_a_foreign_resource_is_asked_for_as_ever(self, dataset):
        other = factories.Dataset(owner_org=dataset["owner_org"], private=True, resources=[{"url": "https://data.example/x.csv"}])
        context = {"user": "", "for_view": True}
        toolkit.get_action("package_show")(context, {"id": "kunjungan"})
        with pytest.raises(toolkit.NotAuthorized):
            toolkit.get_action("resource_view_list")(context, {"id": other["resources"][0]["id"]})
        with pytest.raises(toolkit.ObjectNotFound):
            toolkit.get_action("resource_view_list")(context, {"id": "tidak-ada"})


class TestFacets:
    @pytest.mark.parametrize("value", ["dinas-kesehatan", "Gizi & Ibu/Anak", "tahun 2024", "50%", "à la carte", "a+b=c"])
    def test_a_value_leads_where_ckan_would_lead(self, app, dataset, value):
        with app.flask_app.test_request_context("/dataset/?q=ikan+asin&tags=laut&page=3&_tags_limit=0"):
            app.flask_app.preprocess_request()
            address = helpers.ntbsatudata_facet_address("tags")
            assert address({"name": value, "active": False}) == core.add_url_param(new_params={"tags": value})

    def test_a_chosen_value_leads_back(self, app, dataset):
        with app.flask_app.test_request_context("/dataset/?tags=laut&tags=ikan"):
            app.flask_app.preprocess_request()
            address = helpers.ntbsatudata_facet_address("tags")
            assert address({"name": "laut", "active": True}) == "/dataset/?tags=ikan"

    def test_the_list_narrows_by_its_links(self, app, dataset):
        page = app.get("/dataset/")
        link = re.search(r'href="([^"]*organization=dinas-kesehatan)"', page.body)[1]
        assert "Kunjungan" in app.get(link).body


class TestText:
    @pytest.mark.parametrize("text", ["Lihat *profil* <b>tebal</b> & [ini](https://x.example).", "", "kata " * 100, None])
    def test_markdown_reads_as_ckan_reads_it_each_time(self, app, text):
        with app.flask_app.test_request_context("/"):
            for _ in range(2):
                assert toolkit.h.markdown_extract(text, 60) == core.markdown_extract(text, 60)
                assert toolkit.h.render_markdown(text) == core.render_markdown(text)

    def test_a_link_to_a_keyword_leads_into_the_language_of_the_page(self, app):
        for start in ("/", "/id/"):
            with app.flask_app.test_request_context(start, environ_overrides={"CKAN_LANG": "id" if start == "/id/" else "en"}):
                assert toolkit.h.render_markdown("tag:gizi") == core.render_markdown("tag:gizi")


class TestAddresses:
    @pytest.mark.parametrize(
        ("endpoint", "values"),
        [
            ("dataset.read", {"id": "kunjungan"}),
            ("dataset.search", {"q": "ikan & udang", "tags": "laut"}),
            ("dataset.search", {"q": None, "page": 2}),
            ("dataset.read", {"id": "kunjungan", "_external": True}),
            ("dataset.read", {"id": "kunjungan", "locale": "en"}),
            ("dataset_read", {"id": "kunjungan"}),
            ("/base/images/x.png", {}),
        ],
    )
    def test_each_is_what_ckan_makes_of_it_in_every_language(self, app, endpoint, values):
        for language, is_default in (("en", True), ("id", False), ("en", True)):
            with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": language, "CKAN_LANG_IS_DEFAULT": is_default}):
                assert toolkit.h.url_for(endpoint, **values) == core.url_for(endpoint, **values)

    def test_an_unknown_page_has_no_address(self, app):
        from werkzeug.routing import BuildError

        with app.flask_app.test_request_context("/"), pytest.raises(BuildError):
            toolkit.h.url_for("dataset.tidak_ada")

    def test_numbers_are_written_in_the_language_of_the_page(self, app):
        for language, written in (("en", "1,166"), ("id", "1.166"), ("en", "1,166")):
            with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": language}):
                assert toolkit.h.localised_number(1166) == written


@pytest.mark.ckan_config("ckan.plugins", "ntbsatudata scheming_datasets scheming_organizations dcat structured_data activity datastore")
class TestStructuredData:
    def test_search_engines_are_told_what_ckanext_dcat_would_tell_them(self, app, dataset):
        from ckanext.dcat.helpers import structured_data as by_dcat

        shown = call_action("package_show", id="kunjungan")
        with app.flask_app.test_request_context("/dataset/kunjungan"):
            ours, theirs = json.loads(helpers.structured_data(shown)), json.loads(by_dcat(shown))
        assert nameless(ours) == nameless(theirs)

    def test_no_text_of_a_dataset_ends_its_script_element(self, app, dataset):
        page = app.get("/dataset/kunjungan").body
        script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
        assert any(entry.get("schema:name") == "Kunjungan </script> Puskesmas" for entry in json.loads(script)["@graph"])


def nameless(written):
    """Leave out the names rdflib gives nodes anew each time, and the order it happens to write them in."""
    text = json.dumps(written["@graph"], sort_keys=True)
    return sorted(re.sub(r"_:\w+", "_:", text))
