"""The national list of data standards (SDSN), a file the operator supplies: searched by words, spelling errors forgiven.

`idSds` is not unique in it: an entry is known by its number and its concept together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from ckanext.ntbsatudata.domain.errors import SatuDataError

_LIKE_ENOUGH = 80  # of 100: one letter of a middling word
_SPACE = re.compile(r"\s+")


class StandardsListError(SatuDataError):
    """The operator's file is missing or is not the list."""

    exit_code = 65


@dataclass(frozen=True)
class StandardEntry:
    """One standard. `kind` is VAR, KON or IND, whatever capitals the list uses."""

    id_sds: str
    konsep: str
    definisi: str
    klasifikasi: str
    ukuran: tuple[str, ...]
    satuan: tuple[str, ...]
    kind: str
    indikator: str
    source: str

    @property
    def proposal(self) -> dict[str, Any]:
        """The five parts as a dataset's fields; of several measures or units the first is proposed."""
        return {
            "konsep": self.konsep,
            "definisi": self.definisi,
            "klasifikasi": [self.klasifikasi] if self.klasifikasi else [],
            "ukuran": self.ukuran[0] if self.ukuran else "",
            "satuan": self.satuan[0] if self.satuan else "",
            "id_sds": self.id_sds,
        }

    def satuan_of(self, ukuran: str | None) -> str | None:
        """Return the unit that stands beside a measure: of «Jumlah; Persentase» and «Orang; Persen» each has its own."""
        if ukuran is None or ukuran not in self.ukuran or len(self.ukuran) != len(self.satuan):
            return None
        return self.satuan[self.ukuran.index(ukuran)]


@dataclass(frozen=True, eq=False)
class StandardsList:
    entries: tuple[StandardEntry, ...]
    _folded: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> StandardsList:
        """Read the list once for each state of the file. Raises `StandardsListError` saying what is wrong with it."""
        if not path.is_file():
            raise StandardsListError(f"Daftar standar data nasional tidak ada: {path}. Periksa ntbsatudata.standards_list.")
        return _read(path, path.stat().st_mtime_ns)

    def find(self, id_sds: str) -> list[StandardEntry]:
        return [entry for entry in self.entries if entry.id_sds == id_sds]

    def search(self, words: str, limit: int = 20) -> list[StandardEntry]:
        """Return the entries whose concept has all the words, then those of like spelling; the shortest concept first."""
        asked = _fold(words).split()
        if not asked:
            return []
        exact = [place for place, text in enumerate(self._folded) if all(word in text for word in asked)]
        exact.sort(key=lambda place: (not self._folded[place].startswith(" ".join(asked)), len(self._folded[place])))
        if len(exact) < limit:
            like = process.extract(" ".join(asked), self._folded, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=_LIKE_ENOUGH)
            exact += [place for _text, _score, place in like if place not in exact]
        return [self.entries[place] for place in exact[:limit]]


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> StandardsList:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StandardsListError(f"Daftar standar data nasional bukan JSON yang sah: {path}.") from error
    if not isinstance(content, list) or not all(isinstance(one, dict) and "idSds" in one and "konsep" in one for one in content):
        raise StandardsListError(f"Daftar standar data nasional harus berupa daftar entri dengan idSds dan konsep: {path}.")
    entries = tuple(_entry(one) for one in content)
    return StandardsList(entries, tuple(_fold(f"{entry.konsep} {entry.indikator}") for entry in entries))


def _entry(one: Mapping[str, Any]) -> StandardEntry:
    text = {key: _SPACE.sub(" ", str(value or "")).strip() for key, value in one.items()}
    return StandardEntry(
        id_sds=text["idSds"],
        konsep=text["konsep"],
        definisi=text.get("definisi", ""),
        klasifikasi=text.get("namaKlasifikasi", ""),
        ukuran=_parts(text.get("ukuran", "")),
        satuan=_parts(text.get("satuan", "")),
        kind=text.get("flag", "").upper(),
        indikator=text.get("judulIndikator", ""),
        source=text.get("sumberContent", ""),
    )


def _parts(text: str) -> tuple[str, ...]:
    found: Sequence[str] = re.split(r"\s*[;,]\s*", text)
    return tuple(part[:1].upper() + part[1:] for part in found if part)


def _fold(text: str) -> str:
    return _SPACE.sub(" ", re.sub(r"[^\w\s]", " ", text.casefold())).strip()
