"""Which code list a column speaks of: by its header first, by its values for certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeList, CodeLists, NameIndex
from ckanext.ntbsatudata.domain.tables.cells import shown
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType, Reason
from ckanext.ntbsatudata.domain.tables.headers import is_code_header, plain, words_of

REGION_LISTS = ("wilayah-kemendagri", "wilayah-bps", "wilayah-indonesia")
NAME_LISTS = ("wilayah-kemendagri", "wilayah-indonesia")
KNOWN_SHARE = 0.6
MOST_DISTINCT = 3_000

_LEVEL_WORDS = {
    "provinsi": frozenset({"provinsi", "prov", "province", "propinsi"}),
    "kabupaten_kota": frozenset({"kabupaten", "kab", "kota", "regency", "kabkota", "kabko", "kabupatenkota"}),
    "kecamatan": frozenset({"kecamatan", "kec", "district"}),
    "desa_kelurahan": frozenset({"desa", "kelurahan", "kel", "village"}),
}
LEVELS = tuple(_LEVEL_WORDS)  # from the province down
_DOTTED = re.compile(r"\d{2}\.\d{1,2}")
_REGION_WORDS = frozenset({"wilayah", "daerah", "region", "lokasi"}).union(*_LEVEL_WORDS.values())
_LISTS_BY_WORDS = {
    "jenis-kelamin": ({"kelamin", "jk", "gender", "sex", "l/p"}, True),
    "satuan": ({"satuan", "unit"}, False),
    "frekuensi": ({"frekuensi", "jadwal"}, False),
    "pendidikan": ({"pendidikan"}, False),
    "opd": ({"opd", "skpd", "produsen", "instansi"}, False),
    "kelompok-umur": ({"umur", "usia"}, False),
    "tingkat-akses": ({"akses"}, False),
}
CHECKED_LISTS = frozenset({"jenis-kelamin"}).union(REGION_LISTS)


@dataclass(frozen=True)
class _Fit:
    list_id: str
    version: str
    share: float
    level: str | None


def bind(field: Field, cells: Sequence[str], lists: CodeLists) -> Field:
    """Return the field with the list its values belong to, or as it was."""
    values = list(dict.fromkeys(text for cell in cells if (text := shown(cell))))[:MOST_DISTINCT]
    dotted = field.type.is_number and all(_DOTTED.fullmatch(value) for value in values)  # 52.01 looks like a number, too
    if not values or not (field.type is FieldType.STRING or (words_of(field.name) & _REGION_WORDS and dotted)):
        return field
    if words_of(field.name) & _REGION_WORDS or is_code_header(field.name) or plain(field.name) in ("nama", "name"):
        if found := _region_code(field, values, lists):
            return found
        if field.type is FieldType.STRING and (found := _region_name(field, values, lists)):
            return found
    return _other_list(field, values, lists) if field.type is FieldType.STRING else field


def header_level(name: str) -> str | None:
    """Return the level of region a header speaks of: the finest it names."""
    words = words_of(name.split(" / ")[-1]) | words_of(name)
    return next((level for level in reversed(_LEVEL_WORDS) if words & _LEVEL_WORDS[level]), None)


def _region_code(field: Field, values: Sequence[str], lists: CodeLists) -> Field | None:
    if not any(character.isdigit() for value in values for character in value):
        return None
    fits = [_code_fit(lists.get(list_id), values) for list_id in REGION_LISTS if list_id in lists]
    words = words_of(field.name)
    named = "wilayah-bps" if "bps" in words else "wilayah-kemendagri" if words & {"kemendagri", "dagri", "mendagri"} else None
    best = max(fits, key=lambda fit: (fit.share, fit.list_id == "wilayah-kemendagri"), default=None)
    if named and words & _REGION_WORDS:
        best = next((fit for fit in fits if fit.list_id == named), best)
    elif best is None or best.share < KNOWN_SHARE:
        best = _dotless_fit(values, lists, best) if words & _REGION_WORDS or "kode" in words else None
    if best is None:
        return None
    binding = CodeBinding(best.list_id, best.version, best.level)
    reason = Reason("code-list", {"list": best.list_id, "version": binding.version or "", "share": round(100 * best.share)})
    return replace(field, type=FieldType.STRING, unit=None, binding=binding, confidence=round(0.5 + best.share / 2, 2), reasons=(reason,))


def _code_fit(code_list: CodeList, values: Sequence[str]) -> _Fit:
    """Return how well a list fits, in the newest version that fits best: a table of 2018 keeps the codes of 2018."""
    versions = reversed(code_list.versions)
    return max((_version_fit(code_list, version.id, values) for version in versions), key=lambda fit: fit.share)


def _version_fit(code_list: CodeList, version: str, values: Sequence[str]) -> _Fit:
    edition = code_list.edition(version)
    levels = Counter(item.level for value in values if (item := edition.find(value)) is not None)
    known = sum(levels.values())
    level, often = levels.most_common(1)[0] if levels else (None, 0)
    return _Fit(code_list.id, edition.version.id, known / len(values), level if often >= 0.7 * known else None)


def _dotless_fit(values: Sequence[str], lists: CodeLists, best: _Fit | None) -> _Fit | None:
    """A column of codes that lost their dots is still one of Kemendagri; what is wrong is said row by row."""
    edition = lists.get("wilayah-kemendagri").edition()
    known = {item.code.replace(".", ""): item.level for item in edition}
    levels = Counter(known[value] for value in values if value in known)
    share = sum(levels.values()) / len(values)
    if share >= KNOWN_SHARE:
        return _Fit("wilayah-kemendagri", edition.version.id, share, levels.most_common(1)[0][0])
    return best if best is not None and best.share >= 0.4 else None


def _region_name(field: Field, values: Sequence[str], lists: CodeLists) -> Field | None:
    wanted = header_level(field.name)
    for list_id in NAME_LISTS:
        code_list = lists.get(list_id)
        level = wanted if wanted and code_list.level(wanted) else None
        if wanted and level is None:
            continue
        index = NameIndex.of(code_list)
        exact = [value for value in values if is_exact_name(index, value, level)]
        share = len(exact) / len(values)
        if share >= KNOWN_SHARE:
            reason = Reason("names-of-list", {"list": list_id, "version": code_list.current.id, "share": round(100 * share)})
            naming = CodeBinding(list_id, code_list.current.id, level)
            return replace(field, naming=naming, confidence=round(0.5 + share / 2, 2), reasons=(reason,))
    return None


def is_exact_name(index: NameIndex, name: str, level: str | None) -> bool:
    """Return whether a list has the name, but for case, blanks and punctuation, at the level or above it."""
    candidates = index.match(name, limit=20).candidates
    return any(candidate.score >= 100 and _at_or_above(candidate.item.level, level, index) for candidate in candidates)


def _at_or_above(found: str, wanted: str | None, index: NameIndex) -> bool:
    return wanted is None or (found in LEVELS and LEVELS.index(found) <= LEVELS.index(wanted))


def _other_list(field: Field, values: Sequence[str], lists: CodeLists) -> Field:
    words = words_of(field.name)
    for list_id, (signs, _) in _LISTS_BY_WORDS.items():
        if list_id not in lists or not words & signs or len(values) > 200:
            continue
        code_list = lists.get(list_id)
        index, edition = NameIndex.of(code_list), code_list.edition()
        known = [
            value for value in values if edition.find(value) or any(found.score >= 100 for found in index.match(value, limit=1).candidates)
        ]
        share = len(known) / len(values)
        if share >= KNOWN_SHARE or (list_id == "jenis-kelamin" and len(known) >= 2):
            naming = CodeBinding(list_id, code_list.current.id)
            reason = Reason("names-of-list", {"list": list_id, "version": code_list.current.id, "share": round(100 * share)})
            return replace(field, naming=naming, confidence=round(0.5 + share / 2, 2), reasons=(reason,))
    return field
