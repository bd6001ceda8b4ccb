"""`ckan ntbsatudata schema`: put the operator's schema folder in force, once all of it is sound."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.errors import SchemaFolderError, UsageError
from ckanext.ntbsatudata.domain.schema_check import problems_of
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.logic import forms
from ckanext.ntbsatudata.model import catalogue_version


@click.group()
def schema() -> None:
    """The schemas of this portal."""


@schema.command()
@click.option("--dry-run", is_flag=True, help="Check only; keep what is in force.")
def reload(dry_run: bool) -> None:
    """Check the whole schema folder, then switch to it. With a problem, what is in force stays."""
    overlay = os.environ.get("SATUDATA_SCHEMAS", "").strip()
    if not overlay:
        raise UsageError("SATUDATA_SCHEMAS kosong: portal ini memakai skema terpasang saja. Isi dengan folder skema Anda.")
    SchemaFolder.from_environment(os.environ)  # the folder exists, or says so
    copies = config.checked_schemas()
    checked = copies.copy(Path(overlay))
    problems = [*problems_of(checked), *filter(None, [forms.problem_of(checked)])]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SchemaFolderError(f"{len(problems)} masalah. Skema yang berlaku tidak diganti.")
    if not dry_run:
        copies.switch(checked)
        catalogue_version.advance()  # no page written with the old forms is given out any more
    click.echo(f"Skema {checked.layers[0].name} {'siap dipakai' if dry_run else 'berlaku'}.")
