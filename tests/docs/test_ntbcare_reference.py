"""docs/reference/ntbcare.md says what the code lists, profiles and registered tables say."""

from __future__ import annotations

from pathlib import Path

from ckanext.ntbcare.domain.records import TABLES
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "ntbcare.md").read_text(encoding="utf-8")
LISTS = CodeLists.load(SchemaFolder())


def lines() -> list[str]:
    """Return the rows of the page's tables as the data has them."""
    status, category, priority = (LISTS.get(f"pengaduan-{name}") for name in ("status", "kategori", "prioritas"))
    rows = [
        f"| `{one.code}` | {', '.join(status.aliases.get(one.code, ())) or '-'} | {one.attributes['akhir']} |" for one in status.edition()
    ]
    for tier in "ABC":
        names = [one.name for one in category.edition() if (one.attributes.get("tier") or "C") == tier]
        rows.append(f"| {tier} | {', '.join(names)} |")
    rows += [f"| `{one.code}` | {one.attributes.get('batas_jam') or '-'} |" for one in priority.edition()]
    for name in TABLES:
        spec = load_spec(INSTALLED / "aggregates" / "ntbcare" / f"{name}.yaml", LISTS)
        crosses = "; ".join(
            f"{', '.join(one.levels)}{' × ' + ' × '.join(sorted(one.by)) if one.by else ''} ({', '.join(one.periods or ('semua periode',))})"
            for one in spec.crosses
        )
        rows.append(f"| `{name}` | {spec.policy.threshold} | {crosses} |")
    for profile in load_profiles(SchemaFolder(), "ntbcare"):
        dropped = ", ".join(column.name for column in profile.columns if column.drop) or "-"
        hashed = ", ".join(column.name for column in profile.columns if column.identity) or "-"
        rows.append(f"| `{profile.name}` | {hashed} | {dropped} |")
    return rows


def test_the_page_shows_the_data_in_force():
    assert [row for row in lines() if row not in PAGE] == []


def test_the_page_shows_no_row_that_is_not_in_the_data():
    shown = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| ---", "| status", "| tingkat", "| prioritas", "| tabel", "| berkas"))
    ]
    assert sorted(shown) == sorted(lines())
