"""What a revision changes, for people: metadata field by field, data by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

SHOWN_ROWS = 20

# What CKAN keeps about a dataset, not what its authors say in it.
_OF_CKAN = {
    "id", "name", "state", "private", "metadata_created", "metadata_modified", "creator_user_id", "num_resources", "num_tags", "organization",
    "relationships_as_object", "relationships_as_subject", "resources", "isopen", "license_title", "license_url", "tags", "groups", "extras",
    "proposed", "type",
}  # fmt: skip


@dataclass(frozen=True)
class FieldChange:
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class TableDifference:
    """Rows by key; `sums` gives each number column's sum before and after. `examples` holds at most twenty changed rows.

    Without a key that is unique in both tables whole rows are compared, so that nothing counts as changed.
    """

    key: tuple[str, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    rows_before: int
    rows_after: int
    rows_added: int
    rows_removed: int
    rows_changed: int
    sums: Mapping[str, tuple[float, float]]
    examples: tuple[Mapping[str, tuple[str | None, str | None]], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.columns_added or self.columns_removed or self.rows_added or self.rows_removed or self.rows_changed)


def metadata_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of their names; tags, topics and files are told by their names."""
    one, other = _told(before), _told(after)
    return tuple(
        FieldChange(field, one.get(field), other.get(field))
        for field in sorted({*one, *other})
        if (one.get(field) or None) != (other.get(field) or None)
    )


def _told(dataset: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in dataset.items() if name not in _OF_CKAN}
    told["tags"] = sorted(tag["name"] for tag in dataset.get("tags") or ())
    told["groups"] = sorted(group["name"] for group in dataset.get("groups") or ())
    told["resources"] = [resource.get("name") for resource in dataset.get("resources") or ()]
    return told


def table_difference(before: Path, after: Path, key: Sequence[str] = ()) -> TableDifference:
    """Compare two tidy CSV files (UTF-8, comma, header in row 1) by key; a million rows take seconds.

    Raises `duckdb.Error` when one of them is no CSV.
    """
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 2")
        for name, path in (("one", before), ("other", after)):
            connection.execute(
                f"CREATE TABLE {name} AS SELECT * FROM read_csv(?, all_varchar=true, header=true, delim=',', quote='\"')", [str(path)]
            )
        columns = {name: [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()] for name in ("one", "other")}
        common = [column for column in columns["one"] if column in columns["other"]]
        chosen = _unique_key(connection, [column for column in key if column in common] if set(key) <= set(common) else [])
        added, removed, changed, examples = _rows(connection, common, chosen)
        return TableDifference(
            key=tuple(chosen),
            columns_added=tuple(column for column in columns["other"] if column not in common),
            columns_removed=tuple(column for column in columns["one"] if column not in common),
            rows_before=_one(connection, "SELECT count(*) FROM one"),
            rows_after=_one(connection, "SELECT count(*) FROM other"),
            rows_added=added,
            rows_removed=removed,
            rows_changed=changed,
            sums=_sums(connection, [column for column in common if column not in chosen]),
            examples=examples,
        )


def _unique_key(connection: duckdb.DuckDBPyConnection, key: list[str]) -> list[str]:
    if not key:
        return []
    listed = _listed(key)
    for name in ("one", "other"):
        if _one(connection, f"SELECT (SELECT count(*) FROM {name}) - (SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {name}))"):
            return []
    return key


def _rows(
    connection: duckdb.DuckDBPyConnection, common: list[str], key: list[str]
) -> tuple[int, int, int, tuple[Mapping[str, tuple[str | None, str | None]], ...]]:
    if not common:
        return 0, 0, 0, ()
    if not key:
        listed = _listed(common)
        added = _one(connection, f"SELECT count(*) FROM (SELECT {listed} FROM other EXCEPT ALL SELECT {listed} FROM one)")
        removed = _one(connection, f"SELECT count(*) FROM (SELECT {listed} FROM one EXCEPT ALL SELECT {listed} FROM other)")
        return added, removed, 0, ()
    on = " AND ".join(f"one.{_quoted(column)} IS NOT DISTINCT FROM other.{_quoted(column)}" for column in key)
    added = _one(connection, f"SELECT count(*) FROM other ANTI JOIN one ON {on}")
    removed = _one(connection, f"SELECT count(*) FROM one ANTI JOIN other ON {on}")
    rest = [column for column in common if column not in key]
    if not rest:
        return added, removed, 0, ()
    differs = " OR ".join(f"one.{_quoted(column)} IS DISTINCT FROM other.{_quoted(column)}" for column in rest)
    changed = _one(connection, f"SELECT count(*) FROM one JOIN other ON {on} WHERE {differs}")
    pairs = ", ".join(f"one.{_quoted(column)}, other.{_quoted(column)}" for column in common)
    order = ", ".join(f"one.{_quoted(column)}" for column in key)
    found = connection.execute(f"SELECT {pairs} FROM one JOIN other ON {on} WHERE {differs} ORDER BY {order} LIMIT {SHOWN_ROWS}").fetchall()
    examples = tuple({column: (row[2 * at], row[2 * at + 1]) for at, column in enumerate(common)} for row in found)
    return added, removed, changed, examples


def _sums(connection: duckdb.DuckDBPyConnection, columns: list[str]) -> dict[str, tuple[float, float]]:
    """Sums of the columns that hold nothing but numbers in both tables; codes with a leading zero are none."""
    sums = {}
    for column in columns:
        quoted = _quoted(column)
        both = []
        for name in ("one", "other"):
            number = f"TRY_CAST({quoted} AS DOUBLE)"
            is_odd = f"{quoted} IS NOT NULL AND ({number} IS NULL OR regexp_matches({quoted}, '^0[0-9]'))"
            found = connection.execute(f"SELECT sum({number}), count(*) FILTER (WHERE {is_odd}) FROM {name}").fetchone()
            total, odd = found or (None, 1)
            if odd or total is None:
                break
            both.append(float(total))
        if len(both) == 2:
            sums[column] = (both[0], both[1])
    return sums


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(_quoted(column) for column in columns)
