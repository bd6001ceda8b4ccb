"""`docs/reference/search.md` says what is."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "search.md").read_text(encoding="utf-8")


def test_each_test_left_out_is_named_with_its_reason() -> None:
    tree = ast.parse((ROOT / "tests" / "engines" / "test_core_suite.py").read_text(encoding="utf-8"))
    assigned = next(node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "LEFT_OUT")  # type: ignore[attr-defined]
    for name, reason in ast.literal_eval(assigned).items():
        assert f"| `{name}` | {reason} |" in PAGE


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(?:schemas/search/)?(\w+\.yaml)`", PAGE))))
def test_each_file_of_words_exists(name: str) -> None:
    assert (ROOT / "schemas" / "search" / name).is_file()


def test_the_schema_has_the_name_the_page_gives() -> None:
    schema = ElementTree.parse(ROOT / "docker" / "solr" / "conf" / "schema.xml").getroot()
    assert f"schema name `{schema.get('name')}`" in PAGE
