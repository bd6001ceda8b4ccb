"""Why rows of an extract cannot be used: one problem for each fault and file, with the first row numbers and never a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ckanext.ntbsatudata.domain.problems import Problem, Severity

USED, DUPLICATE, OUTSIDE = "used", "duplicate", "outside-period"
PLACE = "place"  # why a place has no code is said by `placing.place_problems`
LISTED = 20  # row numbers that a problem names


@dataclass(frozen=True)
class Fault:
    """A fault is asked of a row in SQL; the first one that holds is the row's fate."""

    code: str
    field: str
    condition: str

    @property
    def fate(self) -> str:
        return self.code if self.code == OUTSIDE else f"{self.code}/{self.field}"


def fate_of(faults: Sequence[Fault]) -> str:
    """Return SQL for the fate of a row: its first fault, else `used`."""
    cases = " ".join(f"WHEN {fault.condition} THEN '{fault.fate}'" for fault in faults)
    return f"CASE {cases} ELSE '{USED}' END"


def faults_of(connection: duckdb.DuckDBPyConnection, table: str, faults: Sequence[Fault]) -> list[Problem]:
    """Return a problem for each fault that rows of a table (`_file`, `_row`, `fate`) have."""
    problems = []
    for fault in faults:
        if fault.code not in (OUTSIDE, PLACE):
            problems += problems_where(connection, table, fault.code, fault.field, f"fate = '{fault.fate}'")
    return problems


def problems_where(
    connection: duckdb.DuckDBPyConnection, table: str, code: str, field: str, condition: str, severity: Severity = Severity.ERROR
) -> list[Problem]:
    """Return a problem for each file in which a condition holds for some rows."""
    found = connection.execute(
        f"SELECT _file, count(*), min(_row, {LISTED}) FROM {table} WHERE {condition} GROUP BY _file ORDER BY _file"
    ).fetchall()
    return [Problem(code, rows[0], field, severity, listed(file, count, rows)) for file, count, rows in found]


def listed(file: int, count: int, rows: Sequence[int]) -> dict[str, str | int]:
    """Return what a problem says of its rows: the position of their file, how many they are, and the first of them."""
    return {"file": file + 1, "count": count, "rows": ", ".join(map(str, rows)) + (" …" if count > len(rows) else "")}
