"""NTB Care in a demonstration portal: a year of complaints that nobody made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ckanext.ntbcare.synthetic import complaints, write_extract, write_operator_table
from ckanext.ntbsatudata.domain.extracts.demonstration import SyntheticExtract
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists

COMPLAINTS = 600  # a month
DAYS_AFTER = 5  # from the end of a month until its snapshot is taken


@dataclass(frozen=True)
class NtbCareDemonstration:
    """A snapshot after each month of a year, each with all complaints until then."""

    source: str = "ntbcare"
    months: tuple[str, ...] = tuple(f"2025-{month:02d}" for month in range(1, 13))
    waiting: frozenset[str] = frozenset()

    def write(self, folder: Path, lists: CodeLists, month: str) -> SyntheticExtract:
        next_month = (datetime.strptime(month, "%Y-%m") + timedelta(days=32)).replace(day=1)
        known = complaints(self.months[: self.months.index(month) + 1], COMPLAINTS)
        files = write_extract(folder / "ekstrak", known, next_month + timedelta(days=DAYS_AFTER))
        return SyntheticExtract(files, {"wilayah_asal": write_operator_table(folder / "wilayah_asal.csv")})
