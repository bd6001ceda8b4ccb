"""`docs/reference/environment.md` names every variable that starting a portal reads."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "environment.md"
PLATFORM = ROOT / "ckanext-ntbsatudata" / "ckanext" / "ntbsatudata"
OURS_ALONE = {"CKAN_INI"}  # set by us for our own children


def test_every_variable_that_is_read_is_documented():
    read = set()
    for module in [*(PLATFORM / "local").glob("*.py"), *(PLATFORM / "cli").glob("*.py"), PLATFORM / "domain" / "schema_folder.py"]:
        read |= set(re.findall(r'"((?:SATUDATA|CKAN)_[A-Z_]+)"', module.read_text(encoding="utf-8")))
    documented = set(re.findall(r"`((?:SATUDATA|CKAN)_[A-Z_]+)`", PAGE.read_text(encoding="utf-8")))
    assert "CKAN_SQLALCHEMY_URL" in read, "the search itself works"
    assert read - OURS_ALONE - documented == set()
