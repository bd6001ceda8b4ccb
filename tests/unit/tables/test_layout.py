"""Where a table lies on its sheet."""

from __future__ import annotations


def test_titles_units_totals_and_sources_are_no_records(check_text):
    found = check_text(
        """
        Tabel 2.1 Jumlah Penduduk Menurut Kecamatan, 2023 |  |
        (jiwa) | |

        Kecamatan | Laki-laki | Perempuan
        Gerung | 45210 | 45980
        Kediri | 31000 | 31500
        Narmada | 52000 | 52750
        Jumlah | 128210 | 130230

        Sumber: BPS Kabupaten Lombok Barat | |
        """
    )
    # 45210 + 31000 + 52000 = 128210; 45980 + 31500 + 52750 = 130230
    assert found.layout.titles == (1, 2)
    assert found.layout.header_rows == (4,)
    assert found.layout.totals == (8,)
    assert found.count == 3
    assert found.fields["Laki-laki"].unit == "jiwa"
    assert found.tidy[1:] == [["Gerung", "45210", "45980"], ["Kediri", "31000", "31500"], ["Narmada", "52000", "52750"]]
    assert found.found == []


def test_header_rows_are_joined_from_the_top(check_text):
    found = check_text(
        """
        Kecamatan | Padi | | Jagung |
        | Luas (ha) | Produksi (ton) | Luas (ha) | Produksi (ton)
        (1) | (2) | (3) | (4) | (5)
        Gerung | 10,5 | 20,1 | 3,2 | 4,4
        Kediri | 11,5 | 21,1 | 3,3 | 5,4
        """,
        delimiter=";",
    )
    assert found.names == ["Kecamatan", "Padi / Luas (ha)", "Padi / Produksi (ton)", "Jagung / Luas (ha)", "Jagung / Produksi (ton)"]
    assert found.fields["Padi / Luas (ha)"].unit == "ha"
    assert found.layout.header_rows == (1, 2, 3)
    assert found.column("Jagung / Produksi (ton)") == ["4.4", "5.4"]


def test_sections_and_signatures_are_left_out(check_text):
    found = check_text(
        """
        Kabupaten/Kota | 2022 | 2023
        Kabupaten/Regency | |
        Lombok Barat | 5 | 6
        Lombok Tengah | 7 | 8
        Kota/Municipality | |
        Kota Mataram | 9 | 10
        Kota Bima | 1 | 2

        | Mataram, 12 Januari 2024 |
        | Kepala Dinas Kesehatan |
        | NIP. 197401012005011001 |
        """
    )
    assert found.count == 4
    assert found.column("Kabupaten/Kota") == ["Lombok Barat", "Lombok Tengah", "Kota Mataram", "Kota Bima"]
    assert found.found == []


def test_years_as_headers_are_no_record(check_text):
    found = check_text("Provinsi | 2021 | 2022\nAceh | 12,5 | 13,5\nBali | 14,5 | 15,5", delimiter=";")
    assert found.layout.header_rows == (1,)
    assert found.names == ["Provinsi", "2021", "2022"]


def test_a_column_of_years_does_not_make_its_rows_headers(check_text):
    found = check_text("Tahun | Persentase\n2018 | 14.4\n2019 | 6.5\n2021 | 7.5\n2022 | 8.7")
    assert found.count == 4
    assert found.fields["Tahun"].type.value == "year"


def test_a_second_table_below_is_told_and_left_out(check_text):
    found = check_text(
        """
        Kecamatan | Luas (km2)
        Gerung | 62,3
        Kediri | 21,6

        Tabel 2. Desa |
        Kecamatan | Jumlah Desa
        Gerung | 14
        Kediri | 10
        """,
        delimiter=";",
    )
    assert found.count == 2
    assert found.found == [("stacked-tables", 5, None)]


def test_subtotals_and_repeated_headers_are_no_records(check_text):
    found = check_text(
        """
        Kabupaten | Kecamatan | Produksi (ton)
        Lombok Barat | Gerung | 10
        Lombok Barat | Kediri | 20
        Jumlah Lombok Barat | | 30
        Kabupaten | Kecamatan | Produksi (ton)
        Lombok Utara | Bayan | 5
        Lombok Utara | Gangga | 6
        Jumlah Lombok Utara | | 11
        Total | | 41
        """
    )
    # 10 + 20 = 30; 5 + 6 = 11; 30 + 11 = 41
    assert found.layout.totals == (4, 8, 9)
    assert found.count == 4
    assert found.found == []


def test_an_indicator_named_jumlah_is_a_record(check_text):
    found = check_text("No | Indikator | 2022\n1 | Jumlah Penduduk | 5\n2 | Jumlah Desa | 6\n3 | Total Fertility Rate | 2")
    assert found.count == 3
    assert found.layout.totals == ()


def test_records_without_a_header_are_told(check_text):
    found = check_text("2024-01-05 | Gerung | 5\n2024-01-06 | Kediri | 6\n2024-01-07 | Narmada | 7")
    assert ("missing-header", 1, None) in found.found
    assert not found.valid
    assert found.count == 3


def test_months_and_classes_as_numbers_are_headers(check_text):
    months = " | ".join(str(month) for month in range(1, 13))
    found = check_text(f"Kecamatan | {months}\nGerung | {months}\nKediri | {months.replace('1 ', '7 ', 1)}", "xlsx")
    assert found.layout.header_rows == (1,)
    assert found.count == 2


def test_particulars_and_letterheads_above_a_table_are_no_records(check_text):
    found = check_text(
        """
        DINAS KESEHATAN | | |
        Puskesmas | : | Gerung |
        Bulan | : | Maret 2024 |

        No | Nama Posyandu | Sasaran | Ditimbang
        1 | Posyandu Melati 1 | 50 | 40
        2 | Posyandu Melati 2 | 60 | 45
        """
    )
    assert found.layout.header_rows == (5,)
    assert found.layout.titles == (1, 2, 3)
    assert found.count == 2


def test_shares_below_a_total_are_no_records(check_text):
    found = check_text(
        "Kecamatan | L | P\nGerung | 10 | 20\nKediri | 30 | 40\nJUMLAH | 40 | 60\nPERSENTASE | 40 | 60\nData per 31 Desember 2023 | |"
    )
    assert found.layout.totals == (4, 5)
    assert found.count == 2


def test_a_count_that_looks_like_a_year_is_a_count(check_text):
    found = check_text(
        "desa | kecamatan | penduduk\nKuripan | Kuripan | 4821\nGiri Sasak | Kuripan | 1998\nKuripan Utara | Kuripan | 2011\nKuripan Timur | Kuripan | 5023"
    )
    assert found.count == 4
    assert found.column("penduduk") == ["4821", "1998", "2011", "5023"]
