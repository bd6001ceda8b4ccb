"""Personal data in a table: NIK, telephone, e-mail, names beside addresses. The place is named, the value never.

Source of the shapes: Permendagri on NIK (province, kabupaten, kecamatan, day with 40 added for women, month, year, serial);
UU 27/2022 Pasal 4 on what is personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.tables.headers import plain, words_of

COLUMN_SHARE = 0.3  # from this share of hits on, the column is one of identities and is named once

_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "18",
        "19",
        "21",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "51",
        "52",
        "53",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "72",
        "73",
        "74",
        "75",
        "76",
        "81",
        "82",
        "91",
        "92",
        "93",
        "94",
        "95",
        "96",
        "97",
    ]
)
_NIK = re.compile(r"(?<![\d.,])(\d{2})\d{4}([0-7]\d)(0[1-9]|1[0-2])\d{2}(\d{4})(?![\d])")
_SEPARATED_NIK = re.compile(
    r"(?<!\d)\d{2}[ .\-]?\d{2}[ .\-]?\d{2}[ .\-]?\d{2}[ .\-]?\d{2}[ .\-]?\d{2}[ .\-]?\d{4}(?!\d)|(?<!\d)\d{4}[ .\-]\d{4}[ .\-]\d{4}[ .\-]\d{4}(?!\d)"
)
_PHONE = re.compile(r"(?<![\d.,])(?:\+?62[\s.\-]?|\(?0)8(?:[\s.\-]?\d){8,11}\)?(?![\d])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_PLATE = re.compile(r"\b(?:DR|EA)\s?\d{3,4}\s?[A-Z]{2,3}\b")
_SCIENTIFIC_NIK = re.compile(r"[1-9][.,]\d{3,}E\+?15", re.IGNORECASE)

# A cell that cannot hold any of the above does not match this; it is what the scan sorts out in SQL (RE2).
PREFILTER = r"\d[\d .()\-]{8,}\d|@|E\+?15|\x{FFFD}|Ã|â€|(DR|EA) ?\d{3,4} ?[A-Z]{2}"

_PERSON = frozenset(
    [
        "anak",
        "balita",
        "bayi",
        "ibu",
        "ayah",
        "bapak",
        "ortu",
        "orangtua",
        "lengkap",
        "pasien",
        "pelapor",
        "pengadu",
        "siswa",
        "murid",
        "mahasiswa",
        "peserta",
        "penerima",
        "pemohon",
        "warga",
        "penduduk",
        "nasabah",
        "karyawan",
        "pekerja",
        "istri",
        "suami",
        "wali",
        "kk",
        "keluarga",
        "pemilik",
        "korban",
        "tersangka",
        "penderita",
        "responden",
        "nelayan",
        "petani",
        "pedagang",
        "wp",
        "pengguna",
        "akun",
        "kader",
        "bumil",
    ]
)
_INSTITUTION = re.compile(
    r"\b(sdn?|smpn?|sman?|smkn?|mi|mts|ma|man|tk|paud|ra|slb|pkbm|universitas|sekolah|akademi|institut|puskesmas|pustu|posyandu|polindes|poskesdes|klinik|rs|rsud|rumah sakit|"
    r"apotek|pt|cv|ud|koperasi|bumdes|toko|hotel|homestay|villa|restoran|rumah makan|warung|pasar|dinas|badan|kantor|bank|masjid|gereja|pura|vihara|musholl?a|yayasan|ponpes|"
    r"pondok|lembaga|panti|stasiun|terminal|pelabuhan|bandara|pantai|gili|gunung|taman|museum|desa|kelurahan|kecamatan|kabupaten|kota|jalan|jl|kelompok|poktan|kwt|lkm|usaha)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+(?:[ .'\-,][^\W\d_]*)*\.?")


class Personal(Enum):
    """Which kind of personal datum a cell holds, with the code of its problem."""

    NIK = "nik-pattern"
    PHONE = "phone-pattern"
    EMAIL = "email-pattern"
    PLATE = "plate-pattern"


@dataclass(frozen=True)
class ColumnProfile:
    """What the scan found in a column: how many cells it has, how many are distinct, which rows hold what."""

    name: str
    cells: int
    distinct: int
    hits: Sequence[tuple[int, Personal]]
    examples: Sequence[str]
    first_row: int | None = None


def personal_datum(text: str, header: str = "") -> Personal | None:
    """Return the kind of personal datum in a cell, or None. Long decimals and figures are none."""
    bare = text.strip().strip("'`’\u00a0 ")
    if _EMAIL.search(bare):
        return Personal.EMAIL
    about_nik = bool(words_of(header) & {"nik", "kk", "ktp", "nokk", "noktp"})
    if _holds_nik(bare) or (about_nik and (re.fullmatch(r"\d{13,17}", re.sub(r"[ .\-]", "", bare)) or _SCIENTIFIC_NIK.fullmatch(bare))):
        return Personal.NIK
    if re.fullmatch(r"[+-]?\d+[.,]\d+", bare):
        return None
    if _PHONE.search(bare):
        return Personal.PHONE
    if is_phone_header(header) and re.fullmatch(r"\+?\d{9,14}", re.sub(r"[ .\-()]", "", bare)):
        return Personal.PHONE
    return Personal.PLATE if _PLATE.search(bare) else None


def _holds_nik(text: str) -> bool:
    for found in _SEPARATED_NIK.finditer(text):
        before = text[: found.start()]
        if before and before[-1] in ".,":
            continue
        match = _NIK.fullmatch(re.sub(r"[ .\-]", "", found[0]))
        if match and match[1] in _PROVINCES and match[4] != "0000" and (1 <= int(match[2]) <= 31 or 41 <= int(match[2]) <= 71):
            return True
    return False


def is_phone_header(header: str) -> bool:
    return bool(words_of(header) & {"hp", "telp", "telepon", "wa", "whatsapp", "phone", "nohp", "notelp", "handphone", "ponsel"})


def is_identity_header(header: str) -> bool:
    """Return whether a header announces what identifies a person; whole words only, so `nama_kabupaten` does not."""
    words = words_of(header)
    text = plain(header)
    if words & {"nik", "ktp", "nokk", "email", "npwp", "rekening", "paspor"} and not words & {
        "jumlah",
        "persentase",
        "cakupan",
        "kepemilikan",
        "rekam",
        "perekaman",
        "wajib",
    }:
        return True
    if re.fullmatch(r"(no|nomor)\.? (kk|kartu keluarga|ktp|induk kependudukan|bpjs|jkn)", text):
        return True
    return bool(re.search(r"\b(tgl|tanggal) lahir\b|\btempat( tgl| tanggal)? lahir\b|\bttl\b", text))


def is_person_name_header(header: str) -> bool:
    """Return whether a header says that its column names persons: `nama_anak`, not `nama_kabupaten` or `nama_sekolah`."""
    words = words_of(header)
    return (
        "nama" in words
        and bool(words & _PERSON)
        and not words
        & {"usaha", "toko", "sekolah", "perusahaan", "kelompok", "lembaga", "kapal", "program", "kecamatan", "desa", "kabupaten"}
    )


def is_address_header(header: str) -> bool:
    return bool(words_of(header) & {"alamat", "address", "domisili"})


def look_like_persons(examples: Iterable[str]) -> bool:
    """Return whether texts look like names of persons: letters only, no institution among most of them."""
    texts = [text.strip() for text in examples if text.strip()]
    if len(texts) < 2:
        return False
    names = [text for text in texts if _LETTERS.fullmatch(text) and len(text.split()) <= 6 and not _INSTITUTION.search(text)]
    return len(names) >= 0.8 * len(texts)


def personal_problems(columns: Sequence[ColumnProfile]) -> list[Problem]:
    """Return all problems with personal data, column by column, no value in any."""
    problems: list[Problem] = []
    addressed = any(is_address_header(column.name) for column in columns)
    identified = any(is_identity_header(column.name) or is_phone_header(column.name) for column in columns) or any(
        len(column.hits) >= COLUMN_SHARE * max(1, column.cells) for column in columns if column.hits
    )
    persons = False
    for column in columns:
        if not column.cells:
            continue
        if len(column.hits) >= COLUMN_SHARE * column.cells or (column.hits and is_identity_header(column.name)):
            values = {"count": len(column.hits), "total": column.cells}
            problems.append(Problem("identity-column", row=column.hits[0][0], field=column.name, values=values))
        elif is_identity_header(column.name):
            problems.append(
                Problem("identity-column", row=column.first_row, field=column.name, values={"count": column.cells, "total": column.cells})
            )
        else:
            problems += [Problem(kind.value, row=row, field=column.name) for row, kind in column.hits]
            if _names_persons(column, addressed or identified):
                persons = True
                problems.append(Problem("person-name-column", row=column.first_row, field=column.name, values={"total": column.cells}))
    if persons or any(problem.code == "identity-column" for problem in problems):
        problems += [
            Problem("address-column", row=column.first_row, field=column.name, severity=Severity.ERROR, values={"total": column.cells})
            for column in columns
            if column.cells and is_address_header(column.name) and not column.hits
        ]
    return problems


def _names_persons(column: ColumnProfile, beside_identity: bool) -> bool:
    if is_person_name_header(column.name):
        return column.distinct >= 0.5 * column.cells
    bare = plain(column.name) in ("nama", "name", "nama lengkap", "full name")
    return bare and beside_identity and column.distinct >= 0.7 * column.cells and look_like_persons(column.examples)
