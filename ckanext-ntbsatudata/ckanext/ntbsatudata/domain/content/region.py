"""The region a portal is for: its code, its official name, and the words that a description takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists

LIST = "wilayah-kemendagri"
LEVELS = ("provinsi", "kabupaten_kota")  # who has a portal of its own


@dataclass(frozen=True)
class Region:
    """A province, kabupaten or kota. `name` is whole: `Provinsi Nusa Tenggara Barat`, `Kabupaten Sumbawa Barat`."""

    code: str
    name: str
    level: str
    version: str  # of the code list
    legal_basis: str

    @classmethod
    def of(cls, lists: CodeLists, code: str) -> Region:
        """Return the region of a Kemendagri code. Raises `UsageError` when no portal can be for it."""
        code_list = lists.get(LIST)
        edition = code_list.edition()
        item = edition.find(code)
        if item is None or item.level not in LEVELS:
            known = ", ".join(item.code for item in edition if item.level in LEVELS)
            raise UsageError(f'"{code}" bukan kode provinsi atau kabupaten/kota. Pilih salah satu: {known}.')
        name = f"Provinsi {item.name}" if item.level == "provinsi" else item.name
        return cls(code, name, item.level, edition.version.id, edition.version.legal_basis)

    def words(self) -> Mapping[str, str]:
        """Return what may stand in braces in a description."""
        return {
            "wilayah": self.code,
            "nama_wilayah": self.name,
            "slug_wilayah": self.name.lower().replace(" ", "-"),
            "versi_kode": self.version,
            "dasar_kode": self.legal_basis,
        }

    def fill(self, described: Any) -> Any:
        """Return a description with the region's words put in, through lists and mappings. Raises `KeyError` for an unknown word."""
        if isinstance(described, str):
            return described.format_map(self.words())
        if isinstance(described, list):
            return [self.fill(part) for part in described]
        if isinstance(described, dict):
            return {key: self.fill(part) for key, part in described.items()}
        return described
