"""`ckan ntbsatudata schema reload`: all of the operator's folder is checked, then all of the portal switches."""

from __future__ import annotations

import pytest
from ckan.tests import helpers

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.cli.ckan import ntbsatudata
from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture
def operator(tmp_path, monkeypatch, ckan_config):
    """The operator's folder, and a storage folder of its own."""
    folder = tmp_path / "skema"
    folder.mkdir()
    monkeypatch.setenv("SATUDATA_SCHEMAS", str(folder))
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(tmp_path / "storage"))
    return folder


def write(folder, relative, text):
    path = folder / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def reload(cli, *options):
    return cli.invoke(ntbsatudata, ["schema", "reload", *options])


def with_label(label):
    text = (INSTALLED / "organization.yaml").read_text(encoding="utf-8")
    assert "id: Kode OPD (Permendagri 90/2019)" in text
    return text.replace("id: Kode OPD (Permendagri 90/2019)", f"id: {label}")


def form_label():
    fields = helpers.call_action("scheming_organization_schema_show", type="organization")["fields"]
    return next(field["label"]["id"] for field in fields if field["field_name"] == "kode_opd")


def test_a_checked_folder_is_in_force_for_the_next_request_of_a_running_portal(operator, cli, app):
    write(operator, "organization.yaml", with_label("Nomor perangkat daerah"))
    done = reload(cli)
    assert done.exit_code == 0, done.output
    assert "berlaku." in done.output
    app.get("/about")
    assert form_label() == "Nomor perangkat daerah"

    write(operator, "organization.yaml", with_label("Sedang diubah"))
    app.get("/about")
    assert form_label() == "Nomor perangkat daerah"  # edited, not yet reloaded


def test_a_folder_with_mistakes_changes_nothing_and_all_of_them_are_named(operator, cli):
    write(operator, "content/datasets/baru.yaml", "name: baru\norganization: walidata\n")
    write(operator, "message/id.yaml", "places: {}\n")
    write(operator, "organization.yaml", with_label("X").replace("preset: ntbsatudata_text", "preset: tidak_ada"))
    refused = reload(cli)
    assert refused.exit_code == 65
    assert "content/datasets/baru.yaml: isian 'topics' hilang" in refused.output
    assert "Berkas message/id.yaml tidak akan dibaca: folder message tidak dikenal." in refused.output
    assert "preset 'tidak_ada' not defined" in refused.output
    assert "3 masalah. Skema yang berlaku tidak diganti." in refused.output
    assert config.checked_schemas().in_force() is None


def test_a_dry_run_checks_and_keeps_what_is_in_force(operator, cli):
    write(operator, "content/topics.yaml", "version: 1\nsource: contoh\ntopics:\n- {name: a, title: A}\n")
    assert "menyebut organisasi atau topik yang tidak ada" in reload(cli, "--dry-run").output

    write(operator, "content/topics.yaml", (INSTALLED / "content/topics.yaml").read_text(encoding="utf-8"))
    assert "siap dipakai." in reload(cli, "--dry-run").output
    assert config.checked_schemas().in_force() is None


def test_without_a_folder_of_the_operator_there_is_nothing_to_reload(cli, monkeypatch):
    monkeypatch.delenv("SATUDATA_SCHEMAS", raising=False)
    refused = reload(cli)
    assert refused.exit_code == 64
    assert "SATUDATA_SCHEMAS kosong" in refused.output


def test_the_first_use_takes_the_folder_as_it_is_and_refuses_one_with_mistakes(operator):
    write(operator, "message/id.yaml", "places: {}\n")
    with pytest.raises(SchemaFolderError, match="folder message tidak dikenal.\n1 masalah pada folder skema"):
        config.schema_folder()
    (operator / "message" / "id.yaml").unlink()
    assert config.schema_folder() == config.checked_schemas().in_force()
