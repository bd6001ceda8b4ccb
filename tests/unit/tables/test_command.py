"""`satudata check`: the exact JSON, the exit codes, the sentences on the terminal."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from ckanext.ntbsatudata.cli.main import satudata

SOUND = "Kecamatan;Jumlah\nGerung;1.250\nKediri;2.500\nNarmada;990\n"
FAULTY = "Kecamatan;Jumlah\nGerung;1.250\nKediri;banyak\nNarmada;990\nLembar;870\n"


@pytest.fixture
def run(tmp_path):
    def run(content: str | bytes, *options: str):
        path = tmp_path / "tabel.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = CliRunner().invoke(satudata, ["check", str(path), *options], standalone_mode=False)
        assert result.exception is None, result.exception
        return result.return_value, result.output

    return run


def test_the_json_has_exactly_the_agreed_keys(run):
    code, output = run(FAULTY, "--json")
    answer = json.loads(output)
    assert code == 1
    assert list(answer) == ["valid", "rows", "problems", "proposal"]
    assert (answer["valid"], answer["rows"]) == (False, 4)
    assert answer["problems"] == [
        {
            "code": "type-error",
            "row": 3,
            "field": "Jumlah",
            "message": 'Isi "banyak" bukan bilangan bulat seperti sel lain di kolom ini.',
            "remedy": "Perbaiki isinya, atau kosongkan bila datanya tidak ada.",
        }
    ]
    assert list(answer["proposal"]) == ["sheet", "header_rows", "fields", "long_form"]
    assert answer["proposal"]["header_rows"] == [1]
    assert list(answer["proposal"]["fields"][1]) == ["name", "type", "unit", "code_list", "confidence", "reason"]
    assert answer["proposal"]["fields"][0]["code_list"] == "wilayah-kemendagri"


def test_a_sound_file_leaves_with_zero(run):
    code, output = run(SOUND)
    assert code == 0
    assert "3 baris data, 2 kolom." in output
    assert output.endswith("Tidak ada masalah.\n")


def test_problems_leave_with_one_and_name_their_place(run):
    code, output = run(FAULTY)
    assert code == 1
    assert 'Baris 3, kolom Jumlah: Isi "banyak" bukan bilangan bulat' in output


def test_what_cannot_be_read_leaves_with_two(run):
    code, output = run(b"\x00\x01\x02\x03" * 100, "--json")
    answer = json.loads(output)
    assert code == 2
    assert (answer["valid"], answer["rows"], answer["proposal"]) == (False, 0, None)
    assert answer["problems"][0]["code"] == "not-a-table"


def test_a_missing_file_leaves_with_two(tmp_path):
    result = CliRunner().invoke(satudata, ["check", str(tmp_path / "tiada.csv")], standalone_mode=False)
    assert result.return_value == 2
    assert "Berkas tidak ditemukan." in result.output


def test_the_tidy_file_is_utf8_with_comma_header_and_decimal_point(run, tmp_path):
    run(
        "Tabel 1. Luas\r\nKecamatan;Tanggal;Luas (km²)\r\nGerung;13/01/2024;1.062,5\r\nKediri;14/01/2024;21,6\r\n",
        "--out",
        str(tmp_path / "rapi.csv"),
    )
    assert (
        tmp_path / "rapi.csv"
    ).read_bytes() == "Kecamatan,Tanggal,Luas (km²)\nGerung,2024-01-13,1062.5\nKediri,2024-01-14,21.6\n".encode()


def test_a_wide_table_is_offered_and_written_in_long_form(run, tmp_path):
    wide = "Kecamatan,2021,2022\nGerung,1,2\nKediri,3,4\n"
    _, output = run(wide, "--json", "--long", "--out", str(tmp_path / "panjang.csv"))
    offered = json.loads(output)["proposal"]["long_form"]
    assert offered == {"variable": "tahun", "value": "nilai", "columns": ["2021", "2022"], "keys": ["2021", "2022"], "kept": ["Kecamatan"]}
    with (tmp_path / "panjang.csv").open(encoding="utf-8") as stream:
        assert list(csv.reader(stream)) == [
            ["Kecamatan", "tahun", "nilai"],
            ["Gerung", "2021", "1"],
            ["Gerung", "2022", "2"],
            ["Kediri", "2021", "3"],
            ["Kediri", "2022", "4"],
        ]


def test_the_same_bytes_give_the_same_answer(run):
    assert run(FAULTY, "--json") == run(FAULTY, "--json")


def test_row_order_bom_and_line_ends_change_no_value(run, tmp_path):
    for number, content in enumerate((SOUND, "\ufeff" + SOUND, SOUND.replace("\n", "\r\n"))):
        run(content, "--out", str(tmp_path / f"{number}.csv"))
    assert len({(tmp_path / f"{number}.csv").read_bytes() for number in range(3)}) == 1
