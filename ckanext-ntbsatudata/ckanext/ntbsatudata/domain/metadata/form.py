"""A form is a list of fields as the standard gives them; `schemas/metadata/*.yaml` and `schemas/dataset.yaml` hold them.

A field knows its labels, hint, example, options, obligation, the condition it stands under and where INDAH keeps it, so that
the page, the API, the check and the documentation cannot say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

Text = Mapping[str, str]  # {"id": ..., "en": ...}


class Kind(Enum):
    """The linked records and the dataset itself; the value is the word used in addresses."""

    DATASET = "dataset"
    RESOURCE = "resource"
    MSKEG = "mskeg"
    MSIND = "msind"
    MSVAR = "msvar"

    @property
    def file(self) -> str:
        return _FILES[self]


_FILES = {
    Kind.DATASET: "dataset.yaml",
    Kind.RESOURCE: "dataset.yaml",
    Kind.MSKEG: "metadata/ms_kegiatan.yaml",
    Kind.MSIND: "metadata/ms_indikator.yaml",
    Kind.MSVAR: "metadata/ms_variabel.yaml",
}


class Obligation(Enum):
    MANDATORY = "mandatory"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


class FieldType(Enum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    YEAR = "year"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    FLAGS = "flags"  # several options at once
    LIST = "list"  # list of texts
    ROWS = "rows"  # list of records with named columns
    DAY = "day"  # an ISO date
    PERIOD = "period"  # a year, a month or a day in ISO 8601
    DATES = "dates"  # list of ISO dates
    DATE_RANGES = "date_ranges"  # list of {awal, akhir}
    STRUCTURE = "structure"  # a JSON object, such as a column schema
    SYSTEM = "system"  # set by a system, never typed


@dataclass(frozen=True)
class Condition:
    """True when `field` has one of `values`; for several answers at once, when one of them is among `values`."""

    field: str
    values: tuple[Any, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        answer = record.get(self.field)
        if isinstance(answer, list | tuple):
            return any(one in self.values for one in answer)
        return answer in self.values


@dataclass(frozen=True)
class Option:
    value: str
    label: Text
    code: int | None = None
    when: Condition | None = None


@dataclass(frozen=True)
class Column:
    """One cell of a row in a field of type `rows`."""

    name: str
    label: Text
    optional: bool = False


@dataclass(frozen=True)
class Field:
    name: str
    type: FieldType
    label: Text
    obligation: Obligation = Obligation.OPTIONAL
    stage: str = ""
    block: str = ""
    hint: Text | None = None
    example: Any = None
    source: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    when: Condition | None = None
    aliases: tuple[str, ...] = ()
    indah: str = ""
    table_column: str = ""
    other: str = ""
    prefill: str = ""
    default: Any = None
    months: tuple[float, float] | None = None
    min_length: int = 0
    minimum: int | None = None
    maximum: int | str | None = None
    at_most: str = ""
    dash: bool = False
    may_be_none: bool = False
    concept: bool = False
    internal: bool = False
    needed_for: tuple[str, ...] = ()

    def option(self, value: object) -> Option | None:
        return next((option for option in self.options if option.value == value), None)

    def is_empty(self, value: object) -> bool:
        """True when the value answers nothing. «-» is an answer only where the form allows it."""
        if value is None or value == "" or value == [] or value == () or value == {}:
            return not (self.may_be_none and value in ([], ()))
        return not self.dash and value in ("-", ["-"])


@dataclass(frozen=True)
class Stage:
    name: str
    label: Text


@dataclass(frozen=True)
class Form:
    kind: Kind
    version: int
    label: Text
    source: str
    name_field: str
    stages: tuple[Stage, ...]
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Each field by its name and by its aliases."""
        names = {alias: field for field in self.fields for alias in field.aliases}
        return names | {field.name: field for field in self.fields}

    def field(self, name: str) -> Field:
        """Return the field. Raises `SchemaFolderError` for a name the form does not have."""
        if name not in self.by_name:
            raise SchemaFolderError(f"{self.kind.file} tidak punya isian {name}.")
        return self.by_name[name]

    def of_stage(self, stage: str) -> list[Field]:
        return [field for field in self.fields if field.stage == stage]

    def describe(self, condition: Condition) -> dict[str, str]:
        """Return the condition in words, by language: «Cara pengumpulan data = Survei»."""
        field = self.field(condition.field)
        return {
            language: f"{field.label[language]} = {' / '.join(self._word(field, value, language) for value in condition.values)}"
            for language in ("id", "en")
        }

    def public(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return every field of the form in its order, without those that name a person; unanswered ones are None."""
        return {field.name: record.get(field.name) for field in self.fields if not field.internal}

    @staticmethod
    def _word(field: Field, value: object, language: str) -> str:
        if isinstance(value, bool):
            return {"id": ("Tidak", "Ya"), "en": ("No", "Yes")}[language][value]
        option = field.option(value)
        return option.label[language] if option else str(value)


def load_form(folder: SchemaFolder, kind: Kind) -> Form:
    """Read one form. Raises `SchemaFolderError` when a field lacks its name, type, labels, or names what is not there."""
    content = folder.read_yaml(kind.file)
    if kind in (Kind.DATASET, Kind.RESOURCE):
        entries = [_dataset_entry(entry) for entry in content[f"{kind.value}_fields"]]
    else:
        entries = content["fields"]
    try:
        fields = tuple(_field(entry, content["source"]) for entry in entries)
        stages = tuple(Stage(stage["name"], stage["label"]) for stage in content.get("stages", ()))
        label = content.get("label", {"en": kind.value, "id": kind.value})
        form = Form(kind, content["version"], label, content["source"], content.get("name_field", "title"), stages, fields)
    except (KeyError, ValueError, TypeError) as error:
        raise SchemaFolderError(f"Formulir {kind.file} tidak lengkap atau salah: {error!r}.") from error
    _check(form)
    return form


def _dataset_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field of `dataset.yaml`, which speaks scheming's words, in ours."""
    renamed = {"field_name": "name", "help_text": "hint", "form_placeholder": "example", "choices": "options", "value_type": "type"}
    known = {renamed.get(key, key): value for key, value in entry.items()}
    known.setdefault("type", "choice" if "options" in known else "text")
    return known


def _field(entry: Mapping[str, Any], source: str) -> Field:
    if set(entry["label"]) < {"id", "en"}:
        raise ValueError(f"{entry['name']}: label harus punya id dan en")
    return Field(
        name=entry["name"],
        type=FieldType(entry["type"]),
        label=entry["label"],
        obligation=Obligation(entry.get("obligation", "optional")),
        stage=entry.get("stage", ""),
        block=str(entry.get("block", "")),
        hint=entry.get("hint"),
        example=entry.get("example"),
        source=entry.get("source", source),
        options=tuple(
            Option(option["value"], option["label"], option.get("code"), _condition(option)) for option in entry.get("options", ())
        ),
        columns=tuple(Column(column["name"], column["label"], column.get("optional", False)) for column in entry.get("columns", ())),
        when=_condition(entry),
        aliases=tuple(entry.get("aliases", ())),
        indah=entry.get("indah", ""),
        table_column=entry.get("column", ""),
        other=entry.get("other", ""),
        prefill=entry.get("prefill", ""),
        default=entry.get("default"),
        months=tuple(entry["months"]) if "months" in entry else None,
        min_length=entry.get("min_length", 0),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        at_most=entry.get("at_most", ""),
        dash=entry.get("dash", False),
        may_be_none=entry.get("may_be_none", False),
        concept=entry.get("concept", False),
        internal=entry.get("internal", False),
        needed_for=tuple(entry.get("needed_for", ())),
    )


def _condition(entry: Mapping[str, Any]) -> Condition | None:
    when = entry.get("when")
    return Condition(when["field"], tuple(when["in"])) if when else None


def _check(form: Form) -> None:
    """Raise `SchemaFolderError` when a field refers to a field, stage or option that the form does not have."""
    stages = {stage.name for stage in form.stages}
    for field in form.fields:
        if field.obligation is Obligation.CONDITIONAL and field.when is None:
            raise SchemaFolderError(f"{form.kind.file}: {field.name} bersyarat tetapi tidak punya syarat (when).")
        if field.stage and field.stage not in stages:
            raise SchemaFolderError(f"{form.kind.file}: {field.name} menunjuk tahap yang tidak ada: {field.stage}.")
        conditions = [condition for condition in (field.when, *(option.when for option in field.options)) if condition]
        for condition in conditions:
            asked = form.field(condition.field)
            unknown = [value for value in condition.values if asked.options and asked.option(value) is None]
            if unknown:
                raise SchemaFolderError(f"{form.kind.file}: syarat {field.name} memakai pilihan yang tidak ada: {unknown}.")
        for name in filter(None, (field.other, field.at_most)):
            form.field(name)
