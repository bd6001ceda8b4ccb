"""A protected table: what may go public. Only `protect` makes one, and publication accepts nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from ckanext.ntbsatudata.domain.aggregates.lattice import Ints, Lattice
from ckanext.ntbsatudata.domain.errors import SatuDataError


class Status(Enum):
    """What stands beside a value. Primary and secondary holes look alike."""

    SHOWN = ""
    HIDDEN = "c"
    NOT_AVAILABLE = ":"
    NOT_SCHEDULED = "-"
    INCOMPLETE = "n"
    PROVISIONAL = "s"

    @property
    def has_value(self) -> bool:
        return self in (Status.SHOWN, Status.PROVISIONAL)

    @property
    def observation(self) -> str:
        """The code of SDMX list CL_OBS_STATUS: A normal, P provisional, O missing, M missing as it cannot exist, Q suppressed."""
        return {"": "A", "c": "Q", ":": "O", "-": "M", "n": "O", "s": "P"}[self.value]

    @property
    def confidentiality(self) -> str:
        """The code of SDMX list CL_CONF_STATUS: F free, C confidential; primary and secondary are never told apart."""
        return "C" if self is Status.HIDDEN else "F"


class NotProtected(SatuDataError):
    """Something other than the result of `protect` was handed to publication."""

    exit_code = 70

    def __init__(self) -> None:
        super().__init__("Hanya tabel hasil perlindungan (protect) yang boleh dipublikasikan.")


_SEAL = object()


@dataclass(frozen=True)
class ProtectedTable:
    """Cells of the published crosses, each with a status; `values` is NaN wherever the status has no value."""

    name: str
    lattice: Lattice
    cells: Ints
    values: npt.NDArray[np.float64]
    statuses: tuple[Status, ...]
    seal: object = field(repr=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise NotProtected()
        has_value = np.array([status.has_value for status in self.statuses], dtype=bool)
        if len(self.statuses) != len(self.values) or (np.isnan(self.values) == has_value).any():
            raise NotProtected()

    def rows(self) -> Iterator[tuple[dict[str, str], float | None, Status]]:
        """Return codes by dimension, value (None where there is none) and status of each cell."""
        for cell, value, status in zip(self.cells, self.values, self.statuses, strict=True):
            yield self.lattice.cell(int(cell)), float(value) if status.has_value else None, status

    def count(self) -> Counter[Status]:
        return Counter(self.statuses)


def seal(name: str, lattice: Lattice, cells: Ints, values: npt.NDArray[np.float64], statuses: tuple[Status, ...]) -> ProtectedTable:
    """Return a protected table. For `suppression.protect` alone; a linter contract and a test hold that."""
    return ProtectedTable(name, lattice, cells, values, statuses, _SEAL)
