"""A table against its schema: the verdicts of Frictionless on what both know, and the codes beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.tables.checking import Check, column_profiles, gathered, in_order, length_problems, sampled_cells
from ckanext.ntbsatudata.domain.tables.codes import code_problems
from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.figures import figures_of
from ckanext.ntbsatudata.domain.tables.keys import repeated
from ckanext.ntbsatudata.domain.tables.numbers import COMMA, decimal_vote
from ckanext.ntbsatudata.domain.tables.personal_data import personal_problems
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.scan import scan
from ckanext.ntbsatudata.domain.tables.schema import TableSchema
from ckanext.ntbsatudata.domain.tables.sums import stated_sum_problems


def check_against(table: Table, schema: TableSchema, lists: CodeLists) -> Check:
    """Return the fields of the schema in their columns and everything that is wrong with the table."""
    fields, header_problems = _fields(table, schema)
    if not table.layout.has_records:
        return Check(table, fields, (*table.problems, *header_problems))
    needed = [found for found in fields if found.required or found.name in schema.primary_key]
    findings = scan(table, fields, needed=needed)
    cells = sampled_cells(table, fields)
    allowed = {rule.field.name for rule in schema.rules if rule.personal}
    personal = [problem for problem in personal_problems(column_profiles(table, fields, cells, findings)) if problem.field not in allowed]
    hidden = frozenset(problem.field for problem in personal if problem.field) | frozenset(allowed)
    lengths = length_problems(table)
    shifted = {problem.row for problem in lengths}
    blanks = [
        Problem("constraint-error", row=record, field=name, values={"constraint": "required", "value": ""})
        for name, records in findings.blanks.items()
        for record in records
    ]
    problems = [
        *table.problems,
        *header_problems,
        *lengths,
        *[problem for problem in (*findings.problems(hidden), *blanks) if problem.row not in shifted],
        *personal,
        *code_problems(table, fields, lists),
        *_repeated(table, fields, schema),
        *_sums(table, fields, schema),
    ]
    return Check(table, fields, tuple(in_order(gathered(problems, table.count), fields)))


def _fields(table: Table, schema: TableSchema) -> tuple[tuple[Field, ...], list[Problem]]:
    """Return the fields of the schema that have a column, and what the header lacks or has too much of."""
    found: list[Field] = []
    problems: list[Problem] = []
    row = table.layout.header_rows[-1] if table.layout.header_rows else None
    columns = dict(zip(table.names, table.layout.columns, strict=True))
    for rule in schema.rules:
        position = columns.pop(rule.field.name, None)
        if position is None:
            problems.append(Problem("missing-label", row=row, field=rule.field.name, values={"schema": schema.name}))
            continue
        comma = not rule.decimal_stated and rule.field.type.is_number and _has_decimal_commas(table, position)
        found.append(replace(rule.field, position=position, decimal=COMMA if comma else rule.field.decimal))
    problems += [Problem("extra-label", row=row, field=name, values={"schema": schema.name}) for name in columns]
    return tuple(found), problems


def _has_decimal_commas(table: Table, position: int) -> bool:
    """A schema that is silent on the decimal mark takes the one the file surely has."""
    cells = [cell for _, row in table.sample() if (cell := row[position]) is not None and "," in cell]
    vote = decimal_vote(cells)
    return vote.comma > 0 and vote.comma * 2 > table.sampled and not vote.point


def _repeated(table: Table, fields: Sequence[Field], schema: TableSchema) -> list[Problem]:
    by_name = {found.name: found for found in fields}
    problems = []
    for rule in schema.rules:
        if rule.unique and rule.field.name in by_name:
            problems += [
                Problem("unique-error", row=record, field=rule.field.name, values={"first": first})
                for first, record in repeated(table, [by_name[rule.field.name]])
            ]
    key = [by_name[name] for name in schema.primary_key if name in by_name]
    if key and len(key) == len(schema.primary_key):
        names = ", ".join(schema.primary_key)
        problems += [
            Problem("primary-key", row=record, field=key[0].name, values={"first": first, "key": names})
            for first, record in repeated(table, key)
        ]
    return problems


def _sums(table: Table, fields: Sequence[Field], schema: TableSchema) -> list[Problem]:
    ruled = [rule for rule in schema.rules if rule.sum_of]
    if not ruled:
        return []
    figures = figures_of(table, fields)
    arrays = {found.name: array for found, array in zip(figures.fields, figures.arrays, strict=True)}
    problems = []
    for rule in ruled:
        if rule.field.name in arrays and all(part in arrays for part in rule.sum_of):
            total = numpy.sum(numpy.vstack([arrays[part] for part in rule.sum_of]), axis=0)
            problems += stated_sum_problems(figures, rule.field.name, " + ".join(rule.sum_of), total, arrays[rule.field.name])
    return problems
