"""The dataset's fields through the API: a draft may lack anything, and what is given must be sound."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture
def organization():
    return factories.Organization()


def site_user():
    return {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


def create(organization, **fields):
    return helpers.call_action(
        "package_create", site_user(), name=f"d-{factories.Dataset.stub().name}", title="T", owner_org=organization["id"], **fields
    )


def test_a_draft_may_lack_everything_but_its_address(organization):
    dataset = create(organization, state="draft", access_rights="tertutup")
    assert dataset["state"] == "draft" and dataset["access_rights"] == "tertutup"


def test_the_fields_come_back_as_given(organization):
    given = {
        "konsep": "Penduduk", "definisi": "Orang yang tercatat.", "klasifikasi": ["wilayah", "jenis kelamin"], "ukuran": "Jumlah", "satuan": "Orang",
        "id_sds": "belum ada", "frequency": "TAHUNAN", "temporal_start": "2018", "temporal_end": "2024-06", "kode_wilayah": ["52"],
        "access_rights": "terbuka", "theme": ["http://publications.europa.eu/resource/authority/data-theme/SOCI"], "license_id": "CC-BY-4.0",
    }  # fmt: skip
    dataset = create(organization, **given)
    shown = helpers.call_action("package_show", id=dataset["id"])
    assert {name: shown[name] for name in given} == given
    assert shown["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    patched = helpers.call_action("package_patch", site_user(), id=dataset["id"], satuan="Jiwa")
    assert patched["satuan"] == "Jiwa" and patched["klasifikasi"] == given["klasifikasi"]


def test_spellings_of_a_frequency_and_a_licence_become_their_code(organization):
    dataset = create(organization, frequency="1 Tahun Sekali", license_id="cc-by")
    assert (dataset["frequency"], dataset["license_id"]) == ("TAHUNAN", "CC-BY-4.0")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("konsep", "Persentase X Tahun 2024", 'starts with the measure "Persentase"'),
        ("konsep", "Penduduk Lombok Barat", 'contains the region "Lombok Barat"'),
        ("id_sds", "123", "is not the number of a national data standard"),
        ("frequency", "Periode", "has no safe meaning"),
        ("temporal_start", "03/04/2024", "Write a year, a month or a day"),
        ("access_decided", "3 Maret 2026", "Write year-month-day"),
        ("access_rights", "rahasia", "Value must be one of"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_reason(organization, field, value, sentence):
    with pytest.raises(toolkit.ValidationError) as refused:
        create(organization, **{field: value})
    assert sentence in " ".join(refused.value.error_dict[field])


def test_a_restricted_dataset_needs_its_ground_and_the_date(organization):
    with pytest.raises(toolkit.ValidationError) as refused:
        create(organization, access_rights="terbatas", access_ground="UU 14/2008 Pasal 17 huruf h")
    assert "needs its legal ground and the date" in refused.value.error_dict["access_ground"][0]
    dataset = create(organization, access_rights="terbatas", access_ground="UU 14/2008 Pasal 17 huruf h", access_decided="2026-03-02")
    found = helpers.call_action("package_search", context={"user": ""}, fq=f"id:{dataset['id']}")
    assert found["count"] == 1, "its metadata stay listed"


def test_a_period_runs_forward(organization):
    with pytest.raises(toolkit.ValidationError) as refused:
        create(organization, temporal_start="2024", temporal_end="2018")
    assert refused.value.error_dict == {"temporal_end": ["The period starts at 2024, after its end 2018. Check both periods."]}


def test_a_column_schema_of_a_resource_comes_back_as_a_structure(organization):
    dataset = create(organization)
    schema = {"fields": [{"name": "kode_wilayah", "type": "string", "kode_referensi": "wilayah-kemendagri"}]}
    resource = helpers.call_action(
        "resource_create", site_user(), package_id=dataset["id"], url="http://example.com/a.csv", format="csv", schema=schema
    )
    assert resource["schema"] == schema
    assert helpers.call_action("package_show", id=dataset["id"])["resources"][0]["schema"] == schema


def test_a_topic_brings_its_themes_unless_they_are_given(organization):
    base = "http://publications.europa.eu/resource/authority/data-theme/"
    dataset = create(organization, topik="RAD.04")
    assert helpers.call_action("package_show", id=dataset["id"])["theme"] == [base + "HEAL", base + "SOCI"]
    assert helpers.call_action("package_patch", site_user(), id=dataset["id"], satuan="Orang")["theme"] == [base + "HEAL", base + "SOCI"]
    assert create(organization, topik="RAD.04", theme=[base + "ENVI"])["theme"] == [base + "ENVI"]
    assert create(organization, topik="RAD.04", theme=[])["theme"] == [base + "HEAL", base + "SOCI"]
    assert "theme" not in create(organization)
