"""How figures, periods and statuses are written for readers, in Indonesian and in English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from ckanext.ntbsatudata.domain.aggregates.period import kind_of
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status


class Language(Enum):
    ID = "id"
    EN = "en"


_MONTHS = {
    Language.ID: ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    Language.EN: ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_SPANS = {
    Language.ID: {"triwulan": "triwulan {} {}", "semester": "semester {} {}", "tahun": "tahun {}"},
    Language.EN: {"triwulan": "quarter {} of {}", "semester": "half-year {} of {}", "tahun": "{}"},
}
STATUS_WORDS: Mapping[Language, Mapping[Status, str]] = {
    Language.ID: {
        Status.SHOWN: "nilai tetap",
        Status.HIDDEN: "dirahasiakan",
        Status.NOT_AVAILABLE: "tidak tersedia",
        Status.NOT_SCHEDULED: "tidak dijadwalkan",
        Status.INCOMPLETE: "belum lengkap",
        Status.PROVISIONAL: "sementara",
    },
    Language.EN: {
        Status.SHOWN: "final value",
        Status.HIDDEN: "confidential",
        Status.NOT_AVAILABLE: "not available",
        Status.NOT_SCHEDULED: "not scheduled",
        Status.INCOMPLETE: "not yet complete",
        Status.PROVISIONAL: "provisional",
    },
}
STATUS_EXPLAINED: Mapping[Language, Mapping[Status, str]] = {
    Language.ID: {
        Status.SHOWN: "Angka tepat, tidak dibulatkan dan tidak diacak. Angka 0 berarti benar-benar tidak ada.",
        Status.HIDDEN: (
            "Angka tidak ditampilkan agar tidak seorang pun dapat dikenali. Tanda ini sama untuk angka kecil dan untuk angka lain yang "
            "ikut ditutup supaya angka kecil tidak dapat dihitung kembali. Bukan nol, dan tidak selalu kecil."
        ),
        Status.NOT_AVAILABLE: "Angka tidak ada, misalnya karena penyebutnya nol. Bukan nol.",
        Status.NOT_SCHEDULED: "Angka memang tidak dijadwalkan untuk periode atau wilayah ini.",
        Status.INCOMPLETE: "Laporan untuk periode ini belum masuk semua, sehingga angkanya belum ditampilkan.",
        Status.PROVISIONAL: "Angka tepat menurut laporan yang ada, tetapi masih dapat berubah sampai ditetapkan.",
    },
    Language.EN: {
        Status.SHOWN: "The exact figure, neither rounded nor perturbed. A 0 means that there truly are none.",
        Status.HIDDEN: (
            "The figure is withheld so that nobody can be recognised. The mark is the same for a small figure and for another that is withheld "
            "so that the small one cannot be worked out. It is not zero, and not always small."
        ),
        Status.NOT_AVAILABLE: "There is no figure, for instance since its denominator is zero. It is not zero.",
        Status.NOT_SCHEDULED: "A figure is not planned for this period or area.",
        Status.INCOMPLETE: "Not all reports for this period have come, so that the figure is not shown yet.",
        Status.PROVISIONAL: "The exact figure from the reports at hand; it may change until it is final.",
    },
}  # fmt: skip


def number(value: float, decimals: int, language: Language) -> str:
    """Return a number as the language writes it: `1.234,5` in Indonesian, `1,234.5` in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language is Language.ID else text


def period_name(code: str, language: Language, *, short: bool = False) -> str:
    """Return `Maret 2025` of `2025-03`, `triwulan I 2025` of `2025-TW1`; short: `Mar 2025`, `TW I 2025`. Raises `AggregateError`."""
    kind, year = kind_of(code), code[:4]
    if kind == "bulan":
        month = _MONTHS[language][int(code[-2:]) - 1]
        return f"{month[:3] if short else month} {year}"
    if kind == "tahun":
        return year if short else _SPANS[language][kind].format(year)
    if short:
        return f"{'TW' if kind == 'triwulan' else 'S'} {_ROMAN[code[-1]]} {year}"
    return _SPANS[language][kind].format(_ROMAN[code[-1]], year)
