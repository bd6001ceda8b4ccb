"""A quantile as a figure derived from published counts: of a measure whose cells are divided into bands.

A quantile is not a count and nothing of the single records reaches it: it is read off the bands that are public anyway, within its
band by even spread (Handbook of grouped data: lower edge + share of the band). So it can tell nothing the counts do not tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError

LEAST = 10  # of fewer a quantile says nothing


@dataclass(frozen=True)
class QuantileSpec:
    """`percent` of `measure` lies below the figure. `over`: the dimension of the bands; `edges`: their bounds, in order.

    A band without edges is beyond all (still open): a quantile that falls there has no value. `minimum`: the least count with one.
    """

    code: str
    title: Mapping[str, str]
    measure: str
    percent: float
    over: str
    edges: Mapping[str, tuple[float, float]]
    minimum: int
    unit: str = ""
    decimals: int = 1

    def of(self, counts: Mapping[str, float], total: float) -> float | None:
        """Return the quantile of the counts by band, None where too few are counted or it lies beyond the last edge."""
        if total < self.minimum:
            return None
        wanted, below = total * self.percent / 100, 0.0
        for band, (low, high) in self.edges.items():
            count = counts.get(band, 0.0)
            if count and below + count >= wanted:
                return round(low + (high - low) * (wanted - below) / count, self.decimals)
            below += count
        return None


def parse_quantiles(
    content: Mapping[str, Any] | None, measures: Collection[str], bands: Mapping[str, Collection[str]]
) -> Iterator[QuantileSpec]:
    """Return the quantiles of a spec. `bands`: codes by dimension. Raises `AggregateError` for one that says too little or too much."""
    if content is None:
        return
    over, minimum = str(content["over"]), int(content["minimum"])
    edges = {str(band): (float(low), float(high)) for band, (low, high) in content["edges"].items()}
    if minimum < LEAST:
        raise AggregateError(f"Kuantil hanya boleh terbit untuk sedikitnya {LEAST} kejadian; minimum {minimum} terlalu kecil.")
    if over not in bands or not set(edges) <= set(bands[over]):
        raise AggregateError("Kuantil menyebut dimensi atau pita yang tidak ada.")
    bounds = [bound for pair in edges.values() for bound in pair]
    if bounds != sorted(bounds):
        raise AggregateError("Pita kuantil harus berurutan dan tidak bertumpuk.")
    for code, one in content["of"].items():
        if str(one["measure"]) not in measures or str(code) in measures:
            raise AggregateError("Kuantil menyebut indikator yang tidak terdaftar, atau memakai kode indikator.")
        title = {"id": str(one["title"]["id"]), "en": str(one["title"]["en"])}
        yield QuantileSpec(str(code), title, str(one["measure"]), float(one["percent"]), over, edges, minimum, str(content.get("unit", "")))
