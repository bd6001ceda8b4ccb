"""The scales themselves: metrics with their points and words, as `schemas/metadata/quality.yaml` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ckanext.ntbsatudata.domain.metadata.form import Text
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@dataclass(frozen=True)
class Metric:
    """One thing that is looked at: where it counts, for how much, and what would raise it."""

    id: str
    dimension: str
    points: int
    label: Text
    how: Text


@dataclass(frozen=True)
class Step:
    """A star or a principle."""

    id: str
    label: Text
    how: Text


@dataclass(frozen=True)
class FileFormat:
    name: str
    media_type: str
    eu_word: str
    structured: bool
    is_open: bool


@dataclass(frozen=True)
class Rating:
    id: str
    lowest: int
    label: Text


@dataclass(frozen=True, eq=False)
class Scales:
    metrics: tuple[Metric, ...]
    dimensions: Mapping[str, Text]
    ratings: tuple[Rating, ...]
    stars: tuple[Step, ...]
    principles: tuple[Step, ...]
    formats: Mapping[str, FileFormat]

    @classmethod
    def of(cls, folder: SchemaFolder) -> Scales:
        """Return the scales of a folder, read once."""
        return _read(folder)

    def rating(self, score: float) -> Rating:
        """Return the rating of a score in MQA points."""
        return next(rating for rating in self.ratings if score >= rating.lowest)

    def format(self, name: object) -> FileFormat | None:
        return self.formats.get(str(name or "").strip().upper().lstrip("."))


@lru_cache(maxsize=4)
def _read(folder: SchemaFolder) -> Scales:
    content = folder.read_yaml("metadata/quality.yaml")
    return Scales(
        metrics=tuple(Metric(one["id"], one["dimension"], one["points"], one["label"], one["how"]) for one in content["metrics"]),
        dimensions={one["id"]: one["label"] for one in content["dimensions"]},
        ratings=tuple(Rating(one["id"], one["from"], one["label"]) for one in content["ratings"]),
        stars=tuple(Step(str(one["stars"]), one["label"], one["how"]) for one in content["stars"]),
        principles=tuple(Step(one["id"], one["label"], one["how"]) for one in content["principles"]),
        formats={
            one["format"]: FileFormat(one["format"], one["media_type"], one["eu"], one["structured"], one["open"])
            for one in content["formats"]
        },
    )
