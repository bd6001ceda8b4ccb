"""Every spelling a source uses, and the one code the platform knows it by.

The codes, their other spellings, which statuses end a complaint, the limits of priorities and the tiers of categories are data:
`schemas/kode_referensi/pengaduan-*.csv` and `*.alias.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import CodeList
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists

OTHER_CATEGORY = "lainnya"  # a category nobody has given a tier
NO_CHANNEL = "tidak_tercatat"
NO_PRIORITY = "tanpa_prioritas"
NOT_FORWARDED, OTHER_AGENCY = "belum_diteruskan", "perangkat_lain"
STRICTEST_TIER = "C"


class UnknownStatus(SatuDataError):
    """A complaint has a status that the code list does not know: nothing of the extract is used."""

    exit_code = 65

    def __init__(self, table: str, rows: Iterable[int], count: int) -> None:
        lines = ", ".join(map(str, rows))
        super().__init__(
            f"Tabel {table}: {count} baris memuat status yang tidak ada di kode referensi pengaduan-status (baris {lines}). "
            "Ekstrak tidak dimuat. Tambahkan ejaan itu ke pengaduan-status.alias.csv setelah pemilik sistem memastikan artinya."
        )


def folded(text: str) -> str:
    """Return a spelling without case and without blanks, lines or dots of its own."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


@dataclass(frozen=True)
class Spellings:
    """The codes of one list by spelling: the code itself, its name, and every other name."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, code_list: CodeList) -> Spellings:
        edition = code_list.edition()
        found = {folded(item.code): item.code for item in edition} | {folded(item.name): item.code for item in edition}
        for code, names in code_list.aliases.items():
            if code in edition:
                found |= {folded(name): code for name in names}
        return cls(found)

    def code(self, text: str) -> str | None:
        """Return the code a spelling stands for, None for one that nobody has listed. Nothing is guessed."""
        return self.codes.get(folded(text))


@dataclass(frozen=True)
class Vocabulary:
    """The shared words of NTB Care and SP4N-LAPOR!: statuses, priorities, channels, categories, agencies.

    `final`: statuses that end a complaint. `order`: statuses as a complaint runs through them. `limits`: hours by priority.
    `tiers`: of categories; one without a tier is of the strictest.
    """

    status: Spellings
    priority: Spellings
    channel: Spellings
    category: Spellings
    agency: Spellings
    final: frozenset[str]
    order: tuple[str, ...]
    limits: Mapping[str, float]
    tiers: Mapping[str, str]

    @classmethod
    def load(cls, code_lists: CodeLists) -> Vocabulary:
        """Read the lists in force. Raises `UnknownCodeListError` when one is missing."""
        status = code_lists.get("pengaduan-status")
        priority = code_lists.get("pengaduan-prioritas")
        category = code_lists.get("pengaduan-kategori")
        return cls(
            Spellings.of(status),
            Spellings.of(priority),
            Spellings.of(code_lists.get("pengaduan-kanal")),
            Spellings.of(category),
            Spellings.of(code_lists.get("opd")),
            frozenset(item.code for item in status.edition() if item.attributes.get("akhir") == "ya"),
            tuple(item.code for item in status.edition()),
            {item.code: float(item.attributes["batas_jam"]) for item in priority.edition() if item.attributes.get("batas_jam")},
            {item.code: item.attributes.get("tier") or STRICTEST_TIER for item in category.edition()},
        )
