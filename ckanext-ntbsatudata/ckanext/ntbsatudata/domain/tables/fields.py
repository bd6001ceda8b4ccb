"""A field: one column of a table with its name, its type, its unit and the code list it is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding
from ckanext.ntbsatudata.domain.tables.constraints import Constraints
from ckanext.ntbsatudata.domain.tables.dates import DAY_FIRST
from ckanext.ntbsatudata.domain.tables.numbers import POINT


class FieldType(Enum):
    """The types of Table Schema that are told apart."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    YEAR = "year"
    YEARMONTH = "yearmonth"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"

    @property
    def is_number(self) -> bool:
        return self in (FieldType.INTEGER, FieldType.NUMBER)

    @property
    def is_date(self) -> bool:
        return self in (FieldType.DATE, FieldType.DATETIME, FieldType.YEARMONTH)


@dataclass(frozen=True)
class Reason:
    """Why something is proposed; its sentence lives in `schemas/messages/`."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One column. `name` is the header as in the file; `position` counts the columns of the file from 0."""

    name: str
    position: int
    type: FieldType
    unit: str | None = None
    binding: CodeBinding | None = None  # the column holds codes of this list
    naming: CodeBinding | None = None  # the column holds names of this list
    decimal: str = POINT
    order: str = DAY_FIRST
    compact_dates: bool = False
    missing: frozenset[str] = frozenset()  # further texts, in small letters, that stand for no value
    required: bool = False
    constraints: Constraints | None = None
    declared: bool = False  # by a schema: then nothing but what it says stands for no value, and figures carry no marks
    dates_as_written: bool = True  # False: only ISO dates
    confidence: float = 1.0
    reasons: tuple[Reason, ...] = ()

    @property
    def code_list(self) -> str | None:
        bound = self.binding or self.naming
        return bound.list_id if bound else None
