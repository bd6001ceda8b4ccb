"""What readers and users get from the real portal: no cookie, true pages, 304, guarded forms, harmless uploads."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from ckan import model
from ckan.lib import files
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action
from sqlalchemy import text

from ckanext.ntbsatudata.model import catalogue_version

PASSWORD = "Rinjani-3726-mdpl"


def change(action: str, **values):
    """Call an action as the portal's own user, whom the activity stream can name."""
    return call_action(action, {"user": toolkit.get_action("get_site_user")({"ignore_auth": True})["name"]}, **values)


@pytest.fixture(autouse=True)
def empty_catalogue(clean_db, clean_index):
    """Each test starts with no datasets, agencies and users."""


@pytest.fixture
def dataset(empty_catalogue):
    agency = factories.Organization(name="dinas-kesehatan", title="Dinas Kesehatan")
    return factories.Dataset(name="kunjungan", title="Kunjungan Puskesmas", owner_org=agency["id"])


@pytest.fixture
def officer(empty_catalogue):
    return factories.User(name="petugas", fullname="Petugas Walidata", password=PASSWORD, sysadmin=True)


@pytest.fixture
def reader(app):
    """Asks as a reader without a name: nothing is remembered from one request to the next."""
    client = app.flask_app.test_client(use_cookies=False)
    return client.get


@pytest.fixture
def logged_in(app, officer):
    """A browser in which the officer has logged in through the real form."""
    browser = app.flask_app.test_client()
    page = browser.get("/user/login")
    answer = browser.post("/user/login", data={"login": "petugas", "password": PASSWORD, "_csrf_token": token_on(page)})
    assert answer.status_code == 302
    return browser


def token_on(page) -> str:
    found = re.search(r'name="_csrf_token" (?:value|content)="([^"]*)"', page.text)
    return found[1] if found else ""


class TestAnonymousReaders:
    @pytest.mark.parametrize(
        "path",
        [
            "/", "/dataset/", "/dataset/kunjungan", "/organization/", "/organization/dinas-kesehatan", "/group/", "/about", "/en/dataset/",
            "/dataset/tidak-ada", "/dataset/new", "/feeds/dataset.atom", "/api/3/action/package_show?id=kunjungan", "/api/3/action/nothing",
        ],
    )  # fmt: skip
    def test_get_no_cookie(self, dataset, reader, path):
        assert "Set-Cookie" not in reader(path).headers

    @pytest.mark.parametrize(
        "path", ["/", "/dataset/", "/dataset/kunjungan", "/feeds/dataset.atom", "/api/3/action/package_show?id=kunjungan"]
    )
    def test_are_told_304_when_they_have_the_page(self, dataset, reader, path):
        first = reader(path)
        assert first.status_code == 200
        assert reader(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        change("package_patch", id="kunjungan", notes="Lain sama sekali")
        assert reader(path).status_code == 200

    def test_see_the_same_page_however_it_was_made(self, dataset, reader):
        """Two pages written afresh for two states of the catalogue with the same content are the same, byte for byte."""
        first = reader("/dataset/kunjungan")
        catalogue_version.advance()
        assert reader("/dataset/kunjungan").data == first.data

    def test_never_get_a_users_page_nor_a_user_theirs(self, dataset, reader, logged_in):
        assert "Petugas Walidata" in logged_in.get("/dataset/kunjungan").text
        assert "Petugas Walidata" not in reader("/dataset/kunjungan").text
        assert "Petugas Walidata" in logged_in.get("/dataset/kunjungan").text


class TestNeverStale:
    """After each change the very next reader sees it, on every page that shows it."""

    PAGES = (
        "/dataset/kunjungan",
        "/dataset/",
        "/organization/dinas-kesehatan",
        "/api/3/action/package_show?id=kunjungan",
        "/api/3/action/package_search",
    )

    @pytest.fixture(autouse=True)
    def pages_that_have_been_read(self, dataset, reader):
        for path in self.PAGES:
            assert "Kunjungan Puskesmas" in reader(path).text

    @pytest.mark.parametrize("path", PAGES)
    def test_a_new_title(self, reader, path):
        change("package_patch", id="kunjungan", title="Kunjungan Posyandu")
        assert "Kunjungan Posyandu" in reader(path).text
        assert "Kunjungan Puskesmas" not in reader(path).text

    def test_a_title_changed_through_the_api_of_the_portal(self, app, reader, officer):
        token = factories.APIToken(user="petugas")["token"]
        answer = app.post("/api/3/action/package_patch", json={"id": "kunjungan", "title": "Lewat API"}, headers={"Authorization": token})
        assert answer.status_code == 200
        for path in self.PAGES:
            assert "Lewat API" in reader(path).text

    def test_a_removed_dataset(self, reader):
        change("package_delete", id="kunjungan")
        assert reader("/dataset/kunjungan").status_code == 404
        assert "Kunjungan Puskesmas" not in reader("/dataset/").text

    def test_a_dataset_made_private(self, reader):
        change("package_patch", id="kunjungan", private=True)
        assert reader("/dataset/kunjungan").status_code == 404
        assert reader("/api/3/action/package_show?id=kunjungan").status_code == 403

    def test_a_renamed_agency(self, reader):
        change("organization_patch", id="dinas-kesehatan", title="Dinkes NTB")
        assert "Dinkes NTB" in reader("/organization/dinas-kesehatan").text

    def test_a_question_leaves_the_stamp(self):
        before = catalogue_version.current()
        call_action("package_show", id="kunjungan")
        model.Session.commit()
        assert catalogue_version.current() == before

    @pytest.mark.parametrize(
        "write",
        [
            lambda: setattr(model.Package.get("kunjungan"), "title", "Langsung"),
            lambda: model.Session.query(model.Package).update({"title": "Semua"}),
            lambda: model.Session.execute(text("UPDATE package SET title = 'Dengan kalimat SQL'")),
            lambda: model.Session.connection().exec_driver_sql("WITH one AS (SELECT 1) UPDATE package SET title = 'Di bawah SQLAlchemy'"),
        ],
        ids=["an object", "many rows", "a sentence of SQL", "the driver"],
    )
    def test_a_change_past_all_actions(self, write):
        before = catalogue_version.current()
        write()
        assert catalogue_version.current() == before
        model.Session.commit()
        assert catalogue_version.current() != before

    def test_a_change_within_a_change_comes_with_the_whole(self):
        before = catalogue_version.current()
        with model.Session.begin_nested():
            model.Package.get("kunjungan").title = "Bagian"
        assert catalogue_version.current() == before
        model.Session.commit()
        assert catalogue_version.current() != before

    def test_a_change_that_is_rolled_back_leaves_the_stamp(self):
        before = catalogue_version.current()
        model.Package.get("kunjungan").title = "Tidak jadi"
        model.Session.flush()
        model.Session.rollback()
        model.Session.commit()
        assert catalogue_version.current() == before

    def test_new_rows_of_a_table(self, dataset, reader):
        resource = change("resource_create", package_id="kunjungan", url="https://data.example/a.csv", format="CSV")
        change(
            "datastore_create", resource_id=resource["id"], force=True, fields=[{"id": "kode", "type": "text"}], records=[{"kode": "52.01"}]
        )
        path = f"/api/3/action/datastore_search?resource_id={resource['id']}"
        assert "52.01" in reader(path).text
        change("datastore_upsert", resource_id=resource["id"], force=True, method="insert", records=[{"kode": "52.02"}])
        assert "52.02" in reader(path).text

    def test_being_here_is_no_change(self, officer):
        user = model.User.get("petugas")
        before = catalogue_version.current()
        user.set_user_last_active()
        assert user.last_active is not None
        assert catalogue_version.current() == before


class TestForms:
    def test_a_form_without_its_token_is_refused(self, logged_in):
        answer = logged_in.post("/user/edit/petugas", data={"save": "", "fullname": "Palsu"})
        assert answer.status_code == 400
        assert "This request cannot be understood" in answer.text
        assert model.User.get("petugas").fullname == "Petugas Walidata"

    def test_also_after_an_anonymous_reader_asked_for_the_same_form(self, app, logged_in):
        """In CKAN 2.12.0 that request lifts the check for everybody until the server restarts."""
        app.flask_app.test_client().post("/user/edit/petugas", data={"save": "", "fullname": "Palsu"})
        answer = logged_in.post("/user/edit/petugas", data={"save": "", "fullname": "Palsu"})
        assert answer.status_code == 400
        assert model.User.get("petugas").fullname == "Petugas Walidata"

    def test_a_form_with_its_token_is_taken(self, logged_in, officer):
        page = logged_in.get("/user/edit/petugas")
        form = {"save": "", "name": "petugas", "email": officer["email"], "fullname": "Nama Baru", "_csrf_token": token_on(page)}
        assert logged_in.post("/user/edit/petugas", data=form).status_code == 302
        assert model.User.get("petugas").fullname == "Nama Baru"

    def test_a_program_with_a_token_needs_none(self, app, officer):
        token = factories.APIToken(user="petugas")["token"]
        answer = app.post("/api/3/action/organization_create", json={"name": "bappeda"}, headers={"Authorization": token})
        assert answer.status_code == 200

    def test_who_logged_out_is_an_anonymous_reader_again(self, logged_in):
        page = logged_in.get("/dataset/new")
        logged_in.post("/user/_logout", data={"_csrf_token": token_on(page)})
        assert "Petugas Walidata" not in logged_in.get("/dataset/").text


SCRIPTED = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


class TestUploads:
    @pytest.fixture
    def upload(self, dataset, officer, create_with_upload):
        """Upload a file to the dataset; returns the resource."""
        return lambda content, name, **values: create_with_upload(
            content, name, context={"user": "petugas"}, package_id=dataset["id"], url="upload", **values
        )

    @pytest.mark.parametrize(
        ("name", "mimetype"), [("a.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.xml", "application/xml"), ("a.csv", "text/csv")]
    )
    def test_a_file_is_saved_never_opened_in_our_origin(self, dataset, reader, upload, name, mimetype):
        resource = upload(SCRIPTED, name, mimetype=mimetype)
        answer = reader(resource["url"].removeprefix(toolkit.config["ckan.site_url"]))
        assert answer.data == SCRIPTED
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")

    def test_part_of_it_too(self, dataset, reader, upload):
        resource = upload(SCRIPTED, "a.svg")
        answer = reader(resource["url"].removeprefix(toolkit.config["ckan.site_url"]), headers={"Range": "bytes=0-9"})
        assert (answer.status_code, answer.data) == (206, SCRIPTED[:10])
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_a_file_unchanged_is_told_304(self, dataset, reader, upload):
        resource = upload(b"kode\n52.01\n", "a.csv")
        path = resource["url"].removeprefix(toolkit.config["ckan.site_url"])
        first = reader(path)
        assert reader(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    def test_a_file_of_the_new_storages_too(self, reader, tmp_path):
        storage = files.make_storage("peta", {"type": "ckan:fs", "path": str(tmp_path / "peta"), "initialize": True, "public": True})
        files.storages.register("peta", storage)
        data = storage.upload("a.svg", files.make_upload(BytesIO(SCRIPTED)))
        answer = reader(f"/file/public-download/peta/{data.location}")
        assert answer.data == SCRIPTED
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
