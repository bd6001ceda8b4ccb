"""All that is wrong with a table, at once: cells, codes, names, doubles, sums, personal data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.bindings import bind
from ckanext.ntbsatudata.domain.tables.cells import NATIVE, is_blank, shown
from ckanext.ntbsatudata.domain.tables.codes import code_problems, region_total_records
from ckanext.ntbsatudata.domain.tables.dates import has_open_order
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.figures import figures_of
from ckanext.ntbsatudata.domain.tables.keys import double_problems, proposed_key
from ckanext.ntbsatudata.domain.tables.numbers import canonical_number
from ckanext.ntbsatudata.domain.tables.personal_data import ColumnProfile, is_address_header, is_identity_header, personal_problems
from ckanext.ntbsatudata.domain.tables.plausibility import plausibility_problems
from ckanext.ntbsatudata.domain.tables.rates import rate_problems
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.scan import Findings, scan
from ckanext.ntbsatudata.domain.tables.spelling import MOST_CLASSES, spelling_problems
from ckanext.ntbsatudata.domain.tables.sums import region_total_problems, sum_problems

MOST_OF_ONE_KIND = 1_000
BLANKS_ARE_RARE = 0.1
FEW_BLANKS = 0.02
WHOLE_COLUMN_SHARE = 0.5
WHOLE_COLUMN_FROM = 12


@dataclass(frozen=True)
class Check:
    """A table with its bound fields and all its problems, in the order of the file."""

    table: Table
    fields: tuple[Field, ...]
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not any(problem.severity.blocks for problem in self.problems)


def check_table(table: Table, lists: CodeLists) -> Check:
    """Return the fields proposed for a table and everything that is wrong with it."""
    cells = sampled_cells(table, table.fields)
    fields = tuple(bind(found, cells[found.position], lists) for found in table.fields)
    if not table.layout.has_records:
        return Check(table, fields, table.problems)
    findings = scan(table, fields, needed=[found for found in proposed_key(fields) if _is_key(found, cells[found.position])])
    fields = _widened(fields, findings)
    personal = personal_problems(column_profiles(table, fields, cells, findings))
    hidden = frozenset(problem.field for problem in personal if problem.field)
    figures = figures_of(table, fields)
    faulty = frozenset(found.name for _, found, _, _ in findings.faults)
    lengths = length_problems(table)
    shifted = {problem.row for problem in lengths if problem.code == "extra-cell"}  # their cells stand in the wrong columns
    problems = [
        *table.problems,
        *lengths,
        *findings.problems(hidden),
        *_missing_cells(table, fields, findings),
        *_open_dates(table, fields),
        *_formulas(table, fields),
        *personal,
        *code_problems(table, fields, lists),
        *double_problems(table, fields),
        *sum_problems(table, figures, faulty),
        *region_total_problems(figures, region_total_records(table, fields, lists), faulty),
        *rate_problems(figures),
        *plausibility_problems(table, fields, figures, faulty),
        *spelling_problems(table, [found for found in fields if found.name not in hidden]),
    ]
    problems = [problem for problem in problems if problem.row not in shifted or problem in lengths or problem in personal]
    return Check(table, fields, tuple(in_order(gathered(problems, table.count), fields)))


def sampled_cells(table: Table, fields: Sequence[Field]) -> Mapping[int, list[str]]:
    """Return the filled cells of the records looked at, by the position of their field."""
    cells: dict[int, list[str]] = defaultdict(list)
    for _, row in table.sample():
        for found in fields:
            if (cell := row[found.position]) is not None and not is_blank(cell):
                cells[found.position].append(cell)
    return cells


def gathered(problems: Sequence[Problem], count: int) -> list[Problem]:
    """Say once what is wrong with a whole column, and stop counting one kind of problem at a thousand."""
    often = Counter((problem.code, problem.field) for problem in problems if problem.row is not None)
    kept: list[Problem] = []
    seen: Counter[tuple[str, str | None]] = Counter()
    for problem in problems:
        kind = (problem.code, problem.field)
        seen[kind] += 1
        whole = problem.field is not None and often[kind] >= WHOLE_COLUMN_FROM and often[kind] > WHOLE_COLUMN_SHARE * count
        if whole and seen[kind] == 1:
            kept.append(replace(problem, row=problem.row))
            kept.append(
                Problem("whole-column", field=problem.field, severity=Severity.NOTICE, values={"code": problem.code, "count": often[kind]})
            )
        elif not whole and seen[kind] <= MOST_OF_ONE_KIND:
            kept.append(problem)
        elif not whole and seen[kind] == MOST_OF_ONE_KIND + 1:
            kept.append(
                Problem(
                    "more-problems", field=problem.field, severity=problem.severity, values={"code": problem.code, "count": often[kind]}
                )
            )
    return kept


def in_order(problems: Sequence[Problem], fields: Sequence[Field]) -> list[Problem]:
    """Return the problems of the file first, then those of its rows from the top, each row from the left."""
    places = {found.name: found.position for found in fields}
    return sorted(problems, key=lambda problem: (problem.row or 0, places.get(problem.field or "", -1), problem.code))


def column_profiles(table: Table, fields: Sequence[Field], cells: Mapping[int, Sequence[str]], findings: Findings) -> list[ColumnProfile]:
    """Return what the scan for personal data needs to know of each column."""
    profiles = []
    share = max(1.0, table.count / max(1, table.sampled))
    for found in fields:
        own = [shown(cell) for cell in cells[found.position]]
        region = found.naming is not None or found.binding is not None
        first = next((record for record, row in table.sample() if not is_blank(row[found.position])), None)
        hits = sorted(findings.personal.get(found.name, ()))
        name = "" if region and not is_identity_header(found.name) else found.name
        profiles.append(ColumnProfile(name or "wilayah", int(len(own) * share), int(len(set(own)) * share), hits, own[:200], first))
        if not name and hits:
            profiles[-1] = ColumnProfile(found.name, int(len(own) * share), 0, hits, (), first)
    return profiles


def _widened(fields: Sequence[Field], findings: Findings) -> tuple[Field, ...]:
    """Whole numbers at both ends of a long file may be fractions in its middle: then the field is one of numbers, and nothing is wrong."""
    fractions = {
        found.name
        for _, found, code, cell in findings.faults
        if found.type is FieldType.INTEGER
        and code == "type-error"
        and canonical_number(cell.removeprefix(NATIVE), found.decimal) is not None
    }
    findings.faults = [
        fault
        for fault in findings.faults
        if fault[1].name not in fractions or canonical_number(fault[3].removeprefix(NATIVE), fault[1].decimal) is None
    ]
    return tuple(replace(found, type=FieldType.NUMBER) if found.name in fractions else found for found in fields)


def _is_key(found: Field, cells: Sequence[str]) -> bool:
    """Places, years and classes tell records apart; remarks do not."""
    return bool(found.binding or found.naming) or found.type is FieldType.YEAR or len({shown(cell) for cell in cells}) <= MOST_CLASSES


def _missing_cells(table: Table, fields: Sequence[Field], findings: Findings) -> list[Problem]:
    """A key left blank in a few rows is missing; left blank in many it follows from how the table is laid out."""
    problems = []
    for found in fields:
        records = findings.blanks.get(found.name, ())
        sure = found.binding or found.naming or found.type is FieldType.YEAR
        if (
            records
            and len(records) <= (max(3, BLANKS_ARE_RARE * table.count) if sure else max(1, FEW_BLANKS * table.count)) < table.count / 3
        ):
            severity = Severity.ERROR if sure else Severity.WARNING
            problems += [Problem("missing-cell", row=record, field=found.name, severity=severity) for record in records]
    return problems


def length_problems(table: Table) -> list[Problem]:
    """Return the records that have more or fewer cells than the header."""
    if not table.odd_lengths:
        return []
    expected = max((table.odd_lengths.get(row, table.usual_length) for row in table.layout.header_rows), default=table.usual_length)
    inside = {number: size for number, size in table.odd_lengths.items() if table.layout.first <= number <= table.layout.last}
    inside = {
        number: size
        for number, size in inside.items()
        if number not in {*table.layout.blanks, *table.layout.totals, *table.layout.left_out}
    }
    problems = []
    for number, size in inside.items():
        if size > expected:
            problems.append(Problem("extra-cell", row=number, values={"count": size, "expected": expected}))
        elif size < expected:
            missing = next((name for name, position in zip(table.names, table.layout.columns, strict=True) if position >= size), None)
            problems.append(Problem("missing-cell", row=number, field=missing))
    return problems


def _open_dates(table: Table, fields: Sequence[Field]) -> list[Problem]:
    problems = []
    for found in fields:
        if any(reason.code == "open-date-order" for reason in found.reasons):
            first = next((record for record, row in table.sample() if has_open_order(shown(row[found.position]))), None)
            problems.append(Problem("ambiguous-date", row=first, field=found.name))
    return problems


def _formulas(table: Table, fields: Sequence[Field]) -> list[Problem]:
    problems = []
    for found in fields:
        rows = [
            row + 1 for row, position in table.formulas if position == found.position and table.layout.first <= row + 1 <= table.layout.last
        ]
        rows = [row for row in rows if row not in table.layout.totals]
        if rows:
            problems.append(Problem("formula-cells", row=rows[0], field=found.name, severity=Severity.WARNING, values={"count": len(rows)}))
    return problems


def hidden_fields(problems: Sequence[Problem]) -> frozenset[str]:
    """Return the names of the columns whose values may not be shown."""
    personal = ("identity-column", "person-name-column", "address-column", "nik-pattern", "phone-pattern", "email-pattern", "plate-pattern")
    return frozenset(
        problem.field for problem in problems if problem.field and (problem.code in personal or is_address_header(problem.field))
    )
