"""The disclosure policy of a table: the numbers a walidata decides and a decree fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError


class Zeros(Enum):
    """Whether a zero may be hidden; where zeros are always shown, a hole tells everybody that the cell is at least 1."""

    SHOWN = "shown"
    SUPPRESSIBLE = "suppressible"


@dataclass(frozen=True)
class Policy:
    """`threshold`: a count 0 < n < k is small. `p_percent`, `dominance` (n, percent): for magnitudes.

    `max_hidden_percent`: of the cells of one level of one measure; None sets no limit.
    """

    threshold: int | None = None
    zeros: Zeros = Zeros.SUPPRESSIBLE
    minimum_contributors: int | None = None
    p_percent: float | None = None
    dominance: tuple[int, float] | None = None
    max_hidden_percent: float | None = None

    @property
    def lowest(self) -> int:
        """The least value a hidden cell can have in the eyes of an attacker."""
        return 1 if self.zeros is Zeros.SHOWN else 0

    @property
    def for_magnitudes(self) -> bool:
        return self.p_percent is not None or self.dominance is not None

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Policy:
        """Return the policy of a registry entry. Raises `AggregateError` for an unknown key or a value out of range."""
        unknown = set(content) - {"threshold", "zeros", "minimum_contributors", "p_percent", "dominance", "max_hidden_percent", "tier"}
        if unknown:
            raise AggregateError(f"Kebijakan pengungkapan memuat kunci yang tidak dikenal: {', '.join(sorted(unknown))}.")
        try:
            zeros = Zeros(content.get("zeros", "suppressible"))
        except ValueError as error:
            raise AggregateError("Kebijakan pengungkapan: zeros harus shown atau suppressible.") from error
        threshold = _number(content, "threshold", 1)
        contributors = _number(content, "minimum_contributors", 1)
        p_percent = _number(content, "p_percent", 0)
        limit = _number(content, "max_hidden_percent", 0)
        dominance = content.get("dominance")
        if dominance is not None and not (
            isinstance(dominance, list) and len(dominance) == 2 and dominance[0] >= 1 and 0 < dominance[1] <= 100
        ):
            raise AggregateError("Kebijakan pengungkapan: dominance harus [n, persen].")
        return cls(
            None if threshold is None else int(threshold),
            zeros,
            None if contributors is None else int(contributors),
            p_percent,
            None if dominance is None else (int(dominance[0]), float(dominance[1])),
            limit,
        )


def _number(content: Mapping[str, Any], key: str, least: float) -> float | None:
    value = content.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
        raise AggregateError(f"Kebijakan pengungkapan: {key} harus bilangan ≥ {least:g}.")
    return float(value)
