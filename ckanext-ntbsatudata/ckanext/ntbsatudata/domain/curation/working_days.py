"""Working days: Monday to Friday without the national holidays and the days off in common, which `schemas/calendar/` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FILE = "calendar/hari_libur.yaml"


@dataclass(frozen=True)
class WorkingDays:
    """The days off by date, and the years whose days off are all known."""

    days_off: Mapping[date, str]
    complete_years: frozenset[int]

    @classmethod
    def load(cls, folder: SchemaFolder) -> WorkingDays:
        """Read the calendar. Raises `SchemaFolderError` for a day that is none, or that stands under another year."""
        days: dict[date, str] = {}
        complete = set()
        for year, described in folder.read_yaml(FILE)["years"].items():
            for text, name in described["days"].items():
                day = _day(text)
                if day.year != year:
                    raise SchemaFolderError(f"{FILE}: {text} tertulis di bawah tahun {year}.")
                days[day] = str(name)
            if described["complete"]:
                complete.add(int(year))
        return cls(days, frozenset(complete))

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.days_off

    def after(self, day: date, count: int) -> date:
        """Return the day that is `count` working days after `day`."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first` up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise SchemaFolderError(f"{FILE}: {text} bukan tanggal (tulis seperti 2026-08-17).") from error
