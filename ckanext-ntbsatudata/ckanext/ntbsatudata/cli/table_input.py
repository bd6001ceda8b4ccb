"""How the commands on tables find what they work on: a spec with cells, release folders, or one neutral table."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ckanext.ntbsatudata.domain.aggregates.cell_files import CellProblems, read_cells
from ckanext.ntbsatudata.domain.aggregates.neutral_form import is_neutral_form, read_neutral_table
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec, load_spec
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import PublicTable, neutral_to_audit, read_release_folder, spec_to_audit
from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.next_steps import steps_of_neutral, steps_of_spec
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Table
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def open_spec(path: Path) -> AggregateSpec:
    return load_spec(path, CodeLists.load(SchemaFolder.from_environment(os.environ)))


@dataclass(frozen=True)
class Input:
    """A table to protect, its spec unless it is in the neutral form, and what else could be published instead."""

    table: Table
    spec: AggregateSpec | None
    next_steps: Callable[[bytes], list[str]]


def table_to_protect(spec: Path, cells: Sequence[Path], ledger: FileLedger | None) -> Input:
    """Return the table of the arguments. Problems of cells go to stderr."""
    if is_neutral_form(spec):
        if cells:
            raise UsageError("Bentuk netral sudah memuat selnya; jangan sebut berkas sel lain.")
        neutral = read_neutral_table(spec)
        past = ledger.releases(neutral.name) if ledger else []
        return Input(neutral_to_protect(neutral, past), None, lambda secret: steps_of_neutral(neutral, past, secret))
    registered = open_spec(spec)
    try:
        rows = read_cells(registered, cells)
    except CellProblems as error:
        messages = Messages.load(SchemaFolder.from_environment(os.environ))
        for problem in error.problems:
            click.echo(messages.line(problem), err=True)
        raise
    past = ledger.releases(registered.name) if ledger else []
    return Input(spec_to_protect(registered, rows, past), registered, lambda secret: steps_of_spec(registered, rows, past, secret))


def table_to_audit(targets: Sequence[Path], spec: Path | None, ledger: FileLedger | None) -> PublicTable:
    """Return the public side of the arguments: the ledger's releases first, then the folders, the last one under audit."""
    if is_neutral_form(targets[0]):
        if len(targets) > 1 or spec:
            raise UsageError("Satu tabel bentuk netral diaudit sendiri, tanpa --spec.")
        neutral = read_neutral_table(targets[0])
        return neutral_to_audit(neutral, ledger.releases(neutral.name) if ledger else ())
    if spec is None:
        raise UsageError("Sebutkan --spec, agar audit tahu jumlah mana yang berlaku di antara sel.")
    if is_neutral_form(spec):
        neutral = read_neutral_table(spec)
        folders = [read_release_folder(folder, [d.name for d in neutral.dimensions]) for folder in targets]
        return neutral_to_audit(neutral, _in_order(neutral.name, ledger, folders), released=True)
    registered = open_spec(spec)
    folders = [read_release_folder(folder, registered.columns) for folder in targets]
    return spec_to_audit(registered, _in_order(registered.name, ledger, folders))


def _in_order(name: str, ledger: FileLedger | None, folders: Sequence[PublishedRelease]) -> list[PublishedRelease]:
    """Return the ledger's releases that are not among the folders, then the folders."""
    past = ledger.releases(name) if ledger else []
    return [one for one in past if not any(one.same_cells(folder) for folder in folders)] + list(folders)
