"""`ckan ntbsatudata extract`: the extracts of programmes, from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.extracts.quarantine import Quarantine
from ckanext.ntbsatudata.domain.extracts.reading import ExtractRefused
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.jobs import extracts

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def extract() -> None:
    """Raw extracts of programmes, to drafts of protected tables."""


@extract.command()
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--periode", "period", required=True, help="Month of the extract, such as 2025-03; other rows are counted and not used.")
@click.option("--user", required=True, help="The programme's operator, in whose name the drafts are made.")
@click.option("--dry-run", is_flag=True, help="Do all but the drafts, and keep no cells.")
@click.option("--operator-table", "tables", multiple=True, type=(str, FILE), help="A table of the operator's, by name: wilayah_asal FILE.")
def ingest(source: str, files: tuple[Path, ...], period: str, user: str, dry_run: bool, tables: tuple[tuple[str, Path], ...]) -> None:
    """Process the FILES of one extract of the programme SOURCE."""
    try:
        run = extracts.ingest(source, files, period, user, dry_run=dry_run, operator_tables=dict(tables))
    except ExtractRefused as refused:
        messages = Messages.load(config.schema_folder())
        for problem in refused.problems:
            click.echo(messages.line(problem), err=True)
        raise
    click.echo(
        f"{run['rows']} baris: {run['used']} terpakai, {run['rejected']} ditolak, {run['duplicates']} ganda, {run['outside_period']} di luar periode."
    )
    for table in run["tables"]:
        click.echo(
            f"{table['table']}: {table['outcome']}, {table['cells']} sel, {table['hidden']} dirahasiakan. {table.get('reason', '')}".rstrip()
        )


@extract.command()
def sweep() -> None:
    """Empty the quarantine of what a killed run has left; the base cells stay."""
    swept = Quarantine.open(config.quarantine(), config.quarantine_key_file()).sweep()
    click.echo("Karantina bersih." if swept else "Sebuah ekstrak sedang diolah; tidak ada yang dihapus.")
