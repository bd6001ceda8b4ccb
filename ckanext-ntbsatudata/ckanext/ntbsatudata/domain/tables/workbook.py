"""A sheet of a workbook, read by a process that may fail alone."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ckanext.ntbsatudata.domain.tables.delimited import MAX_COLUMNS
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError

TIME_LIMIT_SECONDS = 180


@dataclass(frozen=True)
class Merge:
    """A merged range, from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet as a file of records, and what else the workbook says of it."""

    name: str
    path: Path
    columns: int
    tables: tuple[str, ...]  # the visible sheets that hold a table
    merges: tuple[Merge, ...] = ()
    formulas: tuple[tuple[int, int], ...] = field(default=())


def read_sheet(path: Path, workspace: Path, name: str | None = None) -> Sheet:
    """Return the named sheet, or the first that holds a table. Raises `UnreadableFileError`."""
    command = [sys.executable, "-I", "-m", f"{__package__}.workbook_process", str(path.resolve()), str(workspace), name or ""]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError("workbook-too-large") from error
    answer_file = workspace / "workbook.json"
    if not answer_file.is_file():
        # a signal is the memory limit; a panic of the reader leaves with a number
        raise UnreadableFileError("workbook-too-large" if done.returncode < 0 else "broken-workbook")
    answer = json.loads(answer_file.read_text(encoding="utf-8"))
    if failure := answer.get("failure"):
        sheets = ", ".join(answer.get("sheets", ()))
        raise UnreadableFileError(failure, **({"sheets": sheets, "sheet": name} if failure == "unknown-sheet" else {}))
    if answer["columns"] > MAX_COLUMNS:
        raise UnreadableFileError("too-many-columns", count=answer["columns"], most=MAX_COLUMNS)
    return Sheet(
        name=answer["sheet"],
        path=workspace / "records.csv",
        columns=answer["columns"],
        tables=tuple(answer["tables"]),
        merges=tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in answer["merges"]),
        formulas=tuple((row, column) for row, column in answer["formulas"]),
    )
