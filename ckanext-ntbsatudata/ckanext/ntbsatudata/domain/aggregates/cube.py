"""The cube: one `GROUPING SETS` statement from a programme's rows to the innermost cells of a table, and the totals that prove them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from ckanext.ntbsatudata.domain.aggregates.cell_files import CellRows
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class BaseCells:
    """The innermost cells of one table and month. `codes[d]`: the code of each cell; `counts[m]`: NaN where not reported."""

    codes: Mapping[str, Texts]
    counts: Mapping[str, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        return len(next(iter(self.codes.values())))

    def outside(self, dimension: str, codes: frozenset[str]) -> BaseCells:
        """Return the cells whose code of a dimension is none of some codes."""
        keep = np.array([code not in codes for code in self.codes[dimension]], dtype=bool)
        return BaseCells({n: c[keep] for n, c in self.codes.items()}, {n: c[keep] for n, c in self.counts.items()})

    def __add__(self, other: BaseCells) -> BaseCells:
        codes = {name: np.concatenate([column, other.codes[name]]) for name, column in self.codes.items()}
        return BaseCells(codes, {name: np.concatenate([column, other.counts[name]]) for name, column in self.counts.items()})

    def in_order(self) -> BaseCells:
        """Return the cells sorted by their codes, so that equal cells are equal arrays."""
        order = np.lexsort([column.astype(str) for column in reversed(list(self.codes.values()))])
        return BaseCells({n: c[order] for n, c in self.codes.items()}, {n: c[order] for n, c in self.counts.items()})


def cube(connection: duckdb.DuckDBPyConnection, spec: AggregateSpec, table: str, month: str) -> BaseCells:
    """Return the innermost cells of a month, in order.

    Raises `AggregateError` for a missing column, a negative count, a code that is not innermost, or where the cells do not add up to the
    total of the rows.
    """
    dimensions = [d.name for d in spec.dimensions]
    measures = [m.code for m in spec.measures]
    there = {name for (name,) in connection.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]).fetchall()}
    if lacking := [name for name in (spec.period, *dimensions, *measures) if name not in there]:
        raise AggregateError(f"Baris untuk tabel {spec.name} tidak punya kolom: {', '.join(lacking)}.")
    by = ", ".join(f'"{name}"' for name in dimensions)
    sums = ", ".join(f'sum("{name}")::DOUBLE AS "{name}"' for name in measures)
    lows = ", ".join(f'min("{name}")' for name in measures)
    fetched = connection.execute(
        f"""
        SELECT {by}, {sums}, least({lows}) AS _low, grouping("{dimensions[0]}") AS _total
        FROM {table} WHERE "{spec.period}" = $month GROUP BY GROUPING SETS (({by}), ())
        """,
        {"month": month},
    ).fetchnumpy()
    total = _plain(fetched["_total"]).astype(np.int64) == 1
    low = _floats(fetched["_low"])
    if (low[~np.isnan(low)] < 0).any():
        raise AggregateError(f"Baris untuk tabel {spec.name} memuat hitungan negatif.")
    cells = BaseCells(
        {name: _plain(fetched[name])[~total] for name in dimensions}, {name: _floats(fetched[name])[~total] for name in measures}
    )
    for dimension in spec.dimensions:
        undivided = {dimension.total} if dimension.levels is None else set()  # of a measure that the dimension never divides
        strangers = set(cells.codes[dimension.name].tolist()) - set(dimension.leaves) - undivided
        if strangers:
            raise AggregateError(f"Baris untuk tabel {spec.name}: {len(strangers)} kode {dimension.name} bukan kode terdalam.")
    for name in measures:
        whole = float(np.nansum(_floats(fetched[name])[total]))
        if abs(float(np.nansum(cells.counts[name])) - whole) > 1e-6:
            raise AggregateError(f"Sel {spec.name} tidak berjumlah sama dengan barisnya pada {name}.")
    return cells.in_order()


def cell_rows(spec: AggregateSpec, months: Mapping[str, BaseCells]) -> CellRows:
    """Return the cells of some months in long form, as protection takes them: a row for each reported measure."""
    columns: list[list[Texts]] = [[] for _ in spec.columns]
    values: list[npt.NDArray[np.float64]] = []
    for month, cells in sorted(months.items()):
        for measure, counts in cells.counts.items():
            there = ~np.isnan(counts)
            size = int(there.sum())
            parts = [
                np.full(size, month, dtype=object),
                *(cells.codes[d.name][there] for d in spec.dimensions),
                np.full(size, measure, dtype=object),
            ]
            for column, part in zip(columns, parts, strict=True):
                column.append(part)
            values.append(counts[there])
    if not values:
        raise AggregateError(f"Tidak ada sel untuk tabel {spec.name}.")
    return CellRows(tuple(np.concatenate(column) for column in columns), np.concatenate(values), tuple(sorted(months)))


def months_to_release(spec: AggregateSpec, changed: str, at_hand: Sequence[str]) -> tuple[str, ...]:
    """Return the months that must be protected together: the changed one alone, or all of its year where months are added up."""
    if not spec.period_totals:
        return (changed,)
    return tuple(sorted({month for month in at_hand if month[:4] == changed[:4]} | {changed}))


def _plain(column: Any) -> Texts:
    plain: Any = np.ma.filled(column.astype(object), None) if np.ma.isMaskedArray(column) else column  # type: ignore[no-untyped-call]
    return np.asarray(plain, dtype=np.object_)


def _floats(column: Any) -> npt.NDArray[np.float64]:
    filled = np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)  # type: ignore[no-untyped-call]
    return np.asarray(filled, dtype=np.float64)
