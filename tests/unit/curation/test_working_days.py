"""Deadlines are counted in working days of Indonesia."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.curation.working_days import WorkingDays
from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

CALENDAR = WorkingDays.load(SchemaFolder())


def test_a_weekend_is_skipped() -> None:
    assert CALENDAR.after(date(2026, 11, 20), 1) == date(2026, 11, 23)  # Friday, Monday


def test_the_week_of_idulfitri_is_skipped() -> None:
    # Tuesday 17 March 2026; off: Wed 18 and Thu 19 (Nyepi), Fri 20, Mon 23 and Tue 24 (Idulfitri). Wed 25, Thu 26 are days 1 and 2.
    assert CALENDAR.after(date(2026, 3, 17), 2) == date(2026, 3, 26)


def test_five_working_days_over_christmas() -> None:
    # Tue 22 Dec: 23 (1); 24 and 25 off; 28, 29, 30, 31 (2 to 5)
    assert CALENDAR.after(date(2026, 12, 22), 5) == date(2026, 12, 31)


def test_the_days_left_are_counted_both_ways() -> None:
    assert CALENDAR.between(date(2026, 11, 24), date(2026, 12, 1)) == 5
    assert CALENDAR.between(date(2026, 12, 1), date(2026, 11, 24)) == -5
    assert CALENDAR.between(date(2026, 11, 24), date(2026, 11, 24)) == 0


def test_the_calendar_says_which_years_are_whole() -> None:
    assert CALENDAR.complete_years == {2025, 2026}


def test_a_day_under_another_year_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "hari_libur.yaml").write_text("years: {2026: {complete: true, days: {'2027-01-01': Tahun Baru}}}")
    with pytest.raises(SchemaFolderError, match="2027-01-01 tertulis di bawah tahun 2026"):
        WorkingDays.load(SchemaFolder((tmp_path, INSTALLED)))


def test_what_is_no_day_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "hari_libur.yaml").write_text("years: {2026: {complete: true, days: {'17 Agustus': Merdeka}}}")
    with pytest.raises(SchemaFolderError, match="17 Agustus bukan tanggal"):
        WorkingDays.load(SchemaFolder((tmp_path, INSTALLED)))
