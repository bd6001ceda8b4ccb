"""`data.json`: valid Project Open Data, nothing lost on the way through the secretariat's harvester, no internal host, ISO dates only."""

from __future__ import annotations

import re

import jsonschema
import pytest

from ckanext.ntbsatudata.domain.feeds import data_json
from ckanext.ntbsatudata.domain.feeds.addresses import is_internal, public_address

# Project Open Data v1.1 as its pages say it (resources.data.gov/resources/dcat-us): what is required, of which type and form.
ISO_DATE = r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?)?)?$"
URL = {"type": "string", "pattern": "^https?://"}
POD = {
    "type": "object", "required": ["conformsTo", "dataset"],
    "properties": {
        "@type": {"const": "dcat:Catalog"}, "conformsTo": {"const": "https://project-open-data.cio.gov/v1.1/schema"}, "describedBy": URL,
        "dataset": {"type": "array", "items": {
            "type": "object",
            "required": ["title", "description", "keyword", "modified", "publisher", "contactPoint", "identifier", "accessLevel"],
            "properties": {
                "title": {"type": "string", "minLength": 1}, "description": {"type": "string", "minLength": 1}, "identifier": {"type": "string", "minLength": 1},
                "keyword": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                "modified": {"type": "string", "pattern": ISO_DATE}, "issued": {"type": "string", "pattern": ISO_DATE},
                "publisher": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}},
                "contactPoint": {"type": "object", "required": ["fn", "hasEmail"], "properties": {"hasEmail": {"pattern": "^mailto:[^@ ]+@[^@ ]+$"}}},
                "accessLevel": {"enum": ["public", "restricted public", "non-public"]}, "license": URL, "landingPage": URL, "conformsTo": URL,
                "accrualPeriodicity": {"pattern": r"^(R/P(\d+(\.\d+)?[YMWD]|T\d+[HMS])+|irregular)$"},
                "temporal": {"pattern": r"^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$"}, "spatial": {"type": "string"},
                "language": {"type": "array", "items": {"pattern": "^[a-z]{2}(-[A-Z]{2})?$"}}, "theme": {"type": "array", "items": {"type": "string"}},
                "distribution": {"type": "array", "items": {
                    "type": "object", "anyOf": [{"required": ["accessURL"]}, {"required": ["downloadURL", "mediaType", "format"]}, {"required": ["downloadURL", "mediaType"]}],
                    "properties": {"downloadURL": URL, "accessURL": URL, "mediaType": {"pattern": r"^[a-z]+/[\w.+-]+$"}, "format": {"pattern": "^[^/,;]+$"}},
                }},
            },
        }},
    },
}  # fmt: skip


def catalogue(datasets, standard, site):
    return {**data_json.header(site), "dataset": [data_json.record(dataset, standard, site) for dataset in datasets]}


def test_real_datasets_are_valid_project_open_data(real_datasets, standard, site):
    found = catalogue(real_datasets, standard, site)
    errors = [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in jsonschema.Draft202012Validator(POD).iter_errors(found)
    ]
    assert errors == [] and len(found["dataset"]) == 288


def kept_by_the_secretariat(record):
    """What apteksdi/ckanext-dcat (`staging` @ 7307772) keeps of a record: these keys and the national ones, nothing else."""
    plain = ("title", "description", "keyword", "identifier", "issued", "modified", "language")
    national = ("id_sds", "id_mskeg", "id_msind", "jenis", "satuan", "ukuran", "level_estimasi", "kriteria_prioritas", "prioritas_tahun", "kodereferensi",
                "accessRights", "accrualPeriodicity", "theme", "publisher_type")  # fmt: skip
    kept = {key: record[key] for key in (*plain, *national) if key in record}
    kept["publisher"] = {key: value for key, value in record["publisher"].items() if key in ("name", "mbox")}
    kept["distribution"] = [
        {
            "title": one.get("title"),
            "description": one.get("description"),
            "url": one.get("downloadURL") or one.get("accessURL"),
            "format": one.get("format"),
        }
        for one in record["distribution"]
    ]
    return kept


def test_what_the_secretariat_drops_arrives_where_it_is_kept(standard, site):
    dataset = {
        "id": "uuid-1", "name": "x", "title": "Jumlah Penduduk", "notes": "Uraian", "license_id": "CC-BY-4.0", "spatial_text": "Provinsi NTB",
        "temporal_start": "2018", "temporal_end": "2024-06", "maintainer": "Meja Data", "maintainer_email": "meja@prov.go.id", "id_sds": "SD00001.00.00",
        "id_mskeg": "keg-1", "id_msind": ["ind-1"], "prioritas_tahun": ["2026"], "satuan": "Orang", "ukuran": "Jumlah", "jenis": "Statistik",
        "level_estimasi": "Kabupaten/Kota", "kriteria_prioritas": "RPJMD", "frequency": "TAHUNAN", "access_rights": "terbuka",
        "groups": [{"name": "kependudukan", "title": "Kependudukan"}], "organization": {"id": "o", "name": "o", "title": "Dukcapil"},
        "metadata_created": "2026-01-02T03:04:05.1", "metadata_modified": "2026-01-02T03:04:05.1", "tags": [{"name": "penduduk"}],
        "resources": [{"id": "r", "url": "https://a.go.id/x.csv", "format": "CSV", "schema": {"fields": [{"name": "kode", "kode_referensi": "wilayah-kemendagri"}]}}],
    }  # fmt: skip
    kept = kept_by_the_secretariat(data_json.record(dataset, standard, site))
    lines = kept["description"].splitlines()
    assert lines == [
        "Uraian", "", "Halaman: https://data.prov.go.id/dataset/uuid-1", "Lisensi: Creative Commons Atribusi 4.0 Internasional (CC BY 4.0)",
        "Narahubung: Meja Data, meja@prov.go.id", "Kategori: Kependudukan", "Wilayah: Provinsi NTB", "Periode: 2018-01-01/2024-06-30",
    ]  # fmt: skip
    assert [one["url"] for one in kept["distribution"]] == ["https://a.go.id/x.csv", "https://data.prov.go.id/dataset/uuid-1"]
    assert {name: kept[name] for name in ("identifier", "id_sds", "id_mskeg", "id_msind", "prioritas_tahun", "kodereferensi", "accrualPeriodicity")} == {
        "identifier": "uuid-1", "id_sds": "SD00001.00.00", "id_mskeg": "keg-1", "id_msind": ["ind-1"], "prioritas_tahun": ["2026"],
        "kodereferensi": ["wilayah-kemendagri"], "accrualPeriodicity": "R/P1Y",
    }  # fmt: skip


def test_every_key_of_the_reference_record_is_ours_too(real_datasets, shared_data, standard, site):
    import json

    reference = json.loads((shared_data / "dcat" / "sdi" / "contoh01.json").read_text())
    ours = catalogue([{**real_datasets[0], "groups": [{"name": "pangan"}]}], standard, site)
    assert set(reference) <= set(ours)
    assert set(reference["dataset"][0]) <= set(ours["dataset"][0])


@pytest.mark.parametrize(
    "url",
    ["http://portal-satu-data.test/a", "http://localhost/a", "http://10.1.2.3/a", "http://192.168.1.1/x", "http://[::1]/", "http://[fe80::1]/", "http://server/a",
     "http://169.254.169.254/", "http://data.local/a", "javascript:alert(1)", "", "data.csv", "http://user:pass@a.go.id/x", "http://exa mple.go.id/"],
)  # fmt: skip
def test_an_address_nobody_outside_can_open_stays_out_of_the_feed(url):
    assert public_address(url, "https://data.prov.go.id") is None


def test_odd_signs_of_an_address_are_escaped_once():
    assert public_address("https://a.go.id/a b%20c.csv?x=[1]", "https://b.go.id") == "https://a.go.id/a%20b%20c.csv?x=[1]"
    assert not is_internal("https://data.go.id/x") and is_internal("http://[::ffff:10.0.0.1]/")


def test_dates_are_iso_8601_with_an_offset(real_datasets, standard, site):
    for record in catalogue(real_datasets, standard, site)["dataset"]:
        assert re.fullmatch(ISO_DATE, record["modified"]) and re.fullmatch(ISO_DATE, record["issued"])
