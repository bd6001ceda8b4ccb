"""`satudata`: the command of this distribution. Without CKAN it works on files; with the extra `[portal]` it runs a portal.

Each command lives in a module of its own and is imported when it is called, so that `satudata --help` needs nothing.
"""

from __future__ import annotations

import importlib
import sys

import click

from ckanext.ntbsatudata.domain.errors import SatuDataError

EXIT_USAGE = 64
EXIT_INTERNAL = 70

# command: (module in this package, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("portal", "Start a portal on this machine and keep it."),
    "status": ("portal", "Say whether the portal runs, and how its services do."),
    "stop": ("portal", "Stop the portal."),
    "ckan": ("portal", "CKAN's own command line on the portal."),
    "check": ("check", "Check a table: what it holds and what is wrong with it."),
    "kode": ("kode", "Code lists: look up, resolve, compare, match, re-base."),
    "protect": ("protect", "Hide small cells and what would give them away; write the release."),
    "audit": ("audit", "Attack a release as an outsider would, and say what gives way."),
    "utility": ("utility", "What a release hides, and what another registry would cost."),
    "metadata": ("metadata", "National metadata: check, exchange with INDAH, read BPS forms and other catalogues."),
    "data_induk": ("data_induk", "Master records: check a file, find and merge duplicates."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _help = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"ckanext.ntbsatudata.cli.{module}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not COMMANDS:
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup)
@click.version_option(package_name="ntb-satu-data", prog_name="satudata")
def satudata() -> None:
    """Satu Data: check files, protect tables, look up codes, run a portal."""


def main() -> None:
    """Run the command line and leave with a documented exit code."""
    try:
        code = satudata.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = EXIT_USAGE
    except click.exceptions.Abort:
        click.echo("Dihentikan.", err=True)
        code = 130
    except SatuDataError as error:
        click.echo(str(error), err=True)
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)
