"""Complaints as rows of one table, whatever system they came from: typed, coded, each once.

Natural key: system and id. Rows that are rejected, doubted or repeated are told by their row numbers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ckanext.ntbcare.domain.clock import UNMARKED, Clock, clock_of, hours_known, moment
from ckanext.ntbcare.domain.operator_tables import read_pairs
from ckanext.ntbcare.domain.vocabulary import (
    NO_CHANNEL,
    NO_PRIORITY,
    NOT_FORWARDED,
    OTHER_AGENCY,
    OTHER_CATEGORY,
    UnknownStatus,
    Vocabulary,
    folded,
)
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem, Severity

SYSTEMS = {"aduans": "ntbcare", "sp4n": "sp4n"}  # profile of complaints: sistem_sumber
CHANNEL_OF = {"ntbcare": NO_CHANNEL, "sp4n": "lapor"}  # where the extract has no channel of its own
SHOWN_ROWS = 10
REASONS = {
    "complaint-without-id": "id",
    "complaint-time-unreadable": "created_at",
    "complaint-region-missing": "id_wil",
    "complaint-region-unmapped": "id_wil",
    "complaint-priority-unknown": "priority",
    "complaint-contradicts-itself": "id",
}


@dataclass(frozen=True)
class Complaints:
    """`table`: one row for each complaint. `clocks`: profile and column whose hours cannot be used, and how many values it has."""

    table: str
    read: int
    rejected: int
    duplicates: int
    problems: tuple[Problem, ...]
    notes: Mapping[str, int]
    unmarked: Mapping[str, bool]


def read_complaints(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    vocabulary: Vocabulary,
    code_lists: CodeLists,
    operator_tables: Mapping[str, Path],
) -> Complaints:
    """Return the table `pengaduan` of all complaints of an extract, with the problems met.

    Columns: kunci, sistem, wilayah, kategori, tier, opd, kanal, prioritas, batas_jam, anonim, status, masuk and ubah (times),
    masuk_berjam and ubah_berjam (whether their hours can be used). Raises `UnknownStatus`; `OperatorTableError` for a table of the
    operator's that is not as it must be.
    """
    problems: list[Problem] = []
    notes: dict[str, int] = {}
    unmarked: dict[str, bool] = {}
    parts = []
    for profile, system in SYSTEMS.items():
        if profile in tables:
            clocks = {
                column: column_clock(connection, tables[profile], profile, column, problems, notes)
                for column in ("created_at", "updated_at")
            }
            unmarked |= {f"{profile}.{column}": clock is not Clock.SURE for column, clock in clocks.items()}
            parts.append(_select(tables, profile, system, clocks))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE pengaduan_mentah AS {' UNION ALL BY NAME '.join(parts)}")
    for profile in SYSTEMS:
        _check_statuses(connection, profile, vocabulary)
    regions = read_pairs(operator_tables.get("wilayah_asal"), ("kode_asal", "kode_wilayah"))
    known_regions = {item.code: item.code[:5] for item in code_lists.get("wilayah-kemendagri").edition() if len(item.code) >= 5}
    categories = read_pairs(operator_tables.get("kategori_asal"), ("kode_asal", "kategori"))
    agencies = read_pairs(operator_tables.get("opd_asal"), ("kode_asal", "kode_opd"))
    _mapping(connection, "status", vocabulary.status.code)
    _mapping(connection, "prioritas", vocabulary.priority.code)
    _mapping(connection, "kanal", vocabulary.channel.code)
    _mapping(connection, "kategori", lambda text: categories.get(folded(text)) or vocabulary.category.code(text))
    _mapping(connection, "opd", lambda text: agencies.get(folded(text)) or vocabulary.agency.code(text))
    _mapping(connection, "wilayah", lambda text: known_regions.get(regions.get(folded(text), "")))
    _values(connection, "tingkat", vocabulary.tiers)
    _values(connection, "batas", vocabulary.limits)
    connection.execute(_CODED)
    connection.execute(_JUDGED)
    connection.execute(_ONCE)
    read = _count(connection, "pengaduan_mentah")
    kept = _count(connection, "pengaduan")
    duplicates = _count(connection, "pengaduan_dinilai WHERE alasan = 'duplicate'")
    for reason, field in REASONS.items():
        problems += _problems(connection, f"alasan = '{reason}'", reason, field, Severity.ERROR)
    problems += _problems(connection, "kategori_baru", "complaint-category-unknown", "id_kategori", Severity.WARNING)
    problems += _problems(connection, "kanal_baru", "complaint-channel-unknown", "kanal", Severity.WARNING)
    notes |= {
        code: count
        for code, where in (("kategori-tanpa-tingkat", f"kategori = '{OTHER_CATEGORY}'"), ("opd-tidak-dikenal", f"opd = '{OTHER_AGENCY}'"))
        if (count := _count(connection, f"pengaduan WHERE {where}"))
    }
    return Complaints("pengaduan", read, read - kept - duplicates, duplicates, tuple(problems), notes, unmarked)


def column_clock(
    connection: duckdb.DuckDBPyConnection, table: str, profile: str, column: str, problems: list[Problem], notes: dict[str, int]
) -> Clock:
    """Return the clock of one column, and tell of one whose hours cannot be used."""
    rows = connection.execute(
        f"SELECT CAST(regexp_extract(trim({column}), ' (\\d{{1,2}}):', 1) AS INTEGER) AS jam, count(*) FROM {table} "
        f"WHERE regexp_matches(trim({column}), '{UNMARKED}') GROUP BY jam"
    ).fetchall()
    clock = clock_of(hour for hour, _ in rows)
    if clock is not Clock.SURE:
        count = sum(number for _, number in rows)
        problems.append(Problem(clock.value, None, column, Severity.WARNING, {"table": profile, "count": count}))
        notes[clock.value] = notes.get(clock.value, 0) + count
    return clock


def _select(tables: Mapping[str, str], profile: str, system: str, clocks: Mapping[str, Clock]) -> str:
    """Return the SELECT that brings one system's rows to common columns; names come from its own tables where they are there."""
    source = tables[profile]
    joins, category, agency = "", "a.id_kategori", "a.id_opd"
    if profile == "aduans":
        for lookup, key in (("kategoris", "id_kategori"), ("opds", "id_opd")):
            if lookup in tables:
                joins += (
                    f" LEFT JOIN (SELECT id, any_value(nama) AS nama FROM {tables[lookup]} GROUP BY id) {lookup} ON {lookup}.id = a.{key}"
                )
        category = "coalesce(kategoris.nama, a.id_kategori)" if "kategoris" in tables else category
        agency = "coalesce(opds.nama, a.id_opd)" if "opds" in tables else agency
    anonymous = "a.id_pelapor IS NULL" if profile == "aduans" else "lower(coalesce(a.anonim, '')) IN ('1', 'ya', 'yes', 'true')"
    region = "coalesce(a.id_wil, a.id_kec, a.id_kel)" if profile == "aduans" else "a.id_wil"
    return (
        f"SELECT '{profile}' AS profil, '{system}' AS sistem, a._file, a._row, a.id AS kunci, trim({region}) AS wilayah, trim({category}) AS kategori, "
        f"trim({agency}) AS opd, trim(a.kanal) AS kanal, trim(a.priority) AS prioritas, trim(a.status) AS status, {anonymous} AS anonim, "
        f"{moment('a.created_at')} AS masuk, {hours_known('a.created_at', clocks['created_at'])} AS masuk_berjam, "
        f"{moment('a.updated_at')} AS ubah, {hours_known('a.updated_at', clocks['updated_at'])} AS ubah_berjam FROM {source} a{joins}"
    )


def _check_statuses(connection: duckdb.DuckDBPyConnection, profile: str, vocabulary: Vocabulary) -> None:
    found = connection.execute("SELECT DISTINCT status FROM pengaduan_mentah WHERE profil = ?", [profile]).fetchall()
    unknown = [status for (status,) in found if status is None or vocabulary.status.code(status) is None]
    if unknown:
        rows = connection.execute(
            "SELECT _row FROM pengaduan_mentah WHERE profil = ? AND (status IS NULL OR list_contains(?, status)) ORDER BY _file, _row",
            [profile, [one for one in unknown if one is not None]],
        ).fetchall()
        raise UnknownStatus(profile, [row for (row,) in rows[:SHOWN_ROWS]], len(rows))


def _mapping(connection: duckdb.DuckDBPyConnection, column: str, code: Callable[[str], str | None]) -> None:
    """Make the table `peta_<column>` from each spelling met to its code."""
    texts = connection.execute(f"SELECT DISTINCT {column} FROM pengaduan_mentah WHERE {column} IS NOT NULL").fetchall()
    _values(connection, f"peta_{column}", {text: found for (text,) in texts if (found := code(text)) is not None})


def _values(connection: duckdb.DuckDBPyConnection, name: str, pairs: Mapping[str, object]) -> None:
    kind = "DOUBLE" if name == "batas" else "VARCHAR"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (asal VARCHAR, kode {kind})")
    if pairs:
        connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", [list(pair) for pair in pairs.items()])


def _problems(connection: duckdb.DuckDBPyConnection, where: str, code: str, field: str, severity: Severity) -> Sequence[Problem]:
    rows = connection.execute(f"SELECT profil, _row FROM pengaduan_dinilai WHERE {where} ORDER BY profil, _file, _row").fetchall()
    return [Problem(code, row, field, severity, {"table": profile}) for profile, row in rows]


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    return int(found[0]) if found else 0


_CODED = f"""
CREATE OR REPLACE TEMP TABLE pengaduan_berkode AS
SELECT m.profil, m.sistem, m._file, m._row, m.kunci, m.masuk, m.masuk_berjam, m.ubah, m.ubah_berjam, m.anonim,
    m.wilayah AS wilayah_asal, w.kode AS wilayah, coalesce(k.kode, '{OTHER_CATEGORY}') AS kategori,
    k.kode IS NULL AS kategori_baru,
    coalesce(o.kode, CASE WHEN m.opd IS NULL THEN '{NOT_FORWARDED}' ELSE '{OTHER_AGENCY}' END) AS opd,
    coalesce(c.kode, CASE WHEN m.kanal IS NOT NULL THEN '{NO_CHANNEL}' WHEN m.sistem = 'sp4n' THEN '{CHANNEL_OF["sp4n"]}' ELSE '{NO_CHANNEL}' END) AS kanal,
    c.kode IS NULL AND m.kanal IS NOT NULL AS kanal_baru,
    CASE WHEN m.prioritas IS NULL THEN '{NO_PRIORITY}' ELSE p.kode END AS prioritas, s.kode AS status
FROM pengaduan_mentah m LEFT JOIN peta_wilayah w ON w.asal = m.wilayah LEFT JOIN peta_kategori k ON k.asal = m.kategori
LEFT JOIN peta_opd o ON o.asal = m.opd LEFT JOIN peta_kanal c ON c.asal = m.kanal LEFT JOIN peta_prioritas p ON p.asal = m.prioritas
JOIN peta_status s ON s.asal = m.status"""

# Of rows of one complaint the one last changed counts; two that differ and were changed at the same time contradict each other.
_JUDGED = """
CREATE OR REPLACE TEMP TABLE pengaduan_dinilai AS
WITH sah AS (
    SELECT *, CASE WHEN kunci IS NULL THEN 'complaint-without-id' WHEN masuk IS NULL THEN 'complaint-time-unreadable'
        WHEN wilayah_asal IS NULL THEN 'complaint-region-missing' WHEN wilayah IS NULL THEN 'complaint-region-unmapped'
        WHEN prioritas IS NULL THEN 'complaint-priority-unknown' END AS cacat,
        hash(masuk, ubah, anonim, wilayah, kategori, opd, kanal, prioritas, status) AS isi
    FROM pengaduan_berkode),
terbaru AS (SELECT *, max(ubah) OVER (PARTITION BY sistem, kunci) IS NOT DISTINCT FROM ubah AS paling_baru FROM sah WHERE cacat IS NULL),
banding AS (SELECT *, CASE WHEN paling_baru THEN min(isi) OVER kelompok <> max(isi) OVER kelompok END AS bertentangan,
        row_number() OVER (PARTITION BY sistem, kunci, paling_baru ORDER BY _file, _row) AS ke
    FROM terbaru WINDOW kelompok AS (PARTITION BY sistem, kunci, paling_baru))
SELECT * EXCLUDE (cacat, isi), cacat AS alasan FROM sah WHERE cacat IS NOT NULL
UNION ALL BY NAME
SELECT * EXCLUDE (cacat, isi, paling_baru, bertentangan, ke), CASE WHEN NOT paling_baru THEN 'duplicate'
    WHEN bertentangan THEN 'complaint-contradicts-itself' WHEN ke > 1 THEN 'duplicate' END AS alasan FROM banding"""

_ONCE = f"""
CREATE OR REPLACE TEMP TABLE pengaduan AS
SELECT d.* EXCLUDE (alasan, wilayah_asal, kategori_baru, kanal_baru), coalesce(t.kode, 'C') AS tier, b.kode AS batas_jam
FROM pengaduan_dinilai d LEFT JOIN tingkat t ON t.asal = d.kategori LEFT JOIN batas b ON b.asal = d.prioritas AND d.sistem = '{SYSTEMS["aduans"]}'
WHERE d.alasan IS NULL"""
