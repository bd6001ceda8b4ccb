"""NTB Care's extract, by hand: what is counted, what is rejected, and what is never guessed."""

from __future__ import annotations

from datetime import datetime

import pytest

from ckanext.ntbcare.domain.clock import Clock, clock_of
from ckanext.ntbcare.domain.operator_tables import OperatorTableError
from ckanext.ntbcare.domain.vocabulary import UnknownStatus, Vocabulary
from ckanext.ntbcare.reader import NtbCareSource
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from tests.unit.ntbcare.tables import LISTS, PROFILES, extract, total

HEAD = "id id_kategori id_wil status priority created_at updated_at\n"
FLOWS = "backlog_awal, masuk, dibuka_kembali, selesai, ditolak, backlog"


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "wilayah_asal.csv"
    path.write_text("kode_asal,kode_wilayah,nama\nW0001,52.01,Lombok Barat\nW0002,52.71.01,Ampenan\n")
    return path


def codes(prepared) -> list[tuple]:
    return [(problem.code, problem.row) for problem in prepared.problems]


def test_both_spellings_of_the_last_status_are_one():
    vocabulary = Vocabulary.load(LISTS)
    assert vocabulary.status.code("Complete") == vocabulary.status.code("Completed") == vocabulary.status.code(" tuntas ") == "selesai"
    assert vocabulary.priority.code("segera") == "mendesak"
    assert vocabulary.final == {"selesai", "ditolak"}


def test_an_unknown_status_stops_the_load_and_is_not_repeated(mapping):
    given = extract("2025-03", mapping, aduans=HEAD + "1 jalan W0001 Budi biasa 2025-03-02~08:00:00 2025-03-02~08:00:00")
    with pytest.raises(UnknownStatus, match="1 baris memuat status yang tidak ada") as caught:
        NtbCareSource().prepare(given)
    assert "Budi" not in str(caught.value)


def test_flows_of_a_month_balance_with_a_log(mapping):
    given = extract(
        "2025-03", mapping,
        aduans=HEAD + """1 jalan W0001 Complete  biasa  2025-02-10~08:00:00 2025-03-05~09:00:00
2 jalan W0001 Rejected  biasa  2025-03-01~08:00:00 2025-03-01~10:00:00
3 sampah W0002 On~process biasa 2025-03-10~08:00:00 2025-03-20~08:00:00
4 jalan W0001 Complete  biasa  2025-01-10~08:00:00 2025-02-01~08:00:00
5 jalan W0001 Waiting   biasa  2025-04-01~00:00:00 2025-04-01~00:00:00""",
        riwayat_status="""id_aduan status waktu
1 Complete 2025-03-05~09:00:00
2 Rejected 2025-03-01~10:00:00
3 Completed 2025-03-11~08:00:00
3 On~process 2025-03-20~08:00:00
4 Complete 2025-02-01~08:00:00""",
    )  # fmt: skip
    prepared = NtbCareSource().prepare(given)
    # taken over: 1; received: 2, 3; reopened: 3; resolved: 1 and 3; refused: 2; still open: 3. 4 was over before, 5 comes later.
    assert total(given, "rekam_arus", FLOWS) == (1, 2, 1, 2, 1, 1)
    assert total(given, "rekam_arus", "beban, ditutup, backlog") == (4, 3, 1)
    assert total(given, "rekam_arus", "backlog_0_7, backlog_8_30, backlog_31_90") == (0, 1, 0)  # 21 days old on 31 March
    assert (prepared.used, prepared.rejected, prepared.duplicates, prepared.outside_period) == (3 + 5, 0, 0, 2)


def test_times_stand_in_bands_by_what_they_rest_on(mapping):
    given = extract(
        "2025-03", mapping,
        aduans=HEAD + """1 jalan W0001 Complete biasa 2025-03-01~08:00:00 2025-03-09~08:00:00
2 jalan W0001 Complete penting 2025-03-01~08:00:00 2025-03-02~07:59:59
3 jalan W0001 Waiting biasa 2025-03-29~08:00:00 2025-03-29~08:00:00
4 jalan W0001 Waiting biasa 2025-04-05~08:00:00 2025-04-05~08:00:00""",
        riwayat_status="id_aduan status waktu\n1 Approved 2025-03-01~08:30:00\n1 Complete 2025-03-03~08:00:00",
    )  # fmt: skip
    NtbCareSource().prepare(given)
    assert total(given, "rekam_waktu", "penyelesaian", "dasar = 'tercatat' AND lama = '48-168'") == (1,)  # 48 hours to the second
    assert total(given, "rekam_waktu", "penyelesaian", "dasar = 'perkiraan' AND lama = '1-24'") == (1,)
    assert total(given, "rekam_waktu", "respons", "dasar = 'tercatat' AND lama = '0-1'") == (1,)
    assert total(given, "rekam_waktu", "kohort", "lama = 'belum'") == (1,)
    # within the limit: 1 (exactly 48 h) and 2 (23 h 59); overdue and open on 5 April: 3
    assert total(given, "rekam_waktu", "jatuh_tempo, dalam_batas") == (3, 2)


def test_twelve_hours_without_am_pm_tell_the_month_and_no_time(mapping):
    given = extract(
        "2025-03",
        mapping,
        aduans=HEAD
        + """1 jalan W0001 Complete biasa 04-03-2025~01:30 05-03-2025~02:00
2 jalan W0001 Complete biasa 04-03-2025~12:30 06-03-2025~12:59""",
    )
    prepared = NtbCareSource().prepare(given)
    assert ("jam-tanpa-am-pm", None) in codes(prepared)
    assert total(given, "rekam_arus", "masuk, selesai") == (2, 2)
    assert total(given, "rekam_waktu", "penyelesaian, respons") == (0, 0)
    assert prepared.notes["waktu-tidak-dapat-dihitung"] == 2
    line = Messages.load(SchemaFolder()).line(prepared.problems[0])
    assert "tidak dapat dihitung" in line


def test_one_afternoon_hour_proves_a_day_of_24_hours():
    assert clock_of([1, 9, 12]) is Clock.TWELVE_HOURS_WITHOUT_AM_PM
    assert clock_of([1, 9, 13]) is clock_of([0, 9]) is clock_of([]) is Clock.SURE


def test_bad_rows_are_told_by_row_and_the_rest_is_counted(mapping):
    given = extract(
        "2025-03",
        mapping,
        aduans=HEAD
        + """1 jalan W9999 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
2 jalan - Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
3 jalan W0001 Waiting biasa 03/04/2025 2025-03-02~08:00:00
- jalan W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
5 gunung W0002 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
6 jalan W0001 Waiting gawat 2025-03-02~08:00:00 2025-03-02~08:00:00
7 jalan W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
7 jalan W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
8 jalan W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
8 jalan W0001 Approved biasa 2025-03-02~08:00:00 2025-03-03~08:00:00
9 jalan W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00
9 sampah W0001 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00""",
    )
    prepared = NtbCareSource().prepare(given)
    assert sorted(codes(prepared), key=str)[:-1] == sorted([
        ("complaint-region-unmapped", 2), ("complaint-region-missing", 3), ("complaint-time-unreadable", 4), ("complaint-without-id", 5),
        ("complaint-priority-unknown", 7), ("complaint-contradicts-itself", 12), ("complaint-contradicts-itself", 13), ("complaint-category-unknown", 6),
    ], key=str) or ("complaint-extract-ends-early", None) in codes(prepared)  # fmt: skip
    assert (prepared.used, prepared.rejected, prepared.duplicates, prepared.outside_period) == (3, 7, 2, 0)
    assert total(given, "rekam_umum", "pengaduan") == (2,)  # 7 and 8
    assert total(given, "rekam_umum", "pengaduan", "status_pengaduan = 'diterima'") == (1,)  # 8 as it was last changed
    assert total(given, "rekam_peka", "pengaduan", "kategori = 'lainnya'") == (1,)  # a category without a tier is tier C
    messages = Messages.load(SchemaFolder())
    assert all(messages.line(problem) for problem in prepared.problems)


def test_without_the_operators_table_no_row_is_used_and_nothing_stops():
    given = extract("2025-03", None, aduans=HEAD + "1 jalan 52.01 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00")
    prepared = NtbCareSource().prepare(given)
    assert (prepared.used, prepared.rejected) == (0, 1)


def test_a_code_with_two_meanings_stops(mapping):
    mapping.write_text("kode_asal,kode_wilayah,nama\nW1,52.01,A\nw1,52.02,B\n")
    given = extract("2025-03", mapping, aduans=HEAD + "1 jalan W1 Waiting biasa 2025-03-02~08:00:00 2025-03-02~08:00:00")
    with pytest.raises(OperatorTableError, match="baris 3: satu kode_asal diberi dua arti"):
        NtbCareSource().prepare(given)


def test_a_young_month_waits_for_its_share_within_the_limit(mapping):
    given = extract("2025-03", mapping, aduans=HEAD + "1 jalan W0001 Complete biasa 2025-03-31~08:00:00 2025-03-31~23:00:00")
    prepared = NtbCareSource().prepare(given)
    assert prepared.notes["kohort-belum-matang"] == 1
    assert total(given, "rekam_waktu", "jatuh_tempo, kohort") == (None, None)


def test_sp4n_by_its_alias_profile(tmp_path):
    mapping = tmp_path / "wilayah_asal.csv"
    mapping.write_text("kode_asal,kode_wilayah,nama\nKab. Bima,52.06,Bima\n")
    header = [
        "Tracking ID",
        "Kategori",
        "Kabupaten/Kota",
        "Status Laporan",
        "Tanggal Laporan",
        "Tanggal Pembaruan",
        "Isi Laporan",
        "Nama Pelapor",
    ]
    match = PROFILES["sp4n"].match(header)
    assert not match.strangers and not PROFILES["sp4n"].required_missing(match)
    given = extract(
        "2025-03",
        mapping,
        sp4n="""id id_kategori id_wil status created_at updated_at
A1 jalan Kab.~Bima Bukan~Wewenang 2025-03-02~08:00:00 2025-03-04~08:00:00""",
    )
    NtbCareSource().prepare(given)
    assert total(given, "rekam_arus", "masuk, ditolak", "wilayah = '52.06' AND sistem_sumber = 'sp4n' AND kanal = 'lapor'") == (1, 1)


def test_no_personal_column_leaves_the_reader():
    personal = {"pesan", "komentar", "judul", "isi", "nohp", "alamat", "bukti", "bukti_2", "nik", "email", "name", "latitude", "longitude",
                "nomor_tiket", "pelapor", "lokasi", "oleh", "lampiran"}  # fmt: skip
    kept = {column.name: column for profile in PROFILES.values() for column in profile.kept}
    assert not personal & set(kept)
    assert all(
        PROFILES[name].columns and not [c for c in PROFILES[name].kept if c.name == "id_pelapor" and not c.identity] for name in PROFILES
    )
    assert all(column.identity for name in ("aduans", "sp4n", "users") for column in PROFILES[name].kept if column.name == "id")


def test_the_end_of_a_month_is_the_start_of_the_next():
    from ckanext.ntbcare.domain.records import month_bounds

    assert month_bounds("2024-12") == (datetime(2024, 12, 1), datetime(2025, 1, 1))
