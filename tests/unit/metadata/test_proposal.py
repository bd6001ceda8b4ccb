"""What a file already says becomes proposals; what stays comes from the last dataset; a new MS-Kegiatan starts filled."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.completeness import Purpose, completeness
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.prefill import prefilled
from ckanext.ntbsatudata.domain.metadata.proposal import Context, Origin, propose
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.metadata.standards_list import StandardsList
from ckanext.ntbsatudata.domain.quality import Evidence, Scales, assess
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.checking import check_table
from ckanext.ntbsatudata.domain.tables.reading import opened_table

FOLDER = SchemaFolder()
STANDARD = Standard.of(FOLDER)
AGENCY = {
    "id": "o",
    "title": "Dinas Kependudukan",
    "email": "data@example.go.id",
    "address": "Jalan Majapahit 12",
    "head_title": "Kepala Bidang",
}


def proposed(path: Path, last=None, standards=None):
    context = Context("52", "Provinsi NTB", AGENCY, last, standards)
    with opened_table(path) as table:
        return propose(check_table(table, CodeLists.load(FOLDER)), path.name, context, STANDARD, FOLDER)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "jumlah_penduduk.xlsx"
    workbook = openpyxl.Workbook()
    for row in (
        ["Kabupaten/Kota", "2018", "2019"],
        ["Lombok Barat", 685161, 690000],
        ["Lombok Tengah", 930797, 940000],
        ["Kota Mataram", 477476, 480000],
        ["Dompu", 246807, 250000],
    ):
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_title_period_region_columns_and_concept_come_from_the_file(file):
    found = proposed(file)
    values = {name: one.value for name, one in found.items()}
    assert values["title"] == "Jumlah Penduduk Menurut Kabupaten/Kota di Provinsi NTB, 2018-2019"
    assert (values["konsep"], values["ukuran"]) == ("Penduduk", "Jumlah")
    assert (values["temporal_start"], values["temporal_end"], values["frequency"], values["kode_wilayah"]) == (
        "2018",
        "2019",
        "TAHUNAN",
        ["52"],
    )
    assert values["klasifikasi"] == ["wilayah", "tahun"] and values["level_estimasi"] == "Kabupaten/Kota"
    columns = values["schema"]["fields"]
    assert [column["name"] for column in columns] == ["Kabupaten/Kota", "2018", "2019"] and columns[1]["type"] == "integer"
    assert columns[0]["nama_dari"].startswith("wilayah-kemendagri@")
    assert found["maintainer_email"].origin is Origin.AGENCY and values["maintainer_email"] == "data@example.go.id"
    assert found["title"].origin is Origin.FILE and found["license_id"].origin is Origin.USUAL


def test_what_stays_comes_from_the_last_dataset(file):
    last = {
        "id_mskeg": "k1",
        "topik": "RAD.03",
        "maintainer": "Meja Data",
        "konsep": "Penduduk",
        "definisi": "Orang di wilayah.",
        "id_sds": "belum ada",
        "satuan": "Jiwa",
    }
    found = proposed(file, last)
    assert {name: found[name].value for name in ("id_mskeg", "topik", "maintainer", "definisi", "satuan")} == {
        "id_mskeg": "k1", "topik": "RAD.03", "maintainer": "Meja Data", "definisi": "Orang di wilayah.", "satuan": "Jiwa",
    }  # fmt: skip
    assert found["id_mskeg"].origin is Origin.LAST_DATASET
    other = proposed(file, {**last, "konsep": "Balita"})
    assert "definisi" not in other, "another concept has another definition"


# --- the tables of the province beside the repository


@pytest.fixture(scope="module")
def standards(shared_data):
    return StandardsList.load(shared_data / "ckan" / "sdsn-standar-data-statistik-nasional-bps-2023.json")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "konsep", "ukuran", "period", "id_sds"),
    [
        ("jumlah_penduduk.xlsx", "Penduduk", "Jumlah", ("2018", "2024"), "SD00282.01.01"),
        ("jumlah_penduduk_miskin.xlsx", "Penduduk Miskin", "Jumlah", ("2018", "2024"), "SD00286.00.00"),
        ("persentase_pelayanan_kesehatan_bayi.xlsx", "Pelayanan Kesehatan Bayi", "Persentase", ("2018", "2024"), "belum ada"),
        ("data_stunting_kabupaten.xlsx", "Stunting", "Persentase", ("2018", "2024"), "SD01136.01.00"),
        ("data_wasting_provinsi.xlsx", "Wasting", "Persentase", ("2018", "2024"), "belum ada"),
        ("PDRB_NTB_Harga_Berlaku.xls", "Produk Domestik Regional Bruto Atas Dasar Harga Berlaku", "Nilai", ("2010", "2020"), "belum ada"),
    ],
)
def test_the_tables_of_the_province_say_what_they_are(shared_data, standards, name, konsep, ukuran, period, id_sds):
    found = proposed(shared_data / "tabel-ntb" / name, standards=standards)
    assert (found["konsep"].value, found["ukuran"].value) == (konsep, ukuran)
    assert (found["temporal_start"].value, found["temporal_end"].value) == period
    assert found["id_sds"].value == id_sds


def _answered(found):
    """The dataset when every proposal is accepted: a first-time user answers the rest."""
    dataset = {name: one.value for name, one in found.items() if name != "schema"}
    dataset |= {
        "tags": [{"name": tag} for tag in dataset.get("tags", [])] or [{"name": "data"}],
        "metadata_created": "2026",
        "metadata_modified": "2026",
    }
    dataset["resources"] = [
        {
            "url": "u",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 1,
            "rights": "Terbuka",
            "datastore_active": True,
            "schema": found["schema"].value,
        }
    ]
    return dataset


TYPED = {"definisi": "d", "satuan": "Orang", "ukuran": "Jumlah", "konsep": "Penduduk", "temporal_start": "2024", "temporal_end": "2024"}


@pytest.mark.shared_data
def test_a_table_of_the_province_is_submitted_with_at_most_twelve_answers_and_scores_at_least_351(shared_data, standards):
    files = sorted(path for path in (shared_data / "tabel-ntb").iterdir() if path.suffix in (".xlsx", ".xls", ".csv"))
    assert files
    # Its MS-Kegiatan exists: the last dataset of the activity names it, with topic and frequency.
    last = {"id_mskeg": "k1", "topik": "RAD.03", "theme": list(STANDARD.themes["RAD.03"]), "frequency": "TAHUNAN"}
    for path in files:
        dataset = _answered(proposed(path, last, standards))
        missing = completeness(Purpose.SUBMIT, dataset, STANDARD.forms[Kind.DATASET], STANDARD.forms[Kind.RESOURCE]).missing
        typed = {str(problem.field) for problem in missing}
        assert typed <= set(TYPED), path.name
        # The file, one yes to each of the four pages, the answers typed, and the submission itself.
        assert 1 + 4 + len(typed) + 1 <= 12, (path.name, typed)
        whole = {**dataset, **{name: TYPED[name] for name in typed}}
        scales, seen = Scales.of(FOLDER), {"u": True}
        assert assess(whole, scales, STANDARD, date(2026, 11, 24), Evidence(seen, passes_dcat_ap=True)).points >= 351, path.name
        assert assess(whole, scales, STANDARD, date(2026, 11, 24), Evidence(seen)).points >= 321, path.name


# --- a new MS-Kegiatan


def test_a_new_activity_starts_with_agency_data_dates_and_usual_texts_and_lacks_only_what_nobody_can_guess():
    form = STANDARD.forms[Kind.MSKEG]
    answers = prefilled(form, AGENCY, STANDARD.frequencies, 2026, "Kompilasi Data Penduduk", ("52", "Nusa Tenggara Barat"))
    assert answers["i_instansi_penyelanggara"] == "Dinas Kependudukan" and answers["ii_pj_jabatan"] == "Kepala Bidang"
    assert answers["iii_jadwal_pengumpulan_data"] == [{"awal": "2026-03-01", "akhir": "2026-08-31"}]
    assert answers["viii_rencana_jadwal_rilis_produk_digital"] == ["2026-12-31"]
    missing = [problem.field for problem in check_record(form, answers, STANDARD.names, date(2026, 11, 24)) if problem.severity.blocks]
    assert missing == ["sektor_kegiatan", "iii_variabel_yang_dikumpulkan"]


def test_the_dates_of_a_quarterly_activity_fit_into_its_quarter():
    answers = prefilled(STANDARD.forms[Kind.MSKEG], AGENCY, STANDARD.frequencies, 2026, "Kompilasi Data", ("52.07", "x"), "TRIWULANAN")
    assert answers["iv_frekuensi_penyelanggara"] == "TRIWULANAN"
    assert (
        answers["iii_jadwal_perencanaan_kegiatan"][0]["awal"] == "2026-01-01" and answers["iii_jadwal_evaluasi"][0]["akhir"] == "2026-03-31"
    )
    form = STANDARD.forms[Kind.MSKEG]
    assert not [
        problem for problem in check_record(form, answers, STANDARD.names, date(2026, 11, 24)) if problem.code == "metadata-dates-reversed"
    ]
