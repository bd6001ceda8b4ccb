"""A run in the portal: its record, what it refuses, and that nothing of a person is found in the database afterwards."""

from __future__ import annotations

import traceback
from pathlib import Path

import ckan.model as model
import duckdb
import pytest
from ckan.plugins import toolkit
from sqlalchemy import text

from ckanext.ntbsatudata.cli.ckan import ntbsatudata
from ckanext.ntbsatudata.domain.errors import NotFoundError
from ckanext.ntbsatudata.domain.extracts.reading import ExtractRefused
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.jobs import extracts
from ckanext.ntbsatudata.model.extract_run import ExtractRun
from tests.sources.school_meals import KABUPATEN, SchoolMeals

NAME, NIK, PHONE = "Zubaidah Markerwati", "5201014505050001", "081234567890"


@pytest.fixture
def programme(clean_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SchoolMeals:
    source = SchoolMeals(tmp_path / "schemas")
    monkeypatch.setattr(extracts, "sources", lambda: {source.name: source})
    monkeypatch.setitem(toolkit.config, "ntbsatudata.extract.quarantine", str(tmp_path / "quarantine"))
    model.Session.query(ExtractRun).delete()
    model.Session.commit()
    return source


def extract(folder: Path, header: str = "NIK,Nama Anak,Kab/Kota,Tanggal,Makan?,Catatan") -> list[Path]:
    lines = [header] + [
        f"{int(NIK) + at},{NAME} {at},{code},2025-03-04,{'ya' if at < 8 else 'tidak'},{PHONE}" for code in KABUPATEN for at in range(20)
    ]
    file = folder / "makan.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return [file]


def test_a_dry_run_counts_and_keeps_nothing(programme: SchoolMeals, tmp_path: Path) -> None:
    run = extracts.ingest("makan", extract(tmp_path), "2025-03", "operator", dry_run=True)
    assert (run["rows"], run["used"], run["state"]) == (200, 200, "complete")
    assert [(table["table"], table["outcome"]) for table in run["tables"]] == [("makan-bulanan", "not-drafted")]
    assert not (tmp_path / "quarantine" / "cells").exists()


def test_the_record_of_a_run_names_nobody(programme: SchoolMeals, tmp_path: Path) -> None:
    extracts.ingest("makan", extract(tmp_path), "2025-03", "operator", dry_run=True)
    (kept,) = model.Session.execute(text("SELECT row_to_json(ntbsatudata_extract_run)::text FROM ntbsatudata_extract_run")).scalars()
    assert not any(marker in kept for marker in ("Zubaidah", NIK, PHONE))


def test_a_refused_extract_has_a_record_that_says_why(programme: SchoolMeals, tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused, match="Ekstrak ditolak: 1 masalah"):
        extracts.ingest("makan", extract(tmp_path, "NIK,Nama Anak,Kab/Kota,Tanggal,Dimakan,Catatan"), "2025-03", "operator")
    (run,) = model.Session.query(ExtractRun).all()
    assert (run.state, [problem["field"] for problem in run.content["problems"]]) == ("refused", ["makan"])


def test_an_unknown_programme_is_named_with_those_there_are(programme: SchoolMeals, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Tidak ada program bansos. Yang ada: makan"):
        extracts.ingest("bansos", extract(tmp_path), "2025-03", "operator")


def test_the_command_is_there_and_ends_an_error_with_its_sentence(programme: SchoolMeals, tmp_path: Path, cli) -> None:
    (file,) = extract(tmp_path, "NIK,Nama Anak,Kab/Kota,Tanggal,Dimakan,Catatan")
    told = cli.invoke(ntbsatudata, ["extract", "ingest", "makan", str(file), "--periode", "2025-03", "--user", "operator", "--dry-run"])
    assert told.exit_code == ExtractRefused.exit_code
    assert "Ekstrak ditolak: 1 masalah" in told.output and "Zubaidah" not in told.output


@pytest.mark.parametrize(
    "fault", [ValueError(f"cannot read {NAME}"), duckdb.ConversionException(f"cannot cast {NIK}"), OSError(28, f"full: {NAME}")]
)
def test_the_sentence_of_an_error_that_may_quote_a_record_goes_nowhere(
    programme: SchoolMeals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr(programme, "prepare", fails)
    with pytest.raises(extracts.ExtractStopped, match="Rilis lama tetap utuh") as stopped:
        extracts.ingest("makan", extract(tmp_path), "2025-03", "operator")
    shown = "".join(traceback.format_exception(stopped.value))
    (run,) = model.Session.query(ExtractRun).all()
    assert (run.state, run.content) == ("failed", {"reason": type(fault).__name__})
    assert not any(marker in shown + caplog.text + str(run.content) for marker in (NAME, NIK))


def test_a_record_keeps_counts_and_no_text_or_long_number_of_a_problem(programme: SchoolMeals) -> None:
    (told,) = extracts._told([Problem("drift", row=3, field="nik", values={"count": 3, "name": NAME, "nik": int(NIK)})])
    assert told["values"] == {"count": 3, "name": "…", "nik": "…"}
