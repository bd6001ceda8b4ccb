"""`ckan ntbsatudata account make`: the first accounts of a portal."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.ntbsatudata.cli.account import account
from ckanext.ntbsatudata.model.curation import RoleGrant

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


def make(cli, file: Path, *options: str) -> str:
    result = cli.invoke(account, ["make", str(file), *options])
    assert result.exit_code == 0, result.output
    return result.output


def passwords(file: Path) -> dict[str, str]:
    lines = [line.split() for line in file.read_text().splitlines() if not line.startswith("#")]
    return {line[0]: line[1] for line in lines}


def test_a_real_portal_has_one_administrator_who_can_log_in(cli, tmp_path: Path):
    file = tmp_path / "accounts"

    assert make(cli, file) == "admin: dibuat\n"

    admin = model.User.get("admin")
    assert admin.sysadmin
    assert admin.validate_password(passwords(file)["admin"])
    assert list(passwords(file)) == ["admin"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_demo_has_an_account_for_each_role_in_every_agency(cli, tmp_path: Path):
    agency = factories.Organization()

    make(cli, tmp_path / "accounts", "--demo")

    found = call_action("organization_show", id=agency["id"], include_users=True)["users"]
    members = {user["name"]: user["capacity"] for user in found}
    assert {name: members[name] for name in ("pendukung", "produsen", "anggota")} == {
        "pendukung": "admin",
        "produsen": "editor",
        "anggota": "member",
    }
    walidata = model.User.get("walidata")
    assert not walidata.sysadmin
    granted = {(grant.user_id, grant.role) for grant in model.Session.query(RoleGrant)}
    assert (walidata.id, "walidata") in granted
    assert {role for _user, role in granted} == {"walidata", "pembina_data", "forum_secretariat", "programme_operator"}
    assert "admin" not in members


def test_a_second_run_changes_no_password(cli, tmp_path: Path):
    file = tmp_path / "accounts"
    make(cli, file)
    before = file.read_text()

    assert make(cli, file) == "admin: sudah ada\n"

    assert file.read_text() == before


def test_a_run_killed_before_the_account_was_made_goes_on_with_the_password_it_wrote(cli, tmp_path: Path):
    file = tmp_path / "accounts"
    file.write_text("# akun\nadmin kata-sandi-tertulis sysadmin\n")

    assert make(cli, file) == "admin: dibuat\n"

    assert model.User.get("admin").validate_password("kata-sandi-tertulis")
