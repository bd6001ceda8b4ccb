"""Which automatic check a problem belongs to, and what blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.curation.checks import AutomaticCheck, CheckResult, blocking_problems, check_of_file
from ckanext.ntbsatudata.domain.problems import Messages, Problem, Severity
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.declared_format import format_problems


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("nik-pattern", AutomaticCheck.PERSONAL_DATA),
        ("format-differs", AutomaticCheck.FORMAT),
        ("type-error", AutomaticCheck.TABLE_AND_CODES),
    ],
)
def test_a_problem_of_a_file_belongs_to_one_check(code: str, check: AutomaticCheck) -> None:
    assert check_of_file(Problem(code)) is check


def test_a_warning_does_not_block_and_an_error_does() -> None:
    warned = CheckResult(AutomaticCheck.TABLE_AND_CODES, (Problem("far-value", severity=Severity.WARNING),))
    failed = CheckResult(AutomaticCheck.FORMAT, (Problem("empty-file"),))
    assert (warned.passed, failed.passed) == (True, False)
    assert blocking_problems([warned, failed]) == [Problem("empty-file")]


def test_a_check_that_still_runs_blocks_with_a_way_out() -> None:
    found = blocking_problems([CheckResult(AutomaticCheck.LINKS, pending=True)])
    assert [problem.code for problem in found] == ["check-under-way"]
    assert "Tunggu beberapa menit" in Messages.load(SchemaFolder()).line(found[0])


def test_a_page_of_html_called_csv_is_told(tmp_path: Path) -> None:
    file = tmp_path / "tabel.csv"
    file.write_text("<!DOCTYPE html><html><body>Halaman tidak ditemukan</body></html>")
    found = format_problems(file, "CSV")
    assert Messages.load(SchemaFolder()).line(found[0]) == (
        "Kolom format: Format yang tertulis CSV, sedangkan isi berkas HTML. Betulkan formatnya, atau unggah berkas yang benar."
    )


@pytest.mark.parametrize(
    ("content", "declared"), [(b"kode,jumlah\n52.01,7\n", "CSV"), (b"%PDF-1.7", "pdf"), (b'{"a": 1}', "GeoJSON"), (b"\x00\x01", "DWG")]
)
def test_a_file_that_is_what_it_says_passes(tmp_path: Path, content: bytes, declared: str) -> None:
    file = tmp_path / "berkas"
    file.write_bytes(content)
    assert format_problems(file, declared) == []
