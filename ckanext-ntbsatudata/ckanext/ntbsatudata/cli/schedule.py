"""`ckan ntbsatudata schedule`: the periodic work of a portal. One process for each portal, beside its workers."""

from __future__ import annotations

import click

from ckanext.ntbsatudata.jobs.schedule import PERIODIC, scheduler


@click.group()
def schedule() -> None:
    """The periodic work."""


@schedule.command()
def run() -> None:
    """Ask the workers for each periodic job now and then once in its period, until stopped."""
    scheduler().start()


@schedule.command("list")
def list_() -> None:
    """Name each periodic job and its period."""
    for periodic in PERIODIC:
        click.echo(f"{periodic.job.__module__}.{periodic.job.__qualname__}: {periodic.every}")
