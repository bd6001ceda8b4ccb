"""What a programme is to the platform: it gets an extract in which nothing identifies a person, and gives back rows to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import duckdb

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem


@dataclass(frozen=True)
class Extract:
    """What a programme gets. `tables`: profile name to DuckDB table, only of profiles that came.

    Each table has the kept columns of its profile under their canonical names, all VARCHAR and NULL where blank (a column the files
    lack is NULL throughout), a workbook's own numbers and dates marked as `tables.cells` says; `_file`, the position of the file
    from 0; `_row`, the record's number in the file from 1, titles and header counted. Identity columns hold keyed hashes whose key
    is gone after the run. `operator_tables`: CSV files that the operator keeps, by name (`wilayah_asal`).
    """

    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, str]
    period: str
    code_lists: CodeLists
    operator_tables: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Completeness:
    """`expected`: the regions that make the month whole (all kabupaten). `present`: those of which this extract is the snapshot.

    All base cells of the month within a present region are replaced. A month is whole once every expected region has come, in
    however many runs; until then what lies above a missing region is marked `n`.
    """

    expected: frozenset[str]
    present: frozenset[str]


@dataclass(frozen=True)
class Prepared:
    """What a programme gives back.

    `records`: name of an `AggregateSpec` to a DuckDB table with a column for the period (named as the spec's; ISO month), one for each
    dimension (innermost codes), and one INTEGER column for each measure (counts to add up, 0 or 1 for a person; NULL: not reported).
    The records of other months than the extract's are ignored. `problems`: rows rejected or doubted; row numbers, codes and fields,
    never a value. `notes`: codes with sentences in `messages/*.yaml`, and how often.
    used + rejected + duplicates + outside_period = rows read, over all tables.
    """

    records: Mapping[str, str]
    completeness: Completeness
    used: int
    rejected: int
    duplicates: int
    outside_period: int
    problems: Sequence[Problem] = ()
    notes: Mapping[str, int] = field(default_factory=dict)


class AggregateSource(Protocol):
    """A programme. Its profiles are `tables/<name>/*.yaml`, its published tables `aggregates/<name>/*.yaml`.

    `schemas`: its own folder of these, None where they lie in the platform's `schemas/`.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> Mapping[str, str]: ...

    @property
    def schemas(self) -> Path | None: ...

    def prepare(self, extract: Extract) -> Prepared:
        """Return the rows to count. Raises nothing for a bad row: that is a problem."""
        ...
