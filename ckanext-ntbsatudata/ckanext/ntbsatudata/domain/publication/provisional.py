"""Figures that may still change: shown with their value, and marked so until their months are final."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from ckanext.ntbsatudata.domain.aggregates.period import months_of
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status


@dataclass(frozen=True)
class Provisional:
    """The months (`2026-01`) that are not final, and the dimension that holds the period."""

    dimension: str
    months: Set[str]

    def mark(self, release: PublishedRelease) -> PublishedRelease:
        """Return the release with `s` beside each shown value of a period that has such a month in it, and beside no other."""
        periods = release.codes[self.dimension]
        touched = {code for code in set(periods) if not self.months.isdisjoint(months_of(code))}
        shown = (Status.SHOWN.value, Status.PROVISIONAL.value)
        statuses = [
            (Status.PROVISIONAL if code in touched else Status.SHOWN).value if status in shown else status
            for code, status in zip(periods, release.statuses, strict=True)
        ]
        return replace(release, statuses=statuses)
