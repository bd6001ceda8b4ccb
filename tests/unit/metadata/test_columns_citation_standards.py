"""Columns as MS-Variabel, citations, the national list of standards."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.citation import Citation
from ckanext.ntbsatudata.domain.metadata.columns import column_of, variable_of, variables_of
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.metadata.standards_list import StandardsList, StandardsListError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

STANDARD = Standard.of(SchemaFolder())
MSVAR = STANDARD.forms[Kind.MSVAR]
DATASET = {
    "konsep": "Penduduk", "definisi": "Orang yang berdomisili.", "satuan": "Orang", "ukuran": "Jumlah", "temporal_start": "2018", "temporal_end": "2024",
}  # fmt: skip
COLUMNS = [
    {"name": "kode_wilayah", "type": "string", "title": "Kode Wilayah", "kode_referensi": "wilayah-kemendagri@2430/2025#kabupaten_kota"},
    {
        "name": "kelamin",
        "type": "string",
        "title": "Jenis Kelamin",
        "categories": [{"value": "L", "label": "Laki-laki"}, {"value": "P", "label": "Perempuan"}],
    },
    {"name": "jumlah", "type": "integer", "title": "Jumlah Penduduk", "unit": "Jiwa"},
]


def test_a_column_schema_is_as_many_variables_as_it_has_columns_and_each_is_complete():
    variables = variables_of(MSVAR, {"schema": {"fields": COLUMNS}}, DATASET)
    assert [(one["nomor"], one["alias"]) for one in variables] == [(1, "kode_wilayah"), (2, "kelamin"), (3, "jumlah")]
    for variable in variables:
        assert [
            problem.code for problem in check_record(MSVAR, variable, STANDARD.names, date(2026, 11, 24)) if problem.field != "konsep"
        ] == []


def test_a_figure_takes_what_its_dataset_says_and_keeps_what_it_says_itself():
    figure = variable_of(MSVAR, COLUMNS[2], 3, DATASET)
    assert figure["konsep"] == ["Penduduk"] and figure["definisi"] == "Orang yang berdomisili." and figure["referensi_waktu"] == "2018-2024"
    assert (figure["satuan"], figure["ukuran"], figure["tipe_data"]) == ("Jiwa", "Jumlah", "integer")


def test_a_code_column_names_its_list_and_a_column_of_its_own_values_lists_them():
    code, own = (variable_of(MSVAR, column, 1, DATASET) for column in COLUMNS[:2])
    assert code["klasifikasi_isian"] == "wilayah-kemendagri@2430/2025#kabupaten_kota"
    assert own["value_domain"] == [{"kode": "L", "nilai": "Laki-laki"}, {"kode": "P", "nilai": "Perempuan"}]


def test_a_column_survives_becoming_a_variable_and_back():
    for column in COLUMNS:
        back = column_of(MSVAR, variable_of(MSVAR, column, 1, {}))
        assert {key: back[key] for key in column} == column


@pytest.mark.parametrize(("indah", "table"), [("CHARACTER", "string"), ("INTEGER", "integer"), ("Numeric", "number"), ("date", "date")])
def test_the_types_of_indah_become_types_of_table_schema(indah, table):
    assert column_of(MSVAR, {"nama": "Umur", "alias": "umur", "tipe_data": indah})["type"] == table


CITATION = Citation.of(
    {
        "title": "Jumlah Penduduk & Rumah 100%",
        "metadata_modified": "2026-03-01T00:00:00",
        "organization": {"title": "Dinas Dukcapil"},
        "version": "3",
    },
    "NTB Satu Data",
    "https://data.example.go.id/dataset/jumlah-penduduk",
)


def test_a_citation_says_who_when_what_and_where():
    assert CITATION.text == (
        "Dinas Dukcapil (2026). Jumlah Penduduk & Rumah 100% (versi 3) [Dataset]. NTB Satu Data. https://data.example.go.id/dataset/jumlah-penduduk"
    )


def test_bibtex_escapes_what_tex_reads_as_a_command():
    assert CITATION.bibtex == (
        "@misc{jumlah-penduduk,\n  author = {{Dinas Dukcapil}},\n  title = {{Jumlah Penduduk \\& Rumah 100\\%}},\n  year = {2026},\n"
        "  howpublished = {NTB Satu Data},\n  url = {https://data.example.go.id/dataset/jumlah-penduduk},\n  version = {3}\n}\n"
    )


def test_ris_is_a_data_record_with_its_own_line_ends():
    lines = CITATION.ris.split("\r\n")
    assert (
        lines[0] == "TY  - DATA"
        and lines[-2] == "ER  - "
        and "PY  - 2026" in lines
        and "UR  - https://data.example.go.id/dataset/jumlah-penduduk" in lines
    )


ENTRY = {
    "id": 1, "idSds": "SD00001.00.00", "konsep": "Kawasan\nSuaka Alam", "definisi": "Kawasan dengan ciri khas.", "namaKlasifikasi": "Klasifikasi Kawasan",
    "ukuran": "Luas; persentase", "satuan": "Ha; Persen", "flag": "vAR", "judulIndikator": "", "sumberContent": "SDGs",
}  # fmt: skip


@pytest.fixture
def standards(tmp_path):
    other = {**ENTRY, "idSds": "SD00002.00.00", "konsep": "Kawasan Suaka Alam Laut", "flag": "KON"}
    path = tmp_path / "sdsn.json"
    path.write_text(json.dumps([other, ENTRY]), encoding="utf-8")
    return StandardsList.load(path)


def test_a_standard_is_found_by_its_words_the_shortest_name_first_and_with_a_spelling_error(standards):
    assert [entry.konsep for entry in standards.search("suaka alam")] == ["Kawasan Suaka Alam", "Kawasan Suaka Alam Laut"]
    assert standards.search("kawasan swaka alam")[0].id_sds == "SD00001.00.00"
    assert standards.search("") == [] and standards.search("pertambangan") == []


def test_a_standard_proposes_the_five_parts_and_its_number(standards):
    entry = standards.find("SD00001.00.00")[0]
    assert entry.kind == "VAR"
    assert entry.proposal == {
        "konsep": "Kawasan Suaka Alam", "definisi": "Kawasan dengan ciri khas.", "klasifikasi": ["Klasifikasi Kawasan"], "ukuran": "Luas", "satuan": "Ha",
        "id_sds": "SD00001.00.00",
    }  # fmt: skip


def test_a_file_that_is_not_the_list_is_refused_with_its_name(tmp_path):
    (tmp_path / "x.json").write_text('{"a": 1}')
    for path, words in ((tmp_path / "x.json", "harus berupa daftar entri"), (tmp_path / "none.json", "tidak ada")):
        with pytest.raises(StandardsListError, match=words):
            StandardsList.load(path)


@pytest.mark.shared_data
def test_the_whole_national_list_is_searchable(shared_data):
    standards = StandardsList.load(shared_data / "ckan" / "sdsn-standar-data-statistik-nasional-bps-2023.json")
    assert len(standards.entries) == 4505 and len({entry.id_sds for entry in standards.entries}) == 3930
    kinds = [entry.kind for entry in standards.entries]
    assert (kinds.count("VAR"), kinds.count("KON"), kinds.count("IND")) == (2637, 1463, 405)
    assert standards.search("stunting") and standards.search("penduduk miskin")[0].konsep == "Penduduk miskin"
