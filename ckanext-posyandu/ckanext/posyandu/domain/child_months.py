"""The e-PPGBM export to one measurement a child and month: typed, placed, without duplicates, with z-scores of our own.

Everything is a column operation in DuckDB, but for the z-scores, which numpy computes slice by slice.
"""

from __future__ import annotations

import duckdb
import numpy as np
from numpy.typing import NDArray

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Severity
from ckanext.posyandu.domain.faults import DUPLICATE, OUTSIDE, PLACE, USED, Fault, fate_of, faults_of, problems_where
from ckanext.posyandu.domain.growth import Index, Measurements, classify, implausible, z_scores
from ckanext.posyandu.domain.places import Places
from ckanext.posyandu.domain.placing import place_problems, place_rows
from ckanext.posyandu.domain.read_rows import ReadRows
from ckanext.posyandu.domain.readings import columns_of, kilograms, positive, read_codes, read_days, read_moments, read_numbers

ROWS, CHILDREN = "eppgbm_rows", "eppgbm_children"
SLICE = 200_000
CLOSE = 0.0101  # SD: two results rounded to hundredths that are the same result
INDEXES = {Index.BB_U: "bb_u", Index.TB_U: "tb_u", Index.BB_TB: "bb_tb"}

DAYS = ("tanggal_lahir", "tanggal_pengukuran")
WEIGHTS = ("berat", "berat_lahir")
LENGTHS = ("tinggi", "lila")
SCORES = ("zs_bb_u", "zs_tb_u", "zs_bb_tb")
LABELS = {"jenis_kelamin": "jenis-kelamin", "cara_ukur": "cara-ukur", "naik_berat_badan": "status-penimbangan"}
# What settles which of two rows of a day is the child's: their values, so that the order of rows never matters.
SETTLING = (*WEIGHTS, *LENGTHS, "cara_ukur", "naik_berat_badan", *SCORES, "wilayah", "jenis_kelamin", "tanggal_lahir")

FAULTS = (
    Fault("day-unreadable", "tanggal_pengukuran", "tanggal_pengukuran IS NULL"),
    Fault(OUTSIDE, "tanggal_pengukuran", "strftime(tanggal_pengukuran, '%Y-%m') <> $period"),
    Fault("day-unreadable", "tanggal_lahir", "tanggal_lahir IS NULL"),
    Fault(PLACE, "desa_kelurahan", "wilayah IS NULL"),
    Fault("label-unknown", "jenis_kelamin", "jenis_kelamin IS NULL"),
    Fault("age-outside-five-years", "tanggal_lahir", "tanggal_lahir > tanggal_pengukuran OR umur_bulan > 59"),
    Fault("nothing-measured", "berat", "berat IS NULL AND tinggi IS NULL"),
    Fault("child-without-key", "nik", "nik IS NULL AND nama IS NULL"),
)


def read_child_months(connection: duckdb.DuckDBPyConnection, table: str, period: str, places: Places, lists: CodeLists) -> ReadRows:
    """Make the table `eppgbm_children`, one row a child, and return what became of the rows.

    Its columns: wilayah, jenis_kelamin, umur_bulan (completed months), berat (kg), tinggi (cm), naik_berat_badan (N, T, O, B), and for
    each index its class (place in `growth.classes`, −1 none) and whether WHO flags it.
    """
    typed = _typed_rows(connection, table, places, lists)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ROWS} AS SELECT *, {fate_of(FAULTS)} AS fate FROM ({typed})", {"period": period})
    ties = _choose(connection)
    scores = _grow(connection)
    counts = dict(connection.execute(f"SELECT fate, count(*) FROM {ROWS} GROUP BY fate").fetchall())
    problems = faults_of(connection, ROWS, FAULTS)
    problems += place_problems(connection, table, ROWS)
    for column in ("berat", "tinggi"):
        condition = f"fate = '{USED}' AND {column}_unreadable"
        problems += problems_where(connection, ROWS, "number-unreadable", column, condition, Severity.WARNING)
    (grams, without_nik) = connection.execute(
        f"SELECT count(*) FILTER (grams), count(*) FILTER (nik IS NULL) FROM {ROWS} WHERE fate = '{USED}'"
    ).fetchall()[0]
    notes = {"ties-settled-by-values": ties, "grams-read-as-kilograms": grams, "children-without-nik": without_nik, **scores}
    return ReadRows.of(counts, problems, notes)


def _typed_rows(connection: duckdb.DuckDBPyConnection, table: str, places: Places, lists: CodeLists) -> str:
    """Return SQL for every row of the export in types; what is not there or cannot be read is NULL."""
    there = columns_of(connection, table)
    joins, chosen = [], []

    def choose(column: str, readings: str, kind: str, expression: str = "{}") -> None:
        if column in there:
            joins.append(
                f'LEFT JOIN {readings} AS of_{column} ON of_{column}._file = source._file AND of_{column}.text = source."{column}"'
            )
            chosen.append(f"{expression.format(f'of_{column}.value')} AS {column}")
        else:
            chosen.append(f"NULL::{kind} AS {column}")

    days = read_days(connection, table, [name for name in DAYS if name in there])
    for column in DAYS:
        choose(column, days, "DATE")
    numbers = read_numbers(connection, table, [name for name in (*WEIGHTS, *LENGTHS, *SCORES) if name in there])
    for column in WEIGHTS:
        choose(column, numbers, "DOUBLE", kilograms("{0}"))
    for column in LENGTHS:
        choose(column, numbers, "DOUBLE", positive("{0}"))
    for column in SCORES:
        choose(column, numbers, "DOUBLE")
    for column, list_id in LABELS.items():
        choose(column, read_codes(connection, table, column, lists, list_id) if column in there else "", "VARCHAR")
    choose("waktu_input", read_moments(connection, table, "waktu_input") if "waktu_input" in there else "", "VARCHAR")
    identity = [
        f"md5_number(source.{name}) AS {name}" if name in there else f"NULL::UHUGEINT AS {name}"
        for name in ("nik", "nama", "nama_orang_tua")
    ]
    named = ", ".join(f"coalesce(source.{name}, '')" for name in ("nama", "nama_orang_tua") if name in there)
    identity.append(f"md5_number(concat_ws('|', {named}, of_tanggal_lahir.value)) AS triple")
    grams = " OR ".join(f"coalesce(of_{name}.value >= 100, FALSE)" for name in WEIGHTS if name in there) or "FALSE"
    doubts = [
        f"coalesce(source.{name} IS NOT NULL AND of_{name}.value IS NULL AND regexp_matches(source.{name}, '[0-9]'), FALSE) AS {name}_unreadable"
        for name in ("berat", "tinggi")
    ]
    place_table, same_place = place_rows(connection, table, places)
    return f"""
        SELECT source._file, source._row, placed.place, placed.wilayah, {", ".join([*identity, *chosen, *doubts])}, {grams} AS grams,
            date_sub('month', of_tanggal_lahir.value, of_tanggal_pengukuran.value) AS umur_bulan
        FROM {table} AS source {" ".join(joins)} LEFT JOIN {place_table} ON {same_place}
    """


def _choose(connection: duckdb.DuckDBPyConnection) -> int:
    """Keep one row a child as `used`, mark the others `duplicate`; return how many children had a tie.

    A NIK that stands beside different names with different birth days or mothers is no key: a spreadsheet made one number of many.
    Without a NIK the child is its name, birth day and mother, and the one NIK that these stand beside elsewhere, if there is one.
    """
    order = ", ".join(f"{column} DESC NULLS LAST" for column in SETTLING)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {ROWS}_keyed AS
        WITH candidates AS (
            SELECT rowid AS line, nik, nama, tanggal_lahir, nama_orang_tua, triple FROM {ROWS} WHERE fate = '{USED}'
        ), no_key AS (
            SELECT nik FROM candidates WHERE nik IS NOT NULL GROUP BY nik HAVING min(nama) <> max(nama)
            AND (min(tanggal_lahir) <> max(tanggal_lahir) OR min(nama_orang_tua) <> max(nama_orang_tua))
        ), sound AS (
            SELECT line, triple, nama, CASE WHEN no_key.nik IS NULL THEN candidates.nik END AS nik FROM candidates LEFT JOIN no_key USING (nik)
        ), elsewhere AS (
            SELECT triple, min(nik) AS nik FROM sound WHERE nik IS NOT NULL AND nama IS NOT NULL GROUP BY triple HAVING min(nik) = max(nik)
        )
        SELECT line, coalesce(sound.nik, elsewhere.nik, triple) AS child FROM sound LEFT JOIN elsewhere USING (triple)
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {ROWS}_ranked AS
        WITH several AS (SELECT child FROM {ROWS}_keyed GROUP BY child HAVING count(*) > 1)
        SELECT line, child, row_number() OVER (PARTITION BY child ORDER BY tanggal_pengukuran DESC, waktu_input DESC NULLS LAST, {order}) AS place,
            rank() OVER (PARTITION BY child ORDER BY tanggal_pengukuran DESC, waktu_input DESC NULLS LAST) AS day_place,
            hash({", ".join(SETTLING)}) AS content
        FROM {ROWS}_keyed SEMI JOIN several USING (child) JOIN {ROWS} ON {ROWS}.rowid = line
        """
    )
    connection.execute(
        f"UPDATE {ROWS} SET fate = '{DUPLICATE}' FROM {ROWS}_ranked WHERE {ROWS}.rowid = {ROWS}_ranked.line AND {ROWS}_ranked.place > 1"
    )
    (ties,) = connection.execute(
        f"SELECT count(*) FROM (SELECT child FROM {ROWS}_ranked WHERE day_place = 1 GROUP BY child HAVING count(DISTINCT content) > 1)"
    ).fetchall()[0]
    for table in ("keyed", "ranked"):
        connection.execute(f"DROP TABLE {ROWS}_{table}")
    return int(ties)


def _grow(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Make `eppgbm_children` with classes, z-scores and flags; return how many the export's own scores differ from, and the flagged."""
    columns = "wilayah, jenis_kelamin, umur_bulan, berat, tinggi, lila, naik_berat_badan"
    made = ", ".join(f"kelas_{name} TINYINT, outlier_{name} BOOLEAN" for name in INDEXES.values())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {CHILDREN}_growth (line BIGINT, {made})")
    notes = {"z-scores-compared": 0, "z-scores-differ": 0, "z-scores-flagged": 0}
    (last,) = connection.execute(f"SELECT coalesce(max(rowid), -1) FROM {ROWS}").fetchall()[0]
    for start in range(0, last + 1, SLICE):
        part = connection.execute(
            f"""
            SELECT rowid AS line, jenis_kelamin = 'L' AS male, (tanggal_pengukuran - tanggal_lahir)::DOUBLE AS age_days, berat, tinggi,
                coalesce(cara_ukur = 'terlentang', FALSE) AS lying, coalesce(cara_ukur = 'berdiri', FALSE) AS standing, {", ".join(SCORES)}
            FROM {ROWS} WHERE fate = '{USED}' AND rowid >= {start} AND rowid < {start + SLICE}
            """
        ).fetchnumpy()
        if not len(part["line"]):
            continue
        given = {name: _filled(part[name]) for name in ("age_days", "berat", "tinggi", *SCORES)}
        scores = z_scores(
            Measurements(
                np.asarray(part["male"], dtype=np.bool_), given["age_days"], given["berat"], given["tinggi"],
                np.asarray(part["lying"], dtype=np.bool_), np.asarray(part["standing"], dtype=np.bool_),
            )
        )  # fmt: skip
        arrays: dict[str, NDArray[np.generic]] = {"line": np.asarray(part["line"])}
        for index, name in INDEXES.items():
            z, theirs, flagged = scores[index], given[f"zs_{name}"], implausible(index, scores[index])
            arrays |= {f"kelas_{name}": classify(index, z), f"outlier_{name}": flagged}
            both = ~np.isnan(z) & ~np.isnan(theirs)
            notes["z-scores-compared"] += int(both.sum())
            notes["z-scores-differ"] += int((np.abs(z - theirs)[both] > CLOSE).sum())
            notes["z-scores-flagged"] += int(flagged.sum())
        connection.register("growth_slice", arrays)
        connection.execute(f"INSERT INTO {CHILDREN}_growth SELECT * FROM growth_slice")
        connection.unregister("growth_slice")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {CHILDREN} AS SELECT {columns}, growth.* EXCLUDE (line)
        FROM {ROWS} JOIN {CHILDREN}_growth AS growth ON growth.line = {ROWS}.rowid
        """
    )
    connection.execute(f"DROP TABLE {CHILDREN}_growth")
    return notes


def _filled(column: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.array(column, dtype=np.float64)
    values[np.ma.getmaskarray(column)] = np.nan  # type: ignore[no-untyped-call]
    return values
