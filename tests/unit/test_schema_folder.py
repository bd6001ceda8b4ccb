"""The operator's folder lies over the installed one, and only a checked copy of it is in force."""

import pytest

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, CheckedCopies, SchemaFolder


@pytest.fixture
def overlay(tmp_path):
    folder = tmp_path / "operator"
    (folder / "messages").mkdir(parents=True)
    (folder / "messages" / "id.yaml").write_text("places: {}\nproblems: {}\n", encoding="utf-8")
    return folder


def test_a_file_of_the_operator_replaces_the_installed_one_and_all_others_stay(overlay):
    folder = SchemaFolder.from_environment({"SATUDATA_SCHEMAS": str(overlay)})
    assert folder.file("messages/id.yaml") == overlay / "messages" / "id.yaml"
    assert folder.file("messages/en.yaml") == INSTALLED / "messages" / "en.yaml"


def test_a_folder_that_does_not_exist_is_named_with_the_way_out(tmp_path):
    with pytest.raises(SchemaFolderError, match="SATUDATA_SCHEMAS menunjuk folder yang tidak ada: .*Buat folder itu atau kosongkan"):
        SchemaFolder.from_environment({"SATUDATA_SCHEMAS": str(tmp_path / "tidak-ada")})


def test_yaml_with_a_mistake_is_named_with_its_line(overlay):
    (overlay / "messages" / "id.yaml").write_text("places: {}\nproblems: [\n", encoding="utf-8")
    with pytest.raises(SchemaFolderError, match=r"messages/id\.yaml, baris 3 bukan YAML yang sah"):
        SchemaFolder((overlay, INSTALLED)).read_yaml("messages/id.yaml")


def test_nothing_is_in_force_before_the_first_switch(tmp_path):
    assert CheckedCopies(tmp_path / "copies").in_force() is None


def test_editing_the_operators_folder_changes_nothing_until_the_switch(overlay, tmp_path):
    copies = CheckedCopies(tmp_path / "copies")
    copies.switch(copies.copy(overlay))
    (overlay / "messages" / "id.yaml").write_text("places: {}\nproblems: {baru: 1}\n", encoding="utf-8")
    assert copies.in_force().read_yaml("messages/id.yaml") == {"places": {}, "problems": {}}

    copies.switch(copies.copy(overlay))
    assert copies.in_force().read_yaml("messages/id.yaml") == {"places": {}, "problems": {"baru": 1}}


def test_the_copy_before_the_last_stays_for_readers_and_older_ones_go(overlay, tmp_path):
    copies = CheckedCopies(tmp_path / "copies")
    for number in range(4):
        (overlay / "nomor.txt").write_text(str(number), encoding="utf-8")
        copies.switch(copies.copy(overlay))
    left = {(path / "nomor.txt").read_text() for path in (tmp_path / "copies").iterdir() if not path.is_symlink()}
    assert left == {"2", "3"}


def test_the_same_content_is_the_same_copy(overlay, tmp_path):
    copies = CheckedCopies(tmp_path / "copies")
    assert copies.copy(overlay) == copies.copy(overlay)
