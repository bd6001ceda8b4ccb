"""What a schema asks of the values of a field: one small class that checks a value and says the same in SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Constraints:
    """The constraints of Table Schema on single values. `minimum` and `maximum` are those of the field's type, as text."""

    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Constraints | None:
        """Return the constraints of a field descriptor, or None when it states none on single values."""
        found = cls(
            enum=tuple(map(str, stated.get("enum", ()))),
            pattern=stated.get("pattern"),
            minimum=_text(stated.get("minimum")),
            maximum=_text(stated.get("maximum")),
            min_length=stated.get("minLength"),
            max_length=stated.get("maxLength"),
        )
        return None if found == cls() else found

    def broken(self, value: str, numeric: bool) -> str | None:
        """Return the name of the constraint a value breaks, or None."""
        if self.enum and value not in self.enum:
            return "enum"
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return "pattern"
        if self.minimum is not None and _less(value, self.minimum, numeric):
            return "minimum"
        if self.maximum is not None and _less(self.maximum, value, numeric):
            return "maximum"
        if self.min_length is not None and len(value) < self.min_length:
            return "minLength"
        if self.max_length is not None and len(value) > self.max_length:
            return "maxLength"
        return None

    def sql(self, cell: str, numeric: bool) -> str:
        """Return the SQL that is true only for cells that keep all of them; a pattern is left to the second look."""
        parts = []
        if self.pattern is not None:
            return "false"
        if self.enum:
            parts.append(f"{cell} IN ({', '.join(_literal(value) for value in self.enum)})")
        for bound, sign in ((self.minimum, ">="), (self.maximum, "<=")):
            if bound is not None:
                parts.append(f"try_cast({cell} AS DOUBLE) {sign} {float(bound)!r}" if numeric else f"{cell} {sign} {_literal(bound)}")
        if self.min_length is not None:
            parts.append(f"length({cell}) >= {int(self.min_length)}")
        if self.max_length is not None:
            parts.append(f"length({cell}) <= {int(self.max_length)}")
        return " AND ".join(parts)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _less(one: str, other: str, numeric: bool) -> bool:
    return float(one) < float(other) if numeric else one < other
