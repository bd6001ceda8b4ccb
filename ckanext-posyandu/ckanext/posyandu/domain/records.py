"""Rows to count for each published table: what of an extract is added up where. One function for each table's records."""

from __future__ import annotations

import duckdb

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.posyandu.domain.child_months import CHILDREN
from ckanext.posyandu.domain.growth import Index, classes

AGE_LIST = "kelompok-umur-balita"
UNDIVIDED = ("sasaran", "buku_kia")
VITAMIN_A_MONTHS = ("02", "08")  # and recall of breastfeeding
MPASI_MONTHS = ("03", "06", "09", "12")
# measure: what the recap calls it, and the months in which it is asked for (all, where none are named)
COVERAGE: dict[str, tuple[str, tuple[str, ...]]] = {
    "sasaran_vitamin_a_6_11": ("sasaran_vitamin_a_6_11", VITAMIN_A_MONTHS),
    "vitamin_a_6_11": ("vitamin_a_6_11", VITAMIN_A_MONTHS),
    "sasaran_vitamin_a_6_59": ("sasaran_vitamin_a_6_11 + sasaran_vitamin_a_12_59", VITAMIN_A_MONTHS),
    "vitamin_a_6_59": ("vitamin_a_6_11 + vitamin_a_12_59", VITAMIN_A_MONTHS),
    "asi_direcall": ("asi_direcall", VITAMIN_A_MONTHS),
    "asi_eksklusif_0_5": ("asi_eksklusif_0_5", VITAMIN_A_MONTHS),
    "bayi_6_bulan": ("bayi_6_bulan", ()),
    "asi_eksklusif_6_bulan": ("asi_eksklusif_6_bulan", ()),
    "mpasi_diwawancarai": ("mpasi_diwawancarai", MPASI_MONTHS),
    "mpasi_lima_kelompok": ("mpasi_lima_kelompok", MPASI_MONTHS),
    "mpasi_hewani": ("mpasi_hewani", MPASI_MONTHS),
    "mpasi_baik": ("mpasi_baik", MPASI_MONTHS),
    "gizi_kurang_pmt_sasaran": ("gizi_kurang", ()),
    "gizi_kurang_pmt": ("gizi_kurang_pmt", ()),
    "bb_kurang_pmt_sasaran": ("bb_kurang", ()),
    "bb_kurang_pmt": ("bb_kurang_pmt", ()),
    "tidak_naik_pmt_sasaran": ("tidak_naik_pmt_sasaran", ()),
    "tidak_naik_pmt": ("tidak_naik_pmt", ()),
    "stunting_rujuk_sasaran": ("stunting_perlu_rujuk", ()),
    "stunting_dirujuk": ("stunting_dirujuk", ()),
}
DOSES = ("hb0", "bcg", "polio_1", "polio_2", "polio_3", "polio_4", "dpt_hb_1", "dpt_hb_2", "dpt_hb_3", "campak")


def _among(index: Index, *names: str) -> str:
    positions = ", ".join(str(classes(index).index(name)) for name in names)
    return f"IN ({positions})"


# What a child counts as; a flagged value is measured and belongs to no class.
CHILD_MEASURES = {
    "ditimbang": "berat IS NOT NULL",
    "naik": "berat IS NOT NULL AND naik_berat_badan = 'N'",
    "tidak_naik": "berat IS NOT NULL AND naik_berat_badan = 'T'",
    "ditimbang_dinilai": "berat IS NOT NULL AND naik_berat_badan IN ('N', 'T')",
    "tidak_ditimbang_lalu": "berat IS NOT NULL AND naik_berat_badan = 'O'",
    "baru": "berat IS NOT NULL AND naik_berat_badan = 'B'",
    "diukur": "tinggi IS NOT NULL",
    "stunting": f"kelas_tb_u {_among(Index.TB_U, 'sangat_pendek', 'pendek')}",
    "pendek": f"kelas_tb_u {_among(Index.TB_U, 'pendek')}",
    "sangat_pendek": f"kelas_tb_u {_among(Index.TB_U, 'sangat_pendek')}",
    "ditimbang_diukur": "berat IS NOT NULL AND tinggi IS NOT NULL",
    "wasting": f"kelas_bb_tb {_among(Index.BB_TB, 'gizi_buruk', 'gizi_kurang')}",
    "overweight": f"kelas_bb_tb {_among(Index.BB_TB, 'gizi_lebih', 'obesitas')}",
    "underweight": f"kelas_bb_u {_among(Index.BB_U, 'sangat_kurang', 'kurang')}",
}


def child_records(connection: duckdb.DuckDBPyConnection, period: str, lists: CodeLists, children: bool, recap: str | None) -> str:
    """Make the rows of `balita-bulanan`: a row a child, and one a desa for what the recap alone knows; return the table."""
    parts = []
    columns = (*CHILD_MEASURES, *UNDIVIDED)
    if children:
        groups = lists.get(AGE_LIST).edition()
        ages = " ".join(f"WHEN umur_bulan < {item.attributes['months_to']} THEN '{item.code}'" for item in groups)
        flags = ", ".join(f"coalesce({condition}, FALSE)::INTEGER AS {name}" for name, condition in CHILD_MEASURES.items())
        nothing = ", ".join(f"NULL::INTEGER AS {name}" for name in UNDIVIDED)
        parts.append(
            f"SELECT '{period}' AS bulan, wilayah, jenis_kelamin, CASE {ages} END AS kelompok_umur, {flags}, {nothing} FROM {CHILDREN}"
        )
    if recap:
        nothing = ", ".join(f"NULL::INTEGER AS {name}" for name in CHILD_MEASURES)
        parts.append(
            f"SELECT '{period}' AS bulan, wilayah, 'T' AS jenis_kelamin, 'T' AS kelompok_umur, {nothing}, "
            f"sasaran_0_59::INTEGER AS sasaran, buku_kia::INTEGER AS buku_kia FROM {recap}"
        )
    return _made(
        connection,
        "balita_bulanan",
        f"SELECT bulan, wilayah, jenis_kelamin, kelompok_umur, {', '.join(columns)} FROM ({' UNION ALL BY NAME '.join(parts)})",
    )


def coverage_records(connection: duckdb.DuckDBPyConnection, period: str, recap: str) -> str:
    """Make the rows of `cakupan-gizi-bulanan`; what the month does not ask for is NULL, never zero."""
    measures = [
        f"({sql})::INTEGER AS {name}" if not months or period[5:] in months else f"NULL::INTEGER AS {name}"
        for name, (sql, months) in COVERAGE.items()
    ]
    return _made(connection, "cakupan_gizi_bulanan", f"SELECT '{period}' AS bulan, wilayah, {', '.join(measures)} FROM {recap}")


def severe_records(connection: duckdb.DuckDBPyConnection, period: str, recap: str) -> str:
    """Make the rows of `gizi-buruk-triwulan`, by kabupaten: of the sensitive tier."""
    ages = ("0_5", "6_23", "24_59")
    found = " + ".join(f"gizi_buruk_{age}" for age in ages)
    treated = " + ".join(f"gizi_buruk_{age}_dirawat" for age in ages)
    query = f"SELECT '{period}' AS bulan, wilayah[1:5] AS wilayah, ({found})::INTEGER AS gizi_buruk, ({treated})::INTEGER AS gizi_buruk_dirawat FROM {recap}"
    return _made(connection, "gizi_buruk_triwulan", query)


def immunisation_records(connection: duckdb.DuckDBPyConnection, period: str, form_6: str) -> str:
    """Make the rows of `imunisasi-bulanan`, by kecamatan."""
    doses = ", ".join(f"{name}::INTEGER AS imunisasi_{name}" for name in DOSES)
    return _made(connection, "imunisasi_bulanan", f"SELECT '{period}' AS bulan, wilayah[1:8] AS wilayah, {doses} FROM {form_6}")


def posyandu_records(connection: duckdb.DuckDBPyConnection, period: str, listed: str, form_6: str | None) -> str:
    """Make the rows of `posyandu-strata`, one a posyandu with a stratum: attributes of the posyandu, no health figure."""
    reported = (
        f"(EXISTS (SELECT 1 FROM {form_6} AS sent WHERE sent.wilayah = one.wilayah AND sent.unit = one.unit))::INTEGER"
        if form_6
        else "NULL::INTEGER"
    )
    query = f"""
        SELECT '{period}' AS bulan, wilayah[1:8] AS wilayah, strata, 1 AS posyandu, aktif::INTEGER AS posyandu_aktif, {reported} AS posyandu_melapor
        FROM {listed} AS one
    """
    return _made(connection, "posyandu_strata", query)


def _made(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> str:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE records_{name} AS {query}")
    return f"records_{name}"
