"""INDAH payloads come back equal, misspelt keys included, and a change changes only its own place."""

from __future__ import annotations

import copy
import json

from ckanext.ntbsatudata.domain.metadata.form import Kind, load_form
from ckanext.ntbsatudata.domain.metadata.indah import kind_of, read_payload, write_payload
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FORMS = {kind: load_form(SchemaFolder(), kind) for kind in (Kind.MSKEG, Kind.MSIND, Kind.MSVAR)}

SPAN = [{"awal": "2026-01-01", "akhir": "2026-02-01"}]
MSKEG = {
    "base_id": None,
    "submission_period": 2026,
    "data": {
        "judul_kegiatan": "Survei Kepuasan Layanan Kesehatan",
        "tahun": 2026,
        "jenis_statistik": "STATISTIK_SEKTORAL",
        "cara_pengumpulan_data": "SURVEI",
        "sektor_kegiatan": "KESEHATAN",
        "identitas_rekomendasi": None,
        "blok_i": {
            "instansi_penyelanggara": "Dinas Kesehatan",
            "alamat_instansi_penyelenggara": {"alamat": "Jalan Amir Hamzah 103", "telepon": "-", "email": "dinkes@example.go.id", "faksimile": "-"},
        },
        "blok_ii": {
            "unit_penanggung_jawab": {"eselon1": "-", "eselon2": "Dinas Kesehatan"},
            "penanggung_jawab_teknis": {
                "nama": "Kepala Bidang", "jabatan": "Kepala Bidang", "alamat": "Jalan Amir Hamzah 103", "telepon": "-", "email": "-", "faksimile": "-",
            },
        },
        "blok_iii": {
            "latar_belakang_kegiatan": "Latar belakang", "tujuan_kegiatan": "Tujuan",
            "rencana_jadwal_kegiatan": {
                "perencanaan_kegiatan": SPAN, "desain": SPAN, "pengumpulan_data": SPAN, "pengolahan_data": SPAN, "analisis": SPAN, "diseminasi_hasil": SPAN,
                "evaluasi": [{"awal": None, "akhir": None}],
            },
            "variabel_yang_dikumpulkan": [{"nama": "Umur", "konsep": "Umur", "definisi": "Usia dalam tahun", "referensi_waktu": "Saat pencacahan"}],
        },
        "blok_iv": {
            "kegiatan_ini_dilakukan": "BERULANG", "frekuensi_penyelanggara": "TAHUNAN", "tipe_pengumpulan_data": "CROSS_SECTIONAL",
            "cakupan_wilayah_pengumpulan_data": "SEBAGIAN_WILAYAH_INDONESIA",
            "sebagian_cakupan_wilayah_pengumpulan_data": [
                {"kode_provinsi": "52", "nama_provinsi": "NUSA TENGGARA BARAT", "kode_kabupaten_kota": "5271", "nama_kabupaten_kota": "KOTA MATARAM"}
            ],
            # One system writes null where another writes false.
            "metode_pengumpulan_data": {
                "wawancara": True, "mengisi_kuesioner_sendiri": None, "pengamatan": None, "pengumpulan_data_sekunder": False, "lainnya": None,
                "metode_pengumpulan_lainnya": None,
            },
            "sarana_pengumpulan_data": {
                "papi": None, "capi": True, "cati": None, "cawi": None, "mail": None, "lainnya": True, "sarana_pengumpulan_lainnya": "Pesan singkat",
            },
            "unit_pengumpulan_data": {"individu": True, "rumah_tangga": None, "usaha_atau_perusahaan": None, "lainnya": None, "unit_pengumpulan_data_lainnya": None},
        },
        "blok_v": {
            "jenis_rancangan_sampel": "SINGLE_STAGE_ATAU_PHASE", "metode_pemilihan_sampel_tahap_terakhir": "SAMPEL_NONPROBABILITAS",
            "metode_yang_digunakan": "QUOTA_SAMPLING", "kerangka_sampel_tahap_terakhir": None, "fraksi_sampel_keseluruhan": None,
            "nilai_perkiraan_sampling_error_variabel_utama": None, "unit_sampel": "Pasien", "unit_observasi": "Pasien",
        },
        "blok_vi": {
            "apakah_melakukan_uji_coba": False,
            "metode_pemeriksaan_kualitas_pengumpulan_data": {
                "kunjungan_kembali": None, "supervisi": True, "taskforce": None, "lainnya": None, "metode_pemeriksaan_kualitas_pengumpulan_data_lainnya": None,
            },
            "apakah_melakukan_penyesuaian_nonrespon": False, "petugas_pengumpulan_data": "STAF_INSTANSI_PENYELENGGARA",
            "persyaratan_pendidikan_terendah_petugas_pengumpulan_data": "SMA_ATAU_SMK", "jumlah_petugas_supervisor": 1, "jumlah_petugas_enumerator": 5,
            "apakah_melakukan_pelatihan_petugas": True,
        },
        "blok_vii": {
            "tahapan_pengolahan_data": {"editing": True, "coding": None, "data_entry": True, "validasi": None},
            "metode_analisis": "DESKRIPTIF",
            "unit_analsis": {"individu": True, "rumah_tangga": None, "usaha_atau_perusahaan": None, "lainnya": None, "unit_analisis_lainnya": None},
            "tingkat_penyajian_hasil_analisis": {
                "nasional": None, "provinsi": True, "kabupaten_atau_kota": None, "kecamatan": None, "lainnya": None, "tingkat_penyajian_hasil_analisis_lainnya": None,
            },
        },
        "blok_viii": {
            "ketersediaan_produk_tercetak": False, "ketersediaan_produk_digital": True, "ketersediaan_produk_mikrodata": False,
            "rencana_jadwal_rilis_produk_tercetak": [""], "rencana_jadwal_rilis_produk_digital": ["2026-12-01"], "rencana_jadwal_rilis_produk_mikrodata": [],
        },
    },
    "reviews": None, "status": "SUBMITTED", "rejection_note": None, "submitter": {"organization": {"id": 1, "province": {"code": "52"}}},
    "produsen_data": {"id": 7, "name": "Dinas Kesehatan", "province_code": "52", "city_code": "00"}, "walidata_pusat": None, "version": "v2", "changes": None,
}  # fmt: skip
MSVAR = {
    "ms_keg_id": 4711, "submission_period": 2026,
    "data": {
        "nama": "Umur", "alias": "umur", "definisi": "Usia dalam tahun", "konsep": ["Umur"], "referensi_pemilihan": [], "referensi_waktu": "Saat pencacahan",
        "ukuran": None, "satuan": None, "tipe_data": "INTEGER", "klasifikasi_rujukan_value_domain": "-", "value_domain": [{"kode": None, "nilai": None}],
        "aturan_validasi": ["0-120"], "kalimat_pertanyaan": "Berapa umur Anda?", "apakah_variabel_bisa_diakses_umum": True, "id_sds": None,
    },
    "reviews": [], "changes": [], "status": "DRAFT", "version": "v2",
}  # fmt: skip
MSIND = {
    "ms_keg_id": 4711, "submission_period": "2026",
    "data": {
        "nama": "Indeks Kepuasan", "konsep": ["Kepuasan Layanan"], "definisi": "d", "interpretasi": "i", "metode_perhitungan": "m", "rumus": "", "ukuran": "Indeks",
        "satuan": "Poin", "variabel_disaggregasi": [{"nama": "Wilayah", "sumber": "input-manual"}], "apakah_indikator_komposit": True,
        "indikator_pembangun": [
            {"nama": "Waktu Tunggu", "ketersediaan_publikasi": [{"nama": "Laporan", "link_eksternal_yang_bisa_diakses": None, "file": {"nama": None}}]}
        ],
        "variabel_pembangun": [], "level_estimasi": "Provinsi", "apakah_indikator_bisa_diakses_umum": True, "id_sls": None,
    },
    "status": "SUBMITTED", "version": "v2",
}  # fmt: skip


def test_each_payload_is_recognised():
    assert [kind_of(payload) for payload in (MSKEG, MSIND, MSVAR, {"data": {}})] == [Kind.MSKEG, Kind.MSIND, Kind.MSVAR, None]


def test_payloads_of_other_systems_come_back_equal():
    for kind, payload in ((Kind.MSKEG, MSKEG), (Kind.MSIND, MSIND), (Kind.MSVAR, MSVAR)):
        read = read_payload(FORMS[kind], payload)
        assert read.problems == ()
        assert write_payload(FORMS[kind], read.values, base=payload) == payload


def test_the_misspelt_keys_are_read_and_written():
    read = read_payload(FORMS[Kind.MSKEG], MSKEG)
    assert read.values["i_instansi_penyelanggara"] == "Dinas Kesehatan"
    assert read.values["iv_frekuensi_penyelanggara"] == "TAHUNAN"
    assert read.values["vii_unit_analisis"] == ["individu"]
    written = write_payload(FORMS[Kind.MSKEG], read.values)["data"]
    assert written["blok_i"]["instansi_penyelanggara"] == "Dinas Kesehatan"
    assert written["blok_iv"]["frekuensi_penyelanggara"] == "TAHUNAN"
    assert written["blok_vii"]["unit_analsis"]["individu"] is True and written["blok_vii"]["unit_analsis"]["rumah_tangga"] is False


def test_a_payload_of_our_own_comes_back_equal_without_keeping_it():
    for kind, payload in ((Kind.MSKEG, MSKEG), (Kind.MSIND, MSIND), (Kind.MSVAR, MSVAR)):
        ours = write_payload(FORMS[kind], read_payload(FORMS[kind], payload).values)
        assert write_payload(FORMS[kind], read_payload(FORMS[kind], ours).values) == ours
        assert read_payload(FORMS[kind], ours).values == read_payload(FORMS[kind], payload).values


def test_one_changed_answer_changes_one_place():
    read = read_payload(FORMS[Kind.MSKEG], MSKEG)
    changed = write_payload(FORMS[Kind.MSKEG], {**read.values, "iv_frekuensi_penyelanggara": "SEMESTERAN"}, base=MSKEG)
    expected = copy.deepcopy(MSKEG)
    expected["data"]["blok_iv"]["frekuensi_penyelanggara"] = "SEMESTERAN"
    assert changed == expected


def test_a_changed_flag_keeps_the_text_of_lainnya_beside_it():
    read = read_payload(FORMS[Kind.MSKEG], MSKEG)
    changed = write_payload(FORMS[Kind.MSKEG], {**read.values, "iv_sarana_pengumpulan_data": ["lainnya"]}, base=MSKEG)
    assert changed["data"]["blok_iv"]["sarana_pengumpulan_data"] == {
        "papi": False, "capi": False, "cati": False, "cawi": False, "mail": False, "lainnya": True, "sarana_pengumpulan_lainnya": "Pesan singkat",
    }  # fmt: skip


def test_the_flat_answer_of_the_search_comes_back_equal():
    flat = {
        "id": 9, "id_kegiatan_mms": 66, "judul_kegiatan": "Kompilasi Data Kesehatan", "tahun": "2026", "i_instansi_penyelanggara": "Dinas Kesehatan",
        "iii_jadwal_desain": json.dumps(SPAN), "iv_frekuensi_penyelanggara": "TAHUNAN", "viii_rencana_jadwal_rilis_produk_digital": '["2026-12-01"]',
        "produsen_data_name": "Dinas Kesehatan", "requested_by": "x", "total_msvar": 3,
    }  # fmt: skip
    read = read_payload(FORMS[Kind.MSKEG], flat)
    assert read.values["tahun"] == 2026 and read.values["iii_jadwal_desain"] == SPAN and read.values["id_kegiatan_mms"] == 66
    assert write_payload(FORMS[Kind.MSKEG], read.values, base=flat) == flat


def test_a_recommendation_is_read_from_its_number():
    assert read_payload(FORMS[Kind.MSKEG], MSKEG).values["apakah_mendapat_rekomendasi"] is False
    recommended = copy.deepcopy(MSKEG)
    recommended["data"]["identitas_rekomendasi"] = "V-26.001"
    assert read_payload(FORMS[Kind.MSKEG], recommended).values["apakah_mendapat_rekomendasi"] is True


def test_a_value_of_another_shape_is_a_problem_and_stays_in_the_payload():
    odd = copy.deepcopy(MSKEG)
    odd["data"]["blok_vi"]["jumlah_petugas_enumerator"] = "banyak"
    read = read_payload(FORMS[Kind.MSKEG], odd)
    assert [(problem.code, problem.field) for problem in read.problems] == [("indah-unreadable", "vi_jumlah_petugas_enumerator")]
    assert write_payload(FORMS[Kind.MSKEG], read.values, base=odd) == odd


def test_the_codes_of_the_paper_form_are_read():
    coded = copy.deepcopy(MSKEG)
    coded["data"]["cara_pengumpulan_data"] = 2
    coded["data"]["blok_vi"]["apakah_melakukan_uji_coba"] = "1"
    read = read_payload(FORMS[Kind.MSKEG], coded)
    assert read.values["cara_pengumpulan_data"] == "SURVEI" and read.values["vi_apakah_melakukan_uji_coba"] is True
