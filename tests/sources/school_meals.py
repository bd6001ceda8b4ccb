"""A made-up third programme: meals in schools, one row a child and day. It needs no change in the platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ckanext.ntbsatudata.domain.extracts.source import Completeness, Extract, Prepared
from ckanext.ntbsatudata.domain.problems import Problem

PROFILE = """
version: 1
title: {id: Makan di sekolah, en: School meals}
files: ["makan*"]
columns:
  - {name: nik, aliases: [NIK], identity: number}
  - {name: nama, aliases: [Nama Anak], identity: true, required: true}
  - {name: kabupaten, aliases: [Kab/Kota], required: true}
  - {name: tanggal, aliases: [Tanggal], required: true}
  - {name: makan, aliases: [Makan?], required: true}
  - {name: catatan, aliases: [Catatan], drop: true}
"""
SPEC = """
name: makan-bulanan
version: 1
title: {id: Anak makan di sekolah, en: Children fed at school}
region: wilayah
dimensions:
  wilayah: {title: {id: Wilayah, en: Region}, code_list: wilayah-kemendagri, edition: 2430/2025, top: "52", down_to: kabupaten_kota}
period: {name: bulan}
measures:
  anak: {title: {id: Anak, en: Children}}
  makan: {title: {id: Makan, en: Fed}, within: anak}
crosses:
  - {wilayah: [provinsi, kabupaten_kota]}
policy: {threshold: 5, max_hidden_percent: 60}
"""
KABUPATEN = ("52.01", "52.02", "52.03", "52.04", "52.05", "52.06", "52.07", "52.08", "52.71", "52.72")


class SchoolMeals:
    """Counts each child of a month once."""

    name = "makan"
    title: Mapping[str, str] = {"id": "Makan di sekolah", "en": "School meals"}

    def __init__(self, folder: Path) -> None:
        for place, content in (("tables", PROFILE), ("aggregates", SPEC)):
            (folder / place / self.name).mkdir(parents=True)
            (folder / place / self.name / "makan-bulanan.yaml").write_text(content, encoding="utf-8")
        self.schemas: Path | None = folder

    def prepare(self, extract: Extract) -> Prepared:
        """Return each child once by its hash; a row of no known kabupaten is rejected."""
        table = extract.tables["makan-bulanan"]
        run = extract.connection.execute
        known = ", ".join(f"'{code}'" for code in KABUPATEN)
        run(
            f"""
            CREATE TEMP TABLE fate AS SELECT _file, _row, kabupaten, nama, makan, CASE
                WHEN kabupaten NOT IN ({known}) THEN 'rejected' WHEN NOT starts_with(tanggal, '{extract.period}') THEN 'outside'
                WHEN row_number() OVER (PARTITION BY kabupaten, nama, left(tanggal, 7) ORDER BY tanggal DESC, makan) > 1 THEN 'duplicate' ELSE 'used' END AS fate
            FROM {table}
            """
        )
        run(
            f"""
            CREATE TEMP TABLE counted AS SELECT '{extract.period}' AS bulan, kabupaten AS wilayah, 1 AS anak, CAST(makan = 'ya' AS INTEGER) AS makan
            FROM fate WHERE fate = 'used'
            """
        )
        counts = dict(run("SELECT fate, count(*) FROM fate GROUP BY fate").fetchall())
        rejected = run("SELECT _row FROM fate WHERE fate = 'rejected' ORDER BY ALL LIMIT 20").fetchall()
        present = frozenset(code for (code,) in run("SELECT DISTINCT wilayah FROM counted").fetchall())
        return Prepared(
            {"makan-bulanan": "counted"}, Completeness(frozenset(KABUPATEN), present), counts.get("used", 0), counts.get("rejected", 0),
            counts.get("duplicate", 0), counts.get("outside", 0), [Problem("extract-column-unknown", row) for (row,) in rejected],
        )  # fmt: skip
