"""`ckan ntbsatudata account make FILE`: the first accounts of a portal, their passwords in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as toolkit
import click

from ckanext.ntbsatudata.domain.curation.roles import Role

_HEADING = "# Akun pertama portal ini: nama, kata sandi, peran. Ganti kata sandi setelah masuk."


@dataclass(frozen=True)
class FirstAccount:
    """One account: what it may do in every agency (`capacity`), and its role over the whole portal (`grant`)."""

    name: str
    full_name: str
    role: str
    capacity: str | None = None
    grant: Role | None = None
    sysadmin: bool = False


ADMINISTRATOR = FirstAccount("admin", "Administrator", "sysadmin", sysadmin=True)
SAMPLES = (
    FirstAccount("walidata", "Walidata (contoh)", "walidata", grant=Role.WALIDATA),
    FirstAccount("pembina", "Pembina Data (contoh)", "pembina data", grant=Role.PEMBINA_DATA),
    FirstAccount("forum", "Sekretariat Forum (contoh)", "sekretariat forum", grant=Role.FORUM_SECRETARIAT),
    FirstAccount("pendukung", "Walidata Pendukung (contoh)", "walidata pendukung", capacity="admin"),
    FirstAccount("produsen", "Produsen Data (contoh)", "produsen data", capacity="editor"),
    FirstAccount("program", "Operator Program (contoh)", "operator program", grant=Role.PROGRAMME_OPERATOR),
    FirstAccount("anggota", "Anggota (contoh)", "anggota", capacity="member"),
)


@click.group()
def account() -> None:
    """The first accounts."""


@account.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--demo", is_flag=True, help="Also make one sample account for each role, in every agency.")
def make(file: Path, demo: bool) -> None:
    """Make the accounts that are missing, with the passwords FILE keeps. Repeat it freely."""
    wanted = [ADMINISTRATOR, *(SAMPLES if demo else ())]
    # The file comes first: killed in between, the next run makes the accounts with the same passwords.
    passwords = _passwords(file, wanted)
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    for each in wanted:
        made = _make(each, passwords[each.name], user)
        click.echo(f"{each.name}: {'dibuat' if made else 'sudah ada'}")


def _make(each: FirstAccount, password: str, user: str) -> bool:
    """Return whether the account had to be made; its place in the agencies is made good either way."""

    def act(action: str, **data: Any) -> Any:
        return toolkit.get_action(action)({"user": user, "ignore_auth": True}, data)

    try:
        act("user_show", id=each.name)
        made = False
    except toolkit.ObjectNotFound:
        email = f"{each.name}@portal.invalid"
        act("user_create", name=each.name, fullname=each.full_name, email=email, password=password, sysadmin=each.sysadmin)
        made = True
    if each.capacity is not None:
        for organization in act("organization_list"):
            act("organization_member_create", id=organization, username=each.name, role=each.capacity)
    if each.grant is not None:
        act("ntbsatudata_role_grant", user=each.name, role=each.grant.value)
    return made


def _passwords(file: Path, wanted: list[FirstAccount]) -> dict[str, str]:
    """Return the passwords FILE keeps, after making and writing those it lacks."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else [_HEADING]
    known = {name: password for name, password, *_role in (line.split() for line in lines if line and not line.startswith("#"))}
    new = {each.name: secrets.token_urlsafe(12) for each in wanted if each.name not in known}
    if new:
        lines += [f"{each.name} {new[each.name]} {each.role}" for each in wanted if each.name in new]
        _write_private(file, "\n".join(lines) + "\n")
    return known | new


def _write_private(file: Path, content: str) -> None:
    half = file.with_name(f"{file.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(content)
    half.replace(file)
