"""A protected table becomes a public dataset: through curation, remembered by the ledger, with metadata, files, drawings and words."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.aggregates.cell_files import read_cells
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec, load_spec
from ckanext.ntbsatudata.domain.disclosure.protected_table import ProtectedTable
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.logic import metadata_records
from ckanext.ntbsatudata.model.ledger import PortalLedger

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.usefixtures("clean_db", "clean_index", "empty_ledger"),
]
ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
KABUPATEN = [*(f"52.0{number}" for number in range(1, 9)), "52.71", "52.72"]
SPEC = """
name: gizi-kabupaten
version: 1
title: {id: Status gizi balita per bulan, en: Nutrition of children by month}
source: Laporan rutin SIGIZI Terpadu
region: wilayah
dimensions:
  wilayah: {title: {id: Wilayah, en: Region}, code_list: wilayah-kemendagri, edition: 2430/2025, top: "52", down_to: kabupaten_kota}
period: {name: bulan}
measures:
  diukur: {title: {id: Balita diukur, en: Measured}}
  stunting: {title: {id: Balita stunting, en: Stunted}, within: diukur, sensitive: true}
rates:
  prevalensi_stunting: {title: {id: Prevalensi stunting, en: Prevalence of stunting}, numerator: stunting, denominator: diukur}
headline: prevalensi_stunting
crosses:
- {wilayah: [provinsi, kabupaten_kota]}
policy: {threshold: 5, zeros: suppressible, max_hidden_percent: 60}
"""
PROGRAMME = {
    "konsep": "Status Gizi Balita", "definisi": "Keadaan gizi anak umur 0-59 bulan menurut pengukuran di posyandu.", "ukuran": "Jumlah",
    "satuan": "Orang",
}  # fmt: skip


@pytest.fixture
def empty_ledger(clean_db: None) -> None:
    """An append-only table is emptied behind its trigger, as no portal can."""
    model.Session.commit()
    with create_engine(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"], poolclass=NullPool).begin() as connection:
        connection.execute(text("ALTER TABLE ntbsatudata_ledger DISABLE TRIGGER ntbsatudata_ledger_append_only"))
        connection.execute(text("DELETE FROM ntbsatudata_ledger"))
        connection.execute(text("ALTER TABLE ntbsatudata_ledger ENABLE TRIGGER ntbsatudata_ledger_append_only"))
    model.Session.expire_all()


@pytest.fixture
def people() -> None:
    for name in ("operator-posyandu", "walidata", "warga"):
        factories.User(name=name)
    factories.Sysadmin(name="admin")
    factories.Organization(name="dikes", title="Dinas Kesehatan Provinsi NTB")
    factories.Group(name="perlindungan-sosial-dan-kesehatan", title="Perlindungan Sosial dan Kesehatan")
    act("admin", "ntbsatudata_role_grant", user="operator-posyandu", role="programme_operator")
    act("admin", "ntbsatudata_role_grant", user="walidata", role="walidata")


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AggregateSpec:
    path = tmp_path / "gizi-kabupaten.yaml"
    path.write_text(SPEC, encoding="utf-8")
    from ckanext.ntbsatudata.domain.publication.metadata import Programme

    load = Programme.load.__func__  # type: ignore[attr-defined]

    def with_the_table(cls: type[Programme], folder: Any, name: str) -> Programme:
        found = load(cls, folder, name)
        return Programme(
            found.name, found.organization, found.topics, found.dataset, found.activity, {**found.tables, "gizi-kabupaten": PROGRAMME}
        )

    monkeypatch.setattr(Programme, "load", classmethod(with_the_table))
    return load_spec(path, CodeLists.load(config.schema_folder()))


def act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)


def protected(spec: AggregateSpec, folder: Path, *months: str, small: int = 2) -> ProtectedTable:
    """Each kabupaten measures 200; 27 are stunted, in the first `small`."""
    path = folder / "cells.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["bulan", "wilayah", "indikator", "nilai"])
        for place, month in enumerate(months):
            for number, kabupaten in enumerate(KABUPATEN):
                writer.writerow([month, kabupaten, "diukur", 200])
                writer.writerow([month, kabupaten, "stunting", small if number == 0 else 27 + number + place])
    rows = read_cells(spec, [path])
    return protect(spec_to_protect(spec, rows, PortalLedger().releases(spec.name)), b"0123456789abcdef")


def bring_in(spec: AggregateSpec, table: Any, **more: Any) -> dict[str, Any]:
    return act("operator-posyandu", "ntbsatudata_aggregate_release_create", table=table, spec=spec, programme="posyandu", **more)


def publish(revision: str) -> None:
    act("walidata", "ntbsatudata_revision_approve", id=revision, reason="Sesuai.", principles=ALL_MET)
    act("walidata", "ntbsatudata_revision_publish", id=revision)


def rows_of(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    resource = next(one for one in dataset["resources"] if one["format"] == "CSV")
    return act("", "datastore_search", resource_id=resource["id"], limit=10000)["records"]


def test_only_a_protected_table_is_taken(people: None, spec: AggregateSpec) -> None:
    with pytest.raises(toolkit.ValidationError, match="Hanya tabel hasil perlindungan"):
        bring_in(spec, {"bulan": ["2026-01"], "nilai": [1]})
    with pytest.raises(toolkit.NotAuthorized):
        table = object.__new__(ProtectedTable)
        toolkit.get_action("ntbsatudata_aggregate_release_create")(
            {"user": "warga"}, {"table": table, "spec": spec, "programme": "posyandu"}
        )


def test_it_waits_for_the_walidata_and_then_everything_is_public_at_once(people: None, spec: AggregateSpec, tmp_path: Path) -> None:
    waiting = bring_in(spec, protected(spec, tmp_path, "2026-01", "2026-02"))
    assert (waiting["state"], waiting["problems"]) == ("submitted", [])
    assert PortalLedger().releases(spec.name) == [], "what is not public is not on the ledger"
    with pytest.raises(toolkit.NotAuthorized):
        act("", "package_show", id=spec.name)
    publish(waiting["revision"])
    dataset = act("", "package_show", id=spec.name)
    assert {one["format"] for one in dataset["resources"]} == {"CSV", "XLSX", "Parquet"}
    rows = rows_of(dataset)
    kept = PortalLedger().releases(spec.name)
    assert len(kept) == 1 and len(rows) == len(kept[0].values), "all that is public is remembered"
    cells = {(row["bulan"], row["wilayah"], row["indikator"]): (row["nilai"], row["status"] or "") for row in rows}
    assert cells["2026-01", "52.01", "stunting"] == (None, "c")
    assert cells["2026-01", "52.01", "prevalensi_stunting"] == (None, "c")
    assert float(cells["2026-01", "52", "diukur"][0]) == 2000
    assert any(status == "c" for cell, (_, status) in cells.items() if cell[1] != "52.01" and cell[2] == "stunting"), (
        "one hole alone is no hole"
    )


def test_the_same_cells_again_change_nothing_and_new_months_make_one_more_release(
    people: None, spec: AggregateSpec, tmp_path: Path
) -> None:
    publish(bring_in(spec, protected(spec, tmp_path, "2026-01"))["revision"])
    before = act("", "package_show", id=spec.name)
    assert bring_in(spec, protected(spec, tmp_path, "2026-01"))["revision"] is None
    assert act("", "package_show", id=spec.name)["metadata_modified"] == before["metadata_modified"]
    later = bring_in(spec, protected(spec, tmp_path, "2026-02"), changelog="Februari 2026 ditambahkan.")
    assert {row["bulan"] for row in rows_of(before)} == {"2026-01"}, "readers keep the old release while the new one waits"
    publish(later["revision"])
    after = act("", "package_show", id=spec.name)
    assert {row["bulan"] for row in rows_of(after)} == {"2026-01", "2026-02"}
    assert [one["id"] for one in after["resources"]] == [one["id"] for one in before["resources"]], "addresses of files stay"
    assert [one["changelog"] for one in act("", "ntbsatudata_release_list", id=spec.name)][0] == "Februari 2026 ditambahkan."
    assert [one.release for one in PortalLedger().releases(spec.name)] == ["1", "2"]


def test_months_that_come_in_runs_of_their_own_wait_together(people: None, spec: AggregateSpec, tmp_path: Path) -> None:
    bring_in(spec, protected(spec, tmp_path, "2026-01"))
    both = bring_in(spec, protected(spec, tmp_path, "2026-02"))
    publish(both["revision"])
    assert {row["bulan"] for row in rows_of(act("", "package_show", id=spec.name))} == {"2026-01", "2026-02"}
    assert [set(one.codes["bulan"]) for one in PortalLedger().releases(spec.name)] == [{"2026-01", "2026-02"}]


def test_months_that_are_not_final_carry_s_and_lose_it_with_a_release_of_their_own(
    people: None, spec: AggregateSpec, tmp_path: Path
) -> None:
    publish(bring_in(spec, protected(spec, tmp_path, "2026-01"), provisional=["2026-01"])["revision"])
    dataset = act("", "package_show", id=spec.name)
    assert {row["status"] for row in rows_of(dataset)} == {"s", "c"}
    assert "Masih sementara (s): Januari 2026." in dataset["catatan_mutu"]
    publish(bring_in(spec, protected(spec, tmp_path, "2026-01"))["revision"])
    assert "s" not in {row["status"] for row in rows_of(act("", "package_show", id=spec.name))}


def test_a_file_put_in_by_hand_is_not_published(people: None, spec: AggregateSpec, tmp_path: Path) -> None:
    waiting = bring_in(spec, protected(spec, tmp_path, "2026-01"))
    act("operator-posyandu", "ntbsatudata_revision_recall", id=waiting["revision"])
    held = act("operator-posyandu", "ntbsatudata_revision_show", id=waiting["revision"])["working_id"]
    resource = act("operator-posyandu", "package_show", id=held)["resources"][0]
    forged = FileStorage(
        io.BytesIO(b"bulan,wilayah,indikator,nilai,status\n2026-01,52.01,stunting,2,\n"), "gizi-kabupaten.csv", content_type="text/csv"
    )
    toolkit.get_action("resource_patch")({"user": "operator-posyandu", "ignore_auth": True}, {"id": resource["id"], "upload": forged})
    act("operator-posyandu", "ntbsatudata_revision_submit", id=waiting["revision"])
    act("walidata", "ntbsatudata_revision_approve", id=waiting["revision"], reason="Sesuai.", principles=ALL_MET)
    with pytest.raises(toolkit.ValidationError, match="bukan berkas yang dilindungi"):
        act("walidata", "ntbsatudata_revision_publish", id=waiting["revision"])
    with pytest.raises(toolkit.NotAuthorized):
        act("", "package_show", id=spec.name)


def test_it_meets_the_requirements_on_metadata_columns_and_small_cells(app: Any, people: None, spec: AggregateSpec, tmp_path: Path) -> None:
    """Row 50, without its schedule: checks 1 to 8, 17 and 37 of the requirements table."""
    publish(bring_in(spec, protected(spec, tmp_path, "2026-01"))["revision"])
    dataset = act("", "package_show", id=spec.name)
    assert all(dataset.get(part) for part in ("konsep", "definisi", "klasifikasi", "ukuran", "satuan")), "1"
    assert metadata_records.standard().names.check(dataset["konsep"]) == [], "2"
    assert dataset["id_sds"] == "belum ada", "3"
    activity = act("", "ntbsatudata_mskegiatan_show", id=dataset["id_mskeg"])
    assert activity["version"] == 1, "4 and 5: a finished record, which the rules of MS-Keg let pass"
    indicators = [act("", "ntbsatudata_msindikator_show", id=one) for one in dataset["id_msind"]]
    assert [(one["nama"], one["version"], one["apakah_indikator_komposit"]) for one in indicators] == [("Prevalensi stunting", 1, False)], (
        "4, 6"
    )
    for answers, kind in ((activity, Kind.MSKEG), *((one, Kind.MSIND) for one in indicators)):
        form = metadata_records.standard().forms[kind]
        assert {field.name for field in form.fields if not field.internal} <= set(answers), "4"
    assert app.get(f"/dataset/{spec.name}/datapackage.zip").data[:2] == b"PK", "7"
    resource = next(one for one in dataset["resources"] if one["format"] == "CSV")
    response = app.get(f"/dataset/{dataset['id']}/resource/{resource['id']}/download/{spec.name}.csv")
    assert 'rel="describedby"' in response.headers["Link"], "7"
    header = next(csv.reader(io.StringIO(response.data.decode())))
    fields = {one["name"]: one for one in resource["schema"]["fields"]}
    assert list(fields) == header == ["bulan", "wilayah", "indikator", "nilai", "status"], "8"
    assert fields["wilayah"]["kode_referensi"] == "wilayah-kemendagri@2430/2025", "17"
    known = CodeLists.load(config.schema_folder()).get("wilayah-kemendagri").edition("2430/2025")
    rows = list(csv.DictReader(io.StringIO(response.data.decode())))
    assert all(row["wilayah"] in known for row in rows), "17"
    assert [row for row in rows if row["indikator"] == "stunting" and row["nilai"] and 0 < int(float(row["nilai"])) < 5] == [], "37"


def test_the_page_says_and_draws_the_newest_figures(app: Any, people: None, spec: AggregateSpec, tmp_path: Path) -> None:
    publish(bring_in(spec, protected(spec, tmp_path, "2026-01", "2026-02"), synthetic=True)["revision"])
    page = app.get(f"/dataset/{spec.name}").data.decode()
    assert "Pada Februari 2026, prevalensi stunting di Provinsi Nusa Tenggara Barat" in page
    assert "Tidak ikut dibandingkan:" in page and "dirahasiakan" in page
    assert page.count('role="img"') == 2, "a chart and a map"
    assert "Grafik garis Prevalensi stunting" in page and "Peta Prevalensi stunting, Februari 2026: 10 wilayah." in page
    assert "Data sintetis untuk peragaan" in page
    assert "Pengendalian pengungkapan" in page and "Arti simbol status" in page
    other = app.get(f"/dataset/{spec.name}?indikator=diukur&periode=2026-01").data.decode()
    assert "Pada Januari 2026, balita diukur di Provinsi Nusa Tenggara Barat 2.000" in other
    unknown = app.get(f"/dataset/{spec.name}?indikator=tidak-ada&periode=1999-01").data.decode()
    assert "Pada Februari 2026, prevalensi stunting" in unknown, "what does not exist is not looked for"
