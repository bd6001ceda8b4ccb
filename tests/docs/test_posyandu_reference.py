"""The table of indicators in `docs/reference/posyandu.md` is the one in the data. Write it anew: `python -m tests.docs.test_posyandu_reference`."""

from __future__ import annotations

from pathlib import Path

from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from ckanext.posyandu.domain.indicators import Count, load_indicators

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "posyandu.md"
START, END = "<!-- indicators -->\n", "<!-- /indicators -->"


def shown(count: Count) -> str:
    return " ".join(f"{'+' if sign > 0 else '−'} `{name}`" for sign, name in count.terms).removeprefix("+ ")


def table() -> str:
    lines = [
        "| # | indikator | pembilang | penyebut | part | parity | versi | evidence | table |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in load_indicators(SchemaFolder()):
        cells = (
            one.number, one.title, shown(one.numerator), shown(one.denominator), "yes" if one.subset else "", one.parity.value, one.version,
            one.evidence, f"`{one.table}`" if one.table else "",
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def test_the_page_shows_the_indicators_of_the_data():
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(START) + len(START) : text.index(END)] == table()


def test_every_table_an_indicator_names_is_registered():
    lists = CodeLists.load(SchemaFolder())
    registered = {load_spec(path, lists).name for path in (INSTALLED / "aggregates" / "posyandu").glob("*.yaml")}
    assert {one.table for one in load_indicators(SchemaFolder()) if one.table} <= registered


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text[: text.index(START) + len(START)] + table() + text[text.index(END) :], encoding="utf-8")
