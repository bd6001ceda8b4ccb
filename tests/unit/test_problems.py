"""Problems are values with sentences in both languages."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.problems import Messages, Problem
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

UNKNOWN_CODE = Problem("unknown-code", row=14, field="kode_wilayah", values={"value": "52.99", "list": "wilayah", "version": "2025"})


def test_a_problem_says_where_what_and_the_way_out() -> None:
    line = Messages.load(SchemaFolder(), "id").line(UNKNOWN_CODE)
    assert line == 'Baris 14, kolom kode_wilayah: "52.99" tidak ada di kode referensi wilayah 2025. Lihat /kode-referensi/wilayah.'


def test_a_program_gets_the_same_problem_as_fields() -> None:
    problem = Messages.load(SchemaFolder(), "en").as_dict(UNKNOWN_CODE)
    assert problem == {
        "code": "unknown-code",
        "row": 14,
        "field": "kode_wilayah",
        "message": '"52.99" is not in the code list wilayah 2025.',
        "remedy": "See /kode-referensi/wilayah.",
        "severity": "error",
    }


def test_both_languages_know_the_same_codes() -> None:
    indonesian, english = (Messages.load(SchemaFolder(), language) for language in ("id", "en"))
    assert set(indonesian.sentences) == set(english.sentences)


def test_a_code_without_a_sentence_stops() -> None:
    with pytest.raises(SchemaFolderError, match="tidak punya kalimat untuk kode no-such-code"):
        Messages.load(SchemaFolder(), "id").sentence(Problem("no-such-code"))


def test_an_operators_folder_replaces_one_file_and_keeps_the_others(tmp_path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "id.yaml").write_text("places: {}\nproblems: {unknown-code: {message: Salah., remedy: Perbaiki.}}\n")
    folder = SchemaFolder.from_environment({"SATUDATA_SCHEMAS": str(tmp_path)})
    assert Messages.load(folder, "id").sentences["unknown-code"].message == "Salah."
    assert folder.file("messages/en.yaml") == INSTALLED / "messages/en.yaml"


def test_an_operators_folder_that_is_not_there_stops_with_the_way_out(tmp_path) -> None:
    with pytest.raises(SchemaFolderError, match="SATUDATA_SCHEMAS menunjuk folder yang tidak ada.*kosongkan variabelnya"):
        SchemaFolder.from_environment({"SATUDATA_SCHEMAS": str(tmp_path / "nowhere")})


def test_broken_yaml_names_its_line(tmp_path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "id.yaml").write_text("places: {}\nproblems: [\n")
    with pytest.raises(SchemaFolderError, match=r"id\.yaml, baris 3 bukan YAML yang sah"):
        Messages.load(SchemaFolder((tmp_path,)), "id")
