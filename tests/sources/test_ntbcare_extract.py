"""A year of made-up complaints through the platform's reader, the programme, protection and audit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ckanext.ntbcare.reader import NtbCareSource
from ckanext.ntbcare.synthetic import MARKER, complaints, write_extract, write_operator_table
from ckanext.ntbsatudata.domain.aggregates.cube import cell_rows, cube
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Verdict, audit
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import spec_to_audit
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.extracts.reading import open_database, read_extract
from ckanext.ntbsatudata.domain.extracts.source import Extract
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.publication.release_folder import as_published
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from tests.sources.synthetic_ntbcare import flows, month_after, received, within_limit

LISTS = CodeLists.load(SchemaFolder())
MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]


def prepared_month(folder: Path, made, month: str, with_log: bool = True):
    taken = month_after(month) + timedelta(days=5)
    files = write_extract(folder / "ekstrak", made, taken, with_log)
    connection = open_database(folder)
    read = read_extract(connection, load_profiles(SchemaFolder(), "ntbcare"), files, folder)
    extract = Extract(connection, read.tables, month, LISTS, {"wilayah_asal": write_operator_table(folder / "wilayah_asal.csv")})
    return read, extract, NtbCareSource().prepare(extract)


@pytest.mark.parametrize("per_month", [60, 600])
def test_counts_and_flows_are_those_of_the_generator(tmp_path, per_month):
    made = complaints(MONTHS, per_month)
    month = MONTHS[-1]
    read, extract, prepared = prepared_month(tmp_path, made, month)
    assert not [problem for problem in prepared.problems if problem.severity.blocks]
    assert prepared.used + prepared.rejected + prepared.duplicates + prepared.outside_period == read.rows
    truth = received(made, month)
    for tier, table in (("A", "rekam_umum"), ("B", "rekam_pribadi")):
        found = extract.connection.execute(
            f"SELECT wilayah, kategori, sum(pengaduan) AS n FROM {table} GROUP BY ALL HAVING n > 0"
        ).fetchall()
        assert {(tier, area, category): n for area, category, n in found} == {key: n for key, n in truth.items() if key[0] == tier}
    secret = extract.connection.execute("SELECT sum(pengaduan) FROM rekam_peka").fetchone()
    assert secret[0] == sum(n for key, n in truth.items() if key[0] == "C")
    names = ("backlog_awal", "masuk", "dibuka_kembali", "selesai", "ditolak", "backlog")
    sums = extract.connection.execute(f"SELECT {', '.join(f'sum({name})' for name in names)} FROM rekam_arus").fetchone()
    expected = flows(made, month)
    assert dict(zip(names, sums, strict=True)) == {name: expected[name] for name in names}
    limits = extract.connection.execute("SELECT sum(jatuh_tempo), sum(dalam_batas) FROM rekam_waktu").fetchone()
    assert limits == within_limit(made, month, month_after(month) + timedelta(days=5))


def test_every_table_is_protected_audited_and_balances(tmp_path):
    made = complaints(MONTHS[:3], 120)
    cells: dict[str, dict] = {}
    specs = {path.stem: load_spec(path, LISTS) for path in (INSTALLED / "aggregates" / "ntbcare").glob("*.yaml")}
    for month in MONTHS[:3]:
        _, extract, prepared = prepared_month(tmp_path / month, made, month)
        assert set(prepared.records) == set(specs)
        for name, table in prepared.records.items():
            cells.setdefault(name, {})[month] = cube(extract.connection, specs[name], table, month)
    for name in ("pengaduan-umum-arus", "pengaduan-umum-waktu", "pengaduan-pribadi-triwulan"):
        spec = specs[name]
        table = protect(without_limit(spec_to_protect(spec, cell_rows(spec, cells[name]))), b"a secret of the tests")
        release = as_published(table, "1", spec.derived)
        assert audit(spec_to_audit(spec, [release])).verdict is Verdict.SAFE, name


def test_nothing_personal_is_in_what_the_programme_gets(tmp_path):
    _, extract, _ = prepared_month(tmp_path, complaints(MONTHS[:1], 40), MONTHS[0])
    for table in extract.tables.values():
        text = str(extract.connection.execute(f"SELECT * FROM {table}").fetchall())
        assert MARKER not in text


def test_without_a_log_times_are_estimates(tmp_path):
    _, extract, prepared = prepared_month(tmp_path, complaints(MONTHS[:2], 80), MONTHS[1], with_log=False)
    assert prepared.notes["waktu-perkiraan"] > 0
    assert extract.connection.execute("SELECT count(*) FROM rekam_waktu WHERE dasar = 'tercatat' AND penyelesaian = 1").fetchone() == (0,)


def test_the_same_rows_in_another_order_change_nothing(tmp_path):
    made = complaints(MONTHS[:2], 80)
    spec = load_spec(INSTALLED / "aggregates" / "ntbcare" / "pengaduan-umum-arus.yaml", LISTS)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, one, _ = prepared_month(tmp_path / "a", made, MONTHS[1])
    _, other, _ = prepared_month(tmp_path / "b", made[::-1], MONTHS[1])
    first, second = (cube(x.connection, spec, "rekam_arus", MONTHS[1]) for x in (one, other))
    assert all((first.codes[name] == second.codes[name]).all() for name in first.codes)
    assert all((first.counts[name] == second.counts[name]).all() for name in first.counts)
