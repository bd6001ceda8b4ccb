"""The base cells of a month, as the quarantine keeps them between runs: enciphered, replaced region by region."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ckanext.ntbsatudata.domain.aggregates.cube import BaseCells
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec
from ckanext.ntbsatudata.domain.extracts.quarantine import Quarantine
from ckanext.ntbsatudata.domain.extracts.source import Completeness

FOLDER = "cells"


@dataclass(frozen=True)
class BaseMonth:
    """`expected` and `came`: regions, as `Completeness` says. `tables`: base cells by name of the spec."""

    expected: frozenset[str] = frozenset()
    came: frozenset[str] = frozenset()
    tables: Mapping[str, BaseCells] = field(default_factory=dict)

    @property
    def missing(self) -> frozenset[str]:
        return self.expected - self.came

    def replaced(self, completeness: Completeness, specs: Mapping[str, AggregateSpec], cells: Mapping[str, BaseCells]) -> BaseMonth:
        """Return the month after a snapshot of some regions: what they had before is gone, even where nothing came in its place.

        Raises `AggregateError` when a table is too coarse to tell those regions from others that have come before.
        """
        tables: dict[str, BaseCells] = {}
        for name in specs:
            old, new = self.tables.get(name), cells.get(name)
            if old is not None and not self.came <= completeness.present:
                region = specs[name].dimensions[0]
                if not completeness.present <= region.position.keys():
                    raise AggregateError(f"Tabel {name} terlalu kasar untuk diganti per wilayah; kirim ekstrak seluruh wilayah sekaligus.")
                at = [region.position[code] for code in sorted(completeness.present)]
                inside = np.asarray(region.leaf_matrix[at].sum(axis=0)).ravel() > 0
                old = old.outside(region.name, frozenset(code for code, yes in zip(region.leaves, inside.tolist(), strict=True) if yes))
                new = old + new if new is not None else old
            if new is not None:
                tables[name] = new.in_order()
        return BaseMonth(completeness.expected, (self.came | completeness.present) & completeness.expected, tables)

    def as_bytes(self) -> bytes:
        content = {
            "expected": sorted(self.expected),
            "came": sorted(self.came),
            "tables": {
                name: {
                    "codes": {d: column.tolist() for d, column in cells.codes.items()},
                    "counts": {m: [None if np.isnan(v) else v for v in column.tolist()] for m, column in cells.counts.items()},
                }
                for name, cells in sorted(self.tables.items())
            },
        }
        return zlib.compress(json.dumps(content, ensure_ascii=False).encode())

    @classmethod
    def of_bytes(cls, content: bytes) -> BaseMonth:
        read = json.loads(zlib.decompress(content))
        tables = {
            name: BaseCells(
                {d: np.array(column, dtype=np.object_) for d, column in one["codes"].items()},
                {m: np.array(column, dtype=np.float64) for m, column in one["counts"].items()},
            )
            for name, one in read["tables"].items()
        }
        return cls(frozenset(read["expected"]), frozenset(read["came"]), tables)


@dataclass(frozen=True)
class BaseStore:
    """The months of one programme in the quarantine."""

    quarantine: Quarantine
    programme: str

    def months(self) -> list[str]:
        """Return the months at hand, oldest first."""
        return [name.rsplit("/", 1)[-1] for name in self.quarantine.names(f"{FOLDER}/{self.programme}")]

    def load(self, month: str) -> BaseMonth:
        """Return a month; an empty one where nothing has come yet."""
        name = f"{FOLDER}/{self.programme}/{month}"
        return BaseMonth.of_bytes(b"".join(self.quarantine.load(name))) if self.quarantine.holds(name) else BaseMonth()

    def store(self, month: str, content: BaseMonth) -> None:
        """Put a month in place of what is there, in one step."""
        self.quarantine.store(f"{FOLDER}/{self.programme}/{month}", iter([content.as_bytes()]))
