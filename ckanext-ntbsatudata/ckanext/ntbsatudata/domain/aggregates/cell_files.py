"""Reading long CSV files of cells against a spec, with all problems collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from ckanext.ntbsatudata.domain.aggregates.cells import Floats, Records
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.period import kind_of
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, AggregateSpec
from ckanext.ntbsatudata.domain.problems import Problem

VALUE = "nilai"
Texts = npt.NDArray[np.object_]
SHOWN_PER_KIND = 20  # problems of one kind that are listed one by one


class CellProblems(AggregateError):
    """The cells have problems that must be mended first; `problems` holds them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Berkas sel memuat {len(self.problems)} masalah.")


@dataclass(frozen=True)
class CellRows:
    """The rows of all files: codes by column, in `spec.columns` order, as text, and values."""

    codes: tuple[Texts, ...]
    values: Floats
    months: tuple[str, ...]

    def records(self, positions: Sequence[dict[str, int]]) -> Records:
        """Return the rows as positions of codes. Raises `CellProblems` for codes a dimension does not have."""
        columns = []
        for texts, known in zip(self.codes, positions, strict=True):
            names, at = np.unique(texts, return_inverse=True)
            columns.append(np.array([known.get(str(name), -1) for name in names], dtype=np.int64)[at])
        return Records(np.stack(columns, axis=1), self.values)


def read_cells(spec: AggregateSpec, paths: Sequence[Path]) -> CellRows:
    """Return all rows. Raises `CellProblems` with every problem found: columns, codes, values, repeated cells."""
    if not paths:
        raise AggregateError("Sebutkan sedikitnya satu berkas sel.")
    wanted = [*spec.columns, VALUE]
    tables = [_rows(path, wanted) for path in paths]
    codes = tuple(np.concatenate([table[0][axis] for table in tables]) for axis in range(len(spec.columns)))
    texts = np.concatenate([table[1] for table in tables])
    lines = np.concatenate([np.arange(2, len(table[1]) + 2) for table in tables])
    problems = []
    values: Floats = np.full(len(texts), np.nan)
    distinct, at = np.unique(texts.astype(str), return_inverse=True)
    numbers = np.array([_number(text) for text in distinct])
    values = numbers[at] if len(distinct) else values
    for row in np.flatnonzero(np.isnan(values))[:SHOWN_PER_KIND]:
        problems.append(Problem("cell-value-not-a-count", int(lines[row]), VALUE))
    known = {d.name: set(d.codes) for d in spec.dimensions}
    known[MEASURE] = {measure.code for measure in spec.measures}
    for name, column in zip(spec.columns, codes, strict=True):
        allowed = known.get(name)
        unique, where = np.unique(column.astype(str), return_index=True)
        for code, first in zip(unique, where, strict=True):
            if not (code in allowed if allowed is not None else _is_period(str(code))):
                problems.append(Problem("cell-code-unknown", int(lines[first]), name, values={"table": spec.name}))
    if len(codes[0]):
        keys = np.stack([np.unique(column.astype(str), return_inverse=True)[1] for column in codes], axis=1)
        _, first, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
        for row in first[count > 1][:SHOWN_PER_KIND]:
            problems.append(Problem("cell-repeated", int(lines[row]), None))
    if problems:
        raise CellProblems(problems)
    months = tuple(sorted(code for code in set(codes[0].tolist()) if kind_of(code) == "bulan"))
    return CellRows(codes, values, months)


def _is_period(code: str) -> bool:
    try:
        kind_of(code)
    except AggregateError:
        return False
    return True


def _rows(path: Path, wanted: Sequence[str]) -> tuple[list[Texts], Texts]:
    with duckdb.connect() as connection:
        try:
            relation = connection.read_csv(str(path), header=True, all_varchar=True, delimiter=",", encoding="utf-8")
            columns = relation.columns
            if sorted(columns) != sorted(wanted):
                problems = [Problem("cell-column-missing", 1, name) for name in wanted if name not in columns]
                problems += [Problem("cell-column-unknown", 1, name) for name in columns if name not in wanted]
                raise CellProblems(problems or [Problem("cell-column-unknown", 1, "")])
            fetched = relation.fetchnumpy()
        except duckdb.Error as error:
            raise AggregateError(f"Berkas {path.name} tidak dapat dibaca sebagai CSV.") from error
    plain = {name: _plain(fetched[name]) for name in wanted}
    return [plain[name] for name in wanted[:-1]], plain[VALUE]


def _plain(column: Any) -> Texts:
    """Return the texts of a column, an empty text where the file has none."""
    texts = np.array(column, dtype=object)
    texts[np.ma.getmaskarray(column)] = ""  # type: ignore[no-untyped-call]
    return texts


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) and value >= 0 else float("nan")
