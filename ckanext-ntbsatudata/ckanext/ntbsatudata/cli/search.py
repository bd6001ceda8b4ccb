"""`ckan ntbsatudata search`: the search index."""

from __future__ import annotations

import click

from ckanext.ntbsatudata.jobs.search import repair as repair_index


@click.group()
def search() -> None:
    """The search index."""


@search.command()
def repair() -> None:
    """Index what is missing or outdated, remove what is no more. Repeat it freely: what agrees stays."""
    done = repair_index()
    click.echo(f"Indeks pencarian: {done.indexed} dataset diindeks ulang, {done.removed} entri tanpa dataset dihapus.")
