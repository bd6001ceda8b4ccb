"""What the texts of a column mean: numbers, days and codes, read once for each distinct text of a file.

A month of a province has half a million rows and a few thousand distinct texts, so texts are read by the platform's own rules in
Python and joined back in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import duckdb
import numpy as np

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, NameIndex
from ckanext.ntbsatudata.domain.tables.cells import NATIVE, is_missing_mark
from ckanext.ntbsatudata.domain.tables.dates import DAY_FIRST, MONTH_FIRST, canonical_date, date_vote, has_open_order, serial_date
from ckanext.ntbsatudata.domain.tables.numbers import COMMA, POINT, canonical_number, decimal_vote

Reading = tuple[int, str, str | float | None]  # file, text, what it means
FEW = 0.01  # a slip of the hand in a file that writes its days the other way


def read_numbers(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> str:
    """Make a table (`_file`, `text`, `value`) of what the texts of some columns say as numbers; return its name.

    The decimal mark is the file's: the one its cells leave no choice about, a point where none does.
    """
    by_file = _distinct(connection, table, columns)
    rows: list[Reading] = []
    for file, texts in by_file.items():
        written = [text for text in texts if not text.startswith(NATIVE)]
        vote = decimal_vote(written)
        mark = COMMA if vote.comma > vote.point else POINT
        rows += [(file, text, _number(text, mark)) for text in texts]
    return _stored(connection, f"{table}_numbers", "DOUBLE", rows)


def read_days(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], usual: str = MONTH_FIRST) -> str:
    """Make a table (`_file`, `text`, `value`) of the days of some columns; return its name.

    The order of day and month is the file's, by the cells that leave no choice, else the usual one of the source. Where more than a
    few of them contradict each other, a text that can be read in both ways has no value.
    """
    by_file = _distinct(connection, table, columns)
    rows: list[Reading] = []
    for file, texts in by_file.items():
        order, sure = _order(texts, usual)
        rows += [(file, text, _day(text, order, sure)) for text in texts]
    return _stored(connection, f"{table}_days", "DATE", rows)


def read_moments(connection: duckdb.DuckDBPyConnection, table: str, column: str, usual: str = MONTH_FIRST) -> str:
    """Make a table (`_file`, `text`, `value`) of the moments of a column, as ISO 8601 text that sorts in time; return its name."""
    by_file = _distinct(connection, table, [column])
    rows: list[Reading] = []
    for file, texts in by_file.items():
        order, _ = _order(dict.fromkeys(texts, 1), usual)
        rows += [(file, text, canonical_date(text.removeprefix(NATIVE), order)) for text in texts]
    return _stored(connection, f"{table}_moments", "VARCHAR", rows)


def read_codes(connection: duckdb.DuckDBPyConnection, table: str, column: str, lists: CodeLists, list_id: str) -> str:
    """Make a table (`_file`, `text`, `value`) of the codes that the labels of a column stand for; return its name."""
    index = NameIndex.of(lists.get(list_id))

    def code(text: str) -> str | None:
        item = index.exact(text)
        return item.code if item else None

    by_file = _distinct(connection, table, [column])
    rows: list[Reading] = [(file, text, code(_plain(text))) for file, texts in by_file.items() for text in texts]
    return _stored(connection, f"{table}_{column}", "VARCHAR", rows)


def read_texts(connection: duckdb.DuckDBPyConnection, table: str, column: str, meaning: Callable[[str], str | None]) -> str:
    """Make a table (`_file`, `text`, `value`) of what the texts of a column mean; return its name."""
    by_file = _distinct(connection, table, [column])
    rows: list[Reading] = [(file, text, meaning(_plain(text))) for file, texts in by_file.items() for text in texts]
    return _stored(connection, f"{table}_{column}", "VARCHAR", rows)


def kilograms(number: str) -> str:
    """Return SQL for a weight of a child in kg: nobody weighs 100 kg at five, so such a number is in grams. Zero is none at all."""
    return f"CASE WHEN {number} >= 100 THEN {number} / 1000 WHEN {number} > 0 THEN {number} END"


def positive(number: str) -> str:
    """Return SQL for a measurement in which 0 means that there is none: LiLA, length or height."""
    return f"CASE WHEN {number} > 0 THEN {number} END"


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """Return the columns of a table."""
    return frozenset(
        name for (name,) in connection.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]).fetchall()
    )


def _distinct(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> dict[int, dict[str, int]]:
    """Return the distinct texts of some columns by file, each with the number of its rows."""
    parts = " UNION ALL ".join(f'SELECT _file, "{column}" AS text, count(*) AS rows FROM {table} GROUP BY ALL' for column in columns)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query = f"SELECT _file, text, sum(rows)::BIGINT FROM ({parts}) WHERE text IS NOT NULL GROUP BY ALL ORDER BY ALL"
    for file, text, rows in connection.execute(query).fetchall():
        found[file][text] = rows
    return found


def _stored(connection: duckdb.DuckDBPyConnection, name: str, kind: str, rows: Sequence[Reading]) -> str:
    arrays = {
        "_file": np.array([file for file, _text, _value in rows], dtype=np.int64),
        "text": np.array([text for _file, text, _value in rows], dtype=object),
        "value": np.array([None if value is None else str(value) for _file, _text, value in rows], dtype=object),
    }
    connection.register(f"{name}_read", arrays)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT _file, text, CAST(value AS {kind}) AS value FROM {name}_read")
    connection.unregister(f"{name}_read")
    return name


def _plain(text: str) -> str:
    return text.removeprefix(NATIVE).strip()


def _number(text: str, mark: str) -> float | None:
    if text.startswith(NATIVE):
        mark = POINT  # a workbook's own number
    plain = _plain(text)
    found = None if is_missing_mark(plain) else canonical_number(plain, mark)
    return None if found is None else float(found)


def _order(texts: Mapping[str, int], usual: str) -> tuple[str, bool]:
    """Return the order of day and month of a file, and whether nearly all its cells keep it."""
    day_first = sum(rows for text, rows in texts.items() if date_vote([text]).day_first)
    month_first = sum(rows for text, rows in texts.items() if date_vote([text]).month_first)
    order = usual if day_first == month_first else DAY_FIRST if day_first > month_first else MONTH_FIRST
    return order, min(day_first, month_first) <= FEW * max(day_first, month_first)


def _day(text: str, order: str, sure: bool) -> str | None:
    plain = _plain(text)
    if plain.replace(".0", "").isdigit() and len(plain) >= 5:
        return serial_date(float(plain))
    if not sure and has_open_order(plain):
        return None
    found = canonical_date(plain, order)
    return found[:10] if found and len(found) >= 10 else None
