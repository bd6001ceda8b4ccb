"""The answer of a check for programs and pages: one document, the same from the command line, the API and the page."""

from __future__ import annotations

from typing import Any

from ckanext.ntbsatudata.domain.problems import Messages, Problem
from ckanext.ntbsatudata.domain.tables.cells import shown
from ckanext.ntbsatudata.domain.tables.checking import Check, hidden_fields
from ckanext.ntbsatudata.domain.tables.proposal import Proposal, Reasons

EXCERPT_ROWS = 100
HIDDEN = "•••"


def answer_of(check: Check, messages: Messages, reasons: Reasons) -> dict[str, Any]:
    """Return `valid`, `rows`, `problems` and `proposal` of a check."""
    return {
        "valid": check.valid,
        "rows": check.table.count,
        "problems": [problem_of(problem, messages) for problem in check.problems],
        "proposal": Proposal(check).as_dict(reasons),
    }


def answer_of_unreadable(problem: Problem, messages: Messages) -> dict[str, Any]:
    """Return the same document for a file that cannot be read."""
    return {"valid": False, "rows": 0, "problems": [problem_of(problem, messages)], "proposal": None}


def problem_of(problem: Problem, messages: Messages) -> dict[str, Any]:
    """Return a problem with its sentences: code, row, field, message, remedy."""
    full = messages.as_dict(problem)
    return {key: full[key] for key in ("code", "row", "field", "message", "remedy")}


def excerpt_of(check: Check, messages: Messages) -> list[dict[str, Any]]:
    """Return the rows that have problems, with their cells and what is wrong beside them; personal columns are covered."""
    by_row: dict[int, list[Problem]] = {}
    for problem in check.problems:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    chosen = sorted(by_row)[:EXCERPT_ROWS]
    covered = hidden_fields(check.problems)
    cells = check.table.records.chosen(chosen)
    return [
        {
            "row": row,
            "cells": [HIDDEN if found.name in covered else shown(cells[row][found.position]) for found in check.fields]
            if row in cells
            else [],
            "faulty": sorted({problem.field for problem in by_row[row] if problem.field}),
            "problems": [problem_of(problem, messages) for problem in by_row[row]],
        }
        for row in chosen
    ]
