"""What became of the rows of an extract: each is used, rejected, a duplicate, or of another period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.posyandu.domain.faults import DUPLICATE, OUTSIDE, USED


@dataclass(frozen=True)
class ReadRows:
    """The four counts are all rows; `notes` counts what is worth knowing beside them, by code."""

    used: int = 0
    rejected: int = 0
    duplicates: int = 0
    outside_period: int = 0
    problems: Sequence[Problem] = ()
    notes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, fates: Mapping[str, int], problems: Sequence[Problem], notes: Mapping[str, int]) -> ReadRows:
        """Return the counts of the fates of all rows; any fate of its own is a rejection."""
        used, duplicates, outside = (fates.get(fate, 0) for fate in (USED, DUPLICATE, OUTSIDE))
        return cls(used, sum(fates.values()) - used - duplicates - outside, duplicates, outside, problems, notes)

    def __add__(self, other: ReadRows) -> ReadRows:
        notes = {code: self.notes.get(code, 0) + other.notes.get(code, 0) for code in {**self.notes, **other.notes}}
        return ReadRows(
            self.used + other.used,
            self.rejected + other.rejected,
            self.duplicates + other.duplicates,
            self.outside_period + other.outside_period,
            (*self.problems, *other.problems),
            notes,
        )
