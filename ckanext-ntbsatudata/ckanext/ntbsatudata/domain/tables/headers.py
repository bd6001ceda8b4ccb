"""What a header says: its words, its unit, whether it names codes, places, persons or years."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CODE_WORDS = frozenset(
    {"kode", "code", "kd", "nik", "npsn", "nip", "nisn", "kk", "hp", "telp", "telepon", "wa", "kodepos", "kodewilayah", "kdprov", "kdkab"}
)
_CODE_NAMES = re.compile(r"^(kode|code|kd)[a-z]*$|^id[_ ]?(wilayah|kab|kota|kabupaten|kecamatan|desa|kel|kelurahan|prov|provinsi)\b.*")
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]{1,40})\s*[)\]]")
_UNIT_WORDS = (
    r"persen|%|jiwa|orang|ribu( jiwa| orang| rupiah| ton)?|juta( rupiah| jiwa)?|miliar( rupiah)?|milyar( rupiah)?|triliun( rupiah)?|rupiah|rp\.?|ekor|ton|kg|kilogram|gram|gr|g|kuintal|kw|"
    r"ha|hektar|hektare|are|km2|km²|km|m2|m²|m3|m³|meter|m|cm|mm|mdpl|liter|l|unit|buah|bulan|hari|jam|menit|tahun|keluarga|kk|rumah tangga|rt|ruta|kwh|mwh|mw|kva|va|"
    r"kasus|kejadian|sekolah|siswa|guru|kelas|desa|kelurahan|kecamatan|titik|lembar|dokumen|kali|derajat celcius|°c|us\$|usd|us dollar|ribu us\$|juta us\$|per 1\.?000|per 100\.?000|poin|indeks|"
    r"kg/kapita/tahun|kkal|kelahiran|balita|bayi|batang|pohon|butir|kapita|kendaraan|kunjungan|tempat tidur|paket|set|bh|org|rb|jt"
)
_UNIT = re.compile(rf"^(?:dalam |satuan\s*:?\s*|in )?({_UNIT_WORDS})(?:\s*/\s*[\w\s/]+| per [\w\s.]+)?$", re.IGNORECASE)
_UNIT_IN_TITLE = re.compile(rf"\(\s*(?:dalam |satuan\s*:?\s*|in )?((?:{_UNIT_WORDS})(?:/[\w/]+)?)\s*\)", re.IGNORECASE)
_UNIT_LINE = re.compile(rf"\b(?:satuan|unit|dalam)\s*:?\s*((?:{_UNIT_WORDS})(?:/[\w/]+)?)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\b(persentase|prosentase|persen|percentage|percent)\b|%", re.IGNORECASE)
_SAME = {"%": "persen", "rp": "rupiah", "rp.": "rupiah", "org": "orang", "bh": "buah", "gr": "gram", "g": "gram", "km²": "km2", "m²": "m2"}


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a header in small letters, camelCase and underscores taken apart, without accents."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    flat = unicodedata.normalize("NFKD", apart).casefold()
    return " ".join(re.sub(r"[^\w%+/²³°$]|_", " ", "".join(letter for letter in flat if not unicodedata.combining(letter))).split())


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """Return the whole words of a header: `nama_kabupaten_kota` has kabupaten, not `kab`."""
    return frozenset(re.split(r"[\s/]+", plain(name)))


def is_code_header(name: str) -> bool:
    """Return whether a header announces codes or identity numbers, which stay text."""
    last = plain(name.split(" / ")[-1])
    return bool(words_of(last) & _CODE_WORDS) and "kelas" not in last or bool(_CODE_NAMES.match(last))


def unit_in(name: str) -> str | None:
    """Return the unit a header gives: `Umur (bulan)` is in bulan, `Persentase …` in persen."""
    for bracket in reversed(_BRACKETS.findall(name)):
        if match := _UNIT.match(bracket.strip()):
            return _named(bracket.strip() if "/" in bracket else match[1])
    return "persen" if _PERCENT.search(name) else None


def unit_of_title(lines: list[str]) -> str | None:
    """Return the unit the lines above a table give: `(Juta Rupiah)`, `Satuan: Ekor`, `dalam persen`."""
    for line in reversed(lines):
        if match := _UNIT_IN_TITLE.search(line) or _UNIT_LINE.search(line):
            return _named(match[1])
    return None


def _named(unit: str) -> str:
    low = " ".join(unit.lower().removeprefix("dalam ").split())
    return _SAME.get(low, low)


def is_numbering_header(name: str) -> bool:
    """Return whether a column only numbers the rows."""
    return plain(name.split(" / ")[0]) in ("no", "nomor", "no urut", "nomor urut", "nr", "num", "#", "nu", "no.")


def is_identifier_header(name: str) -> bool:
    return plain(name) in ("id", "uuid", "guid") or is_numbering_header(name)


def is_rate_header(name: str) -> bool:
    """Return whether figures of a column cannot be added up: shares, averages, indexes, ratios."""
    return bool(_PERCENT.search(name)) or bool(
        words_of(name)
        & {
            "rata",
            "rerata",
            "rasio",
            "indeks",
            "index",
            "ipm",
            "tingkat",
            "laju",
            "angka",
            "harga",
            "umur",
            "usia",
            "prevalensi",
            "cakupan",
            "rate",
            "kepadatan",
            "pertumbuhan",
            "skor",
            "nilai",
            "average",
        }
    )
