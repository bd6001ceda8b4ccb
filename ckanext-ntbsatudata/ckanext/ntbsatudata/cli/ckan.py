"""`ckan ntbsatudata <noun> <verb>`: what an operator does with a configured portal."""

from __future__ import annotations

from typing import Any

import click

from ckanext.ntbsatudata.cli.account import account
from ckanext.ntbsatudata.cli.content import content
from ckanext.ntbsatudata.cli.curation import curation
from ckanext.ntbsatudata.cli.extract import extract
from ckanext.ntbsatudata.cli.quality import quality
from ckanext.ntbsatudata.cli.schedule import schedule
from ckanext.ntbsatudata.cli.schema import schema
from ckanext.ntbsatudata.cli.search import search
from ckanext.ntbsatudata.domain.errors import SatuDataError


class SentenceGroup(click.Group):
    """A group whose commands end an error of ours with its sentence and exit code, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SatuDataError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=SentenceGroup)
def ntbsatudata() -> None:
    """Content, schemas, and the rest of the portal."""


for noun in (account, content, curation, extract, quality, schedule, schema, search):
    ntbsatudata.add_command(noun)
