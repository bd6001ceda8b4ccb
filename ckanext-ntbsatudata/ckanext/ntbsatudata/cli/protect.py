"""`satudata protect`: from cells to the folder of a release, or the reason why it cannot go public."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from pathlib import Path

import click

from ckanext.ntbsatudata.cli.table_input import EXISTING_FILE, table_to_protect
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, AggregateSpec
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Weights
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect as protect_table
from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.publication.release_folder import Column, as_published, write_release

SHORTEST_SECRET = 16


@click.command()
@click.argument("spec", type=EXISTING_FILE)
@click.argument("cells", nargs=-1, type=EXISTING_FILE)
@click.option(
    "--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the release; replaced as a whole."
)
@click.option("--ledger", "ledger_file", type=click.Path(dir_okay=False, path_type=Path), help="Record of every cell ever public.")
@click.option("--release", default=None, help="Name of the release on the ledger; a running number unless given.")
@click.option("--secret-file", type=EXISTING_FILE, help="Secret that settles ties; without one, ties fall by chance.")
@click.option(
    "--weights", type=click.Choice([one.value for one in Weights]), default=Weights.LOG.value, show_default=True, help="What a hole costs."
)
def protect(
    spec: Path, cells: tuple[Path, ...], folder: Path, ledger_file: Path | None, release: str | None, secret_file: Path | None, weights: str
) -> None:
    """Hide the cells that must be hidden, and write the files of the release.

    SPEC is a table specification (YAML) with its CELLS (long CSV), or one table in the neutral JSON form.
    """
    secret = _secret(secret_file)
    ledger = FileLedger(ledger_file) if ledger_file else None
    with ledger.locked() if ledger else nullcontext():
        given = table_to_protect(spec, cells, ledger)
        table, registered = given.table, given.spec
        try:
            protected = protect_table(table, secret, Weights(weights))
        except CannotProtect as error:
            raise CannotProtect(error.reason, given.next_steps(secret)) from error
        rates = registered.derived if registered else ()
        name = release or (str(len(ledger.releases(table.name)) + 1) if ledger else "1")
        report: dict[str, str] = {"release": name}
        if ledger:  # on the ledger first: what a crash leaves unwritten was remembered in vain, never the other way
            report["ledger"] = ledger.append(as_published(protected, name, rates))
        write_release(protected, folder, report, _columns(registered), rates)
    count = protected.count()
    click.echo(f"{table.name}: {count.total()} sel, {count[Status.HIDDEN]} dirahasiakan.", err=True)


def _columns(spec: AggregateSpec | None) -> dict[str, Column]:
    if spec is None:
        return {}
    measures = "; ".join(f"{one.code} = {one.title['id']}" for one in (*spec.measures, *spec.derived))
    return {name: Column(title["id"]) for name, title in spec.titles.items()} | {MEASURE: Column("Indikator", measures)}


def _secret(file: Path | None) -> bytes:
    if file is None:
        return secrets.token_bytes(32)
    secret = file.read_bytes().strip()
    if len(secret) < SHORTEST_SECRET:
        raise UsageError(f"Berkas rahasia harus berisi sedikitnya {SHORTEST_SECRET} byte.")
    return secret
