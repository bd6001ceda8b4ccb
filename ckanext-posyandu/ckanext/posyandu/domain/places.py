"""The names of places in an extract, to codes of the list in force: by the code list's own matching, and never by a guess.

The names of a row are read together: `Bima` is a kabupaten and a kota, but a kecamatan Bolo with a desa Rato lies in one of them only.
Where more than one code remains, or none, the row has no code and the operator's own table (`wilayah_asal`) must settle it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, NameIndex
from ckanext.ntbsatudata.domain.kode_referensi.names import CERTAIN_SCORE
from ckanext.ntbsatudata.domain.kode_referensi.spelling import spaced

LIST = "wilayah-kemendagri"
LEVELS = ("kabupaten_kota", "kecamatan", "desa_kelurahan")
OWN_COLUMNS = ("kode_asal", "kode_wilayah")


class Doubt(Enum):
    """Why names have no code."""

    UNKNOWN = "place-unknown"
    AMBIGUOUS = "place-ambiguous"


@dataclass(frozen=True)
class Place:
    """The code of a desa or kelurahan; or why there is none, and the level whose name is in doubt."""

    code: str | None
    doubt: Doubt | None = None
    level: str | None = None


@dataclass(frozen=True, eq=False)
class Places:
    """Reads names against one edition of the region codes. `own`: the operator's codes by the names as the source writes them."""

    index: NameIndex
    own: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lists: CodeLists, own_table: Path | None = None) -> Places:
        """Return the places of the edition in force. Raises `SchemaFolderError` when the operator's table names a code that is none."""
        index = NameIndex.of(lists.get(LIST))
        if own_table is None:
            return cls(index)
        with own_table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        if rows and not set(OWN_COLUMNS) <= set(rows[0]):
            raise SchemaFolderError(f"{own_table.name}: harus punya kolom {' dan '.join(OWN_COLUMNS)}.")
        known = {item.code for item in index.edition.of_level(LEVELS[-1])}
        for number, row in enumerate(rows, start=2):
            if row["kode_wilayah"] not in known:
                raise SchemaFolderError(f"{own_table.name}, baris {number}: kode wilayahnya bukan kode desa atau kelurahan yang berlaku.")
        return cls(index, {_key(*row["kode_asal"].split("/")): row["kode_wilayah"] for row in rows})

    @property
    def expected(self) -> tuple[str, ...]:
        """All desa and kelurahan that should report."""
        return tuple(item.code for item in self.index.edition.of_level(LEVELS[-1]))

    def find(self, kabupaten_kota: str | None, kecamatan: str | None, desa_kelurahan: str | None) -> Place:
        """Return the place of the names of one row; a level that the source does not have is None.

        A desa may be given by its code.
        """
        names = tuple(_written(name) for name in (kabupaten_kota, kecamatan, desa_kelurahan))
        if (own := self.own.get(_key(*names))) is not None:
            return Place(own)
        if not names[-1]:
            return Place(None, Doubt.UNKNOWN, LEVELS[-1])
        item = self.index.edition.find(names[-1])
        if item is not None and item.level == LEVELS[-1]:
            return Place(item.code)
        found: list[str | None] = [None]
        for level, name in zip(LEVELS, names, strict=True):
            if name:
                found = [code for above in found for code in self._codes(name, level, above)]
                if not found:
                    return Place(None, Doubt.UNKNOWN, level)
        codes = sorted({code for code in found if code is not None})
        return Place(codes[0]) if len(codes) == 1 else Place(None, Doubt.AMBIGUOUS, LEVELS[-1])

    def _codes(self, name: str, level: str, above: str | None) -> list[str]:
        """Return the code a name stands for without a question, or all codes it may stand for as well as any other."""
        match = self.index.match(name, level=level, within=above, limit=20)
        if match.certain is not None:
            return [match.certain.item.code]
        return [candidate.item.code for candidate in match.candidates if candidate.score >= CERTAIN_SCORE]


def _written(name: str | None) -> str:
    return "" if name is None else " ".join(name.split())


def _key(*names: str) -> str:
    return "/".join(spaced(name) for name in names)
