"""What is wrong with a table, with its row and its column."""

from __future__ import annotations

import pytest

HEADER = "kode_kabupaten_kota | nama_kabupaten_kota | tahun | jenis_kelamin | jumlah | persentase"
ROWS = [
    "52.01 | Lombok Barat | 2022 | Laki-laki | 10 | 12.5",
    "52.02 | Lombok Tengah | 2022 | Perempuan | 20 | 13.5",
    "52.03 | Lombok Timur | 2022 | Laki-laki | 30 | 14.5",
    "52.04 | Sumbawa | 2022 | Perempuan | 40 | 15.5",
    "52.05 | Dompu | 2022 | Laki-laki | 50 | 16.5",
    "52.06 | Kabupaten Bima | 2022 | Perempuan | 60 | 17.5",
    "52.07 | Sumbawa Barat | 2022 | Laki-laki | 70 | 18.5",
    "52.08 | Lombok Utara | 2022 | Perempuan | 80 | 19.5",
    "52.71 | Kota Mataram | 2022 | Laki-laki | 90 | 20.5",
    "52.72 | Kota Bima | 2022 | Perempuan | 95 | 21.5",
]


def table(changes=None):
    rows = list(ROWS)
    for row, text in (changes or {}).items():
        rows[row - 2] = text
    return "\n".join([HEADER, *rows])


def test_a_sound_table_has_no_problem(check_text):
    found = check_text(table())
    assert found.found == []
    assert found.valid
    assert found.fields["kode_kabupaten_kota"].binding.list_id == "wilayah-kemendagri"
    assert found.fields["tahun"].type.value == "year"
    assert found.fields["jumlah"].type.value == "integer"


@pytest.mark.parametrize(
    ("changed", "code", "field", "words"),
    [
        (
            "52.99 | Lombok Timur | 2022 | Laki-laki | 30 | 14.5",
            "unknown-code",
            "kode_kabupaten_kota",
            '"52.99" tidak ada di kode referensi wilayah-kemendagri',
        ),
        ("5201010 | Lombok Timur | 2022 | Laki-laki | 30 | 14.5", "other-system-code", "kode_kabupaten_kota", "BPS"),
        ("52.03.01 | Lombok Timur | 2022 | Laki-laki | 30 | 14.5", "wrong-level-code", "kode_kabupaten_kota", "kecamatan"),
        ("52.03 | Dompu | 2022 | Laki-laki | 30 | 14.5", "name-code-mismatch", "nama_kabupaten_kota", "Kabupaten Lombok Timur"),
        (
            "52.03 | Lombok Timor | 2022 | Laki-laki | 30 | 14.5",
            "misspelt-name",
            "nama_kabupaten_kota",
            "mungkin 52.03 Kabupaten Lombok Timur",
        ),
        ("52.03 | Lombok Timur | 2o22 | Laki-laki | 30 | 14.5", "type-error", "tahun", '"2o22" bukan tahun'),
        ("52.03 | Lombok Timur | 3022 | Laki-laki | 30 | 14.5", "implausible-year", "tahun", "di luar rentang"),
        ("52.03 | Lombok Timur | 2022 | Laki-lakl | 30 | 14.5", "misspelt-name", "jenis_kelamin", "mungkin L Laki-laki"),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | tiga puluh | 14.5", "type-error", "jumlah", '"tiga puluh" bukan bilangan bulat'),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | 30,5 | 14.5", "fractional-count", "jumlah", "pecahan"),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | -30 | 14.5", "negative-value", "jumlah", "negatif"),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | 30 | 1450", "share-above-100", "persentase", "lebih dari 100"),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | #DIV/0! | 14.5", "formula-error", "jumlah", "galat rumus #DIV/0!"),
        (" | Lombok Timur | 2022 | Laki-laki | 30 | 14.5", "missing-cell", "kode_kabupaten_kota", "kosong"),
        ("52.02 | Lombok Tengah | 2022 | Perempuan | 30 | 14.5", "primary-key", "nama_kabupaten_kota", "kunci yang sama dengan baris 3"),
        ("52.03 | Lombok Timur | 2022 | Laki-laki | hubungi 0812-3456-7890 | 14.5", "phone-pattern", "jumlah", "menyerupai nomor telepon"),
    ],
)
def test_a_fault_is_named_with_its_row_and_column(check_text, messages, changed, code, field, words):
    found = check_text(table({4: changed}))
    matching = [problem for problem in found.problems if problem.code == code and problem.row == 4]
    assert matching, found.found
    assert matching[0].field == field or code == "primary-key"
    assert words in messages.line(matching[0])
    assert f"Baris 4, kolom {matching[0].field}:" in messages.line(matching[0])


def test_all_problems_come_at_once_and_from_the_top(check_text):
    found = check_text(table({3: "52.99 | Lombok Tengah | 2022 | Perempuan | x | 13.5", 6: "52.05 | Dompu | 2022 | Laki-laki | y | 16.5"}))
    assert [(code, row) for code, row, _ in found.found] == [("unknown-code", 3), ("type-error", 3), ("type-error", 6)]


def test_a_name_of_two_places_is_asked(check_text, messages):
    found = check_text("Kabupaten/Kota | Jumlah\nLombok Barat | 5\nBima | 6\nKota Bima | 7\nDompu | 8")
    assert found.found == [("ambiguous-name", 3, "Kabupaten/Kota")]
    assert '"Bima" dapat berarti 52.06 Kabupaten Bima, 52.72 Kota Bima' in messages.line(found.problems[0])
    assert found.valid  # a question, no refusal


def test_a_table_of_an_older_decree_keeps_its_version(check_text):
    # Permendagri 137/2017 had 52.03.09.2001 Lenek; today it is 52.03.21.2001
    found = check_text("kode_desa | nama_desa | jumlah\n52.03.09.2001 | Lenek | 5\n52.03.09.2010 | Lenek Daya | 6")
    assert found.fields["kode_desa"].binding.version == "137/2017"
    assert not any(code == "expired-code" for code, _, _ in found.found)


def test_parts_that_do_not_make_their_sum_are_named(check_text, messages):
    found = check_text(
        """
        Kecamatan | Laki-laki | Perempuan | Jumlah
        Gerung | 10 | 11 | 21
        Kediri | 12 | 13 | 25
        Narmada | 14 | 15 | 39
        Lembar | 16 | 17 | 33
        Jumlah | 52 | 56 | 118
        """
    )
    # 14 + 15 = 29, written 39; the last row adds what is written: 21 + 25 + 39 + 33 = 118
    assert found.found == [("sum-mismatch", 4, "Jumlah")]
    assert "Tertulis 39, sedangkan jumlah bagiannya (Laki-laki + Perempuan) 29" in messages.line(found.problems[0])


def test_a_total_that_is_not_the_sum_of_its_records_is_named(check_text, messages):
    found = check_text("Kecamatan | Luas\nGerung | 10\nKediri | 20\nNarmada | 30\nJumlah | 61")
    assert found.found == [("sum-mismatch", 5, "Luas")]
    assert "Tertulis 61, sedangkan jumlah bagiannya (3) 60" in messages.line(found.problems[0])


def test_a_province_that_is_not_the_sum_of_its_kabupaten_is_named(check_text):
    rows = [f"{row.split('|')[1].strip()} | {number} | {number * 2}" for number, row in enumerate(ROWS, 1)]
    # 1 + … + 10 = 55, twice that is 110; 111 is written
    found = check_text("\n".join(["Kabupaten/Kota | Sekolah | Guru", *rows, "Nusa Tenggara Barat | 55 | 111"]))
    assert found.found == [("sum-mismatch", 12, "Guru")]


def test_averages_and_shares_are_not_added(check_text):
    found = check_text(
        "Kecamatan | Persentase | Rata-rata Umur\nGerung | 10.5 | 30\nKediri | 20.5 | 31\nNarmada | 30.5 | 32\nRata-rata | 20.5 | 31"
    )
    assert found.found == []


def test_a_share_that_its_parts_do_not_make_is_named(check_text):
    rows = [
        f"Desa {letter} | {10 + number} | {number} | {round(number / (10 + number) * 100, 1)}"
        for number, letter in enumerate("ABCDEFGHIJKL", 1)
    ]
    rows[2] = "Desa C | 13 | 3 | 32.1"  # 3 / 13 = 23.1
    rows[4] = "Desa E | 15 | 25 | 33.3"
    found = check_text("\n".join(["Desa | Diukur | Stunting | Persentase Stunting", *rows]))
    assert found.found == [("rate-mismatch", 4, "Persentase Stunting"), ("numerator-larger", 6, "Stunting")]


def test_coverage_above_a_hundred_is_true(check_text):
    found = check_text("Kabupaten/Kota | Cakupan Imunisasi (%)\nDompu | 121.27\nSumbawa | 98.1\nLombok Utara | 107.5\nLombok Barat | 100")
    assert found.found == []


def test_a_change_of_unit_between_years_is_told(check_text):
    found = check_text(
        "Kabupaten/Kota | 2019 | 2020\nLombok Barat | 694.985,0 | 721,5\nDompu | 252.288,0 | 236,7\nSumbawa | 457.671,0 | 509,8",
        delimiter=";",
    )
    assert found.found == [("unit-change", None, "2020")]


def test_marks_for_no_value_are_blank_in_the_tidy_file(check_text):
    found = check_text("Kecamatan | Kasus\nGerung | 5\nKediri | -\nNarmada | n/a\nLembar | 7")
    assert found.column("Kasus") == ["5", "", "", "7"]
    assert found.found == []


def test_a_date_that_can_be_read_in_two_ways_is_asked(check_text, messages):
    found = check_text("Kecamatan | Tanggal | Kasus\nGerung | 03/04/2024 | 5\nKediri | 05/06/2024 | 6\nNarmada | 01/02/2024 | 7")
    assert found.found == [("ambiguous-date", 2, "Tanggal")]
    assert "hari-bulan atau bulan-hari" in messages.line(found.problems[0])


def test_two_shapes_of_certain_dates_are_no_problem(check_text):
    found = check_text("Kecamatan | Tanggal | Kasus\nGerung | 13/04/2024 | 5\nKediri | 2024-06-05 | 6\nNarmada | 01/02/2024 | 7")
    assert found.column("Tanggal") == ["2024-04-13", "2024-06-05", "2024-02-01"]
    assert found.found == []


def test_an_unquoted_comma_makes_a_surplus_cell_and_nothing_else(check_file, tmp_path, messages):
    path = tmp_path / "rusak.csv"
    path.write_text("lokasi,kejadian,rumah\nGerung,1,2\nKediri,3,4\nDs. Buntul, Kec. Mesidah,5,6\nLembar,7,8\n", encoding="utf-8")
    found = check_file(path)
    assert found.found == [("extra-cell", 4, None)]
    assert "Baris punya 4 sel, seharusnya 3" in messages.line(found.problems[0])


def test_a_slip_in_a_class_is_told(check_text, messages):
    rows = [
        f"Desa {letter} | {status} | {number}"
        for number, (letter, status) in enumerate(zip("ABCDEFGH", ["Normal"] * 4 + ["Stunted"] * 3 + ["Norml"], strict=True))
    ]
    found = check_text("\n".join(["Desa | Status Gizi | Anak", *rows]))
    assert found.found == [("spelling-variant", 9, "Status Gizi")]
    assert 'mungkin maksudnya "Normal"' in messages.line(found.problems[0])


def test_every_code_has_its_sentences(messages):
    import re
    from pathlib import Path

    from ckanext.ntbsatudata.domain import tables
    from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

    source = "".join(path.read_text(encoding="utf-8") for path in Path(tables.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'(?:Problem|UnreadableFileError)\(\s*"([a-z0-9-]+)"', source)) | set(re.findall(r'fault="([a-z-]+)"', source))
    assert len(codes) > 40
    english = type(messages).load(SchemaFolder(), "en")
    assert codes - set(messages.sentences) == set()
    assert codes - set(english.sentences) == set()
