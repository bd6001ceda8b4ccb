"""What a portal starts with, against the golden values of the decrees (Kepmendagri 300.2.2-2138/2025 and -2430/2025)."""

import csv
import io
from decimal import Decimal

import pytest

from ckanext.ntbsatudata.domain.content import Column, ColumnType, Content, Region, Table, rows_of
from ckanext.ntbsatudata.domain.errors import SchemaFolderError, UsageError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

FOLDER = SchemaFolder()
LISTS = CodeLists.load(FOLDER)


def read(dataset_name: str, wilayah: str = "52") -> list[dict[str, str]]:
    region = Region.of(LISTS, wilayah)
    dataset = next(one for one in Content.load(FOLDER, region).datasets if one.name == dataset_name)
    return list(csv.DictReader(io.StringIO(rows_of(dataset.tables[0], FOLDER, LISTS, region).csv.decode())))


def a_table(query: str, **columns: str) -> Table:
    described = tuple(Column(name, ColumnType(kind), name) for name, kind in columns.items())
    return Table("Tabel", "tabel.csv", "", {"wilayah": "kode_referensi:wilayah-kemendagri"}, query, described)


def test_the_region_codes_are_one_province_ten_kabupaten_kota_117_kecamatan_and_1166_desa_and_kelurahan():
    rows = read("kode-wilayah")
    levels = [row["tingkat"] for row in rows]
    assert len(rows) == 1294
    assert levels.count("provinsi") == 1
    assert (levels.count("kabupaten"), levels.count("kota")) == (8, 2)
    assert levels.count("kecamatan") == 117
    assert (levels.count("kelurahan"), levels.count("desa")) == (145, 1021)


def test_the_bps_code_stands_beside_and_is_never_the_kemendagri_code_without_dots():
    by_code = {row["kode_wilayah"]: row for row in read("kode-wilayah")}
    assert by_code["52.01.07"]["nama_wilayah"] == "Sekotong"
    assert by_code["52.01.07"]["kode_bps"] == "5201010"
    assert by_code["52.07.02"]["kode_bps"] == "5207030"  # Taliwang
    assert by_code["52.07.02.2021"]["kode_bps"] == ""  # Lamunga: not yet in the bridge
    assert sum(1 for row in by_code.values() if not row["kode_bps"]) == 26


def test_the_population_of_ten_kabupaten_kota_is_that_of_the_province():
    rows = read("jumlah-penduduk-kabupaten-kota")
    assert len(rows) == 10
    assert sum(int(row["jumlah"]) for row in rows) == 5_751_295
    assert all(int(row["laki_laki"]) + int(row["perempuan"]) == int(row["jumlah"]) for row in rows)


def test_the_area_of_ten_kabupaten_kota_is_that_of_the_province():
    assert sum(Decimal(row["luas_km2"]) for row in read("luas-wilayah-kabupaten-kota")) == Decimal("19631.991")


def test_a_kabupaten_gets_its_own_part_and_its_own_agencies():
    # Sumbawa Barat: itself, 8 kecamatan, 65 desa and kelurahan
    rows = read("kode-wilayah", "52.07")
    assert len(rows) == 74
    assert {row["kode_wilayah"][:5] for row in rows} == {"52.07"}
    content = Content.load(FOLDER, Region.of(LISTS, "52.07"))
    assert [one.metadata["title"] for one in content.organizations] == [
        "Pemerintah Kabupaten Sumbawa Barat",
        "Dinas Komunikasi dan Informatika Kabupaten Sumbawa Barat",
        "Badan Perencanaan Pembangunan Daerah Kabupaten Sumbawa Barat",
        "Dinas Kesehatan Kabupaten Sumbawa Barat",
    ]
    assert {dataset.organization for dataset in content.datasets if not dataset.demo} == {"dinas-kominfo-kabupaten-sumbawa-barat"}


def test_every_column_says_what_it_holds_and_every_dataset_names_its_source_and_licence():
    for dataset in Content.load(FOLDER, Region.of(LISTS, "52")).datasets:
        assert dataset.metadata["license_id"] == "CC-BY-4.0"
        assert ("Angka rekaan" if dataset.demo else "Kepmendagri 300.2.2-2") in dataset.metadata["provenance"]
        assert all(dataset.metadata[key] for key in ("konsep", "definisi", "klasifikasi", "ukuran", "satuan"))
        assert all(column.label for table in dataset.tables for column in table.columns)


def test_sample_content_says_so_in_its_title_its_description_and_its_figures():
    samples = [dataset for dataset in Content.load(FOLDER, Region.of(LISTS, "52")).datasets if dataset.demo]
    assert len(samples) == 2
    for sample in samples:
        assert sample.metadata["title"].startswith("Contoh: ") and "Jangan dikutip" in sample.metadata["notes"]
        assert all(
            column.notes == "Angka rekaan." for table in sample.tables for column in table.columns if column.type is ColumnType.INTEGER
        )


def test_a_code_of_a_kecamatan_has_no_portal_of_its_own():
    with pytest.raises(UsageError, match='"52.07.02" bukan kode provinsi atau kabupaten/kota. Pilih salah satu: 52, 52.01'):
        Region.of(LISTS, "52.07.02")


def test_a_code_stays_text_even_where_it_looks_like_a_number():
    rows = rows_of(a_table("SELECT '52.10' AS kode", kode="text"), FOLDER, LISTS, Region.of(LISTS, "52"))
    assert rows.csv == b"kode\n52.10\n"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (a_table("SELECT code AS kode FROM wilayah", nama="text"), "query memberi kolom kode; yang dinyatakan nama"),
        (a_table("SELECT name AS angka FROM wilayah", angka="integer"), "query tidak dapat dijalankan"),
        (a_table("SELECT code AS kode FROM wilayah WHERE code = '99'", kode="text"), "tidak memberi satu baris pun untuk Provinsi Nusa"),
        (Table("T", "t.csv", "", {"x": "tabel:apa"}, "SELECT 1", ()), "Sumber tabel:apa tidak dikenal"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_a_sentence(table, sentence):
    with pytest.raises(SchemaFolderError, match=sentence):
        rows_of(table, FOLDER, LISTS, Region.of(LISTS, "52"))


def test_an_operators_dataset_with_a_missing_entry_is_named(tmp_path):
    (tmp_path / "content" / "datasets").mkdir(parents=True)
    (tmp_path / "content" / "datasets" / "baru.yaml").write_text("name: baru\norganization: walidata\n", encoding="utf-8")
    with pytest.raises(SchemaFolderError, match=r"content/datasets/baru\.yaml: isian 'topics' hilang"):
        Content.load(SchemaFolder((tmp_path, INSTALLED)), Region.of(LISTS, "52"))
