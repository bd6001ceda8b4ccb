"""The list of posyandu: where each lies, its stratum, and whether it is active. Attributes alone; no count of people."""

from __future__ import annotations

import duckdb

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.posyandu.domain.faults import DUPLICATE, PLACE, USED, Fault, fate_of, faults_of
from ckanext.posyandu.domain.places import Places
from ckanext.posyandu.domain.placing import place_problems, place_rows
from ckanext.posyandu.domain.read_rows import ReadRows
from ckanext.posyandu.domain.readings import columns_of, read_codes, read_texts

LISTED = "posyandu_listed"
_YES = {"ya": "true", "y": "true", "aktif": "true", "1": "true", "tidak": "false", "t": "false", "tidak aktif": "false", "0": "false"}
FAULTS = (
    Fault(PLACE, "desa_kelurahan", "wilayah IS NULL"),
    Fault("unit-missing", "posyandu", "unit IS NULL OR unit = ''"),
    Fault("label-unknown", "strata", "strata IS NULL"),
)


def read_posyandu(connection: duckdb.DuckDBPyConnection, table: str, places: Places, lists: CodeLists) -> tuple[str, ReadRows]:
    """Make the table `posyandu_listed` (wilayah, unit, strata, aktif), one row a posyandu; return it and what became of the rows."""
    strata = read_codes(connection, table, "strata", lists, "posyandu-strata")
    active, join = "NULL::BOOLEAN", ""
    if "aktif" in columns_of(connection, table):
        read = read_texts(connection, table, "aktif", lambda text: _YES.get(text.casefold()))
        active = "of_aktif.value::BOOLEAN"
        join = f"LEFT JOIN {read} AS of_aktif ON of_aktif._file = source._file AND of_aktif.text = source.aktif"
    place_table, same_place = place_rows(connection, table, places)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {LISTED}_rows AS
        WITH typed AS (
            SELECT source._file, source._row, placed.place, placed.wilayah, upper(trim(source.posyandu)) AS unit, of_strata.value AS strata,
                {active} AS aktif
            FROM {table} AS source LEFT JOIN {strata} AS of_strata ON of_strata._file = source._file AND of_strata.text = source.strata {join}
            LEFT JOIN {place_table} ON {same_place}
        ), judged AS (SELECT *, {fate_of(FAULTS)} AS first_fate FROM typed)
        SELECT *, CASE WHEN first_fate = '{USED}' AND row_number() OVER (PARTITION BY first_fate, wilayah, unit ORDER BY strata, aktif) > 1
            THEN '{DUPLICATE}' ELSE first_fate END AS fate
        FROM judged
        """
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {LISTED} AS SELECT wilayah, unit, strata, aktif FROM {LISTED}_rows WHERE fate = '{USED}'"
    )
    fates = dict(connection.execute(f"SELECT fate, count(*) FROM {LISTED}_rows GROUP BY fate").fetchall())
    problems = faults_of(connection, f"{LISTED}_rows", FAULTS) + place_problems(connection, table, f"{LISTED}_rows")
    return LISTED, ReadRows.of(fates, problems, {})
