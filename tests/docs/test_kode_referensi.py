"""`docs/reference/kode-referensi.md` lists the code lists, master data and actions there are, no more and no fewer."""

from __future__ import annotations

import re
from pathlib import Path

from ckanext.ntbsatudata.domain.data_induk import DataInduk
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/kode-referensi.md").read_text(encoding="utf-8")
ACTIONS = ROOT / "ckanext-ntbsatudata/ckanext/ntbsatudata/logic/action"


def rows(columns: int) -> set[tuple[str, ...]]:
    cells = (tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if line.startswith("| `"))
    return {row for row in cells if len(row) == columns}


def test_the_code_lists_are_those_of_the_schemas() -> None:
    lists = CodeLists.load(SchemaFolder())
    assert rows(6) == {
        (
            f"`{one.id}`",
            one.issuer,
            one.current.id,
            str(len(one.versions)),
            str(len(one.edition())),
            "yes" if one.current.verified else "no",
        )
        for one in lists
    }


def test_the_master_data_are_those_of_the_schemas() -> None:
    sets = DataInduk.load(SchemaFolder())
    assert rows(4) == {(f"`{one.id}`", one.owner, str(len(one.current)), ", ".join(each.id for each in one.identifiers)) for one in sets}


def test_the_actions_are_those_of_the_code() -> None:
    text = "".join((ACTIONS / f"{name}.py").read_text(encoding="utf-8") for name in ("kode_referensi", "data_induk"))
    written = set(re.findall(r"^def (ntbsatudata_\w+)", text, re.MULTILINE))
    assert {row[0].strip("`") for row in rows(2) if row[0].startswith("`ntbsatudata_")} == written
