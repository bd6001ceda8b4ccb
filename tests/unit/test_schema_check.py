"""A schema folder is put in force only when all of it is sound; each mistake is named."""

import pytest

from ckanext.ntbsatudata.domain.schema_check import problems_of
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder


@pytest.fixture
def problems(tmp_path):
    """Give the problems of an operator's folder that holds one file."""

    def of(relative, text):
        path = tmp_path / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return problems_of(SchemaFolder((tmp_path, INSTALLED)))

    return of


def test_the_installed_schemas_are_sound():
    assert problems_of(SchemaFolder()) == []


def test_a_file_that_nobody_will_read_is_a_slip(problems):
    assert problems("pesan/id.yaml", "a: 1\n") == ["Berkas pesan/id.yaml tidak akan dibaca: folder pesan tidak dikenal."]


def test_yaml_that_cannot_be_read_is_named_once_with_its_line(problems):
    found = problems("content/topics.yaml", "topics: [\n")
    assert len(found) == 1 and "content/topics.yaml, baris 2 bukan YAML yang sah" in found[0]


def test_sentences_must_stand_in_both_languages(problems):
    own = (INSTALLED / "messages" / "id.yaml").read_text(encoding="utf-8")
    found = problems("messages/id.yaml", own + "  kode-baru:\n    message: Salah.\n    remedy: Perbaiki.\n")
    assert found == ["messages/id.yaml dan messages/en.yaml tidak punya kode yang sama: kode-baru."]


def test_a_sentence_must_use_the_same_values_in_both_languages(problems):
    own = (INSTALLED / "messages" / "id.yaml").read_text(encoding="utf-8")
    found = problems("messages/id.yaml", own.replace('"{value}" tidak ada di kode referensi', '"{nilai}" tidak ada di kode referensi', 1))
    assert found == ["messages: kode unknown-code memakai nilai yang berbeda dalam kedua bahasa."]


def test_a_dataset_whose_table_cannot_be_made_is_named(problems):
    own = (INSTALLED / "content" / "datasets" / "luas-wilayah.yaml").read_text(encoding="utf-8")
    found = problems("content/datasets/luas-wilayah.yaml", own.replace("name AS nama_wilayah, luas_km2", "name AS nama_wilayah"))
    assert found == [
        "luas-wilayah-kabupaten-kota.csv: query memberi kolom kode_wilayah, nama_wilayah; yang dinyatakan kode_wilayah, nama_wilayah, luas_km2."
    ]


@pytest.mark.parametrize(
    ("relative", "text", "sentence"),
    [
        ("aggregates/posyandu/baru.yaml", "warna: biru\n", "memuat kunci yang tidak dikenal: warna"),
        ("licenses.json", "bukan json", "licenses.json"),
        ("kode_referensi/satuan.csv", "code,name\norang,Orang\norang,Orang\n", "kode_referensi/satuan.csv"),
    ],
)
def test_each_kind_of_file_is_read_with_the_portals_own_loader(problems, relative, text, sentence):
    found = problems(relative, text)
    assert any(sentence in problem for problem in found), found
