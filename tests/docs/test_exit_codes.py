"""`docs/reference/exit-codes.md` lists the exit codes there are, no more and no fewer."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import ckanext.ntbcare.domain
import ckanext.ntbsatudata.domain
import ckanext.ntbsatudata.local
import ckanext.posyandu.domain
from ckanext.ntbsatudata.cli.main import EXIT_INTERNAL, EXIT_USAGE
from ckanext.ntbsatudata.domain.errors import SatuDataError

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "exit-codes.md"
PACKAGES = (ckanext.ntbsatudata.domain, ckanext.ntbsatudata.local, ckanext.ntbcare.domain, ckanext.posyandu.domain)
DONE, INTERRUPTED = 0, 130


def _errors(kind: type[SatuDataError]) -> Iterator[type[SatuDataError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _errors(child)


def test_every_exit_code_is_documented_and_every_documented_one_exists():
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    ours = {error.exit_code for error in _errors(SatuDataError) if error.__module__.startswith("ckanext.")}
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)}
    assert documented == ours | {DONE, INTERRUPTED, EXIT_USAGE, EXIT_INTERNAL}


def test_every_row_but_the_first_names_a_way_out():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [1-9]", line)]
    assert rows
    for row in rows:
        assert row.split("|")[3].strip(), row
