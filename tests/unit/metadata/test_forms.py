"""The forms carry every field of the standard, and the check says what is wrong, where, and by which rule."""

from __future__ import annotations

from datetime import date

import pytest

from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, Obligation, load_form
from ckanext.ntbsatudata.domain.metadata.konsep import KonsepNames
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
FORMS = {kind: load_form(FOLDER, kind) for kind in Kind}
NAMES = KonsepNames.load(FOLDER)
TODAY = date(2026, 11, 24)
MESSAGES = {language: Messages.load(FOLDER, language) for language in ("id", "en")}


def example(kind: Kind) -> dict[str, object]:
    """The record that the examples of the form make, with the conditional fields that apply."""
    form = FORMS[kind]
    record = {field.name: field.example for field in form.fields if field.type is not FieldType.SYSTEM and field.when is None}
    for _ in range(3):  # a condition may rest on a conditional field
        record |= {field.name: field.example for field in form.fields if field.when is not None and field.when.holds(record)}
    return record


def problems(kind: Kind, **changes: object) -> list[tuple[str, str | None]]:
    record = example(kind) | changes
    return [(problem.code, problem.field) for problem in check_record(FORMS[kind], record, NAMES, TODAY)]


# Section 4 of the national structure, typed from the paper forms: name, obligation (W mandatory, C conditional, O optional, S system).
MSKEG = """
judul_kegiatan W | tahun W | jenis_statistik W | cara_pengumpulan_data W | sektor_kegiatan W | apakah_mendapat_rekomendasi W | identitas_rekomendasi C
i_instansi_penyelanggara W | i_alamat W | i_telepon W | i_email W | i_faksimile O | ii_unit_eselon1 W | ii_unit_eselon2 W
ii_pj_nama O | ii_pj_jabatan W | ii_pj_alamat W | ii_pj_telepon W | ii_pj_email W | ii_pj_faksimile O
iii_latar_belakang_kegiatan W | iii_tujuan_kegiatan W
iii_jadwal_perencanaan_kegiatan W | iii_jadwal_desain W | iii_jadwal_pengumpulan_data W | iii_jadwal_pengolahan_data W
iii_jadwal_analisis W | iii_jadwal_diseminasi_hasil W | iii_jadwal_evaluasi W | iii_variabel_yang_dikumpulkan W
iv_kegiatan_ini_dilakukan W | iv_frekuensi_penyelanggara C | iv_tipe_pengumpulan_data W | iv_cakupan_wilayah_pengumpulan_data W
iv_sebagian_cakupan_wilayah_pengumpulan_data C | iv_metode_pengumpulan_data W | iv_metode_pengumpulan_data_lainnya C
iv_sarana_pengumpulan_data W | iv_sarana_pengumpulan_data_lainnya C | iv_unit_pengumpulan_data W | iv_unit_pengumpulan_data_lainnya C
v_jenis_rancangan_sampel C | v_metode_pemilihan_sampel_tahap_terakhir C | v_metode_yang_digunakan C | v_kerangka_sampel_tahap_terakhir C
v_fraksi_sampel_keseluruhan C | v_nilai_perkiraan_sampling_error_variabel_utama C | v_unit_sampel C | v_unit_observasi C
vi_apakah_melakukan_uji_coba W | vi_metode_pemeriksaan_kualitas_pengumpulan_data W | vi_metode_pemeriksaan_kualitas_pengumpulan_data_lainnya C
vi_apakah_melakukan_penyesuaian_nonrespon W | vi_petugas_pengumpulan_data C | vi_persyaratan_pendidikan_terendah_petugas_pengumpulan_data C
vi_jumlah_petugas_supervisor C | vi_jumlah_petugas_enumerator C | vi_apakah_melakukan_pelatihan_petugas C
vii_tahapan_pengolahan_data W | vii_metode_analisis W | vii_unit_analisis W | vii_unit_analisis_lainnya C
vii_tingkat_penyajian_hasil_analisis W | vii_tingkat_penyajian_hasil_analisis_lainnya C
viii_ketersediaan_produk_tercetak W | viii_ketersediaan_produk_digital W | viii_ketersediaan_produk_mikrodata W
viii_rencana_jadwal_rilis_produk_tercetak C | viii_rencana_jadwal_rilis_produk_digital C | viii_rencana_jadwal_rilis_produk_mikrodata C
id_kegiatan_mms S | produsen_data_name S | produsen_data_province_code S | produsen_data_city_code S | total_msvar S | total_msind S
submission_period S | last_sync S | status S | link_mskeg S
"""
MSIND = """
nomor W | nama W | konsep W | definisi W | interpretasi W | metode_perhitungan W | rumus O | ukuran W | satuan W | variabel_disaggregasi W
apakah_indikator_komposit W | indikator_pembangun C | variabel_pembangun C | level_estimasi W | apakah_indikator_bisa_diakses_umum W
id_indikator_mms S | id_sds S | id_mskeg S | status S | link_msind S | requested_by S | approved_by S
"""
MSVAR = """
nomor W | nama W | alias W | konsep W | definisi W | referensi_pemilihan W | referensi_waktu W | tipe_data W | klasifikasi_isian W
value_domain O | aturan_validasi W | kalimat_pertanyaan W | apakah_variabel_bisa_diakses_umum W | ukuran O | satuan O | id_sds S | id_variabel_mms S | id_mskeg S
"""
LETTERS = {"W": Obligation.MANDATORY, "C": Obligation.CONDITIONAL, "O": Obligation.OPTIONAL}


@pytest.mark.parametrize(("kind", "table"), [(Kind.MSKEG, MSKEG), (Kind.MSIND, MSIND), (Kind.MSVAR, MSVAR)])
def test_the_form_has_every_field_of_the_standard_with_its_obligation(kind, table):
    expected = [tuple(entry.split()) for line in table.strip().splitlines() for entry in line.split("|")]
    found = [
        (field.name, "S" if field.type is FieldType.SYSTEM else next(letter for letter, one in LETTERS.items() if one is field.obligation))
        for field in FORMS[kind].fields
    ]
    assert sorted(found) == sorted(expected)


def test_the_option_lists_have_the_length_of_the_standard():
    form = FORMS[Kind.MSKEG]
    expected = {
        "jenis_statistik": 3, "cara_pengumpulan_data": 4, "sektor_kegiatan": 22, "iv_kegiatan_ini_dilakukan": 2, "iv_frekuensi_penyelanggara": 8,
        "iv_tipe_pengumpulan_data": 3, "iv_cakupan_wilayah_pengumpulan_data": 2, "iv_metode_pengumpulan_data": 5, "iv_sarana_pengumpulan_data": 6,
        "iv_unit_pengumpulan_data": 4, "v_jenis_rancangan_sampel": 2, "v_metode_pemilihan_sampel_tahap_terakhir": 2, "v_metode_yang_digunakan": 10,
        "v_kerangka_sampel_tahap_terakhir": 2, "vi_metode_pemeriksaan_kualitas_pengumpulan_data": 4, "vi_petugas_pengumpulan_data": 3,
        "vi_persyaratan_pendidikan_terendah_petugas_pengumpulan_data": 4, "vii_tahapan_pengolahan_data": 4, "vii_metode_analisis": 3,
        "vii_unit_analisis": 4, "vii_tingkat_penyajian_hasil_analisis": 5,
    }  # fmt: skip
    assert {field.name: len(field.options) for field in form.fields if field.options} == expected


@pytest.mark.parametrize("kind", [Kind.MSKEG, Kind.MSIND, Kind.MSVAR])
def test_every_typed_field_has_hint_example_and_labels_in_both_languages(kind):
    for field in FORMS[kind].fields:
        assert set(field.label) == {"id", "en"} and all(field.label.values()), field.name
        if field.type is not FieldType.SYSTEM:
            assert field.hint and set(field.hint) == {"id", "en"} and all(field.hint.values()), field.name
            assert field.example is not None and field.stage and field.block and field.source, field.name


@pytest.mark.parametrize("kind", [Kind.MSKEG, Kind.MSIND, Kind.MSVAR])
def test_the_examples_of_a_form_make_a_record_without_problems(kind):
    assert problems(kind) == []


def test_a_survey_without_a_sampling_design_names_the_fields_and_the_source():
    found = check_record(FORMS[Kind.MSKEG], example(Kind.MSKEG) | {"cara_pengumpulan_data": "SURVEI"}, NAMES, TODAY)
    assert [(problem.code, problem.field) for problem in found] == [
        ("metadata-required-when", name)
        for name in (
            "v_jenis_rancangan_sampel",
            "v_metode_pemilihan_sampel_tahap_terakhir",
            "v_metode_yang_digunakan",
            "v_unit_sampel",
            "v_unit_observasi",
        )
    ]
    line = MESSAGES["id"].line(found[0])
    assert '"Jenis rancangan sampel" wajib diisi bila Cara pengumpulan data = Survei.' in line
    assert "Peraturan BPS 5/2020" in line


def test_a_sampling_design_without_a_survey_is_too_much():
    assert problems(Kind.MSKEG, v_unit_sampel="Rumah tangga") == [("metadata-only-when", "v_unit_sampel")]


def test_a_probability_sample_asks_for_frame_fraction_and_error_and_refuses_a_quota():
    survey = {
        "cara_pengumpulan_data": "SURVEI", "v_jenis_rancangan_sampel": "SINGLE_STAGE_ATAU_PHASE", "v_metode_pemilihan_sampel_tahap_terakhir": "SAMPEL_PROBABILITAS",
        "v_metode_yang_digunakan": "QUOTA_SAMPLING", "v_unit_sampel": "Rumah tangga", "v_unit_observasi": "Orang",
    }  # fmt: skip
    assert problems(Kind.MSKEG, **survey) == [
        ("metadata-option-only-when", "v_metode_yang_digunakan"),
        ("metadata-required-when", "v_kerangka_sampel_tahap_terakhir"),
        ("metadata-required-when", "v_fraksi_sampel_keseluruhan"),
        ("metadata-required-when", "v_nilai_perkiraan_sampling_error_variabel_utama"),
    ]


def test_a_recommendation_needs_its_number_of_three_characters_and_only_then():
    assert problems(Kind.MSKEG, apakah_mendapat_rekomendasi=True) == [("metadata-required-when", "identitas_rekomendasi")]
    assert problems(Kind.MSKEG, apakah_mendapat_rekomendasi=True, identitas_rekomendasi="V-") == [
        ("metadata-too-short", "identitas_rekomendasi")
    ]
    assert problems(Kind.MSKEG, identitas_rekomendasi="V-26.001") == [("metadata-only-when", "identitas_rekomendasi")]


def test_interviewers_are_asked_for_only_with_interviews():
    assert problems(Kind.MSKEG, iv_sarana_pengumpulan_data=["capi"]) == [
        ("metadata-required-when", name)
        for name in (
            "vi_petugas_pengumpulan_data", "vi_persyaratan_pendidikan_terendah_petugas_pengumpulan_data", "vi_jumlah_petugas_supervisor",
            "vi_jumlah_petugas_enumerator", "vi_apakah_melakukan_pelatihan_petugas",
        )
    ]  # fmt: skip
    staff = {
        "iv_sarana_pengumpulan_data": ["capi"], "vi_petugas_pengumpulan_data": "MITRA_ATAU_TENAGA_KONTRAK",
        "vi_persyaratan_pendidikan_terendah_petugas_pengumpulan_data": "SMA_ATAU_SMK", "vi_jumlah_petugas_supervisor": 11,
        "vi_jumlah_petugas_enumerator": 10, "vi_apakah_melakukan_pelatihan_petugas": False,
    }  # fmt: skip
    assert problems(Kind.MSKEG, **staff) == [("metadata-more-than", "vi_jumlah_petugas_supervisor")]
    assert problems(Kind.MSKEG, **staff | {"vi_jumlah_petugas_supervisor": 10}) == []


def test_zero_and_no_where_nothing_is_asked_are_not_too_much():
    assert problems(Kind.MSKEG, vi_jumlah_petugas_supervisor=0, vi_apakah_melakukan_pelatihan_petugas=False) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tahun": 2018}, ("metadata-out-of-range", "tahun")),
        ({"tahun": 2027}, ("metadata-out-of-range", "tahun")),
        ({"tahun": "2026"}, ("metadata-wrong-type", "tahun")),
        ({"judul_kegiatan": "Sensus"}, ("metadata-too-short", "judul_kegiatan")),
        ({"iii_tujuan_kegiatan": "Pendek."}, ("metadata-too-short", "iii_tujuan_kegiatan")),
        ({"i_alamat": "-"}, ("metadata-missing", "i_alamat")),
        ({"iii_jadwal_desain": [{"awal": "2026-03-02", "akhir": "2026-03-01"}]}, ("metadata-dates-reversed", "iii_jadwal_desain")),
        ({"iii_jadwal_desain": [{"awal": "01/03/2026", "akhir": "2026-03-05"}]}, ("metadata-not-a-date", "iii_jadwal_desain")),
        ({"iii_jadwal_desain": [{"awal": None, "akhir": None}]}, ("metadata-missing", "iii_jadwal_desain")),
        ({"sektor_kegiatan": "PARIWISATA"}, ("metadata-unknown-option", "sektor_kegiatan")),
        ({"iv_kegiatan_ini_dilakukan": "HANYA_SEKALI"}, ("metadata-only-when", "iv_frekuensi_penyelanggara")),
        ({"viii_ketersediaan_produk_tercetak": True}, ("metadata-required-when", "viii_rencana_jadwal_rilis_produk_tercetak")),
        ({"iii_variabel_yang_dikumpulkan": []}, ("metadata-missing", "iii_variabel_yang_dikumpulkan")),
        ({"iii_variabel_yang_dikumpulkan": [{"nama": "X"}]}, ("metadata-row-incomplete", "iii_variabel_yang_dikumpulkan")),
        ({"iv_metode_pengumpulan_data": ["lainnya"]}, ("metadata-required-when", "iv_metode_pengumpulan_data_lainnya")),
        ({"pj_nama": "x"}, ("metadata-unknown-field", "pj_nama")),
    ],
)
def test_one_wrong_answer_gives_its_problem(change, expected):
    assert expected in problems(Kind.MSKEG, **change)


def test_a_contact_may_be_a_dash_and_a_fax_may_be_empty():
    assert problems(Kind.MSKEG, i_telepon="-", i_email="-", i_faksimile="", ii_pj_nama="") == []


def test_a_composite_indicator_names_its_parts_and_no_variables():
    assert problems(Kind.MSIND, apakah_indikator_komposit=True) == [
        ("metadata-required-when", "indikator_pembangun"),
        ("metadata-only-when", "variabel_pembangun"),
    ]
    parts = [{"publikasi_ketersediaan": "IPM NTB", "nama": "Angka Harapan Hidup"}]
    assert problems(Kind.MSIND, apakah_indikator_komposit=True, indikator_pembangun=parts, variabel_pembangun=[]) == []
    assert problems(Kind.MSIND, variabel_pembangun=[]) == [("metadata-required-when", "variabel_pembangun")]


def test_the_konsep_of_an_indicator_obeys_the_naming_rules():
    assert problems(Kind.MSIND, konsep=["Persentase X Tahun 2024"]) == [
        ("konsep-starts-with-ukuran", "konsep"),
        ("konsep-has-period", "konsep"),
    ]


def test_an_empty_record_names_every_mandatory_field_once():
    for kind in (Kind.MSKEG, Kind.MSIND, Kind.MSVAR):
        missing = [problem for problem in check_record(FORMS[kind], {}, NAMES, TODAY) if problem.code == "metadata-missing"]
        assert [problem.field for problem in missing] == [
            field.name for field in FORMS[kind].fields if field.obligation is Obligation.MANDATORY
        ]


def test_what_names_a_person_is_not_public():
    public = FORMS[Kind.MSKEG].public(example(Kind.MSKEG))
    assert not {"ii_pj_nama", "ii_pj_telepon", "ii_pj_email"} & set(public)
    assert public["judul_kegiatan"] == "Kompilasi Data Penduduk Kabupaten/Kota"
    assert "v_unit_sampel" in public and public["v_unit_sampel"] is None


def test_every_problem_has_a_sentence_in_both_languages():
    broken = example(Kind.MSKEG) | {
        "tahun": 1990, "judul_kegiatan": "x", "sektor_kegiatan": "?", "iii_jadwal_desain": [{"awal": "2026-02-02", "akhir": "2026-02-01"}],
        "iii_jadwal_analisis": [{"awal": "kapan", "akhir": "2026-02-01"}], "iv_cakupan_wilayah_pengumpulan_data": "SELURUH_WILAYAH_INDONESIA",
        "vi_apakah_melakukan_uji_coba": "Ya", "iv_sarana_pengumpulan_data": ["papi"], "vi_jumlah_petugas_supervisor": 9, "vi_jumlah_petugas_enumerator": 1,
        "cara_pengumpulan_data": "SURVEI", "v_metode_pemilihan_sampel_tahap_terakhir": "SAMPEL_NONPROBABILITAS", "v_metode_yang_digunakan": "CLUSTER_SAMPLING",
        "iii_variabel_yang_dikumpulkan": [{}], "asing": 1,
    }  # fmt: skip
    found = check_record(FORMS[Kind.MSKEG], broken, NAMES, TODAY)
    assert {problem.code for problem in found} >= {
        "metadata-out-of-range", "metadata-too-short", "metadata-unknown-option", "metadata-dates-reversed", "metadata-not-a-date", "metadata-only-when",
        "metadata-wrong-type", "metadata-required-when", "metadata-more-than", "metadata-option-only-when", "metadata-row-incomplete", "metadata-unknown-field",
    }  # fmt: skip
    for problem in found:
        for messages in MESSAGES.values():
            sentence = messages.sentence(problem)
            assert sentence.message and sentence.remedy and "{" not in sentence.message
