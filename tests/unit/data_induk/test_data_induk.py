from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.data_induk import (
    DataInduk,
    InvalidMergeError,
    Merge,
    Record,
    RecordSet,
    UnknownRecordError,
    duplicates,
    match,
)
from ckanext.ntbsatudata.domain.data_induk.loading import UnknownRecordSetError, read_records
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def data_induk() -> DataInduk:
    return DataInduk.load(FOLDER)


def test_the_five_sets_name_their_owner_and_the_day_they_were_updated(data_induk: DataInduk) -> None:
    assert set(data_induk.sets) == {"wilayah", "opd", "fasyankes", "posyandu", "sekolah"}
    assert all(each.owner and each.updated and each.legal_basis and each.source for each in data_induk)
    with pytest.raises(UnknownRecordSetError, match="Tidak ada data induk jalan. Yang ada: fasyankes, opd, posyandu, sekolah, wilayah"):
        data_induk.get("jalan")


def test_population_and_area_of_the_ten_kabupaten_sum_to_the_province(data_induk: DataInduk) -> None:
    wilayah = data_induk.get("wilayah")
    kabupaten = [record for record in wilayah.current if record.values["level"] == "kabupaten_kota"]
    assert sum(int(record.values["penduduk"]) for record in kabupaten) == 5_751_295 == int(wilayah.record("52").values["penduduk"])
    assert round(sum(float(record.values["luas_km2"]) for record in kabupaten), 3) == 19_631.991
    assert wilayah.record("52.03").values["penduduk"] == "1457591"


def test_a_region_is_known_in_both_systems(data_induk: DataInduk) -> None:
    assert data_induk.get("wilayah").record("52.01.07").identifiers == {"kode_kemendagri": "52.01.07", "kode_bps": "5201010"}
    assert data_induk.get("wilayah").record("52.07.02.2021").identifiers == {"kode_kemendagri": "52.07.02.2021"}


def posyandu(record_id: str, name: str, desa: str = "52.01.01.1001", updated: date = DAY, **more: str) -> Record:
    identifiers = {"kode_posyandu": more.pop("kode_posyandu")} if "kode_posyandu" in more else {}
    return Record(record_id, name, updated, identifiers, {"kode_wilayah": desa, **more})


def set_of(data_induk: DataInduk, *records: Record) -> RecordSet:
    import dataclasses

    return dataclasses.replace(data_induk.get("posyandu"), records=records)


def test_the_same_name_written_otherwise_in_one_desa_is_found_and_other_numbers_and_other_desa_are_not(data_induk: DataInduk) -> None:
    records = set_of(
        data_induk,
        posyandu("a", "Posyandu Melati II"),
        posyandu("b", "POSY. MELATI 2"),
        posyandu("c", "Posyandu Melati 3"),
        posyandu("d", "Posyandu Melati II", desa="52.01.01.1004"),
    )
    assert [(pair.one.id, pair.other.id, pair.score) for pair in duplicates(records)] == [("a", "b", 100.0)]


def test_the_same_registered_code_is_a_duplicate_wherever_it_lies(data_induk: DataInduk) -> None:
    records = set_of(
        data_induk,
        posyandu("a", "Melati", kode_posyandu="5201010001-001"),
        posyandu("b", "Kenanga", desa="52.01.01.1004", kode_posyandu="5201010001-001"),
        posyandu("c", "Melati", kode_posyandu="5201010001-002"),
    )
    assert [(pair.one.id, pair.other.id, pair.shared) for pair in duplicates(records)] == [("a", "b", ("kode_posyandu",))]


def test_a_merge_keeps_what_both_knew_and_the_trail(data_induk: DataInduk) -> None:
    records = set_of(
        data_induk, posyandu("a", "Melati", strata="madya"), posyandu("b", "Melati", jumlah_kader="5", kode_posyandu="5201010001-001")
    )
    merge = Merge("a", "b", "nama dan desa sama, dikonfirmasi puskesmas", date(2026, 11, 20), "Dinas Kesehatan")
    merged = records.merged([merge])
    assert [record.id for record in merged.current] == ["a"]
    assert merged.record("b") == merged.record("a")
    assert merged.record("a").values == {"kode_wilayah": "52.01.01.1001", "strata": "madya", "jumlah_kader": "5"}
    assert merged.record("a").identifiers == {"kode_posyandu": "5201010001-001"}
    assert merged.record("a").updated == date(2026, 11, 20)
    assert merged.trail("a") == [merge]


def test_merges_follow_one_another_and_none_leads_in_a_circle(data_induk: DataInduk) -> None:
    records = set_of(data_induk, posyandu("a", "Melati"), posyandu("b", "Melati"), posyandu("c", "Melati"))
    first = Merge("b", "c", "sama", DAY, "Dinkes")
    merged = records.merged([first]).merged([Merge("a", "b", "sama", DAY, "Dinkes")])
    assert merged.record("c").id == "a"
    with pytest.raises(InvalidMergeError, match="sudah digabungkan sebelumnya"):
        merged.merged([Merge("c", "a", "sama", DAY, "Dinkes")])
    with pytest.raises(InvalidMergeError, match="harus dua catatan yang ada"):
        records.merged([Merge("a", "z", "sama", DAY, "Dinkes")])
    with pytest.raises(InvalidMergeError, match="harus punya alasan"):
        records.merged([Merge("a", "b", " ", DAY, "Dinkes")])
    with pytest.raises(UnknownRecordError, match='Tidak ada "z" dalam data induk posyandu'):
        records.record("z")


def test_a_row_is_matched_by_identifier_first_and_by_name_in_its_region(data_induk: DataInduk) -> None:
    records = set_of(
        data_induk,
        posyandu("a", "Posyandu Melati I", kode_posyandu="5201010001-001"),
        posyandu("b", "Posyandu Melati I", desa="52.02.01.2001"),
    )
    assert match(records, "apa saja", identifiers={"kode_posyandu": "5201010001-001"}) == [(records.record("a"), 100.0)]
    assert match(records, "posy melati 1", region="52.02") == [(records.record("b"), 100.0)]
    assert match(records, "melati 7") == []


def test_a_file_of_records_is_read_and_every_fault_is_told(data_induk: DataInduk, tmp_path: Path) -> None:
    path = tmp_path / "posyandu.csv"
    path.write_text(
        "id,name,updated,kode_posyandu,kode_wilayah,strata\n"
        "p1,Melati,2026-10-01,5201010001-001,52.01.01.1001,madya\n"
        "p2,,2026-10-01,,52.01.01.1001,\n"
        "p3,Kenanga,01/10/2026,satu,52.99.01.1001,juara\n"
        "p1,Mawar,,,52.01.01.1001,\n",
        encoding="utf-8",
    )
    records, problems = read_records(data_induk.get("posyandu"), path, CodeLists.load(FOLDER))
    assert [record.id for record in records] == ["p1"]
    assert [(problem.row, problem.field, problem.code) for problem in problems] == [
        (3, "name", "master-field-empty"),
        (4, "updated", "master-date-invalid"),
        (4, "kode_posyandu", "master-identifier-malformed"),
        (4, "kode_wilayah", "unknown-code"),
        (4, "strata", "unknown-code"),
        (5, "id", "master-record-repeated"),
    ]
