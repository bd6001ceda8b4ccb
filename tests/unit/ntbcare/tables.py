"""Extracts written as text: one table a block, blanks between the columns, - for an empty cell, ~ for a blank inside a value."""

from __future__ import annotations

import duckdb

from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.extracts.source import Extract
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

LISTS = CodeLists.load(SchemaFolder())
PROFILES = {one.name: one for one in load_profiles(SchemaFolder(), "ntbcare")}


def extract(period: str, operator_table=None, **texts: str) -> Extract:
    connection = duckdb.connect()
    for name, text in texts.items():
        header, *rows = [line.split() for line in text.strip().splitlines()]
        kept = [column.name for column in PROFILES[name].kept]
        connection.execute(f"CREATE TABLE extract_{name} ({', '.join(f'{one} VARCHAR' for one in kept)}, _file INTEGER, _row INTEGER)")
        for number, row in enumerate(rows, start=2):
            given = {key: None if value == "-" else value.replace("~", " ") for key, value in zip(header, row, strict=True)}
            assert set(given) <= set(kept)
            connection.execute(
                f"INSERT INTO extract_{name} VALUES ({', '.join('?' * (len(kept) + 2))})", [*(given.get(one) for one in kept), 0, number]
            )
    operator = {} if operator_table is None else {"wilayah_asal": operator_table}
    return Extract(connection, {name: f"extract_{name}" for name in texts}, period, LISTS, operator)


def total(extract: Extract, table: str, measures: str, where: str = "true") -> tuple:
    asked = ", ".join(f"sum({one.strip()})::INTEGER" for one in measures.split(","))
    return extract.connection.execute(f"SELECT {asked} FROM {table} WHERE {where}").fetchone()
