"""The page of metadata fields says what the forms say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.ntbsatudata.cli.metadata import described, metadata
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("kind", [Kind.MSKEG, Kind.MSIND, Kind.MSVAR])
def test_every_field_stands_on_the_page_as_the_form_has_it(kind):
    assert described(Standard.of(SchemaFolder()).forms[kind]) in (DOCS / "reference" / "metadata.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_how_to():
    page = (DOCS / "how-to" / "metadata.md").read_text(encoding="utf-8")
    assert [name for name in metadata.commands if name != "form" and f"satudata metadata {name}" not in page] == []
