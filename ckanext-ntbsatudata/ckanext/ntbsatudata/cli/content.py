"""`ckan ntbsatudata content`: the content a portal starts with."""

from __future__ import annotations

import click

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Content, Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.logic.content import ContentPublisher


@click.group()
def content() -> None:
    """Reference content described in schemas/content/."""


@content.command()
@click.option("--demo", is_flag=True, help="Also publish the sample datasets of a demonstration portal.")
@click.option("--wilayah", metavar="CODE", help="Kemendagri code of the region, such as 52 or 52.07. Default: ntbsatudata.wilayah.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
def publish(demo: bool, wilayah: str | None, dry_run: bool) -> None:
    """Publish agencies, topics and reference datasets. Repeat it freely: what is in place stays."""
    folder = config.schema_folder()
    region = Region.of(CodeLists.load(folder), wilayah or config.wilayah())
    publisher = ContentPublisher(Content.load(folder, region), folder, dry_run, lambda line: click.echo(line, err=True))
    outcomes = publisher.publish(demo=demo)
    done = ", ".join(f"{count} {outcome.value}" for outcome, count in outcomes.items())
    click.echo(f"{'Akan: ' if dry_run else ''}{region.name}: {done}.")
