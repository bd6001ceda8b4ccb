"""`ckan ntbsatudata account make FILE`: the first accounts of a portal, their passwords in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import ckan.plugins.toolkit as toolkit
import click

_HEADING = "# Akun pertama portal ini: nama, kata sandi, peran. Ganti kata sandi setelah masuk."
ADMIN = "admin"


@click.group()
def account() -> None:
    """The first accounts."""


@account.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make(file: Path) -> None:
    """Make the account of the administrator, unless it is there, with the password FILE keeps."""
    passwords = _read(file)
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    # The file comes first: killed in between, the next run makes the account with the same password.
    if ADMIN not in passwords:
        passwords[ADMIN] = secrets.token_urlsafe(12)
        _write(file, passwords)
    context = {"user": site_user, "ignore_auth": True}
    try:
        toolkit.get_action("user_show")(dict(context), {"id": ADMIN})
    except toolkit.ObjectNotFound:
        account = {"name": ADMIN, "email": f"{ADMIN}@portal.invalid", "password": passwords[ADMIN], "sysadmin": True}
        toolkit.get_action("user_create")(dict(context), account)
        click.echo(f"{ADMIN}: made")
    else:
        click.echo(f"{ADMIN}: there already")


def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {name: password for name, password, *_role in lines}


def _write(file: Path, passwords: dict[str, str]) -> None:
    half = file.with_name(f"{file.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join([_HEADING, *(f"{name} {password} sysadmin" for name, password in passwords.items())]) + "\n")
    half.replace(file)
