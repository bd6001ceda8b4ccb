"""A column bound to a code list: which list, which version, which level; and what is wrong with a value in it.

Problems name the code only when it can be no person's number: a cell of a code column may hold a NIK by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ckanext.ntbsatudata.domain.kode_referensi.code_list import CodeList, Edition, Item
from ckanext.ntbsatudata.domain.kode_referensi.history import resolve
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists, UnknownCodeListError
from ckanext.ntbsatudata.domain.kode_referensi.names import CERTAIN_SCORE, NameIndex
from ckanext.ntbsatudata.domain.problems import Problem, Severity

HIDDEN = "…"


@dataclass(frozen=True)
class CodeBinding:
    """What a column's schema says: `list@version`, and the level its codes must have."""

    list_id: str
    version: str | None = None
    level: str | None = None

    @classmethod
    def parse(cls, text: str) -> CodeBinding:
        """Read `wilayah-kemendagri@2430/2025#kecamatan`; version and level may be left out."""
        rest, _, level = text.partition("#")
        list_id, _, version = rest.partition("@")
        return cls(list_id, version or None, level or None)

    def __str__(self) -> str:
        return self.list_id + (f"@{self.version}" if self.version else "") + (f"#{self.level}" if self.level else "")


@dataclass(frozen=True, eq=False)
class CodeCheck:
    """A binding made ready: check the distinct values of a column, not each row."""

    binding: CodeBinding
    code_list: CodeList
    edition: Edition
    lists: CodeLists

    @classmethod
    def of(cls, lists: CodeLists, binding: CodeBinding) -> CodeCheck:
        """Raises `UnknownCodeListError`, `UnknownVersionError` or `UnknownLevelError` for a binding that cannot be."""
        code_list = lists.get(binding.list_id)
        if binding.level is not None:
            code_list.named_level(binding.level)
        return cls(binding, code_list, code_list.edition(binding.version), lists)

    def problem(
        self, value: str, *, name: str | None = None, parent: str | None = None, row: int | None = None, field: str | None = None
    ) -> Problem | None:
        """Return what is wrong with a value, or None.

        `name` is what the same row calls the place; `parent` the code the same row gives as its parent.
        """
        item = self.edition.find(value)
        found = self._wrong_code(value) if item is None else self._wrong_place(item, name, parent)
        if found is None:
            return None
        code, severity, values = found
        shown = {"value": self._shown(value), "list": self.code_list.id, "version": self.edition.version.id, **values}
        return Problem(code, row=row, field=field, severity=severity, values=shown)

    def proposals(self, value: str) -> list[Item]:
        """Return the items the writer may have meant by a value that is not in the edition; one item: the only reading."""
        meant = {item.code: item for item in (*self._without_dots(value), *self._zero_stripped(value), *self._by_bridge(value))}
        if not meant and self.code_list.history(value):
            meant = {item.code: item for item in resolve(self.code_list, value, self.edition.version.id).items}
        return list(meant.values()) or self._named(value)

    def _wrong_place(self, item: Item, name: str | None, parent: str | None) -> tuple[str, Severity, dict[str, str]] | None:
        if self.binding.level is not None and item.level != self.binding.level:
            return "wrong-level-code", Severity.ERROR, {"level": self._label(item.level), "expected": self._label(self.binding.level)}
        if parent and item.parent != parent and all(above.code != parent for above in self.edition.ancestors(item.code)):
            return "wrong-parent-code", Severity.ERROR, {"name": item.name, "parent": self._shown(parent), "expected": item.parent or "-"}
        if name and not NameIndex.of(self.code_list, self.edition.version.id).says(name, item.code):
            return "name-code-mismatch", Severity.WARNING, {"name": item.name}
        return None

    def _wrong_code(self, value: str) -> tuple[str, Severity, dict[str, str]]:
        if past := self.code_list.history(value):
            return self._other_version(value, past)
        dotless, bridged = self._without_dots(value), self._by_bridge(value)
        if dotless and bridged and {item.code for item in dotless} != {item.code for item in bridged}:
            return "ambiguous-code-system", Severity.ERROR, {"proposal": _listed(dotless), "other": _listed(bridged)}
        if bridged:
            return "other-system-code", Severity.ERROR, {"system": self._other_system(value), "proposal": _listed(bridged)}
        if self._other_system(value):
            return "other-system-code", Severity.ERROR, {"system": self._other_system(value), "proposal": "-"}
        if dotless:
            return "dotless-code", Severity.ERROR, {"proposal": _listed(dotless)}
        if stripped := self._zero_stripped(value):
            return "zero-stripped-code", Severity.ERROR, {"proposal": _listed(stripped)}
        if named := self._named(value):
            return "name-in-code-column", Severity.ERROR, {"proposal": _listed(named)}
        return "unknown-code", Severity.ERROR, {}

    def _other_version(self, value: str, past: list[Item]) -> tuple[str, Severity, dict[str, str]]:
        became = resolve(self.code_list, value, self.edition.version.id).items
        values = {"proposal": _listed(became) if became else "-", "name": past[-1].name}
        if past[0].since and self.code_list.order(past[0].since) > self.code_list.order(self.edition.version.id):
            return "not-yet-valid-code", Severity.ERROR, {**values, "other_version": past[0].since}
        return "expired-code", Severity.ERROR, {**values, "other_version": past[-1].until or "-"}

    def _without_dots(self, value: str) -> list[Item]:
        if "." in value:
            return []
        item = self._dotless.get(value)
        return [item] if item is not None else []

    def _zero_stripped(self, value: str) -> list[Item]:
        """What a spreadsheet makes a number of: `52.10` becomes `52.1`; `01` becomes `1`."""
        if not re.fullmatch(r"\d+(\.\d+)?", value):
            return []
        readings = [f"{value}0", f"0{value}", re.sub(r"\.(\d)$", r".0\1", value)]
        return [self.edition.items[reading] for reading in dict.fromkeys(readings) if reading != value and reading in self.edition]

    def _named(self, value: str) -> list[Item]:
        match = NameIndex.of(self.code_list, self.edition.version.id).match(value, level=self.binding.level)
        return [candidate.item for candidate in match.candidates if candidate.score >= CERTAIN_SCORE]

    def _by_bridge(self, value: str) -> list[Item]:
        return [
            self.edition.items[target]
            for other in self._siblings()
            if value in other.edition()
            for target in self._bridge(other, value)
            if target in self.edition
        ]

    def _bridge(self, other: CodeList, value: str) -> tuple[str, ...]:
        try:
            return self.lists.crosswalk(other.id, self.code_list.id).cross(value).targets
        except UnknownCodeListError:
            return ()

    def _other_system(self, value: str) -> str:
        return next((other.issuer_short for other in self._siblings() if other.history(value)), "")

    def _siblings(self) -> list[CodeList]:
        return [other for other in self.lists.of_subject(self.code_list.subject) if other.id != self.code_list.id]

    def _label(self, level_id: str) -> str:
        level = self.code_list.level(level_id)
        return level.label if level else level_id

    def _shown(self, value: str) -> str:
        """The value when it can be shown, else an ellipsis: neither a NIK, nor a telephone number, nor a word among numbers."""
        digits = re.sub(r"\D", "", value)
        if re.fullmatch(r"[\d.\- ]+", value):
            return value if len(digits) < 9 or (len(digits) <= 10 and digits[:2] in self._beginnings) else HIDDEN
        return value if self._has_words and re.fullmatch(r"[\w.\-]{1,16}", value) and len(digits) < 6 else HIDDEN

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(item.code[:2] for item in self.edition)

    @cached_property
    def _has_words(self) -> bool:
        return any(letter.isalpha() for item in self.edition for letter in item.code)

    @cached_property
    def _dotless(self) -> dict[str, Item]:
        return {item.code.replace(".", ""): item for item in self.edition if "." in item.code}


def _listed(items: Iterable[Item]) -> str:
    return ", ".join(f"{item.code} {item.name}" for item in items)
