"""MS-Kegiatan, MS-Indikator and MS-Variabel through the API: structured, checked, versioned, exchanged with INDAH."""

from __future__ import annotations

from datetime import date

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, load_form
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")

ACTIONS = {Kind.MSKEG: "mskegiatan", Kind.MSIND: "msindikator", Kind.MSVAR: "msvariabel"}


def example(kind):
    form = load_form(SchemaFolder(), kind)
    record = {field.name: field.example for field in form.fields if field.type is not FieldType.SYSTEM and field.when is None}
    for _ in range(3):
        record |= {field.name: field.example for field in form.fields if field.when is not None and field.when.holds(record)}
    return record


@pytest.fixture
def agency():
    editor = factories.User()
    organization = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    return organization["id"], editor["name"]


def call(action, user, **data):
    return helpers.call_action(f"ntbsatudata_{action}", {"user": user, "ignore_auth": False}, **data)


@pytest.mark.parametrize("kind", list(ACTIONS))
def test_a_record_comes_back_with_every_field_of_the_standard(agency, kind):
    organization, editor = agency
    made = call(f"{ACTIONS[kind]}_create", editor, owner_org=organization, **example(kind))
    shown = call(f"{ACTIONS[kind]}_show", "", id=made["id"])
    form = load_form(SchemaFolder(), kind)
    assert {field.name for field in form.fields if not field.internal} <= set(shown)
    assert not {field.name for field in form.fields if field.internal} & set(shown)
    assert (shown["version"], shown["kind"]) == (1, kind.value)


def test_a_survey_without_a_sampling_design_is_refused_and_the_field_named(agency):
    organization, editor = agency
    with pytest.raises(toolkit.ValidationError) as refused:
        call("mskegiatan_create", editor, owner_org=organization, **{**example(Kind.MSKEG), "cara_pengumpulan_data": "SURVEI"})
    errors = refused.value.error_dict
    assert set(errors) == {
        "v_jenis_rancangan_sampel", "v_metode_pemilihan_sampel_tahap_terakhir", "v_metode_yang_digunakan", "v_unit_sampel", "v_unit_observasi",
    }  # fmt: skip
    assert "Peraturan BPS 5/2020" in errors["v_jenis_rancangan_sampel"][0]
    assert call("mskegiatan_list", editor, owner_org=organization, drafts=True) == []


def test_a_composite_indicator_without_its_parts_is_refused(agency):
    organization, editor = agency
    wrong = {**example(Kind.MSIND), "apakah_indikator_komposit": True, "indikator_pembangun": [], "variabel_pembangun": []}
    with pytest.raises(toolkit.ValidationError) as refused:
        call("msindikator_create", editor, owner_org=organization, **wrong)
    assert list(refused.value.error_dict) == ["indikator_pembangun"]


def test_a_draft_may_be_unfinished_and_only_its_agency_sees_it(agency):
    organization, editor = agency
    draft = call("mskegiatan_create", editor, owner_org=organization, judul_kegiatan="Kompilasi Data Ternak", draft=True)
    assert (draft["version"], draft["draft"]) == (0, {"judul_kegiatan": "Kompilasi Data Ternak"})
    with pytest.raises(toolkit.NotAuthorized):
        call("mskegiatan_show", "", id=draft["id"])
    assert call("mskegiatan_list", "", owner_org=organization) == []
    with pytest.raises(toolkit.ValidationError):
        call("mskegiatan_update", editor, id=draft["id"])
    finished = call("mskegiatan_update", editor, id=draft["id"], **{**example(Kind.MSKEG), "judul_kegiatan": "Kompilasi Data Ternak"})
    assert (finished["version"], finished["draft"]) == (1, None)


def test_a_new_version_says_why_lists_the_datasets_it_touches_and_keeps_the_old_one(agency):
    organization, editor = agency
    made = call("mskegiatan_create", editor, owner_org=organization, **example(Kind.MSKEG))
    dataset = factories.Dataset(owner_org=organization, title="Jumlah Penduduk", id_mskeg=made["id"], user={"name": editor})
    factories.Dataset(owner_org=organization, title="Lain", user={"name": editor})
    pins = call("metadata_pins", editor, id=dataset["id"])
    assert pins == [{"kind": "mskeg", "id": made["id"], "version": 1}]
    changed = call("mskegiatan_update", editor, id=made["id"], version=1, sektor_kegiatan="PEMBANGUNAN", note="Sektor diperbaiki")
    assert (changed["version"], [one["note"] for one in changed["versions"]]) == (2, ["", "Sektor diperbaiki"])
    assert [one["title"] for one in changed["datasets"]] == ["Jumlah Penduduk"]
    assert call("mskegiatan_show", "", id=made["id"], version=pins[0]["version"])["sektor_kegiatan"] == "DEMOGRAFI_DAN_KEPENDUDUKAN"
    assert call("mskegiatan_show", "", id=made["id"])["sektor_kegiatan"] == "PEMBANGUNAN"


def test_saving_the_same_again_makes_no_version_and_an_outdated_base_is_refused(agency):
    organization, editor = agency
    made = call("mskegiatan_create", editor, owner_org=organization, **example(Kind.MSKEG))
    assert call("mskegiatan_update", editor, id=made["id"], sektor_kegiatan=made["sektor_kegiatan"])["version"] == 1
    call("mskegiatan_update", editor, id=made["id"], sektor_kegiatan="PEMBANGUNAN")
    with pytest.raises(toolkit.ValidationError) as refused:
        call("mskegiatan_update", editor, id=made["id"], version=1, sektor_kegiatan="KESEHATAN")
    assert "version 2" in refused.value.error_dict["version"][0]


def test_a_stranger_writes_nothing(agency):
    organization, editor = agency
    made = call("mskegiatan_create", editor, owner_org=organization, **example(Kind.MSKEG))
    stranger = factories.User()["name"]
    for action, data in (
        ("mskegiatan_create", {"owner_org": organization}),
        ("mskegiatan_update", {"id": made["id"]}),
        ("indah_export", {"id": made["id"]}),
    ):
        with pytest.raises(toolkit.NotAuthorized):
            call(action, stranger, **data)


def test_an_indah_payload_comes_back_equal_from_the_portal(agency):
    organization, editor = agency
    payload = {
        "submission_period": 2026, "status": "SUBMITTED", "version": "v2", "reviews": None,
        "data": {"judul_kegiatan": "Survei Kepuasan", "tahun": date.today().year, "blok_i": {"instansi_penyelanggara": "Dinas"},
                 "blok_vii": {"unit_analsis": {"individu": True, "rumah_tangga": None}}},
    }  # fmt: skip
    kept = call("indah_import", editor, owner_org=organization, payload=payload)
    assert kept["version"] == 0 and "metadata-missing" in {problem["code"] for problem in kept["problems"]}
    assert kept["draft"]["i_instansi_penyelanggara"] == "Dinas"
    assert call("indah_export", editor, id=kept["id"]) == payload


def test_answers_typed_as_text_are_read(agency):
    organization, editor = agency
    made = call(
        "mskegiatan_create",
        editor,
        owner_org=organization,
        **{**example(Kind.MSKEG), "tahun": "2026", "apakah_mendapat_rekomendasi": "Tidak"},
    )
    assert (made["tahun"], made["apakah_mendapat_rekomendasi"]) == (2026, False)
