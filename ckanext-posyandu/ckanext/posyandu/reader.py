"""What the platform needs to know of Posyandu: from its extracts to the rows of its published tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ckanext.ntbsatudata.domain.extracts.source import Completeness, Extract, Prepared
from ckanext.posyandu.domain.child_months import CHILDREN, read_child_months
from ckanext.posyandu.domain.comparison import as_notices, compare
from ckanext.posyandu.domain.monthly_counts import RECAP_IDENTITIES, RECAP_PARTS, read_monthly_counts
from ckanext.posyandu.domain.places import LEVELS, Places
from ckanext.posyandu.domain.posyandu_list import read_posyandu
from ckanext.posyandu.domain.read_rows import ReadRows
from ckanext.posyandu.domain.readings import columns_of
from ckanext.posyandu.domain.records import DOSES, child_records, coverage_records, immunisation_records, posyandu_records, severe_records

NOT_COUNTS = {"kode_wilayah", *LEVELS, "bulan", "tahun", "waktu_input", "posyandu", "_file", "_row"}


class PosyanduSource:
    """The programme as an `AggregateSource`."""

    name = "posyandu"
    title: Mapping[str, str] = {"id": "Sistem Informasi Posyandu", "en": "Posyandu information system"}
    schemas: Path | None = None

    def prepare(self, extract: Extract) -> Prepared:
        """Return the rows of every published table whose input came."""
        connection, period, lists = extract.connection, extract.period, extract.code_lists
        places = Places.of(lists, extract.operator_tables.get("wilayah_asal"))
        rows = ReadRows()
        records: dict[str, str] = {}
        present: set[str] = set()

        def reported(table: str) -> set[str]:
            return {code for (code,) in connection.execute(f"SELECT DISTINCT wilayah[1:5] FROM {table}").fetchall()}

        children = extract.tables.get("eppgbm")
        if children:
            rows += read_child_months(connection, children, period, places, lists)
            present |= reported(CHILDREN)
        recap = None
        if table := extract.tables.get("sigizi_rekap"):
            counts = sorted(columns_of(connection, table) - NOT_COUNTS)
            recap, read = read_monthly_counts(connection, table, period, places, counts, RECAP_IDENTITIES, RECAP_PARTS)
            rows += read
            present |= reported(recap)
            records["cakupan-gizi-bulanan"] = coverage_records(connection, period, recap)
            records["gizi-buruk-triwulan"] = severe_records(connection, period, recap)
        if children or recap:
            records["balita-bulanan"] = child_records(connection, period, lists, children is not None, recap)
        if children and recap:
            rows += ReadRows(problems=as_notices(compare(connection, records["balita-bulanan"], recap)))
        form_6 = None
        if table := extract.tables.get("sip_format_6"):
            form_6, read = read_monthly_counts(connection, table, period, places, DOSES, unit="posyandu")
            rows += read
            present |= reported(form_6)
            records["imunisasi-bulanan"] = immunisation_records(connection, period, form_6)
        if table := extract.tables.get("sip_format_5"):
            counts = sorted(columns_of(connection, table) - NOT_COUNTS)
            form_5, read = read_monthly_counts(connection, table, period, places, counts, unit="posyandu")
            rows += read
            present |= reported(form_5)
        if table := extract.tables.get("sip_posyandu"):
            listed, read = read_posyandu(connection, table, places, lists)
            rows += read
            present |= reported(listed)
            records["posyandu-strata"] = posyandu_records(connection, period, listed, form_6)
        expected = frozenset(code[:5] for code in places.expected)
        notes = {code: count for code, count in rows.notes.items() if count}
        return Prepared(
            records,
            Completeness(expected, frozenset(present)),
            rows.used,
            rows.rejected,
            rows.duplicates,
            rows.outside_period,
            rows.problems,
            notes,
        )
