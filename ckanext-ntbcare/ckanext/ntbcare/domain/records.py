"""From the course of complaints to the rows each registered table counts, for one month.

Flows balance for every single complaint: taken over + received + reopened = closed + still open. Formulas: docs/reference/ntbcare.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import duckdb

from ckanext.ntbcare.domain.vocabulary import NO_CHANNEL, NO_PRIORITY, NOT_FORWARDED

# Bands of a duration, hours: code, from, below. A complaint that is not closed yet stands in the last.
BANDS: tuple[tuple[str, float, float | None], ...] = (
    ("0-1", 0, 1), ("1-24", 1, 24), ("24-48", 24, 48), ("48-168", 48, 168), ("168-720", 168, 720), ("720-2160", 720, 2160), ("2160-", 2160, None),
)  # fmt: skip
OPEN_BAND = "belum"


def month_bounds(period: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and of the next."""
    first = datetime.strptime(period, "%Y-%m")
    return first, (first + timedelta(days=32)).replace(day=1)


def write_records(
    connection: duckdb.DuckDBPyConnection, period: str, as_of: datetime, regions: Sequence[str], top: str, limits: Mapping[str, float]
) -> tuple[dict[str, str], dict[str, int]]:
    """Return the record table of each spec, and notes. `as_of`: the extract knows nothing later. Every region has rows of zeros."""
    first, after = month_bounds(period)
    for name, value in (("awal", first), ("akhir", after), ("saat", as_of)):
        connection.execute(f"SET VARIABLE {name} = TIMESTAMP '{value.isoformat(sep=' ')}'")
    connection.execute(f"SET VARIABLE bulan = '{period}'")
    connection.execute("CREATE OR REPLACE TEMP TABLE daerah (wilayah VARCHAR)")
    connection.executemany("INSERT INTO daerah VALUES (?)", [[region] for region in regions])
    connection.execute(_IN_MONTH)
    notes: dict[str, int] = {}
    mature = as_of >= after + timedelta(hours=max(limits.values(), default=0))
    if not mature:
        notes["kohort-belum-matang"] = _number(
            connection, "SELECT count(*) FROM dalam_bulan WHERE masuk >= getvariable('awal') AND tier = 'A'"
        )
    cohort = "1" if mature else "NULL"
    connection.execute(_COUNTS["A"])
    connection.execute(_COUNTS["B"])
    connection.execute(_COUNTS["C"].format(top=top))
    connection.execute(_FLOWS)
    connection.execute(_TIMES.format(cohort=cohort, zero="0" if mature else "NULL"))
    unknown = _number(
        connection,
        "SELECT count(*) FROM dalam_bulan WHERE tier = 'A' AND ditutup >= getvariable('awal') AND NOT (masuk_berjam AND tutup_berjam)",
    )
    estimated = _number(connection, "SELECT count(*) FROM dalam_bulan WHERE dasar = 'perkiraan' AND ditutup >= getvariable('awal')")
    notes |= {code: count for code, count in (("waktu-tidak-dapat-dihitung", unknown), ("waktu-perkiraan", estimated)) if count}
    return dict(TABLES), notes


TABLES = {
    "pengaduan-umum": "rekam_umum", "pengaduan-pribadi-triwulan": "rekam_pribadi", "pengaduan-peka-tahun": "rekam_peka",
    "pengaduan-umum-arus": "rekam_arus", "pengaduan-umum-waktu": "rekam_waktu",
}  # fmt: skip


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def _band(hours: str) -> str:
    cases = " ".join(f"WHEN {hours} < {below} THEN '{code}'" for code, _, below in BANDS if below is not None)
    return f"CASE WHEN {hours} IS NULL THEN '{OPEN_BAND}' {cases} ELSE '{BANDS[-1][0]}' END"


def _hours(end: str) -> str:
    return f"(date_diff('second', masuk, {end}) / 3600.0)"


# What happened to each complaint in the month. The state at a moment is that of the last step before it; without one it is open.
_IN_MONTH = """
CREATE OR REPLACE TEMP TABLE dalam_bulan AS
WITH keadaan AS (
    SELECT sistem, kunci,
        coalesce(arg_max(akhir, (waktu, urutan)) FILTER (waktu < getvariable('awal')), false) AS tutup_awal,
        coalesce(arg_max(akhir, (waktu, urutan)) FILTER (waktu < getvariable('akhir')), false) AS tutup_akhir,
        count(*) FILTER (waktu >= getvariable('awal') AND waktu < getvariable('akhir') AND beralih AND akhir AND status = 'selesai') AS selesai,
        count(*) FILTER (waktu >= getvariable('awal') AND waktu < getvariable('akhir') AND beralih AND akhir AND status <> 'selesai') AS ditolak,
        count(*) FILTER (waktu >= getvariable('awal') AND waktu < getvariable('akhir') AND beralih AND NOT akhir) AS dibuka_kembali
    FROM langkah GROUP BY sistem, kunci)
SELECT j.*, (j.masuk < getvariable('awal') AND NOT coalesce(k.tutup_awal, false))::INTEGER AS backlog_awal,
    (j.masuk >= getvariable('awal'))::INTEGER AS diterima_bulan_ini, coalesce(k.dibuka_kembali, 0)::INTEGER AS dibuka_kembali,
    coalesce(k.selesai, 0)::INTEGER AS selesai, coalesce(k.ditolak, 0)::INTEGER AS ditolak,
    (NOT coalesce(k.tutup_akhir, false))::INTEGER AS backlog, date_diff('day', j.masuk, getvariable('akhir')) - 1 AS umur
FROM jalannya j LEFT JOIN keadaan k USING (sistem, kunci)
WHERE j.masuk < getvariable('akhir') AND (j.masuk >= getvariable('awal') OR NOT coalesce(k.tutup_awal, false)
    OR coalesce(k.selesai + k.ditolak + k.dibuka_kembali, 0) > 0)"""

_COUNTS = {
    "A": f"""CREATE OR REPLACE TEMP TABLE rekam_umum AS
SELECT getvariable('bulan') AS bulan, wilayah, kategori, status AS status_pengaduan, opd, 1::INTEGER AS pengaduan FROM dalam_bulan WHERE tier = 'A' AND diterima_bulan_ini = 1
UNION ALL SELECT getvariable('bulan'), wilayah, 'jalan', 'masuk', '{NOT_FORWARDED}', 0 FROM daerah""",
    "B": """CREATE OR REPLACE TEMP TABLE rekam_pribadi AS
SELECT getvariable('bulan') AS bulan, wilayah, kategori, 1::INTEGER AS pengaduan FROM dalam_bulan WHERE tier = 'B' AND diterima_bulan_ini = 1
UNION ALL SELECT getvariable('bulan'), wilayah, 'kesehatan', 0 FROM daerah""",
    "C": """CREATE OR REPLACE TEMP TABLE rekam_peka AS
SELECT getvariable('bulan') AS bulan, '{top}' AS wilayah, kategori, 1::INTEGER AS pengaduan FROM dalam_bulan
WHERE tier NOT IN ('A', 'B') AND diterima_bulan_ini = 1
UNION ALL SELECT getvariable('bulan'), '{top}', 'kdrt_anak', 0""",
}

_FLOWS = f"""
CREATE OR REPLACE TEMP TABLE rekam_arus AS
SELECT getvariable('bulan') AS bulan, wilayah, kategori, kanal, prioritas, sistem AS sistem_sumber, backlog_awal, diterima_bulan_ini AS masuk, dibuka_kembali,
    backlog_awal + diterima_bulan_ini + dibuka_kembali AS beban, selesai, ditolak, selesai + ditolak AS ditutup, backlog,
    CASE WHEN umur <= 7 THEN backlog ELSE 0 END AS backlog_0_7, CASE WHEN umur BETWEEN 8 AND 30 THEN backlog ELSE 0 END AS backlog_8_30,
    CASE WHEN umur BETWEEN 31 AND 90 THEN backlog ELSE 0 END AS backlog_31_90, CASE WHEN umur > 90 THEN backlog ELSE 0 END AS backlog_lebih_90,
    (anonim AND diterima_bulan_ini = 1)::INTEGER AS anonim
FROM dalam_bulan WHERE tier = 'A'
UNION ALL SELECT getvariable('bulan'), wilayah, 'jalan', '{NO_CHANNEL}', '{NO_PRIORITY}', 'ntbcare', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM daerah"""

_WITHIN = (
    "(CASE WHEN ditutup IS NOT NULL THEN 1 WHEN " + _hours("getvariable('saat')") + " > batas_jam THEN 1 ELSE 0 END)",
    "(CASE WHEN ditutup IS NOT NULL AND " + _hours("ditutup") + " <= batas_jam THEN 1 ELSE 0 END)",
)
# A complaint that was refused was not to be resolved: it is in no time of resolution.
_TIMES = (
    """CREATE OR REPLACE TEMP TABLE rekam_waktu AS
WITH dasarnya AS (SELECT * FROM dalam_bulan WHERE tier = 'A' AND masuk_berjam),
diterima AS (SELECT * FROM dasarnya WHERE diterima_bulan_ini = 1)
SELECT getvariable('bulan') AS bulan, wilayah, kategori, prioritas, dasar, """
    + _band(_hours("ditutup"))
    + """ AS lama, 1::INTEGER AS penyelesaian, {zero}::INTEGER AS kohort, 0::INTEGER AS respons, {zero}::INTEGER AS jatuh_tempo, {zero}::INTEGER AS dalam_batas
FROM dasarnya WHERE ditutup_sebagai = 'selesai' AND tutup_berjam AND ditutup >= getvariable('awal') AND ditutup < getvariable('akhir')
UNION ALL SELECT getvariable('bulan'), wilayah, kategori, prioritas, dasar, """
    + _band(_hours("ditutup"))
    + """, 0, {cohort}::INTEGER, 0, CASE WHEN batas_jam IS NULL THEN 0 ELSE """
    + _WITHIN[0]
    + """ END * {cohort}, CASE WHEN batas_jam IS NULL THEN 0 ELSE """
    + _WITHIN[1]
    + """ END * {cohort}
FROM diterima WHERE ditutup IS NULL OR (ditutup_sebagai = 'selesai' AND tutup_berjam)
UNION ALL SELECT getvariable('bulan'), wilayah, kategori, prioritas, dasar, """
    + _band(_hours("respons"))
    + """, 0, {zero}, 1, {zero}, {zero} FROM diterima WHERE respons_berjam
UNION ALL SELECT getvariable('bulan'), wilayah, 'jalan', '"""
    + NO_PRIORITY
    + """', 'tercatat', '"""
    + OPEN_BAND
    + """', 0, {zero}, 0, {zero}, {zero} FROM daerah"""
)
