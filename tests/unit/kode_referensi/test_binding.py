from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeCheck, CodeLists, UnknownCodeListError, UnknownVersionError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import UnknownLevelError
from ckanext.ntbsatudata.domain.problems import Messages, Severity
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages.load(SchemaFolder())


def check(lists: CodeLists, binding: str) -> CodeCheck:
    return CodeCheck.of(lists, CodeBinding.parse(binding))


def test_a_binding_reads_and_writes_itself() -> None:
    binding = CodeBinding.parse("wilayah-kemendagri@2430/2025#kecamatan")
    assert binding == CodeBinding("wilayah-kemendagri", "2430/2025", "kecamatan")
    assert str(binding) == "wilayah-kemendagri@2430/2025#kecamatan"
    assert CodeBinding.parse("kbli") == CodeBinding("kbli")


def test_a_binding_that_cannot_be_is_an_error(lists: CodeLists) -> None:
    with pytest.raises(UnknownCodeListError, match="Tidak ada kode referensi wilayah-mars"):
        check(lists, "wilayah-mars")
    with pytest.raises(UnknownVersionError, match="tidak punya versi 1/1900"):
        check(lists, "wilayah-kemendagri@1/1900")
    with pytest.raises(UnknownLevelError, match="tidak punya tingkat dusun. Yang ada: provinsi, kabupaten_kota, kecamatan, desa_kelurahan"):
        check(lists, "wilayah-kemendagri#dusun")


@pytest.mark.parametrize(
    ("binding", "value", "line"),
    [
        (
            "wilayah-kemendagri",
            "52.99",
            'Baris 14, kolom kode_wilayah: "52.99" tidak ada di kode referensi wilayah-kemendagri 2430/2025.'
            " Lihat /kode-referensi/wilayah-kemendagri.",
        ),
        (
            "wilayah-kemendagri#kecamatan",
            "5201010",
            'Baris 14, kolom kode_wilayah: "5201010" tidak ada di kode referensi wilayah-kemendagri 2430/2025. Kode BPS?'
            " Tempat yang sama di sini: 52.01.07 Sekotong. Ganti kodenya lewat jembatan kode, jangan dengan memotong angka.",
        ),
        (
            "wilayah-kemendagri",
            "520107",
            'Baris 14, kolom kode_wilayah: "520107" adalah kode yang kehilangan titik. Tulis 52.01.07 Sekotong.',
        ),
        (
            "wilayah-kemendagri",
            "52.1",
            'Baris 14, kolom kode_wilayah: "52.1" adalah kode yang kehilangan angka nol, biasanya karena lembar kerja membacanya sebagai'
            " angka. Mungkin yang dimaksud: 52.01 Kabupaten Lombok Barat. Jadikan kolom kode bertipe teks.",
        ),
        (
            "wilayah-kemendagri",
            "52.03.09.2001",
            'Baris 14, kolom kode_wilayah: "52.03.09.2001" (Lenek) tidak berlaku lagi pada kode referensi wilayah-kemendagri 2430/2025;'
            " berakhir dengan versi 72/2019. Kode sekarang: 52.03.21.2001 Lenek.",
        ),
        (
            "wilayah-kemendagri@137/2017",
            "52.03.21.2001",
            'Baris 14, kolom kode_wilayah: "52.03.21.2001" (Lenek) baru ada sejak versi 72/2019, sedangkan tabel memakai kode referensi'
            " wilayah-kemendagri 137/2017. Nyatakan versi 72/2019 pada skema tabel, atau pakai kode lama: 52.03.09.2001 Lenek.",
        ),
        (
            "wilayah-kemendagri#kecamatan",
            "52.01",
            'Baris 14, kolom kode_wilayah: "52.01" adalah kode kabupaten/kota, sedangkan kolom ini berisi kode kecamatan.'
            " Isi dengan kode kecamatan dari /kode-referensi/wilayah-kemendagri.",
        ),
        (
            "wilayah-kemendagri#kecamatan",
            "Sekotong",
            "Baris 14, kolom kode_wilayah: Isi kolom kode ini sebuah nama, bukan kode. Kode yang mungkin: 52.01.07 Sekotong. Pilih satu.",
        ),
    ],
)
def test_a_wrong_code_is_told_with_its_place_and_the_way_out(
    lists: CodeLists, messages: Messages, binding: str, value: str, line: str
) -> None:
    problem = check(lists, binding).problem(value, row=14, field="kode_wilayah")
    assert problem is not None
    assert messages.line(problem) == line
    assert problem.severity is Severity.ERROR


def test_a_code_in_force_at_its_level_is_no_problem(lists: CodeLists) -> None:
    assert check(lists, "wilayah-kemendagri#kecamatan").problem("52.01.07", name="SEKOTONG", parent="52.01") is None
    assert check(lists, "wilayah-kemendagri@137/2017").problem("52.03.09.2001", name="Lenek", parent="52.03") is None


def test_name_and_code_that_disagree_are_a_warning(lists: CodeLists) -> None:
    problem = check(lists, "wilayah-kemendagri").problem("52.01.07", name="Gerung")
    assert problem is not None
    assert (problem.code, problem.severity, problem.values["name"]) == ("name-code-mismatch", Severity.WARNING, "Sekotong")


def test_a_kecamatan_under_the_wrong_kabupaten_is_an_error(lists: CodeLists) -> None:
    problem = check(lists, "wilayah-kemendagri").problem("52.01.07", parent="52.02")
    assert problem is not None
    assert (problem.code, problem.values["expected"]) == ("wrong-parent-code", "52.01")


def test_a_ten_digit_code_of_two_desa_is_asked_and_never_guessed(lists: CodeLists) -> None:
    kemendagri = check(lists, "wilayah-kemendagri#desa_kelurahan")
    both = [
        item.code
        for item in lists.get("wilayah-bps").edition().of_level("desa_kelurahan")
        if item.code in {desa.code.replace(".", "") for desa in kemendagri.edition.of_level("desa_kelurahan")}
    ]
    assert len(both) == 91
    assert {problem.code for code in both if (problem := kemendagri.problem(code)) is not None} == {"ambiguous-code-system"}
    assert all(len(kemendagri.proposals(code)) == 2 for code in both)


def test_a_kemendagri_code_in_a_bps_column_is_known_too(lists: CodeLists) -> None:
    problem = check(lists, "wilayah-bps#kecamatan").problem("52.01.07")
    assert problem is not None
    assert (problem.code, problem.values["system"], problem.values["proposal"]) == ("other-system-code", "Kemendagri", "5201010 SEKOTONG")


@pytest.mark.parametrize(
    "value",
    ["5271012345678901", "081234567890", "0812-3456-7890", "Siti Aminah", "siti@contoh.id", "5271 0123 4567 8901", "8123456789", "Siti"],
)
def test_a_value_that_may_be_a_persons_is_never_repeated(lists: CodeLists, messages: Messages, value: str) -> None:
    problem = check(lists, "wilayah-kemendagri").problem(value, row=2, field="kode")
    assert problem is not None
    assert value not in messages.line(problem)
    assert value not in str(messages.as_dict(problem))


def test_a_wrong_word_in_a_list_of_words_is_shown(lists: CodeLists, messages: Messages) -> None:
    problem = check(lists, "tingkat-akses").problem("rahasia", row=3, field="akses")
    assert problem is not None
    assert messages.line(problem) == (
        'Baris 3, kolom akses: "rahasia" tidak ada di kode referensi tingkat-akses 2021. Lihat /kode-referensi/tingkat-akses.'
    )
