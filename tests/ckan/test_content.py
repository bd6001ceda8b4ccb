"""The first content of a portal, published through actions, as a reader and a program find it.

Golden values: Kepmendagri 300.2.2-2430/2025 (codes) and 300.2.2-2138/2025 (area, population).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.cli.ckan import ntbsatudata
from ckanext.ntbsatudata.domain.content import Content, Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.logic import content, revisions
from ckanext.ntbsatudata.logic.content import ContentPublisher, Outcome

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

DATASETS = {"kode-wilayah", "luas-wilayah-kabupaten-kota", "jumlah-penduduk-kabupaten-kota", "jumlah-desa-kelurahan-kecamatan"}


def publish(**options) -> Counter[Outcome]:
    folder = config.schema_folder()
    region = Region.of(CodeLists.load(folder), "52")
    return ContentPublisher(Content.load(folder, region), folder, **options).publish()


def resource_of(dataset: str) -> dict:
    return helpers.call_action("package_show", id=dataset)["resources"][0]


def rows_of(dataset: str) -> dict:
    return helpers.call_action("datastore_search", resource_id=resource_of(dataset)["id"], limit=2000)


def act(user: str, action: str, /, **data):
    return toolkit.get_action(action)({"user": user}, data)


def walidata() -> dict:
    return {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"], "ignore_auth": True}


def test_a_program_gets_typed_fields_codes_as_text_and_numbers_as_numbers():
    """Requirement 12: an API per dataset with documented types."""
    publish()

    codes = rows_of("kode-wilayah")
    assert codes["total"] == 1294
    assert {field["id"]: field["type"] for field in codes["fields"] if field["id"] != "_id"} == {
        "kode_wilayah": "text", "kode_bps": "text", "nama_wilayah": "text", "tingkat": "text", "kode_induk": "text",
    }  # fmt: skip
    levels = Counter(row["tingkat"] for row in codes["records"])
    assert levels == {"provinsi": 1, "kabupaten": 8, "kota": 2, "kecamatan": 117, "desa": 1021, "kelurahan": 145}
    sekotong = next(row for row in codes["records"] if row["kode_wilayah"] == "52.01.07")
    assert (sekotong["nama_wilayah"], sekotong["kode_bps"]) == ("Sekotong", "5201010")

    population = rows_of("jumlah-penduduk-kabupaten-kota")
    assert {field["id"]: field["type"] for field in population["fields"]}["jumlah"] == "int8"
    assert len(population["records"]) == 10 and sum(row["jumlah"] for row in population["records"]) == 5_751_295

    area = rows_of("luas-wilayah-kabupaten-kota")
    assert {field["id"]: field["type"] for field in area["fields"]}["luas_km2"] == "numeric"
    assert sum(Decimal(str(row["luas_km2"])) for row in area["records"]) == Decimal("19631.991")
    assert {field["id"]: field["info"]["label"] for field in area["fields"] if field["id"] != "_id"} == {
        "kode_wilayah": "Kode wilayah (Kemendagri)", "nama_wilayah": "Nama wilayah", "luas_km2": "Luas wilayah",
    }  # fmt: skip


def test_the_file_downloads_byte_for_byte(app):
    publish()
    resource = resource_of("jumlah-penduduk-kabupaten-kota")
    answer = app.get(resource["url"].removeprefix("http://test.ckan.net"))
    assert answer.data.splitlines(keepends=True)[:2] == [
        b"kode_wilayah,nama_wilayah,laki_laki,perempuan,jumlah\n",
        b"52.01,Kabupaten Lombok Barat,380974,381783,762757\n",
    ]
    assert answer.data.endswith(b"52.72,Kota Bima,82338,82775,165113\n")
    assert hashlib.sha256(answer.data).hexdigest() == resource["hash"]

    rows = list(csv.DictReader(io.StringIO(app.get(resource_of("kode-wilayah")["url"].removeprefix("http://test.ckan.net")).data.decode())))
    assert len(rows) == 1294 and rows[1] == {
        "kode_wilayah": "52.01", "kode_bps": "5201", "nama_wilayah": "Kabupaten Lombok Barat", "tingkat": "kabupaten", "kode_induk": "52",
    }  # fmt: skip


def test_each_dataset_has_organisation_licence_description_and_source():
    publish()
    for name in DATASETS:
        dataset = helpers.call_action("package_show", id=name)
        assert dataset["organization"]["title"] == "Dinas Komunikasi, Informatika dan Statistik Provinsi NTB"
        assert dataset["license_id"] == "CC-BY-4.0" and dataset["license_url"].startswith("https://creativecommons.org/licenses/by/4.0")
        assert dataset["notes"] and "Kepmendagri 300.2.2-2" in dataset["provenance"]
        assert dataset["state"] == "active" and not dataset["private"]


def test_the_agencies_stand_in_a_tree():
    publish()
    parents = {
        organization["name"]: [group["name"] for group in organization["groups"]]
        for organization in helpers.call_action("organization_list", all_fields=True, include_groups=True)
    }
    assert parents["diskominfotik"] == ["provinsi-ntb"] and parents["provinsi-ntb"] == [] and parents["bps"] == []


def test_a_second_run_finds_everything_in_place_and_makes_no_duplicates():
    first = publish()
    assert set(first) == {Outcome.CREATED}
    before = {name: resource_of(name) for name in DATASETS}

    assert set(publish()) == {Outcome.UNCHANGED}

    assert set(helpers.call_action("package_list")) == DATASETS
    assert helpers.call_action("package_search", rows=0)["count"] == len(DATASETS)
    assert {name: resource_of(name) for name in DATASETS} == before
    assert [len(helpers.call_action("package_show", id=name)["resources"]) for name in DATASETS] == [1, 1, 1, 1]


@pytest.mark.parametrize("killed", ["before the first file", "before the table", "before the last word"])
def test_a_run_that_was_killed_is_completed_by_the_next(killed):
    publish()
    resource = resource_of("luas-wilayah-kabupaten-kota")
    if killed == "before the first file":
        helpers.call_action("datastore_delete", walidata(), resource_id=resource["id"], force=True)
        helpers.call_action("resource_delete", walidata(), id=resource["id"])
    elif killed == "before the table":
        helpers.call_action("datastore_delete", walidata(), resource_id=resource["id"], force=True)
        helpers.call_action("resource_patch", walidata(), id=resource["id"], hash="")
    else:
        helpers.call_action("resource_patch", walidata(), id=resource["id"], hash="")

    publish()

    assert len(helpers.call_action("package_show", id="luas-wilayah-kabupaten-kota")["resources"]) == 1
    assert rows_of("luas-wilayah-kabupaten-kota")["total"] == 10
    assert len(resource_of("luas-wilayah-kabupaten-kota")["hash"]) == 64


def test_a_renewed_table_is_a_new_release_and_the_old_one_keeps_its_bytes(monkeypatch):
    publish()
    before = resource_of("luas-wilayah-kabupaten-kota")
    first = helpers.call_action("ntbsatudata_release_show", walidata(), id="luas-wilayah-kabupaten-kota", number=1)
    old = b"".join(revisions.open_file(first["dataset_id"], 1, before["id"]))

    all_rows = content.rows_of

    def one_row_less(*arguments):
        rows = all_rows(*arguments)
        if rows.table.file != before["url"].rpartition("/")[2]:
            return rows
        return replace(rows, records=rows.records[:-1])

    monkeypatch.setattr(content, "rows_of", one_row_less)
    publish()

    now = resource_of("luas-wilayah-kabupaten-kota")
    assert now["id"] == before["id"]
    assert rows_of("luas-wilayah-kabupaten-kota")["total"] == 9
    releases = helpers.call_action("ntbsatudata_release_list", walidata(), id="luas-wilayah-kabupaten-kota")
    assert [(each["number"], each["changelog"]) for each in releases] == [
        (2, "Isi dari skema portal diperbarui."), (1, "Isi pertama dari skema portal."),
    ]  # fmt: skip
    assert b"".join(revisions.open_file(first["dataset_id"], 1, before["id"])) == old
    assert hashlib.sha256(old).hexdigest() == first["sha256"][before["id"]]
    assert len(b"".join(revisions.open_file(first["dataset_id"], 2, before["id"])).splitlines()) == len(old.splitlines()) - 1
    assert publish()[Outcome.RENEWED] == 0


def test_what_the_walidata_have_edited_or_deleted_stays():
    publish()
    helpers.call_action("package_patch", walidata(), id="kode-wilayah", notes="Keterangan dari walidata.")
    helpers.call_action("package_delete", walidata(), id="luas-wilayah-kabupaten-kota")
    helpers.call_action("organization_patch", walidata(), id="bps", title="BPS NTB")

    outcomes = publish()

    assert outcomes[Outcome.DELETED] == 1 and outcomes[Outcome.CREATED] == 0
    assert helpers.call_action("package_show", id="kode-wilayah")["notes"] == "Keterangan dari walidata."
    assert helpers.call_action("package_show", walidata(), id="luas-wilayah-kabupaten-kota")["state"] == "deleted"
    assert helpers.call_action("organization_show", id="bps")["title"] == "BPS NTB"


@pytest.mark.ckan_config("ntbsatudata.curation", True)
def test_a_dataset_whose_revision_the_walidata_have_published_is_theirs(monkeypatch):
    monkeypatch.setattr("ckanext.ntbsatudata.logic.revisions.automatic_problems", lambda dataset: [])  # they have tests of their own
    publish()
    operator = factories.Sysadmin(name="operator")["name"]
    for name in ("produsen", "walidata"):
        factories.User(name=name)
    act(operator, "organization_member_create", id="diskominfotik", username="produsen", role="editor")
    act(operator, "ntbsatudata_role_grant", user="walidata", role="walidata")
    revision = act(
        "produsen", "ntbsatudata_revision_create", id="luas-wilayah-kabupaten-kota", changelog="Luas menurut pengukuran sendiri."
    )
    working = act("produsen", "package_show", id=revision["working_id"])
    own = FileStorage(io.BytesIO(b"kode_wilayah,luas_km2\n52.01,920\n"), "luas-kami.csv", content_type="text/csv")
    act("produsen", "resource_patch", id=working["resources"][0]["id"], url="luas-kami.csv", upload=own)
    act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog="Luas menurut pengukuran sendiri.")
    met = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
    act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Sesuai.", principles=met)
    act("walidata", "ntbsatudata_revision_publish", id=revision["id"])

    outcomes = publish()

    assert outcomes[Outcome.REVISED] == 1 and outcomes[Outcome.CREATED] == outcomes[Outcome.RENEWED] == 0
    resources = helpers.call_action("package_show", id="luas-wilayah-kabupaten-kota")["resources"]
    assert [resource["url"].rpartition("/")[2] for resource in resources] == ["luas-kami.csv"]


def test_a_dry_run_says_what_it_would_do_and_does_nothing():
    assert publish(dry_run=True)[Outcome.CREATED] == 21  # 7 agencies, 10 topics, 4 datasets
    assert helpers.call_action("package_list") == [] and helpers.call_action("organization_list") == []


def test_the_command_publishes_a_kabupaten_and_repeats(cli):
    done = cli.invoke(ntbsatudata, ["content", "publish", "--wilayah", "52.07"])
    assert done.exit_code == 0, done.output
    assert "Kabupaten Sumbawa Barat: 18 dibuat." in done.output  # 4 agencies, 10 topics, 4 datasets
    assert rows_of("kode-wilayah")["total"] == 74
    assert "Kabupaten Sumbawa Barat: 18 sudah ada." in cli.invoke(ntbsatudata, ["content", "publish", "--wilayah", "52.07"]).output


def test_a_demonstration_also_gets_sample_content(cli):
    done = cli.invoke(ntbsatudata, ["content", "publish", "--wilayah", "52.07", "--demo"])
    assert "20 dibuat." in done.output
    sample = helpers.call_action("package_show", id="contoh-persediaan-vaksin-kecamatan")
    assert sample["title"] == "Contoh: Persediaan Vaksin Menurut Kecamatan dan Bulan di Kabupaten Sumbawa Barat, 2025"
    assert rows_of("contoh-persediaan-vaksin-kecamatan")["total"] == 96  # 8 kecamatan, 12 months


def test_the_command_refuses_a_region_that_does_not_exist(cli):
    refused = cli.invoke(ntbsatudata, ["content", "publish", "--wilayah", "52.99"])
    assert refused.exit_code == 64
    assert '"52.99" bukan kode provinsi atau kabupaten/kota. Pilih salah satu: 52, 52.01' in refused.output
