"""One release of a table as it went public, and where its cells lie in a lattice."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PublishedRelease:
    """The cells of one table as they went public. `codes[d]`: the code of each cell in dimension d; `values`: None in a hole."""

    table: str
    release: str
    codes: Mapping[str, Sequence[str]]
    values: Sequence[float | None]
    statuses: Sequence[str]

    def same_cells(self, other: PublishedRelease) -> bool:
        return (self.table, self.codes, self.values, self.statuses) == (other.table, other.codes, other.values, other.statuses)

    def only(self, keep: Sequence[bool]) -> PublishedRelease:
        """Return the release cut down to some of its cells."""
        pick = [at for at, yes in enumerate(keep) if yes]
        codes = {name: [column[at] for at in pick] for name, column in self.codes.items()}
        return replace(self, codes=codes, values=[self.values[at] for at in pick], statuses=[self.statuses[at] for at in pick])

    def without(self, dimension: str, codes: Container[str]) -> PublishedRelease:
        """Return the release without the cells that carry one of some codes."""
        return self.only([code not in codes for code in self.codes[dimension]])

    def positions(self, dimensions: Sequence[Dimension], period: str | None) -> tuple[Ints, Flags]:
        """Return coordinates (cells × dimensions) and which cells belong to periods the dimensions know.

        Raises `AggregateError` for any other unknown code: an area that was recoded must be placed before anything is safe.
        """
        size = len(self.values)
        coordinates = np.zeros((size, len(dimensions)), dtype=np.int64)
        belongs = np.ones(size, dtype=bool)
        for axis, dimension in enumerate(dimensions):
            if dimension.name not in self.codes:
                raise AggregateError(f"Rilis terdahulu {self.release} tidak punya dimensi {dimension.name}.")
            at = np.array([dimension.position.get(code, -1) for code in self.codes[dimension.name]], dtype=np.int64)
            if dimension.name == period:
                belongs &= at >= 0
            elif (at < 0).any():
                raise AggregateError(
                    f"Rilis terdahulu {self.release} memuat {int((at < 0).sum())} sel dengan kode {dimension.name} yang tidak dikenal. "
                    "Sebutkan kode lama itu sebagai pengelompokan pada spesifikasi."
                )
            coordinates[:, axis] = at
        return coordinates, belongs
