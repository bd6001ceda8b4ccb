"""Metadata travel with the data: a Data Package that Frictionless validates, and that comes back as the same record."""

from __future__ import annotations

import io
import json
import zipfile

import frictionless
import pytest

from ckanext.ntbsatudata.domain.metadata.datapackage import (
    DataPackage,
    NotADataPackageError,
    PackedFile,
    dataset_values,
    read_datapackage,
    write_datapackage,
)
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

STANDARD = Standard.of(SchemaFolder())
SCHEMA = {
    "fields": [
        {"name": "kode", "type": "string", "title": "Kode", "kode_referensi": "wilayah-kemendagri"},
        {"name": "jumlah", "type": "integer"},
    ]
}
DATASET = {
    "id": "1", "name": "jumlah-penduduk", "title": "Jumlah Penduduk", "notes": "Uraian", "tags": [{"name": "penduduk"}], "license_id": "CC-BY-4.0", "konsep": "Penduduk",
    "klasifikasi": ["wilayah"], "satuan": "Orang", "owner_org": "dinas", "organization": {"title": "Dinas"}, "kode_wilayah": ["52"],
    "metadata_modified": "2026-01-01T00:00:00", "id_mskeg": "k", "frequency": "TAHUNAN", "access_rights": "terbuka",
}  # fmt: skip
RECORD = (Kind.MSKEG, {"judul_kegiatan": "Kompilasi Data Penduduk", "tahun": 2026, "iv_metode_pengumpulan_data": ["wawancara"]})


@pytest.fixture
def zip_file(tmp_path):
    def write(records=(RECORD,)):
        data = tmp_path / "Jumlah Penduduk.csv"
        data.write_text("kode,jumlah\n52.01,10\n", encoding="utf-8")
        files = [PackedFile({"name": "Tabel", "format": "CSV", "mimetype": "text/csv", "schema": SCHEMA}, data, data.name)] * 2
        target = io.BytesIO()
        write_datapackage(DataPackage(DATASET, records), files, STANDARD.forms[Kind.DATASET], STANDARD.licences, target)
        path = tmp_path / "paket.zip"
        path.write_bytes(target.getvalue())
        return path

    return write


@pytest.mark.filterwarnings("default")
def test_frictionless_finds_the_package_and_its_tables_valid(zip_file, tmp_path):
    with zipfile.ZipFile(zip_file()) as archive:
        assert archive.namelist() == [
            "datapackage.json",
            "metadata/dataset.json",
            "metadata/mskeg-1.json",
            "data/jumlah-penduduk.csv",
            "data/jumlah-penduduk-2.csv",
        ]
        archive.extractall(tmp_path / "lepas")
    report = frictionless.validate(str(tmp_path / "lepas" / "datapackage.json"), type="package")
    assert report.valid, report.to_summary()
    assert [task.place for task in report.tasks] == ["data/jumlah-penduduk.csv", "data/jumlah-penduduk-2.csv"]


def test_the_package_comes_back_as_the_same_record(zip_file):
    read = read_datapackage(zip_file())
    own = {name: value for name, value in read.dataset.items() if name != "resources"}
    assert own == dataset_values(DATASET, STANDARD.forms[Kind.DATASET])
    assert own["tags"] == ["penduduk"] and own["klasifikasi"] == ["wilayah"]
    assert read.dataset["resources"][0]["schema"] == SCHEMA and read.dataset["resources"][0]["format"] == "CSV"
    assert list(read.records) == [RECORD]


def test_equal_content_gives_equal_bytes(zip_file):
    assert zip_file().read_bytes() == zip_file().read_bytes()


def test_a_package_of_another_maker_is_read_by_its_descriptor(tmp_path):
    path = tmp_path / "lain.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "datapackage.json",
            json.dumps({"name": "a", "title": "A", "licenses": [{"name": "CC-BY-4.0"}], "resources": [{"name": "r", "path": "r.csv"}]}),
        )
        archive.writestr("r.csv", "a\n1\n")
    assert read_datapackage(path).dataset == {
        "title": "A",
        "license_id": "CC-BY-4.0",
        "resources": [{"url": "r.csv", "name": "r", "format": "CSV"}],
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"a.txt": "x"}, "tidak memuat datapackage.json"),
        ({"datapackage.json": "{"}, "bukan JSON yang sah"),
        ({"datapackage.json": "{}"}, "tidak punya daftar resources"),
        ({"datapackage.json": '{"resources": [{"path": "../../etc/passwd"}]}'}, "tidak ada di dalam ZIP"),
    ],
)
def test_what_is_no_package_is_refused_with_its_reason(tmp_path, content, words):
    path = tmp_path / "rusak.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    with pytest.raises(NotADataPackageError, match=words):
        read_datapackage(path)


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("bukan zip")
    with pytest.raises(NotADataPackageError, match="bukan berkas ZIP"):
        read_datapackage(tmp_path / "x.zip")
