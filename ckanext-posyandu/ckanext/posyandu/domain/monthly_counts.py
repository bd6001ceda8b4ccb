"""Counts that come once a month for each desa or posyandu: the SIGIZI recap, the SIP forms F5 and F6.

A missing count is not zero; a row whose parts do not make its total is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from ckanext.ntbsatudata.domain.tables.dates import MONTHS, canonical_date
from ckanext.posyandu.domain.faults import DUPLICATE, OUTSIDE, PLACE, USED, Fault, fate_of, faults_of
from ckanext.posyandu.domain.places import Places
from ckanext.posyandu.domain.placing import place_problems, place_rows
from ckanext.posyandu.domain.read_rows import ReadRows
from ckanext.posyandu.domain.readings import columns_of, read_moments, read_numbers, read_texts

# Hard gates of the recap: [11] = [9] + [10], [16] = [12] + [14], [22] = [18] + [20], [28] = [24] + [26], [36] = [32] + [33].
RECAP_IDENTITIES = {
    "sasaran_0_59": ("sasaran_0_23", "sasaran_24_59"),
    "ditimbang_0_59": ("ditimbang_0_23", "ditimbang_24_59"),
    "diukur_0_59": ("diukur_0_23", "diukur_24_59"),
    "ditimbang_diukur_0_59": ("ditimbang_diukur_0_23", "ditimbang_diukur_24_59"),
    "dinilai": ("naik", "tidak_naik"),
}

# Parts of a whole that is counted, not estimated: more than the whole is an error (`sasaran` is an estimate and may be exceeded).
RECAP_PARTS = {
    "stunting": "diukur_0_59", "wasting": "ditimbang_diukur_0_59", "overweight": "ditimbang_diukur_0_59", "underweight": "ditimbang_0_59",
    "asi_eksklusif_0_5": "asi_direcall", "asi_eksklusif_6_bulan": "bayi_6_bulan", "mpasi_lima_kelompok": "mpasi_diwawancarai",
    "mpasi_hewani": "mpasi_diwawancarai", "mpasi_baik": "mpasi_diwawancarai", "gizi_kurang_pmt": "gizi_kurang", "bb_kurang_pmt": "bb_kurang",
    "tidak_naik_pmt": "tidak_naik_pmt_sasaran", "gizi_buruk_0_5_dirawat": "gizi_buruk_0_5", "gizi_buruk_6_23_dirawat": "gizi_buruk_6_23",
    "gizi_buruk_24_59_dirawat": "gizi_buruk_24_59", "stunting_dirujuk": "stunting_perlu_rujuk",
}  # fmt: skip


def read_monthly_counts(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    period: str,
    places: Places,
    counts: Sequence[str],
    identities: Mapping[str, Sequence[str]] | None = None,
    parts_of: Mapping[str, str] | None = None,
    unit: str | None = None,
) -> tuple[str, ReadRows]:
    """Make a table `<table>_counts` (wilayah, the unit, each count or NULL) of one month; return its name and what became of the rows.

    `unit`: the column that tells rows of one desa apart (posyandu); without it a desa has one row.
    """
    there = columns_of(connection, table)
    present = [name for name in counts if name in there]
    numbers = read_numbers(connection, table, present)
    joins, chosen, whole = [], [], []
    for name in counts:
        if name not in there:
            chosen.append(f"NULL::BIGINT AS {name}")
            continue
        joins.append(f'LEFT JOIN {numbers} AS of_{name} ON of_{name}._file = source._file AND of_{name}.text = source."{name}"')
        chosen.append(f"try_cast(of_{name}.value AS BIGINT) AS {name}")
        readable = f"(of_{name}.value >= 0 AND of_{name}.value = floor(of_{name}.value))"
        whole.append(f"({readable} OR coalesce(trim(source.{name}), '-') IN ('', '-'))")
    month = "$period"
    if "bulan" in there:
        months = read_texts(connection, table, "bulan", _month)
        joins.append(f"LEFT JOIN {months} AS of_bulan ON of_bulan._file = source._file AND of_bulan.text = source.bulan")
        year = "coalesce(nullif(trim(source.tahun), ''), $period[1:4])" if "tahun" in there else "$period[1:4]"
        month = f"CASE WHEN length(of_bulan.value) = 2 THEN {year} || '-' || of_bulan.value ELSE of_bulan.value END"
    moment = "NULL::VARCHAR"
    if "waktu_input" in there:
        moments = read_moments(connection, table, "waktu_input")
        joins.append(f"LEFT JOIN {moments} AS of_input ON of_input._file = source._file AND of_input.text = source.waktu_input")
        moment = "of_input.value"
    place_table, same_place = place_rows(connection, table, places)
    keys = f"upper(trim(source.{unit})) AS unit" if unit else "NULL::VARCHAR AS unit"
    faults = (
        Fault("month-unreadable", "bulan", "bulan IS NULL"),
        Fault(OUTSIDE, "bulan", "bulan <> $period"),
        Fault(PLACE, "desa_kelurahan", "wilayah IS NULL"),
        *((Fault("unit-missing", unit, "unit IS NULL OR unit = ''"),) if unit else ()),
        Fault("count-unreadable", ", ".join(present[:1]), "NOT coalesce(readable, FALSE)"),
        *(Fault("identity-not-met", total, f"{total} <> {' + '.join(parts)}") for total, parts in (identities or {}).items()),
        *(Fault("numerator-exceeds-denominator", part, f"{part} > {total}") for part, total in (parts_of or {}).items()),
    )
    order = ", ".join(f"{name} DESC NULLS LAST" for name in ("moment", *counts))
    rows = f"{table}_rows"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {rows} AS
        WITH typed AS (
            SELECT source._file, source._row, placed.place, placed.wilayah, {keys}, {month} AS bulan, {moment} AS moment,
                {", ".join(chosen)}, {" AND ".join(whole) or "TRUE"} AS readable
            FROM {table} AS source {" ".join(joins)} LEFT JOIN {place_table} ON {same_place}
        ), judged AS (SELECT *, {fate_of(faults)} AS first_fate FROM typed)
        SELECT *, CASE WHEN first_fate = '{USED}' AND row_number() OVER (PARTITION BY first_fate, wilayah, unit ORDER BY {order}) > 1
            THEN '{DUPLICATE}' ELSE first_fate END AS fate
        FROM judged
        """,
        {"period": period},
    )
    made = f"{table}_counts"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT wilayah, unit, {', '.join(counts)} FROM {rows} WHERE fate = '{USED}'"
    )
    fates = dict(connection.execute(f"SELECT fate, count(*) FROM {rows} GROUP BY fate").fetchall())
    problems = faults_of(connection, rows, faults) + place_problems(connection, table, rows)
    return made, ReadRows.of(fates, problems, {})


def _month(text: str) -> str | None:
    """Return `2025-03` where the text names the year too, else `03`; None when it is no month."""
    name = text.casefold().strip(".")
    if name in MONTHS:
        return f"{MONTHS[name]:02d}"
    if name.isdigit() and 1 <= int(name) <= 12:
        return f"{int(name):02d}"
    if len(name) == 7 and name[4] == "-" and name[:4].isdigit() and name[5:].isdigit():
        return name
    found = canonical_date(text)
    return found[:7] if found else None
