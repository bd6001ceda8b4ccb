"""The page on curation says what the tables of states and moves say."""

from __future__ import annotations

from pathlib import Path

from ckanext.ntbsatudata.domain.curation.diagram import diagram
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "curation.md").read_text(encoding="utf-8")


def test_the_diagram_is_the_one_of_the_tables() -> None:
    assert diagram() in PAGE


def test_every_move_stands_there_with_its_roles_and_policies() -> None:
    for transition in TRANSITIONS.values():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{transition.move.value}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[3] == ", ".join(sorted(role.value for role in transition.roles))
        assert cells[4] == ", ".join(policy.value for policy in transition.policies)
        assert (cells[5] == "yes") is transition.needs_reason


def test_every_role_is_explained() -> None:
    for role in Role:
        assert f"| `{role.value}` | {role.description} |" in PAGE
