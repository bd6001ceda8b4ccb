"""The indicators of posyandu as data: numerator, denominator, definition, and how the official quarterly report counts them.

A figure is a ratio of sums, never the mean of percentages. Source: `schemas/indicators/posyandu.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

PATH = "indicators/posyandu.yaml"
_TERM = re.compile(r"([+-])\s*([a-z0-9_]+)")


class Parity(Enum):
    """How SIGIZI's quarterly report makes a count of months."""

    MEAN = "mean"  # of each desa over January to the month, rounded half to even, then added up
    SUM = "sum"
    SCHEDULED = "scheduled"  # the scheduled months alone, added up


@dataclass(frozen=True)
class Count:
    """A sum of counts: `naik + tidak_naik`."""

    terms: tuple[tuple[int, str], ...]

    @classmethod
    def parse(cls, text: str) -> Count:
        """Raises `ValueError` for anything but names with + and − between them."""
        found = _TERM.findall(f"+ {text}")
        if " ".join(f"{sign} {name}" for sign, name in found) != f"+ {text}":
            raise ValueError(text)
        return cls(tuple((1 if sign == "+" else -1, name) for sign, name in found))

    def of(self, counts: Mapping[str, int | None]) -> int | None:
        """Return the sum, None where a term is missing: missing is not zero."""
        values = [counts.get(name) for _sign, name in self.terms]
        known = [sign * value for (sign, _name), value in zip(self.terms, values, strict=True) if value is not None]
        return sum(known) if len(known) == len(values) else None


@dataclass(frozen=True)
class Indicator:
    """`subset`: the numerator is a true part of the denominator. `months`: when it is asked for, every month where empty."""

    number: int
    code: str
    title: str
    numerator: Count
    denominator: Count
    subset: bool
    parity: Parity
    version: str
    evidence: str
    months: tuple[int, ...] = ()
    swapped: str | None = None  # what the official report puts in the numerator's place, a known defect
    tier: int = 1
    table: str | None = None
    note: str = ""

    def scheduled(self, month: str) -> bool:
        """Return whether a month ("2025-02") asks for it."""
        return not self.months or int(month[5:7]) in self.months


@dataclass(frozen=True)
class Figure:
    """An indicator of one place and period, beside how much of it has reported. `percent` is None where there is none."""

    indicator: Indicator
    numerator: int | None
    denominator: int | None
    reporting: int
    expected: int
    problems: tuple[Problem, ...] = ()

    @property
    def percent(self) -> float | None:
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator

    @property
    def completeness(self) -> float:
        """Percent of the desa that have reported."""
        return 100 * self.reporting / self.expected


def load_indicators(folder: SchemaFolder) -> tuple[Indicator, ...]:
    """Return all indicators in order. Raises `SchemaFolderError` for an entry that is none, or figures that are not routine."""
    content = folder.read_yaml(PATH)
    if content.get("kind") != "routine":
        raise SchemaFolderError(f"{PATH}: kind harus routine; angka survei punya serinya sendiri.")
    try:
        found = tuple(_indicator(entry) for entry in content["indicators"])
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaFolderError(f"{PATH}: {type(error).__name__} pada {error}.") from error
    if len({one.code for one in found}) != len(found):
        raise SchemaFolderError(f"{PATH}: ada kode indikator yang berulang.")
    return found


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    return Indicator(
        int(entry["number"]), str(entry["code"]), str(entry["title"]), Count.parse(str(entry["numerator"])), Count.parse(str(entry["denominator"])),
        bool(entry["subset"]), Parity(entry["parity"]), str(entry["versi_definisi"]), str(entry["evidence"]), tuple(entry.get("months", ())),
        entry.get("swapped"), int(entry.get("tier", 1)), entry.get("table"), str(entry.get("note", "")),
    )  # fmt: skip


def figure(indicator: Indicator, desa: Mapping[str, Mapping[str, int | None]], expected: int) -> Figure:
    """Return the figure of some desa's counts: the sums of both parts over the desa that have both.

    More in a true part than in its whole is an error, beyond an estimated denominator a warning; nothing is cut at 100 %.
    """
    pairs = [(indicator.numerator.of(counts), indicator.denominator.of(counts)) for counts in desa.values()]
    whole = [(above, below) for above, below in pairs if above is not None and below is not None]
    if not whole:
        return Figure(indicator, None, None, 0, expected)
    above, below = sum(one for one, _ in whole), sum(one for _, one in whole)
    problems: tuple[Problem, ...] = ()
    if above > below:
        severity = Severity.ERROR if indicator.subset else Severity.WARNING
        problems = (Problem("indicator-exceeds-denominator", field=indicator.code, severity=severity, values={"title": indicator.title}),)
    return Figure(indicator, above, below, len(whole), expected, problems)


def official_count(values: Sequence[Mapping[str, int | None]], indicator: Indicator, count: Count, months: Sequence[str]) -> int | None:
    """Return one part of an indicator as the official report has it for one desa: `values` a month, in the order of `months`.

    A month without a value is not a zero; it does not take part in a mean.
    """
    asked = [
        count.of(one)
        for one, month in zip(values, months, strict=True)
        if indicator.parity is not Parity.SCHEDULED or indicator.scheduled(month)
    ]
    known = [one for one in asked if one is not None]
    if not known:
        return None
    return round_half_even(sum(known), len(known)) if indicator.parity is Parity.MEAN else sum(known)


def official_figure(
    indicator: Indicator, desa: Mapping[str, Sequence[Mapping[str, int | None]]], months: Sequence[str], expected: int
) -> Figure:
    """Return the figure that SIGIZI's quarterly report has: for comparison, never for publication.

    It is computed from January to the last month, by desa, and takes the swapped count where that report does.
    """
    numerator = Count(((1, indicator.swapped),)) if indicator.swapped else indicator.numerator
    pairs = [
        tuple(official_count(values, indicator, part, months) for part in (numerator, indicator.denominator)) for values in desa.values()
    ]
    whole = [(above, below) for above, below in pairs if above is not None and below is not None]
    if not whole:
        return Figure(indicator, None, None, 0, expected)
    return Figure(indicator, sum(one for one, _ in whole), sum(one for _, one in whole), len(whole), expected)


def round_half_even(total: int, size: int) -> int:
    """Return total / size rounded to the nearest whole number, to the even one of two equally near."""
    whole, rest = divmod(total, size)
    return whole + (2 * rest > size or (2 * rest == size and whole % 2 == 1))
