"""`satudata utility`: what a registry hides of given cells, for the walidata alone; nothing is published or recorded."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from ckanext.ntbsatudata.cli.table_input import EXISTING_FILE, table_to_protect
from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.utility import utility as report_on


@click.command()
@click.argument("spec", type=EXISTING_FILE)
@click.argument("cells", nargs=-1, type=EXISTING_FILE)
@click.option("--ledger", "ledger_file", type=EXISTING_FILE, help="Record of every cell ever public.")
@click.option("--secret-file", required=True, type=EXISTING_FILE, help="The secret of the releases, so that the same cells are hidden.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def utility(spec: Path, cells: tuple[Path, ...], ledger_file: Path | None, secret_file: Path, as_json: bool) -> None:
    """Show the share of cells and of the sum hidden at each level. Run it on a changed SPEC to see what that would cost."""
    table = without_limit(table_to_protect(spec, cells, FileLedger(ledger_file) if ledger_file else None).table)
    report = report_on(protect(table, secret_file.read_bytes().strip()), table.cells.values, table.vintages)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    click.echo(f"{'tingkat':<60} {'sel':>7} {'% sel':>7} {'% jumlah':>9} {'rho':>6}")
    for one in report.levels:
        rho = "" if one.rank_correlation is None else f"{one.rank_correlation:.3f}"
        click.echo(f"{one.level:<60} {one.cells:>7} {100 * one.hidden_share:>7.1f} {100 * one.hidden_mass_share:>9.2f} {rho:>6}")
    click.echo(f"Dibanding rilis sebelumnya: {report.gained} sel baru dirahasiakan, {report.lost} sel kini terbuka.")
