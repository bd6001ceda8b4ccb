"""What a file already says: title, period, region, frequency, columns, standard concept; and what stays from the last dataset.

Everything here is proposed, with where it comes from; a person looks at it, changes it or says yes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

from ckanext.ntbsatudata.domain.metadata.dataset import NO_STANDARD, OPEN
from ckanext.ntbsatudata.domain.metadata.form import Text
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.metadata.standards_list import StandardEntry, StandardsList
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.checking import Check
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# What an agency does not decide anew for each dataset of an activity.
STAYS = (
    "id_mskeg", "id_msind", "topik", "theme", "urusan", "frequency", "author", "author_email", "maintainer", "maintainer_email", "license_id",
    "access_rights", "jenis", "language",
)  # fmt: skip


class Origin(Enum):
    """Where a proposal comes from."""

    FILE = "file"
    LAST_DATASET = "last_dataset"
    STANDARD = "standard"
    AGENCY = "agency"
    USUAL = "usual"

    @property
    def label(self) -> Text:
        return _ORIGINS[self]


_ORIGINS = {
    Origin.FILE: {"id": "dari berkas", "en": "from the file"},
    Origin.LAST_DATASET: {"id": "seperti dataset sebelumnya", "en": "as in the last dataset"},
    Origin.STANDARD: {"id": "dari standar data nasional", "en": "from the national standard"},
    Origin.AGENCY: {"id": "dari data instansi", "en": "from the agency's data"},
    Origin.USUAL: {"id": "biasanya", "en": "the usual"},
}


@dataclass(frozen=True)
class Proposal:
    value: Any
    origin: Origin


@dataclass(frozen=True)
class Context:
    """What is known beside the file: where the portal is, who uploads, and the last dataset of the same agency and activity."""

    region_code: str
    region_name: str
    agency: Mapping[str, Any]
    last: Mapping[str, Any] | None = None
    standards: StandardsList | None = None


def propose(check: Check, file_name: str, context: Context, standard: Standard, folder: SchemaFolder) -> dict[str, Proposal]:
    """Return the proposals by field of the dataset; `schema` holds the columns of the file."""
    words = folder.read_yaml("metadata/standar_data.yaml")
    said = _said(check, file_name, words)
    years = _years(check, said)
    found: dict[str, Proposal] = {}

    def put(origin: Origin, **values: Any) -> None:
        found.update({name: Proposal(value, origin) for name, value in values.items() if value not in (None, "", [])})

    put(Origin.USUAL, license_id="CC-BY-4.0", access_rights=OPEN, language=["id"], jenis="Statistik")
    put(Origin.USUAL, kode_wilayah=[context.region_code], spatial_text=context.region_name)
    put(
        Origin.AGENCY,
        maintainer=context.agency.get("title"),
        maintainer_email=context.agency.get("email"),
        owner_org=context.agency.get("id"),
    )
    if context.last is not None:
        put(Origin.LAST_DATASET, **{name: context.last.get(name) for name in STAYS})
    ukuran, konsep = _measure_and_concept(said, words, standard)
    satuan = _unit(check, ukuran, words)
    ukuran = ukuran or words["ukuran_of_satuan"].get(satuan)
    put(Origin.FILE, schema={"fields": [column_of_field(field) for field in check.fields], "missingValues": ["", "-"]})
    put(Origin.FILE, ukuran=ukuran, konsep=konsep, satuan=satuan, klasifikasi=_classifications(check, words))
    put(Origin.FILE, level_estimasi=_level(check, words), frequency=_frequency(check, years))
    if years:
        put(Origin.FILE, temporal_start=str(min(years)), temporal_end=str(max(years)))
    entry = _standard_of(konsep, ukuran, context.standards)
    if entry is not None:
        put(Origin.STANDARD, definisi=entry.definisi, id_sds=entry.id_sds)
        if satuan is None:
            put(Origin.STANDARD, satuan=entry.satuan_of(ukuran))
    elif context.standards is not None:
        put(Origin.STANDARD, id_sds=NO_STANDARD)
    if context.last is not None and context.last.get("konsep") == konsep:
        put(Origin.LAST_DATASET, **{name: context.last.get(name) for name in ("definisi", "id_sds", "satuan", "ukuran")})
    title = _title(said, found, context, years)
    put(Origin.FILE, title=title, notes=f"{title}. Sumber: {context.agency.get('title', '')}.", tags=_tags(konsep, ukuran))
    return found


def column_of_field(field: Field) -> dict[str, Any]:
    """Return the Table Schema field of a column as the file shows it."""
    bound = field.binding or field.naming
    column = {"name": field.name, "type": field.type.value, "title": _readable(field.name), "unit": field.unit}
    if field.binding is not None:
        column["kode_referensi"] = str(field.binding)
    elif bound is not None:
        column["nama_dari"] = str(bound)
    return {key: value for key, value in column.items() if value}


def _said(check: Check, file_name: str, words: Mapping[str, Any]) -> str:
    """Return what the file calls itself: its own title line, or its name with abbreviations written out."""
    text = re.sub(r"[_\-.]+", " ", PurePath(file_name).stem)
    for number in check.table.layout.titles:
        cells = [str(cell).strip() for cell in check.table.rows[number - 1] if cell not in (None, "")]
        if cells and len(cells[0]) > 8:
            text = cells[0]
            break
    text = text.lower() if text.isupper() else text
    written_out = {short.casefold(): long for short, long in words["written_out"].items()}
    return _spaces(" ".join(written_out.get(word.casefold(), word) for word in text.split()))


def _years(check: Check, said: str) -> set[int]:
    """Return the years of the headers, else of a year column, else of the title."""
    headers = {int(found.group()) for field in check.fields if (found := _YEAR.search(field.name))}
    if headers:
        return headers
    for field in check.fields:
        if field.type in (FieldType.YEAR, FieldType.YEARMONTH, FieldType.DATE):
            cells = (str(row[field.position] or "") for _number, row in check.table.sample())
            years = {int(year.group()) for cell in cells if (year := _YEAR.search(cell))}
            if years:
                return years
    return {int(year) for year in _YEAR.findall(said)}


def _frequency(check: Check, years: set[int]) -> str | None:
    if any(field.type is FieldType.YEARMONTH for field in check.fields):
        return "BULANAN"
    return "TAHUNAN" if years else None


def _measure_and_concept(said: str, words: Mapping[str, Any], standard: Standard) -> tuple[str | None, str | None]:
    """Part «Persentase Akses Sanitasi menurut Kabupaten, 2020» into measure and concept."""
    text = re.split(r"\s+(?:menurut|per|di|tahun)\s+|,", _YEAR.sub("", said), maxsplit=1, flags=re.IGNORECASE)[0].strip(" -")
    ukuran = next((one for one in words["ukuran"] if re.match(rf"{re.escape(one)}\b", text, re.IGNORECASE)), None)
    rest = text[len(ukuran) :] if ukuran else text
    kept = [word for word in rest.split() if word.casefold().strip(".,()") not in words["not_concept"]]
    konsep = standard.names.capitalised(" ".join(kept)) if kept else None
    return ukuran, konsep if konsep and not standard.names.check(konsep) else None


def _unit(check: Check, ukuran: str | None, words: Mapping[str, Any]) -> str | None:
    units = {field.unit for field in check.fields if field.unit and field.type.is_number}
    if len(units) == 1:
        unit = units.pop()
        return {"%": "Persen", "persen": "Persen"}.get(unit.casefold(), unit[:1].upper() + unit[1:])
    usual: str | None = words["satuan_of_ukuran"].get(ukuran)
    return usual


def _classifications(check: Check, words: Mapping[str, Any]) -> list[str]:
    names = words["klasifikasi_of_list"]
    found = [names.get(field.code_list, field.code_list) for field in check.fields if field.code_list]
    found += [_readable(field.name).lower() for field in check.fields if not field.code_list and field.type is FieldType.STRING]
    if any(field.type is FieldType.YEAR or _YEAR.fullmatch(field.name.strip("* ")) for field in check.fields):
        found.append("tahun")
    return list(dict.fromkeys(found))


def _level(check: Check, words: Mapping[str, Any]) -> str | None:
    levels = {bound.level for field in check.fields if (bound := field.binding or field.naming)}
    return next((word for level, word in words["level_words"].items() if level in levels), None)


def _standard_of(konsep: str | None, ukuran: str | None, standards: StandardsList | None) -> StandardEntry | None:
    """Return the national standard of the same concept; of several, the one that has the measure."""
    if konsep is None or standards is None:
        return None
    same = [entry for entry in standards.search(konsep) if entry.konsep.casefold() == konsep.casefold()]
    with_measure: Sequence[StandardEntry] = [entry for entry in same if ukuran in entry.ukuran]
    return next(iter(with_measure or same), None)


def _title(said: str, found: Mapping[str, Proposal], context: Context, years: set[int]) -> str:
    if found.get("konsep") is None:
        return said[:1].upper() + said[1:]
    parts = [f"{found['ukuran'].value} {found['konsep'].value}" if "ukuran" in found else str(found["konsep"].value)]
    if "level_estimasi" in found and found["level_estimasi"].value != "Provinsi":
        parts.append(f"Menurut {found['level_estimasi'].value}")
    parts.append(f"di {context.region_name}")
    period = "" if not years else f", {min(years)}" if len(years) == 1 else f", {min(years)}-{max(years)}"
    return " ".join(parts) + period


def _tags(konsep: str | None, ukuran: str | None) -> list[str]:
    words = [word for word in (konsep, *(konsep or "").split()) if word and len(word) > 3]
    return list(dict.fromkeys(word.lower() for word in (*words, *([ukuran] if ukuran else []))))


def _readable(name: str) -> str:
    text = _spaces(re.sub(r"[_\n]+", " ", name))
    return text[:1].upper() + text[1:]


def _spaces(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
