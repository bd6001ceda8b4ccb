"""The truth of made-up complaints, counted from their own course by plain loops; it reads nothing the programme wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from ckanext.ntbcare.synthetic import CATEGORIES, REGIONS, Complaint

TIERS = dict.fromkeys(CATEGORIES[:5], "A") | dict.fromkeys(CATEGORIES[5:9], "B") | dict.fromkeys(CATEGORIES[9:], "C")
FINAL = {"Complete", "Completed", "Rejected"}


def month_after(month: str) -> datetime:
    return (datetime.strptime(month, "%Y-%m") + timedelta(days=32)).replace(day=1)


def received(made: Iterable[Complaint], month: str) -> Counter:
    """Count what was received in a month, by tier, region and category."""
    return Counter(
        (TIERS[CATEGORIES[one.category]], REGIONS[one.region], CATEGORIES[one.category]) for one in made if f"{one.received:%Y-%m}" == month
    )


def flows(made: Iterable[Complaint], month: str) -> Counter:
    """Count the flows of tier A in a month by walking through each complaint's course."""
    first, after = datetime.strptime(month, "%Y-%m"), month_after(month)
    found: Counter = Counter()
    for one in made:
        if TIERS[CATEGORIES[one.category]] != "A" or one.received >= after:
            continue
        is_open, open_at_first = True, one.received < first
        found["masuk"] += one.received >= first
        for status, when in one.course:
            if when >= after:
                break
            within = when >= first
            if is_open and status in FINAL:
                is_open = False
                found["selesai" if status != "Rejected" else "ditolak"] += within
            elif not is_open and status not in FINAL:
                is_open = True
                found["dibuka_kembali"] += within
            if not within:
                open_at_first = is_open
        found["backlog_awal"] += open_at_first and one.received < first
        found["backlog"] += is_open
    return found


def within_limit(made: Iterable[Complaint], month: str, taken: datetime) -> tuple[int, int]:
    """Return (resolved or overdue, resolved within the limit) of tier A's complaints received in a month, as known at `taken`."""
    limits = {"segera": 1, "penting": 24, "biasa": 48}
    due = good = 0
    for one in made:
        if TIERS[CATEGORIES[one.category]] != "A" or f"{one.received:%Y-%m}" != month:
            continue
        past = [(status, when) for status, when in one.course if when < taken]
        limit = timedelta(hours=limits[one.priority])
        if past and past[-1][0] == "Rejected":
            continue
        if past and past[-1][0] in FINAL:
            due += 1
            good += past[-1][1] - one.received <= limit
        else:
            newest = taken  # nearly: the extract ends with its last event
            due += newest - one.received > limit
    return due, good
