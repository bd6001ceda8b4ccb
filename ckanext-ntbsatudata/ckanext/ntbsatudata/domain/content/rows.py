"""The rows of a described table, and the one CSV they make: the same content gives the same bytes.

A query reads code lists, crosswalks and CSV files of `schemas/`; everything comes in as text, so that no code turns into a number.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import duckdb

from ckanext.ntbsatudata.domain.content.description import ColumnType, Table
from ckanext.ntbsatudata.domain.content.region import Region
from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, UnknownCodeListError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

SQL_TYPES = {ColumnType.TEXT: "VARCHAR", ColumnType.INTEGER: "BIGINT", ColumnType.NUMBER: "DECIMAL(18, 3)"}


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one table as text, in the order of its columns; None where there is no value."""

    table: Table
    records: tuple[tuple[str | None, ...], ...]

    @cached_property
    def csv(self) -> bytes:
        """The file: UTF-8 without byte order mark, comma, header in line 1, lines end in LF."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.name for column in self.table.columns)
        writer.writerows(self.records)
        return text.getvalue().encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.csv).hexdigest()


def rows_of(table: Table, folder: SchemaFolder, lists: CodeLists, region: Region) -> Rows:
    """Run the query of a table for a region.

    Raises `SchemaFolderError` when a source is unknown, the query fails, or it gives other columns or types than the table declares.
    """
    with duckdb.connect(":memory:") as database:
        database.execute("SET threads = 1")
        for relation, source in table.sources.items():
            _register(database, relation, source, folder, lists)
        parameters = {"wilayah": region.code} if "$wilayah" in table.query else {}
        try:
            given = database.execute(f"DESCRIBE {table.query}", parameters).fetchall()
            names = [name for name, *_ in given]
            expected = [column.name for column in table.columns]
            if names != expected:
                raise SchemaFolderError(f"{table.file}: query memberi kolom {', '.join(names)}; yang dinyatakan {', '.join(expected)}.")
            # The declared type is proved first, the value stays the text that goes into the file.
            casts = ", ".join(f'CAST(CAST("{column.name}" AS {SQL_TYPES[column.type]}) AS VARCHAR)' for column in table.columns)
            records = database.execute(f"SELECT {casts} FROM ({table.query})", parameters).fetchall()
        except duckdb.Error as error:
            raise SchemaFolderError(f"{table.file}: query tidak dapat dijalankan. {error}") from error
    if not records:
        raise SchemaFolderError(f"{table.file}: query tidak memberi satu baris pun untuk {region.name}.")
    return Rows(table, tuple(records))


def _register(database: duckdb.DuckDBPyConnection, relation: str, source: str, folder: SchemaFolder, lists: CodeLists) -> None:
    kind, _, name = source.partition(":")
    if kind == "csv":
        path = str(folder.file(name)).replace("'", "''")
        database.execute(f"CREATE TABLE \"{relation}\" AS FROM read_csv('{path}', all_varchar = true, header = true)")
        return
    try:
        if kind == "kode_referensi":
            items = lists.get(name).edition()
            _fill(
                database,
                relation,
                ("code", "name", "level", "kind", "parent"),
                ((i.code, i.name, i.level, i.kind, i.parent) for i in items),
            )
            return
        if kind == "crosswalk":
            origin, _, target = name.partition(">")
            _fill(database, relation, ("source", "target"), lists.crosswalk(origin, target).pairs)
            return
    except UnknownCodeListError as error:
        raise SchemaFolderError(f"Sumber {source}: {error}") from error
    raise SchemaFolderError(f"Sumber {source} tidak dikenal. Tulis kode_referensi:<daftar>, crosswalk:<daftar>><daftar> atau csv:<berkas>.")


def _fill(database: duckdb.DuckDBPyConnection, relation: str, columns: tuple[str, ...], records: Iterable[tuple[str | None, ...]]) -> None:
    """Hand all rows over in one statement: row by row takes a hundred times as long."""
    by_column = [list(values) for values in zip(*records, strict=True)] or [[] for _ in columns]
    selected = ", ".join(f'unnest(CAST(${number} AS VARCHAR[])) AS "{column}"' for number, column in enumerate(columns, start=1))
    database.execute(f'CREATE TABLE "{relation}" AS SELECT {selected}', by_column)
