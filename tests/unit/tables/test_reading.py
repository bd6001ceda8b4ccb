"""Encodings, dialects, workbooks, and files that cannot be read."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.reading import opened_table

TABLE = "Wilayah;Nilai\r\nGerung – utara;1,5\r\nKediri;2,5\r\nNarmada;3,25\r\n"


def problem_of(path, sheet=None):
    with pytest.raises(UnreadableFileError) as refused, opened_table(path, sheet):
        pass
    return refused.value.problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_gives_the_same_values(check_file, tmp_path, encoding):
    path = tmp_path / "tabel.csv"
    path.write_bytes(TABLE.encode(encoding))
    found = check_file(path)
    assert found.tidy == [["Wilayah", "Nilai"], ["Gerung – utara", "1.5"], ["Kediri", "2.5"], ["Narmada", "3.25"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_dialect_gives_the_same_values(check_file, tmp_path, newline, delimiter):
    path = tmp_path / "tabel.csv"
    path.write_bytes(newline.join(delimiter.join(row) for row in (["Wilayah", "Nilai"], ["Gerung", "15"], ["Kediri", "25"])).encode())
    assert check_file(path).tidy == [["Wilayah", "Nilai"], ["Gerung", "15"], ["Kediri", "25"]]


def test_decimal_commas_do_not_make_the_comma_a_delimiter(check_file, tmp_path):
    path = tmp_path / "tabel.csv"
    path.write_text("a;b;c\n1,5;2,5;3,5\n1,6;2,6;3,6\n", encoding="utf-8")
    assert check_file(path).names == ["a", "b", "c"]


def test_a_broken_letter_is_named_with_its_place(check_file, tmp_path):
    path = tmp_path / "tabel.csv"
    path.write_bytes("Nama Desa,Nilai\nBatu Pütih,1\nKédiri,2\nGerüng,3\n".encode() + b"Nar\xffmada,4\n")
    assert ("encoding-error", 5, "Nama Desa") in check_file(path).found


def test_blank_lines_count_as_records(check_file, tmp_path):
    path = tmp_path / "tabel.csv"
    path.write_text("Judul\n\na,b\n1,2\n3,x\n5,6\n7,8\n9,10\n", encoding="utf-8")
    assert ("type-error", 5, "b") in check_file(path).found


def test_a_merged_label_stands_for_each_row_and_a_merged_figure_once(check_file, tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in [["Kecamatan", "Tahun", "Jumlah"], ["Gerung", 2021, 10], [None, 2022, None], ["Kediri", 2021, 30], [None, 2022, 40]]:
        sheet.append(row)
    for cells in ("A2:A3", "A4:A5", "C2:C3"):
        sheet.merge_cells(cells)
    workbook.save(tmp_path / "tabel.xlsx")
    found = check_file(tmp_path / "tabel.xlsx")
    assert found.tidy[1:] == [["Gerung", "2021", "10"], ["Gerung", "2022", ""], ["Kediri", "2021", "30"], ["Kediri", "2022", "40"]]


def test_a_number_of_a_workbook_is_never_read_as_a_text(check_file, tmp_path):
    workbook = openpyxl.Workbook()
    for row in [["Kecamatan", "Rasio"], ["Gerung", 1.234], ["Kediri", "1.234,5"], ["Narmada", "2.345,5"], ["Lembar", "3.456,5"]]:
        workbook.active.append(row)
    workbook.save(tmp_path / "tabel.xlsx")
    assert check_file(tmp_path / "tabel.xlsx").column("Rasio") == ["1.234", "1234.5", "2345.5", "3456.5"]


def test_formulas_and_their_errors_are_told(check_file, tmp_path):
    workbook = openpyxl.Workbook()
    for row in [["Kecamatan", "Jumlah"], ["Gerung", 5], ["Kediri", "#DIV/0!"], ["Narmada", 7], ["Lembar", 8]]:
        workbook.active.append(row)
    workbook.save(tmp_path / "tabel.xlsx")
    assert check_file(tmp_path / "tabel.xlsx").found == [("formula-error", 3, "Jumlah")]


def test_several_sheets_with_tables_are_listed_and_one_is_chosen(check_file, tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Petunjuk"
    workbook.active["A1"] = "Isi lembar berikutnya"
    for year in ("2022", "2023"):
        sheet = workbook.create_sheet(year)
        for row in [["Kecamatan", "Jumlah"], ["Gerung", int(year)], ["Kediri", 7]]:
            sheet.append(row)
    workbook.save(tmp_path / "tabel.xlsx")
    found = check_file(tmp_path / "tabel.xlsx")
    assert found.found == [("multiple-sheets", None, None)]
    assert found.problems[0].values["sheets"] == "2022, 2023"
    assert check_file(tmp_path / "tabel.xlsx", "2023").found == []
    assert problem_of(tmp_path / "tabel.xlsx", "2024").values == {"sheets": "Petunjuk, 2022, 2023", "sheet": "2024"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf  \r\n", "empty-file"),
        (b"%PDF-1.7\n", "unsupported-format"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "unsupported-format"),
        (b'{"a": 1}', "unsupported-format"),
        (b"PK\x03\x04" + b"x" * 500, "broken-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000, "broken-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted-workbook"),
        (bytes(range(256)) * 20, "not-a-table"),
        (b'a,b\n"' + b"1,2\n" * 400_000, "unclosed-quote"),
        (b",".join(b"%d" % number for number in range(100_000)) + b"\n", "too-many-columns"),
        (b"a" * 3_000_000, "not-a-table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(tmp_path, messages, content, code):
    path = tmp_path / "berkas.csv"
    path.write_bytes(content)
    problem = problem_of(path)
    assert problem.code == code
    assert messages.line(problem).endswith(".")


def sheet_of(cells: str, tail: str = "") -> bytes:
    """Return an XLSX with one sheet of the given XML."""
    main = "http://schemas.openxmlformats.org"
    package, office = f"{main}/package/2006", f"{main}/officeDocument/2006/relationships"
    relation = '<Relationships xmlns="{}/relationships"><Relationship Id="rId1" Type="{}/{}" Target="{}"/></Relationships>'
    parts = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relation.format(package, office, "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}/spreadsheetml/2006/main" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relation.format(package, office, "worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}/spreadsheetml/2006/main"><sheetData>{cells}</sheetData>{tail}</worksheet>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        # two cells that stretch a sheet to 17 thousand million
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>', "workbook-too-large"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "A" * 150_000_000 + "</t></is></c></row>", "workbook-too-large"),
        ('<row r="1">' + "".join(f"<c><v>{number}</v></c>" for number in range(16_384)) + "</row>", "too-many-columns"),
    ],
    ids=["sparse", "bomb", "wide"],
)
def test_a_workbook_that_asks_for_too_much_is_refused(tmp_path, cells, code):
    path = tmp_path / "berkas.xlsx"
    path.write_bytes(sheet_of(cells))
    assert problem_of(path).code == code


def test_merges_over_the_whole_sheet_do_no_harm(check_file, tmp_path):
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    path = tmp_path / "berkas.xlsx"
    path.write_bytes(sheet_of(cells, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))
    assert check_file(path).count == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000))
def test_random_bytes_give_a_table_or_a_problem(tmp_path, content):
    path = tmp_path / "acak.csv"
    path.write_bytes(content)
    try:
        with opened_table(path) as table:
            assert table.count >= 0
    except UnreadableFileError as refused:
        assert refused.problem.code


def test_a_damaged_workbook_gives_a_table_or_a_problem(tmp_path):
    workbook = openpyxl.Workbook()
    for row in [["Kecamatan", "Jumlah"], *[["Gerung", number] for number in range(50)]]:
        workbook.active.append(row)
    workbook.save(tmp_path / "asli.xlsx")
    sound = (tmp_path / "asli.xlsx").read_bytes()
    chance = random.Random(5)
    for number in range(15):
        damaged = bytearray(sound[: chance.randrange(50, len(sound))] if number % 3 == 0 else sound)
        for _ in range(10):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"rusak{number}.xlsx"
        path.write_bytes(bytes(damaged))
        try:
            with opened_table(path) as table:
                assert table.count >= 0
        except UnreadableFileError as refused:
            assert refused.problem.code


LONG_HEADER = "kode_wilayah,tahun,jumlah\n"


def long_rows(count):
    return [f"52.0{number % 8 + 1},{2015 + number % 8},{number}\n" for number in range(count)]


def test_a_long_file_is_scanned_where_it_lies_and_its_faults_keep_their_rows(check_file, tmp_path):
    rows = long_rows(150_000)
    rows[77_000] = "52.01,2015,banyak\n"
    rows[149_999] = "52.99,2015,7\n"
    path = tmp_path / "panjang.csv"
    path.write_text(LONG_HEADER + "".join(rows), encoding="utf-8")
    found = check_file(path)
    assert found.count == 150_000
    assert [one for one in found.found if one[0] in ("type-error", "unknown-code")] == [
        ("type-error", 77_002, "jumlah"),
        ("unknown-code", 150_001, "kode_wilayah"),
    ]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda rows: [*rows[:90_000], ",,\n", *rows[90_000:]], 150_000),  # an empty record
        (lambda rows: [*rows[:90_000], "\n", *rows[90_000:]], 150_000),  # a blank line
        (lambda rows: [*rows, '"52.01",2015,"7"\n'], 150_001),  # quotes
        (lambda rows: [*rows, "Jumlah,,7\n", "Sumber: BPS,,\n"], 150_000),  # a total and a source below
        (lambda rows: [row.replace("\n", "\r\n") for row in rows], 150_000),  # two kinds of line ends
        (lambda rows: [*rows[:90_000], "52.01,2015,7,8\n", *rows[90_000:]], 150_001),  # a surplus cell
        (lambda rows: [*rows[:90_000], '"52.01",2015,"7",8\n', *rows[90_000:]], 150_001),
        (lambda rows: [*rows[:90_000], "52.01,2015\n", *rows[90_000:]], 150_001),  # a missing one
    ],
)
def test_long_files_keep_their_count_whatever_is_in_them(check_file, tmp_path, change, count):
    path = tmp_path / "panjang.csv"
    path.write_bytes((LONG_HEADER + "".join(change(long_rows(150_000)))).encode())
    assert check_file(path).count == count


def test_a_share_shown_as_percent_is_read_as_it_is_shown(check_file, tmp_path):
    workbook = openpyxl.Workbook()
    for row in [["Kecamatan", "Cakupan"], ["Gerung", 0.125], ["Kediri", 0.5], ["Narmada", 1.0625]]:
        workbook.active.append(row)
    for row in (2, 3, 4):
        workbook.active.cell(row=row, column=2).number_format = "0.0%"
    workbook.save(tmp_path / "tabel.xlsx")
    found = check_file(tmp_path / "tabel.xlsx")
    assert found.column("Cakupan") == ["12.5", "50", "106.25"]
    assert found.fields["Cakupan"].unit == "persen"


def test_fractions_in_the_middle_of_a_long_file_make_a_number(check_file, tmp_path):
    rows = long_rows(150_000)
    rows[70_000:80_000] = [f"52.01,2015,{number}.5\n" for number in range(10_000)]
    path = tmp_path / "panjang.csv"
    path.write_text(LONG_HEADER + "".join(rows), encoding="utf-8")
    found = check_file(path)
    assert found.fields["jumlah"].type.value == "number"
    assert not [one for one in found.found if one[0] == "type-error"]
