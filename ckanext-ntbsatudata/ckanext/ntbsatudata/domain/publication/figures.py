"""Figures of one indicator, picked from a published table for a chart, a map and a reading. Nothing here knows a hidden value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.aggregates.period import LENGTHS, kind_of, months_of
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.wording import STATUS_WORDS, Language, number


@dataclass(frozen=True)
class Indicator:
    """What is drawn: a count, or a rate (`denominator` is the code of what it is a share of)."""

    code: str
    title: Mapping[str, str]
    unit: str = ""
    decimals: int = 0
    numerator: str | None = None
    denominator: str | None = None

    @property
    def is_rate(self) -> bool:
        return self.denominator is not None

    def written(self, value: float, language: Language) -> str:
        """Return a value with its unit: `13,5 %`, `1.204`."""
        text = number(value, self.decimals, language)
        return f"{text} {self.unit}" if self.unit else text


@dataclass(frozen=True)
class Figure:
    """One cell: of a period or of a region, by `code`; without a value wherever its status has none."""

    code: str
    name: str
    value: float | None
    status: Status

    def written(self, indicator: Indicator, language: Language) -> str:
        """Return the value with its unit, or the word of the status; never a zero for what is hidden."""
        if self.value is None:
            return STATUS_WORDS[language][self.status]
        text = indicator.written(self.value, language)
        return f"{text} ({STATUS_WORDS[language][self.status]})" if self.status is Status.PROVISIONAL else text


def in_time_order(codes: Sequence[str]) -> list[str]:
    """Return the periods of the shortest kind among the codes, oldest first."""
    if not codes:
        return []
    lengths = {"bulan": 1, **LENGTHS}
    shortest = min((kind_of(code) for code in codes), key=lengths.__getitem__)
    return sorted((code for code in set(codes) if kind_of(code) == shortest), key=lambda code: months_of(code)[0])
