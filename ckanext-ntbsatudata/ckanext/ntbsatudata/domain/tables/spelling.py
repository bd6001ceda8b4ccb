"""Classes spelt in two ways: `Laki-laki` two hundred times and `Laki-lakl` once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import distance

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.bindings import CHECKED_LISTS
from ckanext.ntbsatudata.domain.tables.cells import is_missing_mark, shown
from ckanext.ntbsatudata.domain.tables.dates import MONTHS
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.reading import Table
from ckanext.ntbsatudata.domain.tables.scan import distinct, shown_cell, standing_in

MOST_CLASSES = 60
TIMES_MORE = 3
MIN_LENGTH = 5
_WORDS = re.compile(r"[A-Za-z][A-Za-z .,'/&()\-]*")


def spelling_problems(table: Table, fields: Sequence[Field]) -> list[Problem]:
    """Return the rare classes that are one or two letters away from a frequent one, and months that are none."""
    problems = []
    for found in fields:
        if found.type is not FieldType.STRING or found.binding is not None or found.code_list in CHECKED_LISTS:
            continue
        if len({shown(row[found.position]) for _, row in table.sample()}) > MOST_CLASSES:
            continue
        classes: dict[str, int] = {}
        cells: dict[str, str] = {}
        for cell, _first, count in distinct(table, found):
            if (name := shown(cell)) and not is_missing_mark(name):
                classes[name] = classes.get(name, 0) + count
                cells[cell] = name
        wrong = _months(found, classes) or _variants(found, classes)
        places = standing_in(table, found, [cell for cell, name in cells.items() if name in wrong])
        problems += [replace(wrong[cells[cell]], row=record) for record, cell in places]
    return problems


def _months(found: Field, classes: Mapping[str, int]) -> dict[str, Problem]:
    known = [name for name in classes if name.lower().strip(".") in MONTHS]
    if len(known) < 0.6 * len(classes) or len(known) < 2:
        return {}
    spans = re.compile(r"\b(jumlah|total|triwulan|semester|tahun|tw)\b", re.IGNORECASE)
    return {
        name: Problem("unknown-month", field=found.name, values={"value": shown_cell(name, False)})
        for name in classes
        if name not in known and not spans.search(name)
    }


def _variants(found: Field, classes: Mapping[str, int]) -> dict[str, Problem]:
    problems = {}
    for name, count in classes.items():
        usual = next((other for other, often in classes.items() if often >= TIMES_MORE * count and _one_slip_apart(name, other)), None)
        if usual is not None:
            values = {"value": shown_cell(name, False), "usual": shown_cell(usual, False)}
            problems[name] = Problem("spelling-variant", field=found.name, severity=Severity.WARNING, values=values)
    return problems


def _one_slip_apart(name: str, other: str) -> bool:
    if (
        name == other
        or min(len(name), len(other)) < MIN_LENGTH - 1
        or max(len(name), len(other)) < MIN_LENGTH
        or not (_WORDS.fullmatch(name) and _WORDS.fullmatch(other))
    ):
        return False
    low, usual = name.casefold(), other.casefold()
    if low == usual or re.sub(r"[\W_]+", "", low) == re.sub(r"[\W_]+", "", usual):
        return True
    if low.split()[-1] != usual.split()[-1] and len(low.split()[-1]) <= 2:  # Kelas A, Kelas B
        return False
    allowed = 1 if min(len(name), len(other)) < 12 else 2
    return distance.DamerauLevenshtein.distance(low, usual, score_cutoff=allowed) <= allowed
