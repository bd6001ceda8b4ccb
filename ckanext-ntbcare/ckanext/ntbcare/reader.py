"""NTB Care as a source of the platform: from an extract of complaints to the rows its registered tables count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ckanext.ntbcare.domain.complaints import SYSTEMS, read_complaints
from ckanext.ntbcare.domain.course import last_moment, trace
from ckanext.ntbcare.domain.records import month_bounds, write_records
from ckanext.ntbcare.domain.vocabulary import Vocabulary
from ckanext.ntbsatudata.domain.extracts.source import Completeness, Extract, Prepared
from ckanext.ntbsatudata.domain.problems import Problem, Severity

REGIONS, LEVEL, TOP = "wilayah-kemendagri", "kabupaten_kota", "provinsi"


@dataclass(frozen=True)
class NtbCareSource:
    """The programme. A complaint system is one for the whole province: each extract is the snapshot of all its regions."""

    name: str = "ntbcare"
    schemas: Path | None = None

    @property
    def title(self) -> Mapping[str, str]:
        return {"id": "NTB Care", "en": "NTB Care"}

    def prepare(self, extract: Extract) -> Prepared:
        """Return the rows to count for the extract's month. Raises `UnknownStatus` and `OperatorTableError`: nothing is used then."""
        edition = extract.code_lists.get(REGIONS).edition()
        regions = [item.code for item in edition.of_level(LEVEL)]
        vocabulary = Vocabulary.load(extract.code_lists)
        completeness = Completeness(frozenset(regions), frozenset(regions))
        rows = {name: _rows(extract, table) for name, table in extract.tables.items()}
        if not set(SYSTEMS) & set(extract.tables):
            problem = Problem("complaint-table-missing", severity=Severity.ERROR)
            return Prepared({}, Completeness(completeness.expected, frozenset()), 0, sum(rows.values()), 0, 0, (problem,))
        found = read_complaints(extract.connection, extract.tables, vocabulary, extract.code_lists, extract.operator_tables)
        problems, notes = list(found.problems), dict(found.notes)
        rejected = found.rejected + trace(extract.connection, extract.tables, vocabulary, problems, notes)
        first, after = month_bounds(extract.period)
        newest = last_moment(extract.connection)
        as_of = first if newest is None else datetime.fromisoformat(newest)
        top = edition.of_level(TOP)[0].code
        records, told = write_records(extract.connection, extract.period, as_of, regions, top, vocabulary.limits)
        if as_of < after.replace(hour=0) and (after - as_of).days > 1:
            problems.append(Problem("complaint-extract-ends-early", severity=Severity.WARNING, values={"period": extract.period}))
        counted = _rows(extract, "dalam_bulan")
        outside = found.read - found.rejected - found.duplicates - counted
        used = sum(rows.values()) - rejected - found.duplicates - outside
        return Prepared(records, completeness, used, rejected, found.duplicates, outside, tuple(problems), notes | told)


def _rows(extract: Extract, table: str) -> int:
    found = extract.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
