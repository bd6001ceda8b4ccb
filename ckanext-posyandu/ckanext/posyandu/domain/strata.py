"""The strata of a posyandu from its year's work. Source: Pedoman Umum Pengelolaan Posyandu, Kemenkes 2011 (not yet compared with its text)."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_WEIGHINGS = 8  # a year, and
FEWEST_WORKERS = 5  # kader, for more than the first stratum
HALF = 50.0


@dataclass(frozen=True)
class Work:
    """A year of a posyandu: weighings and kader as counts; coverages and dana sehat in percent."""

    weighings: int
    workers: int
    coverages: tuple[float, ...]  # D/S, KIA, KB, immunisation
    added_programme: bool
    health_fund: float


def stratum(work: Work) -> str:
    """Return pratama, madya, purnama or mandiri: the highest whose criteria are all met."""
    if work.weighings < FEWEST_WEIGHINGS or work.workers < FEWEST_WORKERS:
        return "pratama"
    if min(work.coverages) < HALF or not work.added_programme:
        return "madya"
    return "mandiri" if work.health_fund >= HALF else "purnama"
