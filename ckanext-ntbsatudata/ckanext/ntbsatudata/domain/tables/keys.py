"""What tells one record from another, and the records that are there twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.headers import is_identifier_header, is_numbering_header
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.records import column

MOST_DOUBLES_SHARE = 0.05  # more doubles than this: then the key was not one
FEW_DOUBLES_SHARE = 0.01  # up to here they are slips; above, events may really repeat
MIN_RECORDS = 4
MOST_REPEATED = 100_000


def proposed_key(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return the fields that say what a record is about: places, years, classes; not its figures, not its number in the list."""
    return tuple(found for found in fields if not _is_measure(found) and not is_identifier_header(found.name))


def _is_measure(found: Field) -> bool:
    return found.type.is_number or (found.type is FieldType.STRING and found.naming is not None and found.naming.list_id == "satuan")


def double_problems(table: Table, fields: Sequence[Field]) -> list[Problem]:
    """Return the records that repeat an earlier one, whole or in their key; nothing when doubles are the rule of the table."""
    filled = [found for found in fields if not is_numbering_header(found.name)]
    problems, whole = _doubles(table, filled, "duplicate-row", None)
    key = proposed_key(fields)
    if not key or len(key) == len(filled):
        identifier = next((found for found in fields if found.name.lower() in ("id", "kode", "code", "uuid")), None)
        return problems + (_doubles(table, [identifier], "primary-key", identifier, skip=whole)[0] if identifier else [])
    shown_field = _telling(table, [found for found in key if found.naming or found.binding] or key)
    doubles = _doubles(table, key, "primary-key", shown_field, skip=whole)[0]
    only_labels = (
        len(key) == 1 and not key[0].naming and not key[0].binding and key[0].type is FieldType.STRING
    )  # `Lain-lain` may come twice
    if only_labels or any(is_identifier_header(found.name) and not is_numbering_header(found.name) for found in fields):
        doubles = [replace(problem, severity=Severity.WARNING) for problem in doubles]  # the identifier tells them apart
    return problems + doubles


def _telling(table: Table, fields: Sequence[Field]) -> Field:
    """Return the field with the most different values: the kabupaten, not the province."""
    sample = [row for _, row in table.sample()]
    return max(fields, key=lambda found: len({row[found.position] for row in sample}))


def _doubles(
    table: Table, fields: Sequence[Field], code: str, shown_field: Field | None, skip: frozenset[int] = frozenset()
) -> tuple[list[Problem], frozenset[int]]:
    if not fields or table.count < MIN_RECORDS:
        return [], frozenset()
    most = max(2, int(table.count * MOST_DOUBLES_SHARE))
    doubles = repeated(table, fields, most=most + 1, whole_key=code == "primary-key")
    if len(doubles) > most:
        return [], frozenset()
    names = ", ".join(found.name for found in fields)
    name = shown_field.name if shown_field else None
    problems = [
        Problem(
            code,
            row=record,
            field=name,
            severity=Severity.ERROR if len(doubles) <= max(3, table.count * FEW_DOUBLES_SHARE) else Severity.WARNING,
            values={"first": first, "key": names},
        )
        for first, record in sorted(doubles, key=lambda pair: pair[1])
        if record not in skip
    ]
    return problems, frozenset(record for _, record in doubles)


def repeated(table: Table, fields: Sequence[Field], most: int = MOST_REPEATED, *, whole_key: bool = False) -> list[tuple[int, int]]:
    """Return the first record and the repeating one, for each record that has the cells of an earlier one.

    With `whole_key` only records that have every part of the key are compared.
    """
    keys = ", ".join(f"trim({column(found.position)})" for found in fields)
    filled = (" AND " if whole_key else " OR ").join(f"{column(found.position)} IS NOT NULL" for found in fields)
    sql = (
        f"SELECT list(record ORDER BY record) FROM {table.records.relation} WHERE {table.where} AND ({filled}) "
        f"GROUP BY {keys} HAVING count(*) > 1 LIMIT {most}"
    )
    return sorted(((records[0], record) for (records,) in table.records.query(sql) for record in records[1:]), key=lambda pair: pair[1])
