"""`satudata data_induk`: check an owner's file of master records, find duplicates, record that two are one. Needs no portal."""

from __future__ import annotations

import csv
import dataclasses
import os
import sys
from datetime import date
from pathlib import Path

import click

from ckanext.ntbsatudata.domain.data_induk import DataInduk, Merge, RecordSet, duplicates, read_records
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

EXIT_PROBLEMS = 1
MERGE_COLUMNS = ("kept", "dropped", "reason", "decided_on", "decided_by")


@click.group()
def data_induk() -> None:
    """Master records (data induk): list, check, find duplicates, merge."""


def _folder() -> SchemaFolder:
    return SchemaFolder.from_environment(os.environ)


@data_induk.command("list")
def list_() -> None:
    """List the sets with their owner, the day of their update and the number of records."""
    for each in DataInduk.load(_folder()):
        click.echo(f"{each.id}\t{len(each.current)}\t{each.updated.isoformat()}\t{each.owner}")


@data_induk.command()
@click.argument("set_id", metavar="SET")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(set_id: str, source: Path) -> None:
    """Check a CSV of records row by row. Exit code 1 when something is wrong; nothing is written."""
    folder = _folder()
    records, problems = read_records(DataInduk.load(folder).get(set_id), source, CodeLists.load(folder))
    messages = Messages.load(folder)
    for problem in problems:
        click.echo(messages.line(problem), err=True)
    click.echo(f"{len(records)} catatan benar, {len(problems)} masalah.")
    if problems:
        click.get_current_context().exit(EXIT_PROBLEMS)


@data_induk.command("duplicates")
@click.argument("set_id", metavar="SET")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
def duplicates_(set_id: str, source: Path | None) -> None:
    """Print pairs of records that may be one, as CSV; of a file, or of the set as it is."""
    folder = _folder()
    records = _with_records(folder, set_id, source)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["id", "name", "other_id", "other_name", "score", "shared"])
    for pair in duplicates(records):
        writer.writerow([pair.one.id, pair.one.name, pair.other.id, pair.other.name, pair.score, " ".join(pair.shared)])


@data_induk.command()
@click.argument("set_id", metavar="SET")
@click.argument("kept")
@click.argument("dropped")
@click.option("--reason", required=True, help="Why the two are one.")
@click.option("--by", "decided_by", required=True, help="The office that decided.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The schema folder whose trail is written.")
def merge(set_id: str, kept: str, dropped: str, reason: str, decided_by: str, out: Path) -> None:
    """Record that DROPPED is the same object as KEPT. Both records stay in their file; the trail says which one is in force."""
    folder = SchemaFolder((out, *_folder().layers))
    records = DataInduk.load(folder).get(set_id)
    decision = Merge(kept, dropped, reason, date.today(), decided_by)
    merged = records.merged([decision])
    target = out / "data_induk" / f"{set_id}.merges.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(MERGE_COLUMNS)
        writer.writerows([one.kept, one.dropped, one.reason, one.decided_on.isoformat(), one.decided_by] for one in merged.merges)
    click.echo(f"{dropped} sekarang dibaca sebagai {kept}; jejak tertulis di {target}.")


def _with_records(folder: SchemaFolder, set_id: str, source: Path | None) -> RecordSet:
    records = DataInduk.load(folder).get(set_id)
    if source is None:
        return records
    read, problems = read_records(records, source, CodeLists.load(folder))
    if problems:
        click.echo(f"{len(problems)} masalah; jalankan satudata data_induk check {set_id} {source.name} untuk melihatnya.", err=True)
    return dataclasses.replace(records, records=tuple(read), merges=())
