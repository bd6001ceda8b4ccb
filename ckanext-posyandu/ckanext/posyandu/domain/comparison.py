"""The recap's counts beside those of the same children in e-PPGBM: for the walidata, never published beside them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ckanext.ntbsatudata.domain.problems import Problem, Severity

PAIRS = {  # measure of our table: what the recap calls it
    "ditimbang": "ditimbang_0_59", "diukur": "diukur_0_59", "ditimbang_diukur": "ditimbang_diukur_0_59", "naik": "naik", "tidak_naik": "tidak_naik",
    "tidak_ditimbang_lalu": "tidak_ditimbang_lalu", "baru": "baru", "stunting": "stunting", "wasting": "wasting", "overweight": "overweight",
    "underweight": "underweight",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One count of one kabupaten: the sums of both sources over the desa that are in both, and in how many of these they differ."""

    kabupaten_kota: str
    measure: str
    children: int
    recap: int
    desa: int
    desa_differing: int


def compare(connection: duckdb.DuckDBPyConnection, records: str, recap: str) -> list[Difference]:
    """Return a row for each kabupaten and count, in order."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in PAIRS)
    found = []
    for measure, column in PAIRS.items():
        rows = connection.execute(
            f"""
            WITH ours AS (SELECT wilayah, {sums} FROM {records} WHERE ditimbang IS NOT NULL GROUP BY wilayah)
            SELECT wilayah[1:5] AS kabupaten, sum(ours.{measure})::BIGINT, sum(recap.{column})::BIGINT, count(*),
                count(*) FILTER (ours.{measure} <> recap.{column})
            FROM ours JOIN {recap} AS recap USING (wilayah) WHERE recap.{column} IS NOT NULL GROUP BY kabupaten ORDER BY kabupaten
            """
        ).fetchall()
        found += [Difference(kabupaten, measure, *counts) for kabupaten, *counts in rows]
    return sorted(found, key=lambda one: (one.kabupaten_kota, one.measure))


def as_notices(differences: list[Difference]) -> list[Problem]:
    """Return one notice for each kabupaten and count that differ: in how many desa, never by how many children."""
    return [
        Problem(
            "recap-differs",
            field=one.measure,
            severity=Severity.NOTICE,
            values={"region": one.kabupaten_kota, "desa": one.desa, "differing": one.desa_differing},
        )
        for one in differences
        if one.desa_differing
    ]
