"""`ckan ntbsatudata quality assess`: for the nightly schedule, because time alone makes figures late."""

from __future__ import annotations

import click

from ckanext.ntbsatudata.jobs.quality import assess_all


@click.group()
def quality() -> None:
    """Quality reports on the datasets."""


@quality.command()
def assess() -> None:
    """Assess every dataset anew and keep the reports. Repeat it freely; run it once a night."""
    click.echo(f"{assess_all()} dataset dinilai.")
