"""The first answers of a new MS-Kegiatan: agency data, dates by frequency, usual texts. All of them may be changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType, Form
from ckanext.ntbsatudata.domain.metadata.frequency import Frequencies


def prefilled(
    form: Form,
    agency: Mapping[str, Any],
    frequencies: Frequencies,
    year: int,
    title: str,
    region: tuple[str, str],
    frequency: str = "TAHUNAN",
) -> dict[str, Any]:
    """Return answers for the fields that can be guessed well: `agency` is an organisation dict, `region` a code and its name.

    One round of the activity is as long as its frequency; the months of each step are its usual share of a year of twelve.
    """
    known = frequencies.known.get(frequency)
    months = known.months if known is not None else 12
    answers: dict[str, Any] = {"judul_kegiatan": title, "tahun": year}
    for field in form.fields:
        value = _from_agency(field, agency)
        if value is None and field.default is not None:
            value = field.default
        if field.months is not None:
            value = _dates(field.type, field.months, year, months)
        if value is not None:
            answers.setdefault(field.name, value)
    code, name = region
    answers["iv_sebagian_cakupan_wilayah_pengumpulan_data"] = [
        {"kode_provinsi": code[:2], "nama_provinsi": name, "kode_kabupaten_kota": code if len(code) > 2 else "", "nama_kabupaten_kota": ""}
    ]
    answers["iv_frekuensi_penyelanggara"] = frequency if form.field("iv_frekuensi_penyelanggara").option(frequency) else "TAHUNAN"
    answers |= _usual_texts(title, str(agency.get("title") or ""))
    return {name: value for name, value in answers.items() if _applies(form.by_name.get(name), answers)}


def _applies(field: Field | None, answers: Mapping[str, Any]) -> bool:
    return field is not None and (field.when is None or field.when.holds(answers))


def _from_agency(field: Field, agency: Mapping[str, Any]) -> Any:
    if not field.prefill.startswith("organization."):
        return None
    return agency.get(field.prefill.removeprefix("organization.")) or None


def _dates(kind: FieldType, shares: tuple[float, float], year: int, months: int) -> Any:
    first, last = (_day(year, share * months / 12) for share in shares)
    if kind is FieldType.DATES:
        return [min(first, date(year, 12, 31)).isoformat()]
    end = max(first, last - timedelta(days=1))
    return [{"awal": first.isoformat(), "akhir": end.isoformat()}]


def _day(year: int, months: float) -> date:
    """Return the day that lies so many months after New Year: whole months to their first day, a part of one by its days."""
    whole = int(months)
    first = date(year + whole // 12, whole % 12 + 1, 1)
    return first + timedelta(days=int((months - whole) * 30))


def _usual_texts(title: str, agency: str) -> dict[str, Any]:
    return {
        "iii_latar_belakang_kegiatan": (
            f"{agency or 'Perangkat daerah'} memerlukan data dari kegiatan {title} untuk melaksanakan tugasnya dan sebagai dasar perencanaan, "
            "pelaksanaan, dan evaluasi pembangunan daerah."
        ),
        "iii_tujuan_kegiatan": (
            f"Menyediakan data {title} yang akurat, mutakhir, dan dapat dibagipakaikan bagi perangkat daerah, instansi pusat, dan masyarakat."
        ),
        "iv_metode_pengumpulan_data": ["pengumpulan_data_sekunder"],
        "iv_sarana_pengumpulan_data": ["mail"],
        "iv_unit_pengumpulan_data": ["lainnya"],
        "iv_unit_pengumpulan_data_lainnya": "Kabupaten/kota",
        "vi_metode_pemeriksaan_kualitas_pengumpulan_data": ["supervisi"],
        "vii_unit_analisis": ["lainnya"],
        "vii_unit_analisis_lainnya": "Kabupaten/kota",
        "vii_tingkat_penyajian_hasil_analisis": ["provinsi", "kabupaten_atau_kota"],
    }
