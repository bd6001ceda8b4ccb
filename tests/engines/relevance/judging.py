"""Judged queries and the measure of an answer: NDCG@10 (Järvelin and Kekäläinen 2002, gain 2^grade − 1)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ckanext.ntbsatudata.domain.query.analysis import fold

DEPTH = 10


@dataclass(frozen=True)
class Judged:
    kind: str
    query: str
    conditions: Mapping[int, tuple[re.Pattern[str], ...]]

    def grade(self, text: str) -> int:
        """Return how well a dataset with this folded text (title, organisation, place) answers the query: 0 to 3."""
        return next((grade for grade in (3, 2, 1) if self._meets(grade, text)), 0)

    def _meets(self, grade: int, text: str) -> bool:
        return grade in self.conditions and all(part.search(text) for part in self.conditions[grade])


def judged_queries() -> Iterator[Judged]:
    content = yaml.safe_load((Path(__file__).parent / "judged_queries.yaml").read_text(encoding="utf-8"))
    for kind, rows in content.items():
        for row in rows:
            conditions = {int(grade): tuple(map(re.compile, text.split(" & "))) for grade, text in row["grades"].items()}
            yield Judged(kind, str(row["query"]), conditions)


def text_to_judge(dataset: Mapping[str, str]) -> str:
    return fold(f"{dataset['title']} {dataset['publisher']} {dataset['place']}")


def ndcg(grades: Sequence[int], of_all: Sequence[int]) -> float:
    """Return the gain of an answer's grades against the best answer there could be."""
    best = _gain(sorted(of_all, reverse=True)[:DEPTH])
    return _gain(grades[:DEPTH]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def measure(search: Callable[[str], Sequence[str]], texts: Mapping[str, str]) -> dict[str, float]:
    """Return NDCG@10 for each kind of query and, as `all`, for all of them. `search` gives the names of the first datasets."""
    values: dict[str, list[float]] = {}
    for judged in judged_queries():
        grades = {name: judged.grade(text) for name, text in texts.items()}
        found = [grades.get(name, 0) for name in search(judged.query)]
        values.setdefault(judged.kind, []).append(ndcg(found, list(grades.values())))
    means = {kind: sum(each) / len(each) for kind, each in values.items()}
    every = [value for each in values.values() for value in each]
    return {**means, "all": sum(every) / len(every)}
