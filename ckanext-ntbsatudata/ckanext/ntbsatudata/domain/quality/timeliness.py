"""Whether figures are as new as their frequency promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from ckanext.ntbsatudata.domain.metadata.form import Text
from ckanext.ntbsatudata.domain.metadata.frequency import Frequency
from ckanext.ntbsatudata.domain.metadata.moments import period_bounds


class TimelinessState(Enum):
    CURRENT = "current"
    LATE = "late"
    NOT_EXPECTED = "not_expected"  # once only, or no promise that can be counted
    UNKNOWN = "unknown"  # no frequency or no period stated

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    TimelinessState.CURRENT: {"id": "Sesuai jadwal", "en": "Up to date"},
    TimelinessState.LATE: {"id": "Terlambat", "en": "Late"},
    TimelinessState.NOT_EXPECTED: {"id": "Tidak diperbarui berkala", "en": "Not updated regularly"},
    TimelinessState.UNKNOWN: {"id": "Belum dapat dinilai", "en": "Cannot be judged yet"},
}


@dataclass(frozen=True)
class Timeliness:
    """`due`: the last day on which the next figures are in time."""

    state: TimelinessState
    due: date | None = None


def timeliness(frequency: Frequency | None, newest_period: str | None, today: date, announced: date | None = None) -> Timeliness:
    """Judge the newest period against the frequency.

    Without a date announced in the release calendar, the next figures are due when the next period has ended and as long again
    has gone by to compile them: yearly figures about 2024 are followed by those about 2025 until the end of 2026.
    """
    bounds = period_bounds(newest_period or "")
    if announced is None and (frequency is None or bounds is None):
        return Timeliness(TimelinessState.UNKNOWN)
    due = announced
    if due is None and frequency is not None and bounds is not None:
        if frequency.days is None:
            return Timeliness(TimelinessState.NOT_EXPECTED)
        due = bounds[1] + timedelta(days=2 * frequency.days)
    late = due is not None and today > due
    return Timeliness(TimelinessState.LATE if late else TimelinessState.CURRENT, due)
