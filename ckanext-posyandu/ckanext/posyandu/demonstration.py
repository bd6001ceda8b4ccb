"""Posyandu in a demonstration portal: a quarter of children who do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ckanext.ntbsatudata.domain.extracts.demonstration import SyntheticExtract
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.posyandu.synthetic import write_demonstration

CHILDREN = 400_000  # as many as there are: with 150,000 too many villages are small, and the table by village is held


@dataclass(frozen=True)
class PosyanduDemonstration:
    """February has vitamin A, March complementary feeding, and the three months are a quarter."""

    source: str = "posyandu"
    months: tuple[str, ...] = ("2025-01", "2025-02", "2025-03")
    waiting: frozenset[str] = frozenset({"imunisasi-bulanan"})

    def write(self, folder: Path, lists: CodeLists, month: str) -> SyntheticExtract:
        return SyntheticExtract(write_demonstration(folder, lists, month, CHILDREN))
