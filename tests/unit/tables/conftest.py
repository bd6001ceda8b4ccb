"""Helpers of the table tests: write a file from a text table, check it, ask for its problems."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.checking import Check, check_table
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.tidy import write_tidy


class Checked:
    """What a check said, kept after the file is closed."""

    def __init__(self, check: Check, tidy: list[list[str]]) -> None:
        self.count, self.valid, self.problems = check.table.count, check.valid, check.problems
        self.fields = {found.name: found for found in check.fields}
        self.layout = check.table.layout
        self.tidy = tidy

    @property
    def found(self) -> list[tuple[str, int | None, str | None]]:
        return [(problem.code, problem.row, problem.field) for problem in self.problems]

    @property
    def names(self) -> list[str]:
        return list(self.fields)

    def column(self, name: str) -> list[str]:
        place = self.tidy[0].index(name)
        return [row[place] for row in self.tidy[1:]]


@pytest.fixture(scope="session")
def lists() -> CodeLists:
    return CodeLists.load(SchemaFolder())


@pytest.fixture(scope="session")
def messages() -> Messages:
    return Messages.load(SchemaFolder())


@pytest.fixture
def check_file(lists: CodeLists, tmp_path: Path) -> Callable[..., Checked]:
    def check(path: Path, sheet: str | None = None, *, as_long: bool = False) -> Checked:
        with opened_table(path, sheet) as table:
            found = check_table(table, lists)
            target = tmp_path / "tidy.csv"
            write_tidy(found, target, as_long=as_long)
            _ = table.count
            return Checked(found, list(csv.reader(io.StringIO(target.read_text(encoding="utf-8")))))

    return check


@pytest.fixture
def check_text(check_file: Callable[..., Checked], tmp_path: Path) -> Callable[..., Checked]:
    """Check a table given as text, `|` between the cells; `kind` is how it is written."""

    def check(text: str, kind: str = "csv", *, delimiter: str = ",", encoding: str = "utf-8", as_long: bool = False) -> Checked:
        rows = [[cell.strip() for cell in line.split("|")] if line.strip() else [] for line in text.strip("\n").splitlines()]
        path = tmp_path / f"tabel.{kind}"
        if kind == "xlsx":
            workbook = openpyxl.Workbook()
            for row in rows:
                workbook.active.append([_number(cell) for cell in row])
            workbook.save(path)
        else:
            stream = io.StringIO(newline="")
            csv.writer(stream, delimiter=delimiter).writerows(rows)
            path.write_bytes(stream.getvalue().encode(encoding))
        return check_file(path, as_long=as_long)

    return check


def _number(cell: str) -> str | int | float | None:
    if not cell:
        return None
    try:
        return int(cell)
    except ValueError:
        try:
            return float(cell)
        except ValueError:
            return cell
