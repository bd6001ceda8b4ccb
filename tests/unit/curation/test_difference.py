"""A difference counts rows by key, names columns and adds up numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.curation.difference import FieldChange, metadata_difference, table_difference

BEFORE = "kode,tahun,jumlah\n52.01,2024,10\n52.02,2024,20\n52.03,2024,30\n"
AFTER = "kode,tahun,jumlah,catatan\n52.01,2024,10,\n52.02,2024,25,diperbaiki\n52.04,2024,40,\n"


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "before.csv").write_text(BEFORE, encoding="utf-8")
    (tmp_path / "after.csv").write_text(AFTER, encoding="utf-8")
    return tmp_path / "before.csv", tmp_path / "after.csv"


def test_rows_are_told_apart_by_their_key(tables: tuple[Path, Path]) -> None:
    found = table_difference(*tables, key=["kode", "tahun"])
    assert (found.rows_before, found.rows_after) == (3, 3)
    assert (found.rows_added, found.rows_removed, found.rows_changed) == (1, 1, 1)  # 52.04 came, 52.03 went, 52.02 changed
    assert found.columns_added == ("catatan",)
    assert found.sums["jumlah"] == (60.0, 75.0)  # 10 + 20 + 30; 10 + 25 + 40
    assert found.examples == ({"kode": ("52.02", "52.02"), "tahun": ("2024", "2024"), "jumlah": ("20", "25")},)


def test_without_a_key_whole_rows_are_compared(tables: tuple[Path, Path]) -> None:
    found = table_difference(*tables)
    assert (found.key, found.rows_added, found.rows_removed, found.rows_changed) == ((), 2, 2, 0)


def test_a_key_that_is_not_unique_is_no_key(tables: tuple[Path, Path]) -> None:
    assert table_difference(*tables, key=["tahun"]).key == ()


def test_equal_tables_have_no_difference(tables: tuple[Path, Path]) -> None:
    assert table_difference(tables[0], tables[0], key=["kode"]).is_empty


def test_codes_are_not_added_up(tmp_path: Path) -> None:
    path = tmp_path / "kode.csv"
    path.write_text("desa,pos\na,0831\nb,0832\n", encoding="utf-8")
    assert table_difference(path, path, key=["desa"]).sums == {}


def test_a_large_table_shows_twenty_of_its_changes(tmp_path: Path) -> None:
    for name, shift in (("one", 0), ("other", 1)):
        lines = "\n".join(f"{row},{row % 97 + (shift if row % 1000 == 0 else 0)}" for row in range(200_000))
        (tmp_path / f"{name}.csv").write_text(f"id,nilai\n{lines}\n", encoding="utf-8")
    found = table_difference(tmp_path / "one.csv", tmp_path / "other.csv", key=["id"])
    assert found.rows_changed == 200
    assert len(found.examples) == 20


def test_metadata_are_compared_field_by_field() -> None:
    before = {"title": "A", "notes": "", "tags": [{"name": "gizi"}], "metadata_modified": "2026-01-01", "resources": [{"name": "Tabel"}]}
    after = {
        "title": "B",
        "notes": None,
        "tags": [{"name": "gizi"}, {"name": "balita"}],
        "metadata_modified": "2026-02-01",
        "resources": [{"name": "Tabel"}],
    }
    assert metadata_difference(before, after) == (FieldChange("tags", ["gizi"], ["balita", "gizi"]), FieldChange("title", "A", "B"))
