"""The course of each complaint: when it was opened, closed, opened again, and first answered.

From the status log where the complaint has one (recorded); else from its last change and its first comment by an official, which
any later edit overwrites (an estimate, labelled so wherever it is shown).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ckanext.ntbcare.domain.clock import Clock, hours_known, moment
from ckanext.ntbcare.domain.complaints import SHOWN_ROWS, column_clock
from ckanext.ntbcare.domain.vocabulary import UnknownStatus, Vocabulary
from ckanext.ntbsatudata.domain.problems import Problem

RECORDED, ESTIMATE = "tercatat", "perkiraan"


def trace(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], vocabulary: Vocabulary, problems: list[Problem], notes: dict[str, int]
) -> int:
    """Make the tables `langkah` (openings and closings in order) and `jalannya` (one row for each complaint). Returns rows rejected.

    `langkah`: sistem, kunci, waktu, berjam, status, akhir, beralih (it changes open to closed or back). `jalannya`: the complaint with
    dasar (recorded or estimate), ditutup, tutup_berjam (its last closing, where it is closed now), respons and respons_berjam.
    Raises `UnknownStatus` for a status of the log that nobody has listed.
    """
    rejected = _events(connection, tables.get("riwayat_status"), vocabulary, problems, notes)
    rejected += _comments(connection, tables.get("komentars"), problems, notes)
    final = ", ".join(f"'{one}'" for one in sorted(vocabulary.final))
    connection.execute(_STEPS.format(final=final))
    connection.execute(_COURSE.format(final=final))
    return rejected


def last_moment(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the newest time an extract tells of, ISO: it was taken then or later."""
    found = connection.execute(
        "SELECT max(waktu)::VARCHAR FROM (SELECT max(greatest(masuk, ubah)) AS waktu FROM pengaduan UNION ALL SELECT max(waktu) FROM peristiwa "
        "UNION ALL SELECT max(waktu) FROM tanggapan)"
    ).fetchone()
    return None if found is None else found[0]


def _events(
    connection: duckdb.DuckDBPyConnection, table: str | None, vocabulary: Vocabulary, problems: list[Problem], notes: dict[str, int]
) -> int:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE peristiwa (kunci VARCHAR, status VARCHAR, urutan INTEGER, waktu TIMESTAMP, berjam BOOLEAN)"
    )
    if table is None:
        return 0
    clock = column_clock(connection, table, "riwayat_status", "waktu", problems, notes)
    spellings = [text for (text,) in connection.execute(f"SELECT DISTINCT trim(status) FROM {table}").fetchall()]
    codes = {text: code for text in spellings if text is not None and (code := vocabulary.status.code(text)) is not None}
    if len(codes) < len(spellings):
        rows = connection.execute(
            f"SELECT _row FROM {table} WHERE status IS NULL OR NOT list_contains(?, trim(status)) ORDER BY _file, _row", [list(codes)]
        ).fetchall()
        raise UnknownStatus("riwayat_status", [row for (row,) in rows[:SHOWN_ROWS]], len(rows))
    for text, code in codes.items():
        # Without hours the day is all that is sure; within a day the statuses stand in the order a complaint runs through them.
        time = moment("waktu") if clock is Clock.SURE else f"date_trunc('day', {moment('waktu')})"
        connection.execute(
            f"INSERT INTO peristiwa SELECT DISTINCT id_aduan, ?, ?, {time}, {hours_known('waktu', clock)} FROM {table} "
            f"WHERE trim(status) = ? AND id_aduan IS NOT NULL AND {moment('waktu')} IS NOT NULL",
            [code, vocabulary.order.index(code), text],
        )
    return _unreadable(connection, table, "waktu", "riwayat_status", problems)


def _comments(connection: duckdb.DuckDBPyConnection, table: str | None, problems: list[Problem], notes: dict[str, int]) -> int:
    connection.execute("CREATE OR REPLACE TEMP TABLE tanggapan (kunci VARCHAR, waktu TIMESTAMP, berjam BOOLEAN)")
    if table is None:
        return 0
    clock = column_clock(connection, table, "komentars", "created_at", problems, notes)
    connection.execute(
        f"INSERT INTO tanggapan SELECT id_aduan, min({moment('created_at')}), bool_and({hours_known('created_at', clock)}) FROM {table} "
        f"WHERE id_admin IS NOT NULL AND {moment('created_at')} IS NOT NULL GROUP BY id_aduan"
    )
    return _unreadable(connection, table, "created_at", "komentars", problems)


def _unreadable(connection: duckdb.DuckDBPyConnection, table: str, column: str, profile: str, problems: list[Problem]) -> int:
    rows = connection.execute(
        f"SELECT _row FROM {table} WHERE id_aduan IS NULL OR {moment(column)} IS NULL ORDER BY _file, _row"
    ).fetchall()
    problems += [Problem("complaint-time-unreadable", row, column, values={"table": profile}) for (row,) in rows]
    return len(rows)


_STEPS = """
CREATE OR REPLACE TEMP TABLE langkah AS
WITH semua AS (
    SELECT p.sistem, p.kunci, greatest(e.waktu, p.masuk) AS waktu, e.berjam AND e.waktu >= p.masuk AS berjam, e.status, e.urutan
    FROM peristiwa e JOIN pengaduan p ON p.kunci = e.kunci AND p.sistem = 'ntbcare'
    UNION ALL
    SELECT sistem, kunci, greatest(coalesce(ubah, masuk), masuk), ubah_berjam AND ubah >= masuk, status, 0 FROM pengaduan p
    WHERE status IN ({final}) AND NOT (sistem = 'ntbcare' AND EXISTS (SELECT 1 FROM peristiwa e WHERE e.kunci = p.kunci))),
urut AS (SELECT *, status IN ({final}) AS akhir FROM semua)
SELECT *, akhir <> coalesce(lag(akhir) OVER (PARTITION BY sistem, kunci ORDER BY waktu, urutan), false) AS beralih FROM urut"""

_COURSE = """
CREATE OR REPLACE TEMP TABLE jalannya AS
WITH tutup AS (
    SELECT sistem, kunci, arg_max(akhir, (waktu, urutan)) AS tertutup,
        arg_max(waktu, (waktu, urutan)) FILTER (akhir AND beralih) AS waktu,
        arg_max(berjam, (waktu, urutan)) FILTER (akhir AND beralih) AS berjam,
        arg_max(status, (waktu, urutan)) FILTER (akhir AND beralih) AS status
    FROM langkah GROUP BY sistem, kunci),
jawab AS (SELECT kunci, min(waktu) AS waktu, arg_min(berjam, waktu) AS berjam FROM peristiwa WHERE status <> 'masuk' GROUP BY kunci),
tercatat AS (SELECT DISTINCT kunci FROM peristiwa)
SELECT p.*, CASE WHEN t.kunci IS NULL THEN 'perkiraan' ELSE 'tercatat' END AS dasar,
    CASE WHEN u.tertutup THEN u.waktu END AS ditutup, coalesce(u.berjam, false) AS tutup_berjam, CASE WHEN u.tertutup THEN u.status END AS ditutup_sebagai,
    CASE WHEN t.kunci IS NOT NULL THEN j.waktu ELSE coalesce(c.waktu, u.waktu) END AS respons,
    coalesce(CASE WHEN t.kunci IS NOT NULL THEN j.berjam WHEN c.waktu IS NOT NULL THEN c.berjam ELSE u.berjam END, true) AS respons_berjam
FROM pengaduan p LEFT JOIN tutup u USING (sistem, kunci) LEFT JOIN tercatat t ON t.kunci = p.kunci AND p.sistem = 'ntbcare'
LEFT JOIN jawab j ON j.kunci = p.kunci AND p.sistem = 'ntbcare' LEFT JOIN tanggapan c ON c.kunci = p.kunci AND p.sistem = 'ntbcare'"""
