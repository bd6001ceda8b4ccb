"""What every list under `schemas/kode_referensi/` must have, and what a list with a fault is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.kode_referensi.loading import UnknownCodeListError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

REQUIRED = {
    "wilayah-kemendagri", "wilayah-bps", "pulau", "opd", "urusan", "kbli", "satuan", "frekuensi", "tingkat-akses", "jenis-kelamin",
    "kelompok-umur", "kelompok-umur-balita", "pendidikan", "posyandu-strata", "pengaduan-kategori", "pengaduan-status",
}  # fmt: skip


def test_all_lists_a_portal_needs_are_there(lists: CodeLists) -> None:
    assert set(lists.lists) >= REQUIRED


def test_each_list_names_its_issuer_and_each_version_its_basis_or_says_that_it_is_not_confirmed(lists: CodeLists) -> None:
    for code_list in lists:
        assert code_list.issuer
        assert code_list.title["id"]
        assert code_list.title["en"]
        for version in code_list.versions:
            assert version.legal_basis
            assert version.verified or version.note, f"{code_list.id} {version.id}"


def test_islands_lie_south_of_the_equator(lists: CodeLists) -> None:
    islands = lists.get("pulau").edition()
    assert len(islands) == 430
    assert all(-9.5 < float(item.attributes["lintang"]) < -8.0 for item in islands)
    assert all(115.5 < float(item.attributes["bujur"]) < 119.5 for item in islands)


def test_indonesia_has_38_provinces_and_514_kabupaten_and_kota(lists: CodeLists) -> None:
    indonesia = lists.get("wilayah-indonesia").edition()
    assert (len(indonesia.of_level("provinsi")), len(indonesia.of_level("kabupaten_kota"))) == (38, 514)


def test_a_list_that_does_not_exist_is_an_error_that_names_those_that_do(lists: CodeLists) -> None:
    with pytest.raises(UnknownCodeListError, match="Tidak ada kode referensi planet. Yang ada: cara-ukur"):
        lists.get("planet")


# any province's folder may replace ours


LIST = """
title: {id: Kode wilayah, en: Region codes}
issuer: Kementerian Dalam Negeri
levels:
  - {id: provinsi, label: provinsi, pattern: '\\d{2}'}
  - {id: kabupaten_kota, label: kabupaten/kota, pattern: '\\d{2}\\.\\d{2}', parent_length: 2}
versions:
  - {id: '1', legal_basis: Keputusan A, valid_from: 2020-01-01, verified: true}
  - {id: '2', legal_basis: Keputusan B, valid_from: 2024-01-01, verified: true}
"""


def other_region(tmp_path: Path, rows: str, yaml: str = LIST) -> SchemaFolder:
    folder = tmp_path / "kode_referensi"
    folder.mkdir(exist_ok=True)
    (folder / "wilayah.yaml").write_text(yaml, encoding="utf-8")
    (folder / "wilayah.csv").write_text(rows, encoding="utf-8")
    return SchemaFolder((tmp_path,))


def test_another_province_is_another_folder(tmp_path: Path) -> None:
    folder = other_region(tmp_path, "code,name,since,until\n53,Nusa Tenggara Timur,,\n53.01,Kupang,,2\n53.01,Kupang Baru,2,\n")
    wilayah = CodeLists.load(folder).get("wilayah")
    assert [wilayah.edition(version).item("53.01").name for version in ("1", "2")] == ["Kupang", "Kupang Baru"]
    assert [version.valid_to is None for version in wilayah.versions] == [False, True]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("code\n53\n", "kolom name tidak ada di baris judul"),
        ("code,name\n53,Nusa Tenggara Timur\n5301,Kupang\n", 'wilayah.csv, baris 3: kode "5301" tidak berbentuk kode wilayah'),
        ("code,name\n53,\n", "baris 2: nama kosong atau berspasi lebih"),
        ("code,name\n53, NTT\n", "baris 2: nama kosong atau berspasi lebih"),
        ("code,name\n53.01,Kupang\n", 'induk "53" dari "53.01" tidak ada pada versi 1'),
        ("code,name\n53,NTT\n53,NTT lagi\n", 'kode "53" ada lebih dari sekali pada versi yang sama'),
        ("code,name,since\n53,NTT,3\n", 'baris 2: versi "3" tidak ada di wilayah.yaml'),
        ("code,name\n53,NTT,lebih\n", "baris 2: jumlah kolom tidak sama dengan baris judul"),
    ],
)
def test_a_row_with_a_fault_is_told_with_file_and_row(tmp_path: Path, rows: str, sentence: str) -> None:
    with pytest.raises(SchemaFolderError, match=sentence):
        CodeLists.load(other_region(tmp_path, rows))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (("issuer: Kementerian Dalam Negeri", "penerbit: X"), "isian 'issuer' hilang"),
        (("2024-01-01", "2019-01-01"), "urut dari yang lama"),
        (("'\\d{2}'", "'[0-9'"), "wilayah.yaml"),
        (("verified: true", "sah: true"), "isian 'verified' hilang"),
    ],
)
def test_a_description_with_a_fault_is_told_too(tmp_path: Path, fault: tuple[str, str], sentence: str) -> None:
    with pytest.raises(SchemaFolderError, match=sentence):
        CodeLists.load(other_region(tmp_path, "code,name\n53,NTT\n", LIST.replace(*fault)))


def test_an_alias_of_no_code_is_told(tmp_path: Path) -> None:
    folder = other_region(tmp_path, "code,name\n53,NTT\n")
    (tmp_path / "kode_referensi" / "wilayah.alias.csv").write_text("code,alias\n99,Antah\n", encoding="utf-8")
    with pytest.raises(SchemaFolderError, match='wilayah.alias.csv: kode "99" tidak ada di daftar'):
        CodeLists.load(folder)


def test_the_codes_hold_no_province_of_their_own() -> None:
    """Region is data: the modules name no code and no place."""
    package = Path(__file__).parents[3] / "ckanext-ntbsatudata/ckanext/ntbsatudata/domain"
    for module in [*(package / "kode_referensi").glob("*.py"), *(package / "data_induk").glob("*.py")]:
        statements = [line for line in module.read_text(encoding="utf-8").splitlines() if "==" in line or " = " in line]
        assert not [line for line in statements if '"52' in line or "Lombok" in line], module.name


def test_each_island_names_a_region_that_exists(lists: CodeLists) -> None:
    regions = lists.get("wilayah-kemendagri").edition()
    assert [item.code for item in lists.get("pulau").edition() if item.attributes["wilayah"] not in regions] == []
