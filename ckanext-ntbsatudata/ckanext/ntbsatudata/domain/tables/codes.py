"""The values of a column against its code list: codes against codes, names against names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.kode_referensi import Candidate, CodeCheck, CodeLists, Edition, Match, NameIndex
from ckanext.ntbsatudata.domain.kode_referensi.names import CERTAIN_SCORE
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.bindings import CHECKED_LISTS, LEVELS, NAME_LISTS, is_exact_name
from ckanext.ntbsatudata.domain.tables.cells import is_missing_mark, shown
from ckanext.ntbsatudata.domain.tables.fields import Field
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.records import column
from ckanext.ntbsatudata.domain.tables.scan import distinct, shown_cell, standing_in

CLOSE_SCORE = 70.0
_NO_REGION = frozenset({"indonesia", "nasional", "luar negeri", "lainnya", "tidak diketahui", "luar daerah", "luar ntb", "lain-lain"})

Cells = tuple[str | None, ...]


def code_problems(table: Table, fields: Sequence[Field], lists: CodeLists) -> list[Problem]:
    """Return what is wrong with the codes and names of the bound columns, row by row."""
    problems: list[Problem] = []
    beside = {found.name: _name_field(found, fields) for found in fields if found.binding is not None}
    for found in fields:
        if found.binding is not None:
            check = CodeCheck.of(lists, found.binding)
            problems += _codes(table, check, found, beside[found.name], _parent_field(found, fields))
            for above in _names_above(found, fields):
                problems += _names_of_parents(table, check, found, above)
    paired = {name_field.name for name_field in beside.values() if name_field is not None}
    naming = [found for found in fields if found.naming is not None and found.naming.list_id in CHECKED_LISTS and found.name not in paired]
    for found in naming:
        problems += _names(table, found, lists, alone=len(naming) == 1)
    return problems


def region_total_records(table: Table, fields: Sequence[Field], lists: CodeLists) -> list[int]:
    """Return the record that names the region above the others, the province among its kabupaten, if there is just one."""
    for found in fields:
        bound = found.binding or found.naming
        if bound is None or bound.level not in LEVELS[1:] or bound.list_id not in NAME_LISTS:
            continue
        code_list = lists.get(bound.list_id)
        index, edition = NameIndex.of(code_list, bound.version), code_list.edition(bound.version)
        above = LEVELS[_order(bound.level) - 1]
        named = [
            (first, count)
            for cell, first, count in distinct(table, found)
            if _is_of_level(edition, index, shown(cell), above) and not _is_of_level(edition, index, shown(cell), bound.level)
        ]
        return [named[0][0]] if len(named) == 1 and named[0][1] == 1 and table.count > 3 else []
    return []


def _is_of_level(edition: Edition, index: NameIndex, text: str, level: str) -> bool:
    item = edition.find(text)
    if item is not None:
        return item.level == level
    return any(candidate.score >= 100 for candidate in index.match(text, level=level, limit=3).candidates)


def _codes(table: Table, check: CodeCheck, found: Field, beside: Field | None, above: Field | None) -> list[Problem]:
    columns = [other for other in (found, beside, above) if other is not None]
    wrong: dict[Cells, Problem] = {}
    for cells in _combinations(table, columns):
        said = {other.name: shown(cell) for other, cell in zip(columns, cells, strict=True)}
        code = said[found.name]
        name = said[beside.name] if beside else ""
        parent = said[above.name] if above else ""
        if not code or is_missing_mark(code) or name.lower() in _NO_REGION:
            continue
        problem = check.problem(code, parent=parent or None)
        if problem is not None and problem.code == "wrong-level-code" and _is_above(check, code):
            continue
        if problem is not None:
            wrong[cells] = replace(problem, field=found.name)
        elif beside is not None and (misnamed := _name_problem(check, code, name)) is not None:
            wrong[cells] = replace(misnamed, field=beside.name)
    return [replace(wrong[cells], row=record) for record, cells in _standing_in(table, columns, list(wrong))]


def _name_problem(check: CodeCheck, code: str, name: str) -> Problem | None:
    """Return what is wrong with the name beside a sound code: another place's, or one misspelt."""
    item = check.edition.find(code)
    if not name or item is None or name.casefold() == shown(item.name).casefold():
        return None
    candidates = NameIndex.of(check.code_list, check.edition.version.id).match(name, limit=50).candidates
    score = max((candidate.score for candidate in candidates if candidate.item.code == code), default=0.0)
    if score >= 100:
        return None
    if score < CERTAIN_SCORE:
        return check.problem(code, name=name)
    values = {
        "value": shown_cell(name, False),
        "list": check.code_list.id,
        "version": check.edition.version.id,
        "candidates": f"{code} {item.name}",
    }
    return Problem("misspelt-name", severity=Severity.WARNING, values=values)


def _name_field(found: Field, fields: Sequence[Field]) -> Field | None:
    """Return the column of names that speaks of the same regions as a column of codes."""
    if found.binding is None:
        return None
    level = found.binding.level
    regions = [other for other in fields if other.naming is not None and other.naming.list_id in NAME_LISTS]
    same = [other for other in regions if other.naming is not None and other.naming.level == level]
    if not same and _order(level) == max(_order(other.binding.level) for other in fields if other.binding is not None):
        same = [other for other in regions if other.naming is not None and other.naming.level is None]
    return same[0] if len(same) == 1 else None


def _names_above(found: Field, fields: Sequence[Field]) -> list[Field]:
    """Return the columns that name the regions above those of a column of codes."""
    if found.binding is None or found.binding.level is None:
        return []
    own = _order(found.binding.level)
    return [
        other
        for other in fields
        if other.naming is not None and other.naming.list_id in NAME_LISTS and 0 <= _order(other.naming.level) < own
    ]


def _names_of_parents(table: Table, check: CodeCheck, found: Field, above: Field) -> list[Problem]:
    """Return the rows whose code lies in another kecamatan or kabupaten than the row names."""
    if above.naming is None:
        return []
    level, index = above.naming.level, NameIndex.of(check.code_list, check.edition.version.id)
    wrong: dict[Cells, Problem] = {}
    for cells in _combinations(table, [found, above]):
        code, name = shown(cells[0]), shown(cells[1])
        parent = next((item for item in check.edition.ancestors(code) if item.level == level), None) if check.edition.find(code) else None
        if parent is None or not name or not is_exact_name(index, name, level):
            continue
        named = {candidate.item.code for candidate in index.match(name, level=level, limit=50).candidates if candidate.score >= 100}
        if parent.code not in named:
            values = {"value": code, "list": check.code_list.id, "version": check.edition.version.id, "name": parent.name}
            wrong[cells] = Problem("name-code-mismatch", field=above.name, severity=Severity.WARNING, values=values)
    return [replace(wrong[cells], row=record) for record, cells in _standing_in(table, [found, above], list(wrong))]


def _parent_field(found: Field, fields: Sequence[Field]) -> Field | None:
    """Return the column that gives the code of the region above."""
    if found.binding is None or found.binding.level is None:
        return None
    own = _order(found.binding.level)
    above = [
        (_order(other.binding.level), other)
        for other in fields
        if other.binding is not None and other.binding.list_id == found.binding.list_id and 0 <= _order(other.binding.level) < own
    ]
    return max(above, key=lambda pair: pair[0])[1] if above else None


def _order(level: str | None) -> int:
    return LEVELS.index(level) if level in LEVELS else -1


def _is_above(check: CodeCheck, code: str) -> bool:
    """The code of a province among those of its kabupaten is a total, not a slip."""
    item = check.edition.find(code)
    return item is not None and -1 < _order(item.level) < _order(check.binding.level)


def _combinations(table: Table, columns: Sequence[Field]) -> list[Cells]:
    selected = ", ".join(column(found.position) for found in columns)
    return table.records.query(f"SELECT DISTINCT {selected} FROM {table.records.relation} WHERE {table.where}")


def _standing_in(table: Table, columns: Sequence[Field], wanted: Sequence[Cells]) -> list[tuple[int, Cells]]:
    """Return the records, with their cells, in which one of some combinations stands."""
    chosen = set(wanted)
    codes = list(dict.fromkeys(cells[0] for cells in wanted if cells[0] is not None))
    if not codes:
        return []
    listed = ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
    selected = ", ".join(column(found.position) for found in columns)
    sql = f"SELECT record, {selected} FROM {table.records.relation} WHERE {table.where} AND {column(columns[0].position)} IN ({listed}) ORDER BY record"
    return [(record, tuple(cells)) for record, *cells in table.records.query(sql) if tuple(cells) in chosen]


def _names(table: Table, found: Field, lists: CodeLists, *, alone: bool) -> list[Problem]:
    if found.naming is None:
        return []
    code_list = lists.get(found.naming.list_id)
    index, level = NameIndex.of(code_list, found.naming.version), found.naming.level
    severity = Severity.WARNING if code_list.id == "wilayah-indonesia" else Severity.ERROR  # other provinces' names are not ours to refuse
    problems: list[Problem] = []
    wrong: dict[str, Problem] = {}
    for cell, first, count in distinct(table, found):
        name = shown(cell)
        if is_missing_mark(name) or name.lower() in _NO_REGION or code_list.edition(found.naming.version).find(name):
            continue
        if is_exact_name(index, name, level):
            asked = _asked(index.match(name, level=level), level) if alone and code_list.id == "wilayah-kemendagri" else None
            if asked:
                values = {"value": name, "candidates": asked, "count": count}
                problems.append(Problem("ambiguous-name", row=first, field=found.name, severity=Severity.WARNING, values=values))
            continue
        close = [candidate for candidate in index.match(name, level=level).candidates if candidate.score >= CLOSE_SCORE]
        values = {
            "value": shown_cell(name, False),
            "list": code_list.id,
            "version": found.naming.version or "",
            "candidates": _listed(close[:3]),
        }
        wrong[cell] = Problem("misspelt-name" if close else "unknown-name", field=found.name, severity=severity, values=values)
    return problems + [replace(wrong[cell], row=record) for record, cell in standing_in(table, found, list(wrong))]


def _asked(match: Match, level: str | None) -> str:
    """Return the places a name may mean when there are several of one level: `Bima`."""
    same = [candidate for candidate in match.candidates if candidate.score >= 100]
    kinds = {candidate.item.level for candidate in same}
    return _listed(same) if len(same) > 1 and (level is not None or len(kinds) == 1) and level in (None, "kabupaten_kota") else ""


def _listed(candidates: Sequence[Candidate]) -> str:
    return ", ".join(f"{candidate.item.code} {candidate.item.name}" for candidate in candidates) or "-"
