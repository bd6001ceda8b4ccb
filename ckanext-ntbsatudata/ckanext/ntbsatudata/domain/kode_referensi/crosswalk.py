"""The bridge between two code lists that name the same things in their own ways.

The codes of two systems may look alike and mean different places; only the bridge says which is which.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from ckanext.ntbsatudata.domain.kode_referensi.code_list import Edition, Item


class Relation(Enum):
    """How many codes stand on each side of a bridge."""

    ONE_TO_ONE = "1:1"
    ONE_TO_MANY = "1:n"
    MANY_TO_ONE = "n:1"
    MANY_TO_MANY = "n:n"
    NONE = "none"  # the bridge does not know the code


@dataclass(frozen=True)
class Crossing:
    """Where one code leads in the other list."""

    code: str
    targets: tuple[str, ...]
    relation: Relation


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Pairs of codes of two lists, as of a date and from a named origin."""

    id: str
    source: str
    target: str
    title: Mapping[str, str]
    date: date
    origin: str
    verified: bool
    pairs: tuple[tuple[str, str], ...]

    def cross(self, code: str) -> Crossing:
        """Return the codes of the other list for one code; relation NONE when the bridge does not know it."""
        targets = self._forward.get(code, ())
        if not targets:
            return Crossing(code, (), Relation.NONE)
        many_targets = len(targets) > 1
        many_sources = any(len(self._backward[target]) > 1 for target in targets)
        relation = {
            (False, False): Relation.ONE_TO_ONE,
            (True, False): Relation.ONE_TO_MANY,
            (False, True): Relation.MANY_TO_ONE,
            (True, True): Relation.MANY_TO_MANY,
        }[many_targets, many_sources]
        return Crossing(code, targets, relation)

    def gaps(self, edition: Edition) -> list[Item]:
        """Return the items of an edition of the source list that the bridge does not reach."""
        return [item for item in edition if item.code not in self._forward]

    def reversed(self) -> Crosswalk:
        return dataclasses.replace(self, source=self.target, target=self.source, pairs=tuple((b, a) for a, b in self.pairs))

    @cached_property
    def _forward(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped(self.pairs)

    @cached_property
    def _backward(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped((b, a) for a, b in self.pairs)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for source, target in pairs:
        grouped[source] = (*grouped.get(source, ()), target)
    return grouped
