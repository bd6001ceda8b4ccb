"""A new decree is a new version in data."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import yaml

from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, Fate, resolve
from ckanext.ntbsatudata.domain.kode_referensi.code_list import Version
from ckanext.ntbsatudata.domain.kode_referensi.decree import as_csv, as_description, take_over
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

DECREE = Version("1/2027", "Kepmendagri 1/2027", date(2027, 3, 1))


def rows(kemendagri: CodeList) -> dict[str, str]:
    return {item.code: item.name for item in kemendagri.edition()}


def test_a_decree_that_changes_nothing_adds_a_version_and_no_row(kemendagri: CodeList) -> None:
    decree = take_over(kemendagri, rows(kemendagri).items(), DECREE)
    assert decree.problems == ()
    assert decree.code_list.items == kemendagri.items
    assert decree.code_list.current == DECREE
    assert decree.code_list.version("2430/2025").valid_to == date(2027, 3, 1)


def test_capitals_blanks_and_a_short_prefix_are_no_new_name(kemendagri: CodeList) -> None:
    named = {**rows(kemendagri), "52.01": "KAB. LOMBOK BARAT", "52.01.01": " GERUNG "}
    decree = take_over(kemendagri, named.items(), DECREE)
    assert len(decree.code_list.items) == len(kemendagri.items)


def test_a_new_desa_a_new_name_and_a_move_to_a_new_kecamatan(kemendagri: CodeList) -> None:
    named = rows(kemendagri)
    named["52.08.06"] = "Gangga Selatan"
    named["52.08.06.2001"] = named.pop("52.08.02.2005")
    named["52.08.01.2001"] = "Nama Baru"
    decree = take_over(kemendagri, named.items(), DECREE)
    old_name = kemendagri.edition().item("52.08.02.2005").name
    assert [(change.code, change.became) for change in decree.proposed] == [("52.08.02.2005", ("52.08.06.2001",))]
    moved = resolve(decree.code_list, "52.08.02.2005")
    assert (moved.relation, moved.items[0].name) == (Fate.RECODED, old_name)
    assert resolve(decree.code_list, "52.08.01.2001").items[0].name == "Nama Baru"
    assert decree.code_list.edition("2430/2025").item("52.08.02.2005").name == old_name


def test_a_lost_code_without_heir_is_told(kemendagri: CodeList) -> None:
    named = rows(kemendagri)
    del named["52.08.02.2005"]
    decree = take_over(kemendagri, named.items(), DECREE)
    assert [(problem.code, problem.values["value"]) for problem in decree.problems] == [("lost-code", "52.08.02.2005")]
    assert resolve(decree.code_list, "52.08.02.2005").relation is Fate.GONE


def test_malformed_repeated_and_nameless_codes_are_told_with_their_row(kemendagri: CodeList) -> None:
    given = [*rows(kemendagri).items(), ("5201", "Lombok Barat"), ("52.01", "Lombok Barat"), ("52.09", " ")]
    problems = take_over(kemendagri, given, DECREE).problems
    assert [(problem.code, problem.row) for problem in problems] == [
        ("malformed-code", 1296),
        ("repeated-code", 1297),
        ("nameless-code", 1298),
    ]


def test_what_is_written_is_read_back_the_same(kemendagri: CodeList, tmp_path: Path) -> None:
    named = rows(kemendagri)
    named["52.08.06"] = "Gangga Selatan"
    named["52.08.06.2001"] = named.pop("52.08.02.2005")
    decree = take_over(kemendagri, named.items(), DECREE)
    folder = tmp_path / "kode_referensi"
    folder.mkdir()
    described = SchemaFolder().read_yaml("kode_referensi/wilayah-kemendagri.yaml")
    (folder / "wilayah-kemendagri.csv").write_text(as_csv(decree.code_list), encoding="utf-8")
    written = yaml.safe_dump(as_description(decree.code_list, described), allow_unicode=True)
    (folder / "wilayah-kemendagri.yaml").write_text(written, encoding="utf-8")
    read = CodeLists.load(SchemaFolder((tmp_path, *SchemaFolder().layers))).get("wilayah-kemendagri")
    assert read.versions == decree.code_list.versions
    assert read.changes == decree.code_list.changes
    plain = [dataclasses.replace(item, kind=None) for item in decree.code_list.items]
    assert [dataclasses.replace(item, kind=None) for item in read.items] == plain
