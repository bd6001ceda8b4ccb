"""A table of the DataStore made new beside the one in use, and put in its place by one commit.

Readers see the old table until the commit and the new one after it. Whatever fails before leaves the old one as it was.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.ntbsatudata.domain.tables.storage import StoredColumn

WHOLE_ROW_INDEX = "gin"


def switch_in(table: str, columns: Sequence[StoredColumn], tidy: Path) -> int:
    """Load a tidy CSV into the DataStore table of that name, with the types of its columns; return the number of records.

    Raises `psycopg2.Error` when a value is not of its type; then nothing has changed.
    """
    made = f"{table}-{uuid.uuid4().hex[:8]}"
    connection = get_write_engine().raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute(_create(made, columns))
        with tidy.open("rb") as stream:
            cursor.copy_expert(
                f"COPY {_name(made)} ({', '.join(_name(column.name) for column in columns)}) FROM STDIN (FORMAT csv, HEADER true)", stream
            )
        count = int(cursor.rowcount)
        for column in columns:
            cursor.execute(
                f"COMMENT ON COLUMN {_name(made)}.{_name(column.name)} IS %s",
                (" " + json.dumps({"_info": dict(column.info)}, ensure_ascii=False),),
            )
        cursor.execute(f"ALTER TABLE {_name(made)} ADD PRIMARY KEY (_id)")
        cursor.execute(
            f"CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {_name(made)} FOR EACH ROW EXECUTE PROCEDURE populate_full_text_trigger()"
        )
        cursor.execute(f"ANALYZE {_name(made)}")
        aliases = _aliases(cursor, table)
        cursor.execute(f"DROP TABLE IF EXISTS {_name(table)} CASCADE")
        cursor.execute(f"ALTER TABLE {_name(made)} RENAME TO {_name(table)}")
        for alias in aliases:
            cursor.execute(f"CREATE VIEW {_name(alias)} AS SELECT * FROM {_name(table)}")
        cursor.execute("DELETE FROM _table_stats WHERE resource_id = %s", (table,))
        cursor.execute("INSERT INTO _table_stats VALUES (%s, %s)", (table, json.dumps({"rows": count})))
        connection.commit()
        return count
    finally:
        connection.close()  # what is not committed is undone


def fill_full_text(table: str) -> None:
    """Make the words of each record searchable (`q` of `datastore_search`); readers go on reading meanwhile."""
    connection = get_write_engine().raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", (_name(table),)
        )
        names = [name for (name,) in cursor.fetchall() if not name.startswith("_")]
        words = ", ".join(f"{_name(name)}::text" for name in names)
        cursor.execute(f"ALTER TABLE {_name(table)} DISABLE TRIGGER zfulltext")  # it would build each row's words from JSON
        cursor.execute(f"UPDATE {_name(table)} SET _full_text = to_tsvector(concat_ws(' ', {words})) WHERE _full_text IS NULL")
        cursor.execute(f"ALTER TABLE {_name(table)} ENABLE TRIGGER zfulltext")
        cursor.execute(f"CREATE INDEX ON {_name(table)} USING {WHOLE_ROW_INDEX} (_full_text)")
        connection.commit()
    finally:
        connection.close()


def _create(table: str, columns: Sequence[StoredColumn]) -> str:
    own = ", ".join(f"{_name(column.name)} {column.type}" for column in columns)
    return f"CREATE TABLE {_name(table)} (_id serial, _full_text tsvector, {own})"


def _aliases(cursor: Any, table: str) -> list[str]:
    cursor.execute("SELECT name FROM _table_metadata WHERE alias_of = %s", (table,))
    return [name for (name,) in cursor.fetchall()]


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
