"""`docs/reference/tables.md` lists the problems of tables there are, no more and no fewer, and the keys of a schema."""

from __future__ import annotations

import re
from pathlib import Path

from ckanext.ntbsatudata.domain import tables
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.fields import FieldType

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
SOURCE = {path.stem: path.read_text(encoding="utf-8") for path in Path(tables.__file__).parent.glob("*.py")}


def test_every_problem_of_a_table_is_listed_and_every_listed_one_exists():
    known = Messages.load(SchemaFolder(), "en").sentences
    ours = {text for source in SOURCE.values() for text in re.findall(r'"([a-z]+(?:-[a-z0-9]+)+|mojibake)"', source)}
    of_code_lists = set(
        re.findall(
            r'"([a-z-]+-code|name-code-mismatch)"',
            (Path(tables.__file__).parents[1] / "kode_referensi" / "binding.py").read_text(encoding="utf-8"),
        )
    )
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.split("## Schema")[0], re.MULTILINE))
    assert listed == (ours & set(known)) - (of_code_lists - {"name-code-mismatch"})


def test_every_type_and_own_key_of_a_schema_is_named():
    for kind in FieldType:
        assert re.search(rf"\b{kind.value}\b", PAGE)
    for key in re.findall(r'stated\.get\("([a-zA-Z_]+)"', SOURCE["schema"]):
        assert key in PAGE or key in ("type", "format", "constraints", "fields", "unit", "name")
