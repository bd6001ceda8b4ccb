"""`satudata audit`: attack what is public, and leave with 0 (safe), 1 (not safe) or 2 (cannot tell)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from ckanext.ntbsatudata.cli.table_input import EXISTING_FILE, table_to_audit
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Result, Verdict
from ckanext.ntbsatudata.domain.disclosure.audit.attack import audit as attack
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import PublicTable
from ckanext.ntbsatudata.domain.disclosure.errors import SolverError
from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger, LedgerError

SENTENCES = {
    Verdict.SAFE: "Aman: tidak satu pun serangan berhasil.",
    Verdict.UNSAFE: "Tidak aman: rilis ditahan.",
    Verdict.UNKNOWN: "Tidak dapat dipastikan.",
}


@click.command()
@click.argument("targets", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--spec", type=EXISTING_FILE, help="Table specification of the release folders.")
@click.option("--ledger", "ledger_file", type=EXISTING_FILE, help="Record of every cell ever public.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict, intervals and findings as JSON.")
@click.option(
    "--internal-log", type=click.Path(dir_okay=False, path_type=Path), help="Where to write which cells gave way; not for the public."
)
def audit(targets: tuple[Path, ...], spec: Path | None, ledger_file: Path | None, as_json: bool, internal_log: Path | None) -> int:
    """Attack releases as an outsider would.

    TARGETS are release folders, oldest first, with their --spec; or one table in the neutral JSON form.
    """
    try:
        table = table_to_audit(targets, spec, FileLedger(ledger_file) if ledger_file else None)
        result = attack(table, exact=as_json)
    except (AggregateError, LedgerError, SolverError) as error:
        click.echo(str(error), err=True)
        if as_json:
            click.echo(json.dumps({"verdict": Verdict.UNKNOWN.value, "intervals": [], "findings": []}))
        return Verdict.UNKNOWN.exit_code
    if internal_log:
        names = [d.name for d in table.dimensions]
        lines = [
            json.dumps(
                {"attack": one.attack.value, "releases": one.releases, "cell": dict(zip(names, cell, strict=True))}, ensure_ascii=False
            )
            for one in result.findings
            for cell in one.cells
        ]
        internal_log.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_as_json(table, result), ensure_ascii=False))
    else:
        for one in result.findings:
            click.echo(f"{one.attack.value}: {len(one.cells)} sel dapat diturunkan dari rilis {', '.join(one.releases)}.")
        click.echo(SENTENCES[result.verdict])
    return result.verdict.exit_code


def _as_json(table: PublicTable, result: Result) -> dict[str, Any]:
    names = [d.name for d in table.dimensions]
    return {
        "verdict": result.verdict.value,
        "intervals": [
            {"cell": dict(zip(names, one.cell, strict=True)), "lo": _number(one.low), "hi": _number(one.high)} for one in result.intervals
        ],
        "findings": [{"attack": one.attack.value, "releases": list(one.releases)} for one in result.findings],
    }


def _number(value: float) -> float | int | None:
    """Return the bound, None where there is no end."""
    if math.isinf(value):
        return None
    return int(value) if value.is_integer() else value
