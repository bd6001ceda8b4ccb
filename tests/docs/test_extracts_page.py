"""The page on extracts lists the keys that a profile may have."""

from __future__ import annotations

import re
from pathlib import Path

from ckanext.ntbsatudata.domain.extracts.profile import COLUMN_KEYS, KEYS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "extracts.md"


def test_the_page_on_extracts_lists_every_key_of_a_profile() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == KEYS | COLUMN_KEYS
