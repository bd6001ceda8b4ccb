"""Rows of an extract, placed: each distinct set of names is read once and joined back."""

from __future__ import annotations

import duckdb
import numpy as np

from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.posyandu.domain.faults import LISTED, PLACE, listed
from ckanext.posyandu.domain.places import LEVELS, Doubt, Places
from ckanext.posyandu.domain.readings import columns_of


def place_rows(connection: duckdb.DuckDBPyConnection, table: str, places: Places) -> tuple[str, str]:
    """Make a table of the places that the rows of an extract name; return it and the SQL condition that joins it to `source`.

    Its columns: place (a number), wilayah (the code or NULL), doubt and level (why there is none).
    """
    there = columns_of(connection, table)
    columns = [f'source."{level}"' if level in there else "NULL::VARCHAR" for level in LEVELS]
    if "kode_wilayah" in there:
        columns[-1] = f"coalesce(source.kode_wilayah, {columns[-1]})"
    named = ", ".join(f"{column} AS name_{at}" for at, column in enumerate(columns))
    names = connection.execute(f"SELECT DISTINCT {named} FROM {table} AS source ORDER BY ALL").fetchall()
    found = [places.find(*one) for one in names]
    arrays = {
        "place": np.arange(len(names)),
        **{f"name_{at}": np.array([one[at] for one in names], dtype=object) for at in range(len(LEVELS))},
        "wilayah": np.array([one.code for one in found], dtype=object),
        "doubt": np.array([one.doubt.value if one.doubt else None for one in found], dtype=object),
        "level": np.array([one.level for one in found], dtype=object),
    }
    connection.register("places_read", arrays)
    texts = [name for name in arrays if name != "place"]
    casts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in texts)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}_places AS SELECT place, {casts} FROM places_read")
    connection.unregister("places_read")
    condition = " AND ".join(f"placed.name_{at} IS NOT DISTINCT FROM {column}" for at, column in enumerate(columns))
    return f"{table}_places AS placed", condition


def place_problems(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> list[Problem]:
    """Return a problem for each file and level at which names have no code, with the rows (`_row`, `place`, `fate`) that carry them.

    The name of a place is not a person's, but a cell under a place's header may hold anything, so the name is not repeated.
    """
    found = connection.execute(
        f"""
        SELECT _file, doubt, level, count(*), min(_row, {LISTED})
        FROM {rows} JOIN {table}_places USING (place) WHERE fate LIKE '{PLACE}/%' GROUP BY _file, doubt, level ORDER BY ALL
        """
    ).fetchall()
    return [Problem(Doubt(doubt).value, at[0], level, values=listed(file, count, at)) for file, doubt, level, count, at in found]
