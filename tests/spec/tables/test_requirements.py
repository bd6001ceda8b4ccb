"""The rows of `satu-data-standards.md` section 13 that tables answer: 10, 11, 17, 18 and 36."""

from __future__ import annotations

import json

import openpyxl
import pytest
from click.testing import CliRunner

from ckanext.ntbsatudata.cli.main import satudata
from ckanext.ntbsatudata.domain.tables.source import SourceKind, source_kind


@pytest.fixture
def answer(tmp_path):
    def answer(text, *options):
        path = tmp_path / "tabel.csv"
        path.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(satudata, ["check", str(path), "--json", *options], standalone_mode=False)
        return done.return_value, json.loads(done.output)

    return answer


def test_10_every_table_has_an_open_form(answer, tmp_path):
    answer(
        "Luas wilayah;;\nKecamatan;Tanggal;Luas\nGerung;13/01/2024;1.062,5\nKediri;14/01/2024;21,6\n", "--out", str(tmp_path / "rapi.csv")
    )
    assert (tmp_path / "rapi.csv").read_bytes() == b"Kecamatan,Tanggal,Luas\nGerung,2024-01-13,1062.5\nKediri,2024-01-14,21.6\n"


def test_11_what_a_file_is_comes_from_its_content(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["a", "b"])
    workbook.save(tmp_path / "buku.xlsx")
    (tmp_path / "buku.xlsx").rename(tmp_path / "sebenarnya-buku.csv")
    (tmp_path / "sebenarnya-teks.xlsx").write_text("a,b\n1,2\n", encoding="utf-8")
    assert source_kind(tmp_path / "sebenarnya-buku.csv") is SourceKind.XLSX
    assert source_kind(tmp_path / "sebenarnya-teks.xlsx") is SourceKind.DELIMITED


def test_17_a_code_that_is_none_is_an_error_of_its_row_and_blocks(answer):
    code, found = answer("kode_kabupaten_kota,jumlah\n52.01,1\n52.99,2\n52.03,3\n52.04,4\n")
    assert (code, found["valid"]) == (1, False)
    assert [(one["code"], one["row"], one["field"]) for one in found["problems"]] == [("unknown-code", 3, "kode_kabupaten_kota")]
    assert found["problems"][0]["message"] == '"52.99" tidak ada di kode referensi wilayah-kemendagri 2430/2025.'


def test_18_a_code_of_bps_is_recognised(answer):
    _, found = answer("kode_kecamatan,jumlah\n52.01.01,1\n52.01.02,2\n5201010,3\n52.01.07,4\n")
    assert [(one["code"], one["row"]) for one in found["problems"]] == [("other-system-code", 4)]
    assert "BPS" in found["problems"][0]["message"]


def test_36_no_personal_data_pass(answer):
    rows = "".join(f"52010145019000{number},0812345678{number},a{number}@contoh.id,Gerung\n" for number in range(10, 20))
    code, found = answer(f"NIK,Telepon,Surel,Kecamatan\n{rows}")
    assert code == 1
    assert {one["field"] for one in found["problems"]} == {"NIK", "Telepon", "Surel"}
    assert not any(str(number) in json.dumps(found) for number in (5201014501900010, 81234567810))
