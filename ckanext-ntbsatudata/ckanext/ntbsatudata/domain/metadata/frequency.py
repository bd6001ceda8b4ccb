"""How often data come: one code of the list «frekuensi» for the many spellings, with its ISO 8601 interval and its EU word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.kode_referensi import CodeList
from ckanext.ntbsatudata.domain.problems import Problem, Severity

LIST = "frekuensi"
EU_BASE = "http://publications.europa.eu/resource/authority/frequency/"
UNKNOWN = "TIDAK_DIKETAHUI"
_MORE_THAN_TWO_YEARS = "LEBIH_DARI_DUA_TAHUNAN"
_INTERVAL = re.compile(r"(?:R\d*/)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.IGNORECASE)
_MONTHS = {1: "BULANAN", 3: "TRIWULANAN", 4: "EMPAT_BULANAN", 6: "SEMESTERAN", 12: "TAHUNAN"}
_DAYS = {1: "HARIAN", 7: "MINGGUAN"}


@dataclass(frozen=True)
class Frequency:
    """`iso` is None where ISO 8601 has no interval for it (once only, more than two years)."""

    code: str
    name: str
    eu_uri: str
    iso: str | None = None

    @property
    def days(self) -> int | None:
        """The longest time between two releases in days; None when there is no next one to wait for."""
        if self.code == _MORE_THAN_TWO_YEARS:
            return None
        found = _INTERVAL.fullmatch(self.iso or "")
        if found is None:
            return None
        years, months, weeks, days = (int(part or 0) for part in found.groups())
        return years * 366 + (months * 367 + 11) // 12 + weeks * 7 + days

    @property
    def months(self) -> int:
        """The length of one round in whole months: 12 for a year, 1 for anything shorter; 12 when it has none."""
        found = _INTERVAL.fullmatch(self.iso or "")
        if found is None:
            return 12
        years, months, _weeks, _days = (int(part or 0) for part in found.groups())
        return max(1, min(12, 12 * years + months))


@dataclass(frozen=True)
class Frequencies:
    known: Mapping[str, Frequency]
    spellings: Mapping[str, str]

    @classmethod
    def of(cls, code_list: CodeList) -> Frequencies:
        """Return the frequencies of the code list in force; its other names are the spellings met in real catalogues."""
        known, spellings = {}, {}
        for item in code_list.edition():
            known[item.code] = Frequency(
                item.code, item.name, EU_BASE + item.attributes.get("eu_frequency", "UNKNOWN"), item.attributes.get("iso8601") or None
            )
            for spelling in (item.code, item.name, known[item.code].eu_uri, *code_list.aliases.get(item.code, ())):
                spellings[_folded(spelling)] = item.code
        return cls(known, spellings)

    def read(self, text: str | None) -> tuple[Frequency | None, Problem | None]:
        """Return the frequency of a spelling, and a warning when it has no safe meaning. Nothing said gives neither."""
        folded = _folded(text or "")
        if folded in ("", "-"):
            return None, None
        code = self.spellings.get(folded) or _interval(text or "")
        if code is not None and code != UNKNOWN:
            return self.known[code], None
        return None, Problem(
            "frequency-unknown", field="frequency", severity=Severity.WARNING, values={"value": " ".join((text or "").split())}
        )


def _interval(text: str) -> str | None:
    """Return the code of an ISO interval that is not spelled as ours: P12M, R/P10Y."""
    found = _INTERVAL.fullmatch(text.strip())
    if not found or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    months += 12 * years
    if weeks or days:
        return _DAYS.get(7 * weeks + days) if not months else None
    return _MORE_THAN_TWO_YEARS if months >= 24 else _MONTHS.get(months)


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("_", " ")).strip().casefold()
