"""The report on one dataset: MQA points, stars, principles, timeliness, and what would raise each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ckanext.ntbsatudata.domain.metadata.completeness import is_tabular
from ckanext.ntbsatudata.domain.metadata.dataset import STANDAR_DATA
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.quality.metrics import METRICS, Evidence, Subject
from ckanext.ntbsatudata.domain.quality.scales import Metric, Rating, Scales, Step
from ckanext.ntbsatudata.domain.quality.timeliness import Timeliness, timeliness


@dataclass(frozen=True)
class Score:
    """What one metric earned: `points` of `metric.points`."""

    metric: Metric
    points: float


@dataclass(frozen=True)
class Verdict:
    """Whether a star or a principle is reached."""

    step: Step
    reached: bool


@dataclass(frozen=True)
class QualityReport:
    scores: tuple[Score, ...]
    rating: Rating
    stars: tuple[Verdict, ...]
    principles: tuple[Verdict, ...]
    timeliness: Timeliness

    @property
    def points(self) -> float:
        """The MQA score, of 405."""
        return round(sum(score.points for score in self.scores), 1)

    @property
    def star_count(self) -> int:
        """Stars are earned in their order: the first one missed ends the count."""
        return next((number for number, verdict in enumerate(self.stars) if not verdict.reached), len(self.stars))

    def as_dict(self) -> dict[str, Any]:
        """Return the report for programs and for storing: numbers, ids and dates only."""
        return {
            "mqa": {
                "points": self.points,
                "of": sum(score.metric.points for score in self.scores),
                "rating": self.rating.id,
                "metrics": {score.metric.id: {"points": round(score.points, 1), "of": score.metric.points} for score in self.scores},
            },
            "stars": self.star_count,
            "principles": {verdict.step.id: verdict.reached for verdict in self.principles},
            "timeliness": {"state": self.timeliness.state.value, "due": self.timeliness.due.isoformat() if self.timeliness.due else None},
        }


def assess(
    dataset: Mapping[str, Any],
    scales: Scales,
    standard: Standard,
    today: date,
    evidence: Evidence | None = None,
    activity_is_complete: bool = False,
    announced: date | None = None,
) -> QualityReport:
    """Return the report on a dataset dict as `package_show` gives it.

    `activity_is_complete`: its MS-Kegiatan exists and has no blocking problem. `announced`: the next date in the release calendar.
    """
    subject = Subject(dataset, evidence or Evidence(), scales, standard.licences)
    scores = tuple(Score(metric, metric.points * float(METRICS[metric.id](subject))) for metric in scales.metrics)
    stars = tuple(Verdict(step, reached) for step, reached in zip(scales.stars, _stars(subject), strict=True))
    checks: Mapping[str, Callable[[], bool]] = {
        "standar_data": lambda: subject.has(*STANDAR_DATA, "id_sds"),
        "metadata": lambda: activity_is_complete and subject.has("id_mskeg") and _columns_described(subject),
        "interoperabilitas_data": lambda: any(_is_csv(one) and one.get("datastore_active") for one in subject.distributions),
        "kode_referensi": lambda: _has_bound_column(subject),
    }
    principles = tuple(Verdict(step, checks[step.id]()) for step in scales.principles)
    frequency, _problem = standard.frequencies.read(dataset.get("frequency"))
    total = sum(score.points for score in scores)
    return QualityReport(
        scores, scales.rating(total), stars, principles, timeliness(frequency, dataset.get("temporal_end"), today, announced)
    )


def _stars(subject: Subject) -> tuple[bool, bool, bool, bool, bool]:
    """One star each: open licence online; structured; open format; described columns; columns bound to published lists."""
    formats = [subject.scales.format(one.get("format")) for one in subject.distributions]
    licence = subject.licences.read(subject.dataset.get("license_id"))
    return (
        bool(formats) and licence is not None and licence.is_open and subject.dataset.get("access_rights", "terbuka") == "terbuka",
        any(one is not None and one.structured for one in formats),
        any(one is not None and one.structured and one.is_open for one in formats),
        any(_columns(one) for one in subject.distributions),
        _has_bound_column(subject),
    )


def _columns(distribution: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    schema = distribution.get("schema")
    return list(schema.get("fields") or ()) if isinstance(schema, Mapping) else []


def _columns_described(subject: Subject) -> bool:
    tables = [one for one in subject.distributions if is_tabular(one)]
    return bool(tables) and all(_columns(one) and all(column.get("title") for column in _columns(one)) for one in tables)


def _has_bound_column(subject: Subject) -> bool:
    return any(column.get("kode_referensi") for one in subject.distributions for column in _columns(one))


def _is_csv(distribution: Mapping[str, Any]) -> bool:
    return str(distribution.get("format") or "").upper() == "CSV"
