"""`ckan ntbsatudata quality …`: what the nightly schedule does, at once."""

from __future__ import annotations

import click

from ckanext.ntbsatudata.jobs.file_report import look_at_all
from ckanext.ntbsatudata.jobs.quality import assess_all


@click.group()
def quality() -> None:
    """Quality reports on the datasets."""


@quality.command()
def assess() -> None:
    """Assess every dataset anew and keep the reports. Repeat it freely; run it once a night."""
    click.echo(f"{assess_all()} dataset dinilai.")


@quality.command()
def files() -> None:
    """Look at every file of the public datasets: how many there are, and how many have a problem, by its code."""
    for code, count in look_at_all().items():
        click.echo(f"{code}: {count}")
