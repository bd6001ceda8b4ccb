"""Every real table at hand reads right, or is refused with a reason. The values were taken from the files by eye."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ckanext.ntbsatudata.cli.main import satudata

pytestmark = pytest.mark.shared_data


class Read:
    def __init__(self, folder: Path, file: str, target: Path, sheet: str | None = None) -> None:
        options = ["check", str(folder / file), "--json", "--out", str(target), *(["--sheet", sheet] if sheet else [])]
        done = CliRunner().invoke(satudata, options, standalone_mode=False, catch_exceptions=False)
        self.code, self.answer = done.return_value, json.loads(done.output)
        self.problems = [(problem["code"], problem["row"], problem["field"]) for problem in self.answer["problems"]]
        fields = (self.answer["proposal"] or {"fields": []})["fields"]
        self.names = [field["name"] for field in fields]
        self.types = {field["name"]: field["type"] for field in fields}
        self.units = {field["name"]: field["unit"] for field in fields}
        self.lists = {field["name"]: field["code_list"] for field in fields}
        self.rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8")))) if target.exists() else []


@pytest.fixture
def read(shared_data, tmp_path):
    return lambda file, sheet=None: Read(shared_data, file, tmp_path / "tidy.csv", sheet)


YEARS = [str(year) for year in range(2018, 2025)]


def test_population_with_a_change_of_unit(read):
    found = read("tabel-ntb/jumlah_penduduk.xlsx")
    assert found.names == ["Kabupaten/Kota", *YEARS]
    assert found.rows[1] == dict(
        zip(found.names, ["Lombok Tengah", "939409.0", "947488.0", "1034.9", "1049.7", "1067.7", "1089.7", "1109.8"], strict=True)
    )
    assert found.rows[10]["2022"] == "5473.7"
    assert ("unit-change", None, "2020") in found.problems
    assert ("ambiguous-name", 7, "Kabupaten/Kota") in found.problems
    assert found.answer["proposal"]["long_form"]["columns"] == YEARS
    assert (found.code, found.answer["rows"]) == (0, 11)


def test_poor_persons_as_true_numbers(read):
    found = read("tabel-ntb/jumlah_penduduk_miskin.xlsx")
    assert [row["2024"] for row in found.rows][-1] == "709.01"
    assert found.rows[0]["2018"] == "103.77"
    assert found.types["2018"] == "number"
    assert found.code == 0


def test_service_of_infants_holds_formulas_and_shares_above_a_hundred(read):
    found = read("tabel-ntb/persentase_pelayanan_kesehatan_bayi.xlsx")
    assert found.answer["rows"] == 11
    assert float(found.rows[5]["2024"]) == pytest.approx(121.26972058544)  # Dompu
    assert found.rows[1]["2024"] == "100"
    assert found.problems == [("formula-cells", 2, "2021"), ("formula-cells", 2, "2019")]
    assert found.code == 0


def test_stunting_in_long_form(read):
    found = read("tabel-ntb/data_stunting_kabupaten.xlsx")
    assert found.answer["rows"] == 60
    assert found.rows[0] == {"Kabupaten/Kota": "Bima", "Tahun": "2018", "Persentase": "32.01"}
    assert found.rows[59] == {"Kabupaten/Kota": "Kota Mataram", "Tahun": "2024", "Persentase": "23.5"}
    assert (found.types["Tahun"], found.units["Persentase"], found.lists["Kabupaten/Kota"]) == ("year", "persen", "wilayah-kemendagri")
    assert found.problems == [("ambiguous-name", 2, "Kabupaten/Kota")]


def test_wasting_of_the_province(read):
    found = read("tabel-ntb/data_wasting_provinsi.xlsx")
    assert [tuple(row.values()) for row in found.rows] == [
        ("2018", "14.4"),
        ("2019", "6.5"),
        ("2021", "7.5"),
        ("2022", "8.7"),
        ("2023", "8.6"),
        ("2024", "10.8"),
    ]
    assert found.problems == []


def test_regional_product_with_two_header_rows(read):
    found = read("tabel-ntb/PDRB_NTB_Harga_Berlaku.xls")
    assert found.answer["proposal"]["header_rows"] == [3, 4]
    assert found.names[:2] == ["LAPANGAN USAHA", "Tahun / 2010"]
    assert found.names[-2:] == ["Tahun / 2019*", "Tahun / 2020*"]
    assert (found.rows[0]["LAPANGAN USAHA"], found.rows[0]["Tahun / 2010"]) == ("Pertanian, Kehutanan, dan Perikanan", "14939021.62")
    assert found.rows[61]["LAPANGAN USAHA"] == "PDRB NTB"
    assert {found.units[name] for name in found.names[1:]} == {"juta rupiah"}
    assert (found.code, found.answer["rows"]) == (0, 62)


def test_shares_of_the_regional_product(read):
    found = read("tabel-ntb/PDRB_NTB_Kontribusi.xls")
    assert float(found.rows[0]["Tahun / 2010"]) == pytest.approx(21.304108446148586)
    assert found.rows[61]["Tahun / 2020**"] == "100"
    assert found.units["Tahun / 2010"] == "persen"


def test_sipd_rows_keep_their_codes_and_zeros(read):
    found = read("tabel-ntb/sipd-ntb-data-will1001-1ab58c4.csv")
    assert found.answer["rows"] == 822
    assert (found.rows[1]["nama_data"], found.rows[1]["nilai"], found.rows[1]["satuan"]) == ("1. Produksi Listrik", "488842272", "Kwh")
    assert found.rows[0]["tahun"] == "2017-01-01T00:00:00" or found.rows[0]["tahun"] == "2017-01-01"
    assert found.types["nilai"] == "number"


def test_sipd_sources_hold_the_same_agency_twice(read):
    found = read("tabel-ntb/sipd-ntb-sumber-data-will1001-1ab58c4.csv")
    assert found.answer["rows"] == 38
    assert found.problems == [("primary-key", 19, "nama_sumber")]


def test_sipd_categories(read):
    found = read("tabel-ntb/sipd-ntb-kategori-will1001-1ab58c4.csv")
    assert (found.answer["rows"], found.rows[0]) == (33, {"id": "1", "id_bagian": "1", "nama": "Umum"})


def test_livestock_on_fifteen_sheets(read):
    found = read("tabel-lain/Populasi.xlsx")
    assert ("multiple-sheets", None, None) in found.problems
    assert found.code == 1
    chosen = read("tabel-lain/Populasi.xlsx", "Populasi Sapi Potong")
    assert chosen.answer["rows"] == 34
    assert chosen.names[3:5] == ["Sapi Potong / 2014", "Sapi Potong / 2015"]
    assert (chosen.rows[0]["Provinsi"], chosen.rows[0]["Sapi Potong / 2014"], chosen.units["Sapi Potong / 2014"]) == (
        "Aceh",
        "511362",
        "ekor",
    )
    assert (chosen.rows[33]["Provinsi"], chosen.rows[33]["Sapi Potong / 2020*)"]) == ("Papua", "111604")
    assert "multiple-sheets" not in [code for code, _, _ in chosen.problems]


def test_a_form_is_refused(read):
    found = read("tabel-lain/formulir-MS-Variabel-MS-Indikator-BPS.xlsx")
    assert found.code == 1
    assert {"multiple-sheets", "duplicate-label"} <= {code for code, _, _ in found.problems}


def test_a_clean_panel_has_bps_codes_of_papua(read):
    found = read("tabel-lain/idbt_emp_prov_sect17_2015-2023.xlsx")
    assert (found.answer["rows"], len(found.names)) == (306, 21)
    assert found.rows[0]["bekerja_agr"] == "881732"
    # 91 is Papua Barat for BPS and Papua for Kemendagri: 18 rows
    assert [code for code, _, _ in found.problems] == ["name-code-mismatch"] * 18
    assert found.code == 0


def test_poverty_of_514_kabupaten_mixes_decimal_marks(read):
    found = read("tabel-lain/kemiskinan-514-kabkota-titik-koma.csv")
    school = "Rata-rata Lama Sekolah Penduduk 15+ (Tahun)"
    assert found.answer["rows"] == 514
    assert found.rows[0][school] == "9.48"
    assert [row for code, row, field in found.problems if (code, field) == ("mixed-decimal-mark", school)][0] == 74
    assert len([row for code, row, field in found.problems if (code, field) == ("mixed-decimal-mark", school)]) == 70
    assert found.rows[72][school] == ""  # 11.34 is not converted by guess
    assert found.lists["Kab/Kota"] == "wilayah-indonesia"
    assert found.code == 1


def test_broken_landslides_lack_a_header_and_have_surplus_cells(read):
    found = read("tabel-lain/longsor-bnpb-rusak.csv")
    assert ("missing-header", 1, None) in found.problems
    assert [row for code, row, _ in found.problems if code == "extra-cell"] == [3, 120, 548, 549, 552, 600]
    assert (found.rows[0]["kolom 1"], found.rows[1]["kolom 1"]) == ("2022-01-01", "2022-01-01")
    assert found.code == 1


def test_sound_landslides(read):
    found = read("tabel-lain/longsor-bnpb-bersih.csv")
    assert found.answer["rows"] == 716
    assert found.rows[2]["kecamatan"] == "Kec. Permata, Ds. Buntul, Kec. Mesidah, Ds. Simpur"
    assert (found.types["tanggal"], found.types["kode_kabupaten"], found.types["jumlah_dampak"]) == ("date", "string", "integer")
    assert found.code == 0


def test_list_of_data_of_yogyakarta(read):
    found = read("tabel-lain/yogyakarta-daftar-data-2025-icangg05-b0b451b.csv")
    assert found.answer["rows"] == 1084
    assert found.rows[0]["Data 2025"] == "50.09"
    assert [code for code, _, field in found.problems if field == "Data 2025"] == ["type-error", "type-error"]  # two dates among figures


def test_schools_of_yogyakarta(read):
    found = read("tabel-lain/yogyakarta-sekolah-per-kelurahan-icangg05-b0b451b.csv")
    assert (found.answer["rows"], found.problems, found.code) == (45, [], 0)
    assert found.rows[44] == {
        "Kelurahan": "Purbayan",
        "TK Negeri": "0",
        "TK Swasta": "5",
        "SD Negeri": "4",
        "SD Swasta": "1",
        "SMP Negeri": "0",
        "SMP Swasta": "1",
    }


def test_calls_by_month_are_two_tables_in_one(read):
    found = read("pengaduan/kendari-112-panggilan-per-bulan-2025-icangg05-b0b451b.csv")
    assert found.problems == [("stacked-tables", 13, None)]
    assert found.names == ["No", "Bulan", "Panggilan / Valid", "Total Panggilan Masuk"]
    assert found.answer["rows"] == 7


def test_public_texts_hold_seven_email_addresses(read):
    found = read("pengaduan/sp4n-lapor-1598-teks-disamarkan.csv")
    assert found.answer["rows"] == 1598
    assert len([code for code, _, _ in found.problems if code == "email-pattern"]) == 7
    assert found.code == 1


def test_measured_children_are_no_personal_data(read):
    found = read("posyandu/tinggi-balita-121k-sintetis.csv")
    assert (found.answer["rows"], found.problems, found.code) == (120_999, [], 0)
    assert found.rows[0]["Tinggi Badan (cm)"] == "44.5919732943438"
    assert (found.units["Umur (bulan)"], found.units["Tinggi Badan (cm)"]) == ("bulan", "cm")


def test_parts_that_do_not_make_stunting(read):
    found = read("posyandu/malang-stunting-per-puskesmas.csv")
    assert found.answer["rows"] == 390
    assert found.rows[0]["Prevalensi Stunting"] == "8.6"
    assert ("sum-mismatch", 42, "Stunting") in found.problems  # 182 by its parts, 191 written


def test_immunisation_of_east_java(read):
    found = read("posyandu/jatim-faktor-stunting-imunisasi-2022-2024.csv")
    assert (found.answer["rows"], found.problems, found.code) == (114, [], 0)
    assert found.rows[2]["idl_rate"] == "100.5"


@pytest.mark.parametrize(
    ("file", "rows", "version"),
    [
        ("kemendagri-ntb-cahyadsn-b7ad440.csv", 1294, "2430/2025"),
        ("kemendagri-ntb-arsip-2018-cahyadsn-b7ad440.csv", 1264, "137/2017"),
        ("bridge-bps-kemendagri-ntb-taufiqart-901bec0.csv", 1267, "2430/2025"),
        ("idn-area-data-ntb-villages-b36d079.csv", 1166, "2430/2025"),
    ],
)
def test_code_lists_are_tables_of_codes(read, file, rows, version):
    found = read(f"wilayah/{file}")
    assert found.answer["rows"] == rows
    assert "wilayah-kemendagri" in found.lists.values()
    assert found.code == 0
    assert any(version in field["reason"] for field in found.answer["proposal"]["fields"])


@pytest.mark.parametrize(
    ("file", "rows", "check"),
    [
        ("characters.csv", 382, lambda rows: rows[0]["id"] == "v_1"),
        (
            "excel_pasting.csv",
            13,
            lambda rows: (
                rows[0]
                == {
                    "Year": "Timber",
                    **dict(zip(map(str, range(2000, 2008)), ["2666", "2274", "1877", "1999", "2055", "1632", "1687", "1751"], strict=True)),
                }
            ),
        ),
        ("frictionless-doublequote.csv", 5, lambda rows: rows[0]["NOMBREINCISO"] == "Administración Nacional de Educación Pública"),
        (
            "frictionless-issue-811.csv",
            7904,
            lambda rows: (rows[0]["Codice Regione"], rows[0]["Denominazione in italiano"]) == ("01", "Agliè"),
        ),
        ("span_rich.xls", 5, lambda rows: rows[0]["I"] == "j"),
        ("spanish_chars.csv", 114, lambda rows: (rows[0]["Gasto total 2011"], rows[1]["F"]) == ("229932.50", "Legislación")),
        ("utf-16le_encoded.csv", 327, lambda rows: rows[0]["Organisation_name"] == "Enfield PCT"),
    ],
)
def test_horrors_that_read_right(read, file, rows, check):
    found = read(f"tabel-lain/horror/{file}")
    assert found.answer["rows"] == rows
    assert check(found.rows)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("utf8bom.csv", "no-records"),
        ("long.csv", "missing-header"),
        ("null.csv", "missing-header"),
        ("frictionless-merged-cells.xlsx", "no-records"),
    ],
)
def test_horrors_that_are_told(read, file, code):
    found = read(f"tabel-lain/horror/{file}")
    assert code in [known for known, _, _ in found.problems]
    assert found.code == 1
