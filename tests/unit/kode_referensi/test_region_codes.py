"""The golden values of NTB's region codes: counted on the published decrees, not on our files."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, Crosswalk, Fate, UnknownCodeError, UnknownVersionError, resolve
from ckanext.ntbsatudata.domain.kode_referensi.crosswalk import Relation
from ckanext.ntbsatudata.domain.kode_referensi.history import differences, rebase

# version: rows, kecamatan, kelurahan, desa
COUNTS = {
    "56/2015": (1264, 116, 142, 995),
    "137/2017": (1264, 116, 142, 995),
    "72/2019": (1278, 117, 145, 1005),
    "58/2021": (1278, 117, 145, 1005),
    "6117/2022": (1294, 117, 145, 1021),
    "2430/2025": (1294, 117, 145, 1021),
}
# kabupaten/kota: kecamatan, kelurahan, desa
NOW = {
    "52.01": ("Kabupaten Lombok Barat", 10, 3, 119),
    "52.02": ("Kabupaten Lombok Tengah", 12, 12, 142),
    "52.03": ("Kabupaten Lombok Timur", 21, 15, 239),
    "52.04": ("Kabupaten Sumbawa", 24, 8, 157),
    "52.05": ("Kabupaten Dompu", 8, 9, 72),
    "52.06": ("Kabupaten Bima", 18, 0, 191),
    "52.07": ("Kabupaten Sumbawa Barat", 8, 7, 58),
    "52.08": ("Kabupaten Lombok Utara", 5, 0, 43),
    "52.71": ("Kota Mataram", 6, 50, 0),
    "52.72": ("Kota Bima", 5, 41, 0),
}


@pytest.mark.parametrize("version", COUNTS)
def test_each_decree_has_the_counts_that_were_published(kemendagri: CodeList, version: str) -> None:
    edition = kemendagri.edition(version)
    counted = (
        len(edition),
        len(edition.of_level("kecamatan")),
        len(edition.of_level("desa_kelurahan", "kelurahan")),
        len(edition.of_level("desa_kelurahan", "desa")),
    )
    assert counted == COUNTS[version]


@pytest.mark.parametrize("code", NOW)
def test_each_kabupaten_has_its_kecamatan_kelurahan_and_desa(kemendagri: CodeList, code: str) -> None:
    edition = kemendagri.edition()
    below = [item for item in edition if item.code.startswith(f"{code}.")]
    counted = (
        edition.item(code).name,
        len(edition.children(code)),
        sum(item.kind == "kelurahan" for item in below),
        sum(item.kind == "desa" for item in below),
    )
    assert counted == NOW[code]


def test_eight_kabupaten_and_two_kota(kemendagri: CodeList) -> None:
    edition = kemendagri.edition()
    assert (len(edition.of_level("kabupaten_kota", "kabupaten")), len(edition.of_level("kabupaten_kota", "kota"))) == (8, 2)


@pytest.mark.parametrize(("day", "kecamatan"), [(date(2018, 7, 1), 116), (date(2026, 1, 1), 117)])
def test_the_list_at_a_date_is_the_one_in_force_then(kemendagri: CodeList, day: date, kecamatan: int) -> None:
    assert len(kemendagri.at(day).of_level("kecamatan")) == kecamatan


def test_before_the_first_decree_there_is_no_list(kemendagri: CodeList) -> None:
    with pytest.raises(UnknownVersionError, match="belum ada pada 2001-01-01; versi pertama berlaku sejak 2015-06-29"):
        kemendagri.at(date(2001, 1, 1))


def test_a_code_cannot_be_made_from_a_value_the_list_does_not_have(kemendagri: CodeList) -> None:
    assert kemendagri.edition().code("52.07.02.2021").item.name == "Lamunga"
    with pytest.raises(UnknownCodeError, match='"52.99" tidak ada di kode referensi wilayah-kemendagri versi 2430/2025'):
        kemendagri.edition().code("52.99")
    with pytest.raises(UnknownCodeError, match="versi 58/2021"):
        kemendagri.edition("58/2021").code("52.07.02.2021")


# what became of a code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("52.03.09.2001", "52.03.21.2001"),  # Lenek
        ("52.03.09.2013", "52.03.21.2006"),  # Lenek Pasiraman: not the number it had in the row
        ("52.03.09.2018", "52.03.21.2010"),  # Kalijaga Baru
    ],
)
def test_the_ten_desa_of_lenek_were_recoded(kemendagri: CodeList, old: str, new: str) -> None:
    resolution = resolve(kemendagri, old)
    assert (resolution.relation, [item.code for item in resolution.items]) == (Fate.RECODED, [new])


def test_a_code_of_today_resolves_back_to_an_older_version(kemendagri: CodeList) -> None:
    resolution = resolve(kemendagri, "52.03.21.2001", to_version="137/2017")
    assert (resolution.relation, [item.code for item in resolution.items]) == (Fate.RECODED, ["52.03.09.2001"])


def test_aikmel_was_split_and_a_reader_is_told(kemendagri: CodeList) -> None:
    resolution = resolve(kemendagri, "52.03.09")
    assert (resolution.relation, [item.name for item in resolution.items]) == (Fate.SPLIT, ["Aikmel", "Lenek"])
    assert resolve(kemendagri, "52.03.09", from_version="2430/2025").relation is Fate.SAME


def test_selaprang_was_only_renamed(kemendagri: CodeList) -> None:
    resolution = resolve(kemendagri, "52.71.05")
    assert (resolution.relation, resolution.items[0].name) == (Fate.RENAMED, "Selaparang")


def test_a_code_that_never_was_is_an_error(kemendagri: CodeList) -> None:
    with pytest.raises(UnknownCodeError, match='"52.99" tidak pernah ada'):
        resolve(kemendagri, "52.99")


def test_the_differences_between_decrees(kemendagri: CodeList) -> None:
    lenek = differences(kemendagri, "137/2017", "72/2019")
    assert (len(lenek.added), len(lenek.gone)) == (24, 10)
    since = differences(kemendagri, "137/2017", "2430/2025")
    assert (len(since.added), len(since.gone)) == (40, 10)
    latest = differences(kemendagri, "6117/2022", "2430/2025")
    assert (len(latest.added), len(latest.gone), len(latest.renamed)) == (0, 0, 22)
    assert ("Mamak", "Mama") in {(old.name, new.name) for old, new in latest.renamed}


def test_a_letter_that_means_another_thing_is_recoded_and_not_renamed(lists: CodeLists) -> None:
    kbli = lists.get("kbli")
    assert [item.code for item in resolve(kbli, "K", from_version="2020").items] == ["L"]
    assert resolve(kbli, "K", from_version="2025").relation is Fate.SAME
    found = differences(kbli, "2020", "2025")
    assert "K" not in {old.code for old, _new in found.renamed}
    assert ("K", ("L",)) in {(change.code, change.became) for change in found.changes}


def test_a_series_moves_to_another_version_and_says_what_it_may_not_move(kemendagri: CodeList) -> None:
    moved = rebase(kemendagri, ["52.03.09.2001", "52.03.08", "52.03.09"], "137/2017", "2430/2025")
    assert moved.moves == {"52.03.09.2001": "52.03.21.2001", "52.03.08": "52.03.08"}
    assert moved.unclear == {"52.03.09": ("52.03.09", "52.03.21")}
    assert moved.record() == {
        "kode_referensi": "wilayah-kemendagri",
        "from": "137/2017",
        "to": "2430/2025",
        "moved": {"52.03.09.2001": "52.03.21.2001"},
        "merged": [],
    }  # fmt: skip


# the bridge to BPS


def test_the_bridge_has_all_kabupaten_all_kecamatan_and_1140_desa(lists: CodeLists, bps_to_kemendagri: Crosswalk) -> None:
    levels = [lists.get("wilayah-bps").edition().item(source).level for source, _target in bps_to_kemendagri.pairs]
    assert (levels.count("kabupaten_kota"), levels.count("kecamatan"), levels.count("desa_kelurahan")) == (10, 117, 1140)


def test_26_desa_have_no_bps_code(lists: CodeLists, kemendagri: CodeList) -> None:
    gaps = lists.crosswalk("wilayah-kemendagri", "wilayah-bps").gaps(kemendagri.edition())
    assert len(gaps) == 26
    assert {"52.02.03.2011", "52.07.02.2021"} <= {item.code for item in gaps}
    assert lists.crosswalk("wilayah-kemendagri", "wilayah-bps").cross("52.07.02.2021").relation is Relation.NONE


def test_sekotong_is_not_gerung(bps_to_kemendagri: Crosswalk) -> None:
    assert bps_to_kemendagri.cross("5201010").targets == ("52.01.07",)
    assert bps_to_kemendagri.cross("5201020").targets == ("52.01.01",)


def test_kabupaten_agree_once_the_dot_is_gone(bps_to_kemendagri: Crosswalk, kemendagri: CodeList) -> None:
    for item in kemendagri.edition().of_level("kabupaten_kota"):
        assert bps_to_kemendagri.cross(item.code.replace(".", "")).targets == (item.code,)


def test_sumbawa_barat_is_complete(lists: CodeLists) -> None:
    crosswalk = lists.crosswalk("wilayah-kemendagri", "wilayah-bps")
    bridge = {item.code: crosswalk.cross(item.code).targets for item in lists.get("wilayah-kemendagri").edition().children("52.07")}
    assert bridge == {
        "52.07.04": ("5207010",),
        "52.07.01": ("5207020",),
        "52.07.08": ("5207021",),
        "52.07.02": ("5207030",),
        "52.07.07": ("5207031",),
        "52.07.05": ("5207040",),
        "52.07.03": ("5207050",),
        "52.07.06": ("5207051",),
    }


def test_cutting_a_bps_code_is_silently_wrong_for_72_of_117_kecamatan(kemendagri: CodeList, bps_to_kemendagri: Crosswalk) -> None:
    dotless = {item.code.replace(".", ""): item.code for item in kemendagri.edition().of_level("kecamatan")}
    right = wrong = nothing = 0
    for source, target in bps_to_kemendagri.pairs:
        if len(source) == 7:
            read = dotless.get(source[:6])
            right += read == target
            nothing += read is None
            wrong += read is not None and read != target
    assert (right, wrong, nothing) == (39, 72, 6)


def test_91_ten_digit_codes_are_desa_in_both_systems_and_never_the_same_one(lists: CodeLists, kemendagri: CodeList) -> None:
    dotless = {item.code.replace(".", ""): item.code for item in kemendagri.edition().of_level("desa_kelurahan")}
    crosswalk = lists.crosswalk("wilayah-bps", "wilayah-kemendagri")
    both = [item.code for item in lists.get("wilayah-bps").edition().of_level("desa_kelurahan") if item.code in dotless]
    assert len(both) == 91
    assert not [code for code in both if crosswalk.cross(code).targets == (dotless[code],)]


# beside the published files


PUBLISHED = {
    "56/2015": "kemendagri-ntb-arsip-2016-cahyadsn-b7ad440.csv",
    "137/2017": "kemendagri-ntb-arsip-2018-cahyadsn-b7ad440.csv",
    "72/2019": "kemendagri-ntb-arsip-2020-cahyadsn-b7ad440.csv",
    "58/2021": "kemendagri-ntb-arsip-2022-cahyadsn-b7ad440.csv",
    "6117/2022": "kemendagri-ntb-2022-kepmendagri-6117-cahyadsn-b7ad440.csv",
    "2430/2025": "kemendagri-ntb-cahyadsn-b7ad440.csv",
}


@pytest.mark.shared_data
@pytest.mark.parametrize("version", PUBLISHED)
def test_each_version_has_exactly_the_codes_of_its_published_file(kemendagri: CodeList, shared_data: Path, version: str) -> None:
    with (shared_data / "wilayah" / PUBLISHED[version]).open(encoding="utf-8-sig", newline="") as stream:
        published = {row["kode"] for row in csv.DictReader(stream)}
    assert set(kemendagri.edition(version).items) == published


@pytest.mark.shared_data
def test_a_second_master_has_the_same_desa_and_names(kemendagri: CodeList, shared_data: Path) -> None:
    with (shared_data / "wilayah" / "idn-area-data-ntb-villages-b36d079.csv").open(encoding="utf-8-sig", newline="") as stream:
        second = {row["code"]: row["name"] for row in csv.DictReader(stream)}
    ours = {item.code: item.name for item in kemendagri.edition().of_level("desa_kelurahan")}

    def plain(name: str) -> str:
        return "".join(letter for letter in name.casefold() if letter.isalnum())

    assert {code: plain(name) for code, name in ours.items()} == {code: plain(name) for code, name in second.items()}
