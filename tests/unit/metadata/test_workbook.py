"""The BPS forms as workbooks, and what people type as answers."""

from __future__ import annotations

import openpyxl
import pytest

from ckanext.ntbsatudata.domain.metadata.answers import read_answer, write_answer
from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, load_form
from ckanext.ntbsatudata.domain.metadata.workbook import read_grid, read_workbook
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FORMS = {kind: load_form(SchemaFolder(), kind) for kind in Kind}


def test_a_grid_with_twelve_numbered_columns_is_a_variable_form():
    grid = [
        ["Nama Kegiatan", "Kompilasi Penduduk", "Penyelenggara", ""],
        ["", "", "Instansi", ":", "Dinas Dukcapil"],
        [f"({number})" for number in range(1, 13)],
        [1.0, "Umur", "umur", "Umur; Usia", "Usia dalam tahun", "-", "Akhir tahun", "integer", "-", ">= 0", "-", 1.0],
        [2.0, "Nama", "nama", "Nama", "Nama orang", "-", "Akhir tahun", "string", "-", "-", "-", "kadang"],
        ["", "", "", ""],
        ["", "Mengetahui,"],
        ["", "bukan baris"],
    ]
    sheet = read_grid(grid, FORMS)
    assert sheet.kind is Kind.MSVAR
    assert sheet.activity == {"judul_kegiatan": "Kompilasi Penduduk", "i_instansi_penyelanggara": "Dinas Dukcapil"}
    assert sheet.records[0]["nama"] == "Umur" and sheet.records[0]["konsep"] == ["Umur", "Usia"] and sheet.records[0]["nomor"] == 1
    assert sheet.records[0]["apakah_variabel_bisa_diakses_umum"] is True and len(sheet.records) == 2
    assert [(problem.code, problem.row, problem.field) for problem in sheet.problems] == [
        ("workbook-unreadable-cell", 5, "apakah_variabel_bisa_diakses_umum")
    ]


def test_a_sheet_without_column_numbers_is_no_form():
    assert read_grid([["No.", "Nama"], [1, "Umur"]], FORMS) is None


@pytest.mark.shared_data
def test_the_form_of_bps_filled_in_gives_its_indicator(shared_data, tmp_path):
    workbook = openpyxl.load_workbook(shared_data / "tabel-lain" / "formulir-MS-Variabel-MS-Indikator-BPS.xlsx")
    variables, indicators = workbook["MS-Var"], workbook["MS-Ind"]
    variables["G9"] = "Kompilasi Data Penduduk"
    for cell, text in {"A21": 1, "B21": "Jumlah penduduk", "G21": "jumlah_penduduk", "K21": "Penduduk", "BB21": 1}.items():
        variables[cell] = text
    indicators["AP21"] = "Kompilasi Data Penduduk"
    indicators["AV21"] = "Jumlah penduduk"
    for cell, text in {
        "A21": 1,
        "B21": "Jumlah Penduduk",
        "F21": "Penduduk",
        "AA21": "Orang",
        "AD21": "Wilayah",
        "AG21": 2,
        "AY21": "Kabupaten",
        "BB21": 1,
    }.items():
        indicators[cell] = text
    workbook.save(tmp_path / "terisi.xlsx")
    sheets = read_workbook(tmp_path / "terisi.xlsx", FORMS)
    assert [(sheet.kind, len(sheet.records), sheet.problems) for sheet in sheets] == [(Kind.MSVAR, 1, ()), (Kind.MSIND, 1, ())]
    assert sheets[0].activity["judul_kegiatan"] == "Kompilasi Data Penduduk"
    assert sheets[0].records[0]["alias"] == "jumlah_penduduk"
    indicator = sheets[1].records[0]
    assert indicator["apakah_indikator_komposit"] is False and indicator["satuan"] == "Orang"
    assert indicator["variabel_pembangun"] == [
        {"kegiatan_penghasil": "Kompilasi Data Penduduk", "kode_kegiatan": "", "nama": "Jumlah penduduk"}
    ]
    assert indicator["variabel_disaggregasi"] == [{"nama": "Wilayah"}] and "indikator_pembangun" not in indicator


@pytest.mark.parametrize("kind", [Kind.MSKEG, Kind.MSIND, Kind.MSVAR])
def test_every_example_survives_being_shown_and_typed_again(kind):
    for field in FORMS[kind].fields:
        if field.type is not FieldType.SYSTEM:
            assert read_answer(field, write_answer(field, field.example)) == field.example, field.name


@pytest.mark.parametrize(
    ("name", "typed", "answer"),
    [
        ("cara_pengumpulan_data", "Survei", "SURVEI"),
        ("cara_pengumpulan_data", "3", "KOMPILASI_PRODUK_ADMINISTRASI"),
        ("cara_pengumpulan_data", "entah", "entah"),
        ("apakah_mendapat_rekomendasi", "Ya", True),
        ("apakah_mendapat_rekomendasi", "2", False),
        ("apakah_mendapat_rekomendasi", "mungkin", "mungkin"),
        ("tahun", " 2026 ", 2026),
        ("tahun", "dua ribu", "dua ribu"),
        ("tahun", "", None),
        ("iv_metode_pengumpulan_data", ["wawancara", "Lainnya"], ["wawancara", "lainnya"]),
        ("iii_jadwal_desain", "2026-01-01 s.d. 2026-02-01", [{"awal": "2026-01-01", "akhir": "2026-02-01"}]),
        ("iii_jadwal_desain", "2026-01-01", [{"awal": "2026-01-01", "akhir": ""}]),
        (
            "iii_variabel_yang_dikumpulkan",
            "Umur | Umur | Usia | Akhir tahun\n\n",
            [{"nama": "Umur", "konsep": "Umur", "definisi": "Usia", "referensi_waktu": "Akhir tahun"}],
        ),
        ("viii_rencana_jadwal_rilis_produk_digital", "2026-01-01; 2026-07-01", ["2026-01-01", "2026-07-01"]),
    ],
)
def test_what_people_type_is_read_or_left_for_the_check(name, typed, answer):
    assert read_answer(FORMS[Kind.MSKEG].field(name), typed) == answer
