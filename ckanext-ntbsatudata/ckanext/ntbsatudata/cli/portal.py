"""`satudata run`, `status`, `stop` and `ckan`: a portal on this machine."""

from __future__ import annotations

import contextlib
import os
import sys

import click

from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.local.errors import NotRunning

try:
    from ckanext.ntbsatudata.local.portal import Portal, Wish, require_python
    from ckanext.ntbsatudata.local.portal import stop as stop_portal
    from ckanext.ntbsatudata.local.state import StateFolder
    from ckanext.ntbsatudata.local.web import CKAN
except ModuleNotFoundError as missing:
    raise UsageError(f"Perintah ini perlu CKAN ({missing.name} tidak ada). Pasang dengan: pip install 'ntb-satu-data[portal]'") from missing


_RECORDS_IN_REACH = (
    "  Catatan keputusan    belum terlindung: akun basis data portal masih dapat mengubahnya."
    " Minta administratornya menjalankan records.sql sekali (docs/reference/environment.md)."
)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port of the portal.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--wilayah", metavar="CODE", help="Region of the portal by its Kemendagri code, such as 52.07. Chosen at the first start.")
@click.option("--demo", is_flag=True, help="Add sample content and an account for each role.")
def run(port: int, host: str, wilayah: str | None, demo: bool) -> None:
    """Start the portal of this folder and keep it until Ctrl-C."""
    require_python()
    state = StateFolder.from_environment(os.environ)
    state.make()
    Portal(state, Wish(host, port, wilayah, demo), os.environ).run(_write)


def _write(text: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal is no reason to stop a portal
        click.echo(text, nl=False)


@click.command()
def status() -> None:
    """Say whether the portal of this folder runs, and how its services do."""
    state = StateFolder.from_environment(os.environ)
    holder = state.holder()
    if holder is None:
        raise NotRunning(f"Tidak ada portal yang berjalan pada folder {state.root}. Jalankan dengan: satudata run")
    click.echo(f"Portal berjalan di {holder.url} (proses {holder.pid}), folder {state.root}")
    portal = Portal(state, Wish(), os.environ)
    for line in portal.report():
        if line.processes:
            minutes = line.seconds / 60
            click.echo(f"  {line.name:16}{line.processes:3} proses{line.memory / 1024**2:8.0f} MB{minutes:8.0f} menit")
        else:
            click.echo(f"  {line.name:16}  tidak berjalan di sini")
    if not portal.records_are_protected():
        click.echo(_RECORDS_IN_REACH)


@click.command()
def stop() -> None:
    """Stop the portal of this folder."""
    state = StateFolder.from_environment(os.environ)
    stop_portal(state, os.environ)
    click.echo("Portal berhenti.")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ckan(arguments: tuple[str, ...]) -> None:
    """CKAN's own command line on the portal of this folder, such as: satudata ckan user list"""
    state = StateFolder.from_environment(os.environ)
    if not state.ini.is_file():
        raise NotRunning(f"Belum ada portal pada folder {state.root}. Jalankan dengan: satudata run")
    os.execv(sys.executable, [sys.executable, str(CKAN), "-c", str(state.ini), *arguments])
