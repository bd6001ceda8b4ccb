"""Regions named in a text, through the names and codes of kode referensi."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

WHOLE_COUNTRY, OWN_PROVINCE = "wilayah-indonesia", "wilayah-kemendagri"
_PREFIXES = {
    "provinsi": "provinsi", "propinsi": "provinsi", "prov": "provinsi", "kabupaten": "kabupaten", "kab": "kabupaten", "kota": "kota",
    "kecamatan": "kecamatan", "kec": "kecamatan", "desa": "desa", "kelurahan": "kelurahan", "kel": "kelurahan",
}  # fmt: skip
_STEPS = {"provinsi": 1, "kabupaten": 2, "kota": 2, "kecamatan": 3, "desa": 4, "kelurahan": 4}


@dataclass(frozen=True)
class Place:
    """A region: its code (Kemendagri), its bare names, the kind its full name says, and the codes it lies within, nearest first."""

    code: str
    names: tuple[tuple[str, ...], ...]
    kind: str | None
    within: tuple[str, ...]

    @property
    def step(self) -> int:
        return self.code.count(".") + 1


@dataclass(frozen=True)
class Mention:
    """A place named by `words[start:end]`; several where the name alone does not tell (Bima)."""

    start: int
    end: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class PlaceNames:
    by_name: Mapping[tuple[str, ...], tuple[Place, ...]]
    only_with_prefix: frozenset[str]
    longest: int

    @classmethod
    def load(cls, folder: SchemaFolder) -> PlaceNames:
        """Read the regions once per folder. Raises `SchemaFolderError` when a list is not sound."""
        return _load(folder)

    def at(self, text: Sequence[str], start: int) -> Mention | None:
        """Return the place named from word `start` on, the longest name first; desa only behind the word desa or kelurahan."""
        kind = _PREFIXES.get(text[start])
        begin = start + 1 if kind else start
        for end in range(min(len(text), begin + self.longest), begin, -1):
            name = tuple(text[begin:end])
            places = self.by_name.get(name, ())
            if kind:
                places = tuple(place for place in places if _is_of(place, kind))
            elif len(name) == 1 and name[0] in self.only_with_prefix:
                continue
            else:
                places = tuple(place for place in places if place.step < 4)
            if places:
                highest = min(place.step for place in places)
                return Mention(start, end, tuple(place for place in places if place.step == highest))
        return None

    def mentions(self, text: Sequence[str]) -> Iterator[Mention]:
        """Yield the places named in a text from left to right."""
        start = 0
        while start < len(text):
            mention = self.at(text, start)
            if mention is not None:
                yield mention
            start = mention.end if mention is not None else start + 1


def _is_of(place: Place, kind: str) -> bool:
    return place.step == _STEPS[kind] and (place.kind is None or place.kind == kind)


@lru_cache(maxsize=8)
def _load(folder: SchemaFolder) -> PlaceNames:
    lists = CodeLists.load(folder)
    own = folder.read_yaml("search/places.yaml")
    by_name: defaultdict[tuple[str, ...], list[Place]] = defaultdict(list)
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for list_id in (WHOLE_COUNTRY, OWN_PROVINCE):
        if list_id in lists:
            for item in lists.get(list_id).edition():
                names[item.code][item.name] = None
    for code, aliases in own["aliases"].items():
        if str(code) in names:
            names[str(code)].update(dict.fromkeys(str(alias) for alias in aliases))
    for code, written in names.items():
        place = _place(code, [words(name) for name in written])
        for bare in place.names:
            by_name[bare].append(place)
    return PlaceNames(
        {name: tuple(places) for name, places in by_name.items()},
        frozenset(str(own["only_with_prefix"]).split()),
        max(map(len, by_name), default=1),
    )


def _place(code: str, names: Sequence[Sequence[str]]) -> Place:
    kinds = [_PREFIXES[name[0]] for name in names if "." in code and len(name) > 1 and name[0] in _PREFIXES]
    bare = dict.fromkeys(tuple(name[1:] if "." in code and len(name) > 1 and name[0] in _PREFIXES else name) for name in names)
    parts = code.split(".")
    within = tuple(".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
    return Place(code, tuple(bare), kinds[0] if kinds else None, within)
