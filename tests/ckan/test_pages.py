"""The portal as a reader without an account sees it."""

from __future__ import annotations

import gzip
import re

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Content, Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.logic.content import ContentPublisher

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

LIMIT = 250_000  # bytes of a dataset page with everything


@pytest.fixture
def published(our_plugins, clean_db, clean_index):
    folder = config.schema_folder()
    region = Region.of(CodeLists.load(folder), "52")
    ContentPublisher(Content.load(folder, region), folder).publish()


@pytest.fixture
def page(app):
    def get(path, status=200):
        return BeautifulSoup(app.get(path, status=status).body, "html.parser")

    return get


def resource_path(dataset):
    resource = helpers.call_action("package_show", id=dataset)["resources"][0]
    return f"/dataset/{dataset}/resource/{resource['id']}"


def readers_pages():
    return ["/", "/dataset/", "/dataset/kode-wilayah", resource_path("kode-wilayah"), "/organization/", "/organization/diskominfotik", "/group/"] + [
        "/group/pembangunan-daerah", "/about", "/user/login",
    ]  # fmt: skip


def words(element):
    return " ".join(element.get_text(" ").split())


@pytest.mark.usefixtures("published")
def test_the_home_page_counts_what_is_there(page):
    home = page("/id/")
    counts = {words(entry.dt): words(entry.dd) for entry in home.select(".counts > div")}
    assert counts == {"Dataset": "4", "Produsen Data": "7", "Topik": "10"}
    assert [words(tile) for tile in home.select(".tiles a")] == ["Pembangunan Daerah 3 dataset", "Pemerintahan Umum 1 dataset"]
    assert words(home.h1) == "Data Provinsi Nusa Tenggara Barat, terbuka untuk semua"
    assert len(home.select(".newest li")) == 4

    helpers.call_action("package_delete", {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, id="kode-wilayah")
    assert words(page("/id/").select(".counts dd")[0]) == "3"


@pytest.mark.usefixtures("published")
def test_a_portal_without_datasets_says_so(page):
    for name in helpers.call_action("package_list"):
        helpers.call_action("package_delete", {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, id=name)
    assert "Belum ada dataset yang terbit." in words(page("/id/"))


@pytest.mark.usefixtures("published")
def test_every_page_has_language_title_main_heading_and_a_way_past_the_navigation(page):
    for path in readers_pages():
        document = page(f"/id{path}")
        assert document.html["lang"] == "id", path
        assert document.title.string.strip(), path
        assert len(document.find_all("h1")) == 1, path
        assert document.select_one("a.skip-link")["href"] == "#content", path
        assert document.find(id="content"), path
        assert document.select("main, [role=main]"), path


@pytest.mark.usefixtures("published")
def test_no_page_needs_a_script_or_anything_of_another_host(page):
    for path in readers_pages():
        document = page(path)
        scripts = [script for script in document.find_all("script") if script.get("type") != "application/ld+json"]
        assert {script.get("src") for script in scripts} <= {"/ntbsatudata/suggest.js"}, path  # follows the typing; see tests/browser
        loaded = [link["href"] for link in document.select("link[rel=stylesheet], link[rel=icon]")] + [
            image["src"] for image in document.find_all("img")
        ]
        assert [address for address in loaded if not address.startswith("/")] == [], path


@pytest.mark.usefixtures("published")
def test_a_dataset_page_weighs_little_with_everything(app):
    answer = app.get("/dataset/kode-wilayah")
    document = BeautifulSoup(answer.body, "html.parser")
    addresses = {link["href"] for link in document.select("link[rel=stylesheet], link[rel=icon]")} | {
        image["src"] for image in document.find_all("img")
    }
    weight = sum(len(gzip.compress(app.get(address).data, 6)) for address in addresses) + len(gzip.compress(answer.data, 6))
    assert len(addresses) == 3
    assert weight < LIMIT / 3, f"{weight} bytes"


@pytest.mark.usefixtures("published")
def test_the_resource_page_shows_the_first_rows_and_what_each_column_means(page):
    document = page(f"/id{resource_path('jumlah-penduduk-kabupaten-kota')}")
    assert words(document.select_one(".preview figcaption")) == "Baris 1 sampai 10 dari 10"
    head, *rows = document.select("figure.preview tr")
    assert words(head) == "Kode wilayah (Kemendagri) Nama wilayah Penduduk laki-laki Penduduk perempuan Jumlah penduduk"
    assert words(rows[0]) == "52.01 Kabupaten Lombok Barat 380974 381783 762757"
    assert [cell.get("class") for cell in rows[0].find_all("td")] == [None, None, ["number"], ["number"], ["number"]]
    assert "jumlah bilangan bulat Jumlah penduduk laki_laki + perempuan Satuan: orang." in words(document.select_one(".columns-table"))


@pytest.mark.usefixtures("published")
def test_the_dataset_page_names_agency_licence_source_and_offers_the_file(page):
    document = page("/id/dataset/luas-wilayah-kabupaten-kota")
    facts = words(document.select_one(".facts"))
    assert "Produsen Data Dinas Komunikasi, Informatika dan Statistik Provinsi NTB" in facts
    assert document.select_one(".facts a[rel=license]")["href"].startswith("https://creativecommons.org/licenses/by/4.0")
    told = words(document.select_one(".additional-info"))
    assert "Kepmendagri 300.2.2-2138/2025" in told
    assert "Topik Pembangunan Daerah (RAD.03)" in told and "Nusa Tenggara Barat (52)" in told and "Lebih dari dua tahunan" in told
    assert "Konsep Wilayah Administrasi" in told and "MS-Kegiatan" not in told  # only what has been filled in
    download = next(link for link in document.select(".resource-actions a") if words(link) == "Unduh")
    assert download["href"].endswith("/luas-wilayah-kabupaten-kota.csv")
    assert download["aria-label"] == "Unduh Luas wilayah menurut kabupaten/kota"


@pytest.mark.usefixtures("published")
def test_a_filter_shows_whole_names_and_counts_and_narrows_the_list(page):
    listing = page("/id/dataset/")
    topics = [words(link) for link in listing.select('nav[aria-label="Saring menurut: Topik"] a')]
    assert topics == ["Pembangunan Daerah 3", "Pemerintahan Umum 1"]
    agency = listing.select_one('nav[aria-label="Saring menurut: Produsen Data"] a')
    assert words(agency) == "Dinas Komunikasi, Informatika dan Statistik Provinsi NTB 4"
    narrowed = page(listing.select_one('nav[aria-label="Saring menurut: Topik"] li:nth-of-type(2) a')["href"])
    assert [words(title) for title in narrowed.select(".dataset-heading")] == ["Kode Wilayah Administrasi Provinsi Nusa Tenggara Barat"]
    assert narrowed.select_one("nav .active a")["aria-current"] == "true"


@pytest.mark.usefixtures("published")
def test_english_is_one_click_away_and_back(page):
    document = page("/id/dataset/kode-wilayah?x=1")
    english = document.select_one('.site-tools a[hreflang="en"]')
    assert english["href"] == "/dataset/kode-wilayah?x=1"  # the test site speaks English by default
    assert page(english["href"]).select_one('.site-tools a[hreflang="id"]')["href"] == "/id/dataset/kode-wilayah?x=1"


@pytest.mark.usefixtures("published")
def test_agencies_stand_below_the_one_they_belong_to(page):
    tree = page("/id/organization/").select_one(".tree")
    top = [words(item.h2) for item in tree.find_all("li", recursive=False)]
    assert top == ["Badan Pusat Statistik Provinsi NTB", "Pemerintah Provinsi Nusa Tenggara Barat"]
    below = [words(item) for item in tree.select("li ul h2")]
    assert below[0] == "Badan Perencanaan Pembangunan Daerah Provinsi NTB" and len(below) == 5


def test_a_page_that_does_not_exist_says_what_to_do(page):
    document = page("/id/tidak-ada", status=404)
    assert words(document.h1) == "Halaman ini tidak ada"
    assert document.select_one("main form[role=search]")["action"] == "/id/dataset/"


def test_a_demonstration_says_so_on_every_page_and_a_real_portal_does_not(page, monkeypatch, ckan_config):
    assert page("/id/about?real").select_one(".demo-banner") is None
    monkeypatch.setitem(ckan_config, "ntbsatudata.demo", True)
    banner = page("/id/about").select_one(".demo-banner")
    assert words(banner) == "Portal peragaan: berisi data contoh. Jangan mengutip angkanya. Coba setiap peran"
    assert banner.select_one("a")["href"] == "/id/peragaan"


def test_the_contact_stands_in_the_footer_when_there_is_one(page, monkeypatch, ckan_config):
    assert page("/about?none").select_one("footer a[href^=mailto]") is None
    monkeypatch.setitem(ckan_config, "ntbsatudata.contact", "satudata@example.go.id")
    assert page("/about").select_one("footer a[href^=mailto]")["href"] == "mailto:satudata@example.go.id"


def test_who_is_logged_in_gets_ckans_own_tools(app):
    token = factories.SysadminWithToken()["token"]
    body = app.get("/dataset/", headers={"Authorization": token}).body
    assert re.search(r"<script src=\"[^\"]*base/[^\"]*main\.js", body) and "account-masthead" in body


@pytest.mark.usefixtures("published")
def test_a_long_list_leads_on_with_words(page, monkeypatch, ckan_config):
    monkeypatch.setitem(ckan_config, "ckan.datasets_per_page", 2)
    first = page("/id/dataset/?first")
    links = {words(link): link["href"] for link in first.select(".pagination a")}
    assert list(links) == ["1", "2", "Berikutnya"]
    assert [words(link) for link in page(links["Berikutnya"]).select(".pagination a")] == ["Sebelumnya", "1", "2"]
