"""A wide table, years or months as columns, and the long form it is offered in: one figure a record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.tables.cells import year_of
from ckanext.ntbsatudata.domain.tables.dates import MONTHS
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType

MIN_COLUMNS = 2


@dataclass(frozen=True)
class LongForm:
    """How the columns of a wide table become records."""

    kept: tuple[Field, ...]
    spread: tuple[Field, ...]
    keys: tuple[str, ...]  # what each spread column stands for: 2018, 2019, …
    variable: str  # `tahun` or `bulan`
    value: str  # the name of the column of figures

    def as_dict(self) -> dict[str, object]:
        return {
            "variable": self.variable,
            "value": self.value,
            "columns": [found.name for found in self.spread],
            "keys": list(self.keys),
            "kept": [found.name for found in self.kept],
        }


def long_form(fields: Sequence[Field]) -> LongForm | None:
    """Return the long form of a table whose figures stand under years or months, or None."""
    for variable, key in (("tahun", _year), ("bulan", _month)):
        spread = [(found, name) for found in fields if found.type.is_number and (name := key(found.name)) is not None]
        groups = {_group(found.name) for found, _ in spread}
        if len(spread) >= MIN_COLUMNS and len(groups) == 1 and len({name for _, name in spread}) == len(spread):
            chosen = {found.position for found, _ in spread}
            kept = tuple(found for found in fields if found.position not in chosen)
            if any(found.type is FieldType.YEAR for found in kept) and variable == "tahun":
                continue
            return LongForm(
                kept, tuple(found for found, _ in spread), tuple(name for _, name in spread), variable, _value_name(groups.pop())
            )
    return None


def _year(name: str) -> str | None:
    last = re.sub(r"^(tahun|thn|th\.?)\s*|\s*\([^()]{1,20}\)$", "", name.split(" / ")[-1].strip(), flags=re.IGNORECASE)
    year = year_of(last)
    return str(year) if year is not None else None


def _month(name: str) -> str | None:
    last = name.split(" / ")[-1].strip().lower().rstrip(".")
    return str(MONTHS[last]) if last in MONTHS else None


def _group(name: str) -> str:
    return " / ".join(name.split(" / ")[:-1])


def _value_name(group: str) -> str:
    return group if group and group.lower() not in ("tahun", "year", "bulan", "month", "periode") else "nilai"
