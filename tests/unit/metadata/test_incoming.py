"""Other catalogues' records become ours: normalised with warnings, nothing invented."""

from __future__ import annotations

import json

import pytest

from ckanext.ntbsatudata.domain.metadata.incoming import LONGEST_TEXT, formats_of, from_ckan, from_data_json, plain_text
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

STANDARD = Standard.of(SchemaFolder())
RECORD = {
    "title": "  Jumlah Cadangan Pangan ", "description": "<p>Stok&nbsp;akhir</p><p>per bulan</p>", "identifier": "7350b9d3", "landingPage": "https://a.go.id/d/1",
    "keywords": ["Pangan", " Pangan", ""], "accrualperiodicity": "1 Bulan Sekali", "license": "https://creativecommons.org/licenses/by/4.0/",
    "issued": "2025-01-31 00:00:00", "modified": "-000001-11-29T16:52:48.000000Z", "spatial": {"@type": "dct:Location", "name": "Kota Padang Panjang"},
    "temporal": {"startDate": "2025-01-02", "endDate": None}, "theme": ["https://data.go.id/theme/sektoral", "KESEHATAN"],
    "contactPoint": {"fn": "Direktorat", "hasEmail": "mailto:a@b.go.id"}, "accessRights": "terbatas", "accessLevel": "public", "prioritas_tahun": "2025",
    "id_sds": None, "satuan": "-", "ukuran": "Total", "publisher": {"name": "Badan Pangan"},
    "distribution": [{"title": "Berkas", "downloadURL": "https://a.go.id/1", "format": "CSV/XLSX", "mediaType": "text/csv"}, {"title": "Tanpa alamat"}],
}  # fmt: skip


def test_a_record_of_a_national_feed_is_read_into_our_fields():
    read = from_data_json(RECORD, STANDARD)
    assert read.dataset == {
        "title": "Jumlah Cadangan Pangan", "notes": "Stok akhir\nper bulan", "identifier": "7350b9d3", "url": "https://a.go.id/d/1", "tags": ["Pangan"],
        "frequency": "BULANAN", "frequency_original": "1 Bulan Sekali", "license_id": "CC-BY-4.0", "issued": "2025-01-31T00:00:00",
        "spatial_text": "Kota Padang Panjang", "kode_wilayah": ["13.74"], "temporal_start": "2025-01-02", "theme": ["https://data.go.id/theme/sektoral"], "maintainer": "Direktorat",
        "maintainer_email": "a@b.go.id", "access_rights": "terbatas", "prioritas_tahun": ["2025"], "ukuran": "Total", "publisher_name": "Badan Pangan",
        "resources": [
            {"url": "https://a.go.id/1", "name": "Berkas", "mimetype": "text/csv", "format": "CSV"},
            {"url": "https://a.go.id/1", "name": "Berkas", "mimetype": "text/csv", "format": "XLSX"},
        ],
    }  # fmt: skip
    assert [(problem.code, problem.field) for problem in read.problems] == [("date-unreadable", "modified")]


def test_what_is_missing_stays_missing():
    read = from_data_json({"title": "T"}, STANDARD)
    assert read.dataset == {"title": "T"} and read.problems == ()


def test_an_unknown_frequency_keeps_its_words_and_warns():
    read = from_data_json({"title": "T", "accrualPeriodicity": "Tidak\n    didifinisikan"}, STANDARD)
    assert "frequency" not in read.dataset and read.dataset["frequency_original"] == "Tidak didifinisikan"
    assert [problem.code for problem in read.problems] == ["frequency-unknown"]


def test_a_licence_we_do_not_know_is_not_made_ours():
    read = from_data_json({"title": "T", "license": "http://www.usa.gov/publicdomain/label/1.0/"}, STANDARD)
    assert "license_id" not in read.dataset and [problem.code for problem in read.problems] == ["licence-unknown"]


def test_a_very_long_description_is_cut_visibly():
    read = from_data_json({"title": "T", "description": "x" * 57_249}, STANDARD)
    assert len(read.dataset["notes"]) == LONGEST_TEXT + 4 and read.dataset["notes"].endswith("[…]")
    assert "57249" in Messages.load(SchemaFolder()).line(read.problems[0])


def test_a_title_that_is_a_number_and_an_interval_in_iso_are_read():
    read = from_data_json(
        {
            "title": 1234,
            "temporal": "2018-01-01/2018-12-31",
            "contactPoint": "Sekretariat",
            "distribution": {"accessURL": "https://x.id/a"},
        },
        STANDARD,
    )
    assert read.dataset == {
        "title": "1234", "temporal_start": "2018-01-01", "temporal_end": "2018-12-31", "maintainer": "Sekretariat", "resources": [{"url": "https://x.id/a"}],
    }  # fmt: skip


def test_a_ckan_package_is_read_with_its_extras():
    package = {
        "id": "p1", "title": "Laporan 112 tahun 2025", "notes": "", "license_id": "cc-by", "url": "",
        "tags": [{"name": "laporan"}], "organization": {"title": "Dinas Kominfo"}, "maintainer": "Bidang Statistik", "maintainer_email": "",
        "extras": [{"key": "accrualPeriodicity", "value": "Triwulan"}, {"key": "temporal_start", "value": "2025-01-01T00:00:00"}, {"key": "accesslevel", "value": "terbuka"}],
        "resources": [{"url": "a.pdf", "format": "PDF", "state": "deleted"}, {"url": "https://x.id/b.xlsx", "format": "XLSX", "name": "B", "size": "30994", "state": "active"}],
    }  # fmt: skip
    read = from_ckan(package, STANDARD)
    assert read.dataset == {
        "title": "Laporan 112 tahun 2025", "identifier": "p1", "tags": ["laporan"], "frequency": "TRIWULANAN", "frequency_original": "Triwulan",
        "license_id": "CC-BY-4.0", "temporal_start": "2025-01-01", "access_rights": "terbuka", "maintainer": "Bidang Statistik",
        "publisher_name": "Dinas Kominfo", "resources": [{"url": "https://x.id/b.xlsx", "name": "B", "size": 30994, "format": "XLSX"}],
    }  # fmt: skip
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("csv", ["CSV"]),
        ("CSV/XLSX", ["CSV", "XLSX"]),
        (".xlsx", ["XLSX"]),
        ("text/csv", ["CSV"]),
        ("", []),
        (None, []),
        ("application/vnd.ms-excel", []),
    ],
)
def test_formats_are_told_apart(text, formats):
    assert formats_of(text) == formats


def test_markup_becomes_plain_lines():
    assert plain_text("<ul><li>Satu &amp; dua</li><li>tiga</li></ul>") == "Satu & dua\ntiga"
    assert plain_text("a < b") == "a < b" and plain_text(None) == ""


# --- the real feeds beside the repository: datasets as counted there


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "datasets", "frequencies"),
    [
        ("kalteng2.json", 1064, None),
        ("padangpanjangkota.json", 1870, {"TAHUNAN": 1869}),
        ("gunungmas3.json", 362, None),
        ("badanpangan.json", 88, None),
        ("bps-data.json", 1124, None),
    ],
)
def test_every_record_of_a_real_feed_is_read_twice_alike(shared_data, name, datasets, frequencies):
    content = json.loads((shared_data / "dcat" / "sdi" / name).read_text(encoding="utf-8-sig"), strict=False)
    records = content["dataset"]
    read = [from_data_json(record, STANDARD) for record in records]
    assert len(read) == datasets
    assert [one.dataset for one in read] == [from_data_json(record, STANDARD).dataset for record in records]
    assert all(one.dataset["title"] == one.dataset["title"].strip() != "" for one in read)
    assert not any("license_id" in one.dataset for one in read), "no feed states a licence"
    if frequencies:
        assert sum(one.dataset.get("frequency") == "TAHUNAN" for one in read) == frequencies["TAHUNAN"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kota Padang Panjang", "13.74"),
        ("Provinsi Nusa Tenggara Barat", "52"),
        ("Kabupaten Lombok Utara", "52.08"),
        ("Bima", None),
        ("Sebagian Wilayah Indonesia", None),
    ],
)
def test_a_region_gets_its_code_only_without_doubt(name, code):
    read = from_data_json({"title": "T", "spatial": name}, STANDARD)
    assert read.dataset["spatial_text"] == name and read.dataset.get("kode_wilayah") == ([code] if code else None)
