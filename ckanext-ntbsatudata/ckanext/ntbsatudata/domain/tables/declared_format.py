"""Whether a file is what its format says: told by its first bytes, never by its name."""

from __future__ import annotations

from pathlib import Path

from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.source import source_kind

# What the first bytes of a file of a format look like; a format that is not here is not judged.
_LOOKS_LIKE = {
    "CSV": {"CSV"}, "TSV": {"CSV"}, "TXT": {"CSV"}, "XLSX": {"XLSX"}, "XLS": {"XLS"}, "ODS": {"ODS"}, "PDF": {"PDF"},
    "JSON": {"JSON"}, "GEOJSON": {"JSON"}, "JSON-LD": {"JSON"}, "XML": {"XML"}, "KML": {"XML"}, "GML": {"XML"}, "RDF": {"XML"},
    "HTML": {"HTML"}, "ZIP": {"ZIP"}, "SHP": {"ZIP"}, "KMZ": {"ZIP"}, "PNG": {"PNG"}, "JPEG": {"JPEG"}, "JPG": {"JPEG"}, "PARQUET": {"Parquet"},
}  # fmt: skip


def format_problems(path: Path, declared: str) -> list[Problem]:
    """Return what is wrong with the format that a file is said to have."""
    looks_like = _LOOKS_LIKE.get(declared.upper().strip("."))
    if looks_like is None:
        return []
    try:
        found = source_kind(path).value
    except UnreadableFileError as error:
        if error.problem.code != "unsupported-format":
            return [error.problem]
        found = str(error.problem.values["format"])
    return [] if found in looks_like else [Problem("format-differs", field="format", values={"declared": declared.upper(), "found": found})]
