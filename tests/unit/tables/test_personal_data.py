"""Personal data is found where it is, and not where figures only look like it."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.tables.personal_data import Personal, is_identity_header, is_person_name_header, personal_datum


@pytest.mark.parametrize(
    "text",
    [
        "5201015508900003",
        "5271.0101.0190.0001",
        "52 01 01 55 08 90 0003",
        "'5201014501900003",
        "NIK 5201014501900003",
        "5201014501900003\u00a0",
    ],
)
def test_a_nik_is_found_by_its_structure(text):
    assert personal_datum(text) is Personal.NIK


@pytest.mark.parametrize(
    "text",
    [
        "9901015508900003",  # no province 99
        "5201013208900003",  # day 32
        "5201015513900003",  # month 13
        "5201015508900000",  # serial 0000
        "52010155089000031",  # 17 digits
    ],
)
def test_sixteen_digits_of_another_structure_are_no_nik(text):
    assert personal_datum(text) is None


def test_a_damaged_nik_is_found_in_its_own_column():
    assert personal_datum("5,20101E+15", "NIK") is Personal.NIK
    assert personal_datum("520101550890000", "No KK") is Personal.NIK
    assert personal_datum("520101550890000", "Jumlah") is None


@pytest.mark.parametrize("text", ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "hubungi 0812 3456 7890 ya", "6281234567890"])
def test_a_telephone_number_is_found(text):
    assert personal_datum(text) is Personal.PHONE


@pytest.mark.parametrize(
    "text", ["44.5919732943438", "0.0812345678901", "116.0826345", "1081234567890", "14939021.62", "2024-08-12 08:12:34", "0370 621234"]
)
def test_long_decimals_and_figures_are_no_telephone_numbers(text):
    assert personal_datum(text) is None


def test_an_email_and_a_number_plate_are_found():
    assert personal_datum("kirim ke budi.s@gmail.com") is Personal.EMAIL
    assert personal_datum("@akun") is None
    assert personal_datum("DR 1234 AB") is Personal.PLATE


@pytest.mark.parametrize("header", ["NIK", "nik_anak", "No. KK", "Tgl Lahir", "tanggal_lahir", "Email"])
def test_headers_that_announce_identities(header):
    assert is_identity_header(header)


@pytest.mark.parametrize("header", ["nama_kabupaten_kota", "Jumlah KK", "teknik", "Cakupan NIK", "hparga", "Jumlah penduduk wajib KTP"])
def test_headers_that_only_hold_the_letters(header):
    assert not is_identity_header(header)


def test_only_persons_have_names():
    assert is_person_name_header("nama_anak")
    assert is_person_name_header("Nama Kepala Keluarga")
    assert not is_person_name_header("nama_kabupaten_kota")
    assert not is_person_name_header("Nama Data")
    assert not is_person_name_header("Nama Sekolah")


PEOPLE = ["Siti Aminah", "Lalu Ahmad", "Baiq Nurhayati", "Muhammad Ridwan", "I Made Suardana", "Nurul Hidayah"]


def test_names_beside_addresses_are_refused_without_showing_them(check_text, messages):
    rows = [f"{name} | Jl. Pejanggik No. {number} | Gerung" for number, name in enumerate(PEOPLE)]
    found = check_text("\n".join(["Nama | Alamat | Kecamatan", *rows]))
    assert [(code, field) for code, _, field in found.found] == [("person-name-column", "Nama"), ("address-column", "Alamat")]
    lines = " ".join(messages.line(problem) for problem in found.problems)
    assert "Kolom berisi nama orang (6 baris)" in lines
    assert not any(word in lines for name in PEOPLE for word in name.split()[1:])


def test_schools_with_addresses_are_no_persons(check_text):
    rows = [f"SDN {number} Gerung | Jl. Raya {number} | {number * 10}" for number in range(1, 7)]
    found = check_text("\n".join(["Nama Sekolah | Alamat | Siswa", *rows]))
    assert found.found == []


def test_a_column_of_identities_is_named_once_and_a_single_one_with_its_row(check_text, messages):
    rows = [f"52010145019000{number:02d} | Gerung | selesai" for number in range(10, 20)]
    rows[4] = "5201014501900014 | Gerung | hubungi 081234567890"
    found = check_text("\n".join(["NIK | Kecamatan | Tindak Lanjut", *rows]))
    assert found.found == [("identity-column", 2, "NIK"), ("phone-pattern", 6, "Tindak Lanjut")]
    lines = [messages.line(problem) for problem in found.problems]
    assert "Kolom berisi data identitas pribadi (10 dari 10 baris)" in lines[0]
    assert not any("081234567890" in line or "5201014501900014" in line for line in lines)
