"""What a programme shows of itself in a demonstration: months of people who do not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists


@dataclass(frozen=True)
class SyntheticExtract:
    """The files of one month, and the operator's tables they need, by name."""

    files: Sequence[Path]
    operator_tables: Mapping[str, Path] = field(default_factory=dict)


class Demonstration(Protocol):
    """`source`: name of the programme; `months`: what is shown, oldest first; `waiting`: tables left in the queue of the walidata."""

    @property
    def source(self) -> str: ...

    @property
    def months(self) -> Sequence[str]: ...

    @property
    def waiting(self) -> frozenset[str]: ...

    def write(self, folder: Path, lists: CodeLists, month: str) -> SyntheticExtract:
        """Write the made-up extract of a month into an empty folder: the same bytes for the same month."""
        ...
