"""The records of a file, scanned where they lie: DuckDB reads, filters and groups them in one pass, in little memory.

Every value is text. `record` is the number of a record in the file from 1, titles and header counted.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy

from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError

MEMORY_LIMIT = "600MB"
THREADS = 2


@lru_cache(maxsize=1)
def _database(_process: int) -> tuple[duckdb.DuckDBPyConnection, tempfile.TemporaryDirectory[str]]:
    """The one DuckDB of a process, so that all checks at once keep within one limit; a forked process starts its own.

    What does not fit into memory goes to a folder nobody else can read, gone with the process.
    """
    folder = tempfile.TemporaryDirectory(prefix="satudata-duckdb-")
    return duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY_LIMIT, "temp_directory": folder.name}), folder


def column(position: int) -> str:
    """Return the SQL name of a column, counted from 0."""
    return f"c{position}"


@dataclass(frozen=True, eq=False)
class Records:
    """A rectangular text file as a relation of `record` and `c0`, `c1`, …"""

    path: Path
    delimiter: str
    columns: int
    in_parallel: bool = False  # several threads read at once, and no record is longer than 2 MB
    _connection: duckdb.DuckDBPyConnection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_connection", _database(os.getpid())[0].cursor())

    @cached_property
    def relation(self) -> str:
        """The SQL that yields all records in order."""
        columns = ", ".join(f"'{column(position)}': 'VARCHAR'" for position in range(self.columns))
        long_lines = "" if self.in_parallel else "max_line_size = 20000000, buffer_size = 67108864, "
        path, delimiter = str(self.path).replace("'", "''"), self.delimiter.replace("'", "''")
        return (
            f"(SELECT row_number() OVER () AS record, * FROM read_csv('{path}', auto_detect = false, header = false, delim = '{delimiter}', "
            f"quote = '\"', escape = '\"', strict_mode = true, {long_lines}encoding = 'utf-8', columns = {{{columns}}}))"
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement. Raises `UnreadableFileError` when the file cannot be scanned so."""
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise UnreadableFileError("file-too-large") from error
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise IrregularFileError(str(self.path.name)) from error

    def head(self, count: int) -> list[list[str | None]]:
        """Return the first records as lists."""
        return [list(row[1:]) for row in self.query(f"SELECT * FROM {self.relation} LIMIT {count}")]

    def tail(self, wanted: int, count: int) -> list[list[str | None]]:
        """Return the last records of a file that has `count` of them."""
        if wanted <= 0:
            return []
        return [list(row[1:]) for row in self.query(f"SELECT * FROM {self.relation} WHERE record > {count - wanted} ORDER BY record")]

    def chosen(self, numbers: Sequence[int]) -> dict[int, list[str | None]]:
        """Return some records by their numbers."""
        if not numbers:
            return {}
        listed = ", ".join(map(str, numbers))
        return {row[0]: list(row[1:]) for row in self.query(f"SELECT * FROM {self.relation} WHERE record IN ({listed})")}

    def count_and_blanks(self) -> tuple[int, tuple[int, ...]]:
        """Return how many records there are, and which of them are blank."""
        empty = " AND ".join(f"{column(position)} IS NULL" for position in range(self.columns))
        count, blanks = self.query(f"SELECT count(*), list(record) FILTER (WHERE {empty}) FROM {self.relation}")[0]
        return int(count), tuple(sorted(blanks or ()))

    @cached_property
    def count(self) -> int:
        return int(self.query(f"SELECT count(*) FROM {self.relation}")[0][0])

    def numbers(self, expressions: Sequence[str], where: str) -> list[numpy.ndarray[Any, numpy.dtype[numpy.float64]]]:
        """Return one array of doubles for each SQL expression, NaN where there is none, in the order of the records."""
        if not expressions:
            return []
        selected = ", ".join(f"CAST({expression} AS DOUBLE) AS e{number}" for number, expression in enumerate(expressions))
        arrays = self._connection.execute(f"SELECT {selected} FROM {self.relation} WHERE {where} ORDER BY record").fetchnumpy()
        return [_with_nan(arrays[f"e{number}"]) for number in range(len(expressions))]

    def lookup(self, position: int, values: Mapping[str, str]) -> str:
        """Keep a table of cells and their values, and return its name."""
        name = f"lookup_{position}"
        arrays = {"cell": numpy.array(list(values), dtype=object), "value": numpy.array(list(values.values()), dtype=object)}
        self._connection.register(f"{name}_arrays", arrays)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {name}_arrays")
        self._connection.unregister(f"{name}_arrays")
        return name

    def copy_to(self, sql: str, target: Path) -> None:
        """Write the rows of a statement as CSV: UTF-8, comma, header in row 1."""
        name = str(target).replace("'", "''")
        self._connection.execute(f"COPY ({sql}) TO '{name}' (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"')")

    def close(self) -> None:
        self._connection.close()


def _with_nan(fetched: Any) -> numpy.ndarray[Any, numpy.dtype[numpy.float64]]:
    plain: Any = fetched.filled(numpy.nan) if hasattr(fetched, "filled") else fetched  # a masked array has blanks
    return numpy.asarray(plain, dtype=numpy.float64)


class IrregularFileError(UnreadableFileError):
    """The file cannot be scanned where it lies; written once more, it can."""

    def __init__(self, name: str) -> None:
        super().__init__("irregular-file", file=name)
