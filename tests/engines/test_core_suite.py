"""CKAN's own search tests from its wheel pass on the engine PostgreSQL, unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import ckan.tests
import pytest

HERE = Path(__file__).parent
CORE = Path(ckan.tests.__file__).parent

# What is left out, and why; `docs/reference/search.md` says the same.
LEFT_OUT = {
    "test_check_invalid_schema": "the wheel of CKAN 2.12.0 lacks the schema file it reads",
    "test_check_schema_with_wrong_version": "the wheel of CKAN 2.12.0 lacks the schema file it reads",
}
SEARCH = "earch or utocomplete"


@pytest.mark.parametrize(
    ("modules", "chosen"),
    [
        (["lib/search", "cli/test_search_index.py"], ""),
        (["logic/action/test_get.py"], SEARCH),
        (["controllers/test_package.py"], SEARCH),
    ],
    ids=["lib and cli", "actions", "pages"],
)
def test_these_pass_as_they_are(modules: list[str], chosen: str) -> None:
    chosen = " and ".join([f"({chosen})"] * bool(chosen) + [f"not {name}" for name in LEFT_OUT])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "core_on_postgres", "-p", "no:cacheprovider", "-c", os.devnull, "-W", "ignore"]
        + [f"--rootdir={CORE}", f"--ckan-ini={HERE / 'core.ini'}", "-k", chosen]
        + [str(CORE / module) for module in modules],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:]
