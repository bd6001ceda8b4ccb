"""`satudata check FILE`: what a table holds and what is wrong with it, without CKAN."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.answer import answer_of, answer_of_unreadable
from ckanext.ntbsatudata.domain.tables.checking import Check, check_table
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.proposal import Proposal, Reasons
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.schema import load_table_schema
from ckanext.ntbsatudata.domain.tables.schema_check import check_against
from ckanext.ntbsatudata.domain.tables.tidy import write_tidy

EXIT_CLEAN, EXIT_PROBLEMS, EXIT_UNREADABLE = 0, 1, 2
SHOWN_PROBLEMS = 50


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--schema", metavar="NAME_OR_FILE", help="Check against this table schema instead of what the file suggests.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TIDY.csv",
    help="Write the table tidily: UTF-8, comma, ISO dates, decimal point.",
)
@click.option("--long", "as_long", is_flag=True, help="With --out: years or months as rows, as the proposal offers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(file: Path, schema: str | None, sheet: str | None, out: Path | None, as_long: bool, as_json: bool) -> int:
    """Check a CSV or spreadsheet. Exit codes: 0 clean, 1 problems, 2 cannot be read."""
    folder = SchemaFolder.from_environment(os.environ)
    messages, reasons = Messages.load(folder), Reasons.load(folder)
    table_schema = load_table_schema(folder, schema) if schema else None
    try:
        if not file.is_file():
            raise UnreadableFileError("file-not-found")
        with opened_table(file, sheet) as table:
            lists = CodeLists.load(folder)
            checked = check_against(table, table_schema, lists) if table_schema else check_table(table, lists)
            if out is not None:
                write_tidy(checked, out, as_long=as_long)
            answer = answer_of(checked, messages, reasons)
            lines = _lines(checked, messages, reasons)
    except UnreadableFileError as error:
        answer, lines = answer_of_unreadable(error.problem, messages), [messages.line(error.problem)]
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
        return EXIT_UNREADABLE
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
    return EXIT_CLEAN if checked.valid else EXIT_PROBLEMS


def _lines(checked: Check, messages: Messages, reasons: Reasons) -> list[str]:
    table, proposal = checked.table, Proposal(checked)
    lines = [f"{table.count} baris data, {len(checked.fields)} kolom" + (f", lembar {table.sheet}" if table.sheet else "") + "."]
    if table.layout.totals:
        lines.append(f"Baris jumlah (tidak ikut menjadi data): {', '.join(map(str, table.layout.totals))}.")
    for found in checked.fields:
        unit = f", {found.unit}" if found.unit else ""
        bound = f", {found.code_list}" if found.code_list else ""
        asked = "  (perlu dipastikan)" if found in proposal.to_be_asked else ""
        lines.append(f"  {found.name}: {found.type.value}{unit}{bound}. {' '.join(map(reasons.sentence, found.reasons))}{asked}")
    lines += [messages.line(problem) for problem in checked.problems[:SHOWN_PROBLEMS]]
    if len(checked.problems) > SHOWN_PROBLEMS:
        lines.append(f"… dan {len(checked.problems) - SHOWN_PROBLEMS} masalah lagi (lihat semuanya dengan --json).")
    if not checked.problems:
        lines.append("Tidak ada masalah.")
    return lines
