"""What a dataset still lacks, and for what purpose: to be submitted, to be harvested, to earn its stars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.metadata.dataset import dataset_rules
from ckanext.ntbsatudata.domain.metadata.form import Field, Form, Text
from ckanext.ntbsatudata.domain.problems import Problem


class Purpose(Enum):
    SUBMIT = "submit"
    HARVEST = "harvest"
    STARS = "stars"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Purpose.SUBMIT: {"id": "diajukan ke walidata", "en": "to be submitted to the walidata"},
    Purpose.HARVEST: {"id": "dipanen portal nasional", "en": "to be harvested by the national portal"},
    Purpose.STARS: {"id": "mendapat bintang data terbuka", "en": "to earn the stars of open data"},
}


@dataclass(frozen=True)
class Completeness:
    """How much of what a purpose needs is there. `needed` counts the answers asked, given or not."""

    purpose: Purpose
    needed: int
    missing: tuple[Problem, ...]

    @property
    def percent(self) -> int:
        return 100 if not self.needed else round(100 * (self.needed - min(len(self.missing), self.needed)) / self.needed)

    @property
    def is_complete(self) -> bool:
        return not self.missing


def completeness(
    purpose: Purpose,
    dataset: Mapping[str, Any],
    dataset_form: Form,
    resource_form: Form,
    activity_problems: Sequence[Problem] = (),
) -> Completeness:
    """Return what is missing in a dataset dict (as `package_show` gives it) for a purpose.

    `activity_problems`: the blocking problems of its MS-Kegiatan, which a submission takes along.
    """
    asked = [
        field for field in dataset_form.fields if purpose.value in field.needed_for and (field.when is None or field.when.holds(dataset))
    ]
    missing = [_missing(field, purpose) for field in asked if field.is_empty(_value(field, dataset))]
    resources = dataset.get("resources") or []
    resource_fields = [field for field in resource_form.fields if purpose.value in field.needed_for]
    if not resources:
        missing.append(Problem("dataset-without-file", field="resources", values={"purpose": purpose.label}))
    for number, resource in enumerate(resources, start=1):
        missing += [_missing(field, purpose, number) for field in resource_fields if _lacks(field, resource)]
        if purpose is Purpose.SUBMIT:
            missing += _undescribed(resource, number)
    if purpose is Purpose.SUBMIT:
        missing += [*dataset_rules(dataset), *activity_problems]
    return Completeness(purpose, len(asked) + max(1, len(resources)) * len(resource_fields), tuple(_once(missing)))


def _value(field: Field, dataset: Mapping[str, Any]) -> Any:
    return dataset.get("tags") or dataset.get("tag_string") if field.name == "tag_string" else dataset.get(field.name)


def _lacks(field: Field, resource: Mapping[str, Any]) -> bool:
    if field.name == "schema":
        return is_tabular(resource) and not (resource.get("schema") or {}).get("fields")
    return field.is_empty(resource.get(field.name))


def is_tabular(resource: Mapping[str, Any]) -> bool:
    """True for a file whose columns can be described."""
    return str(resource.get("format") or "").upper() in ("CSV", "TSV", "XLS", "XLSX", "ODS", "PARQUET")


def _undescribed(resource: Mapping[str, Any], number: int) -> Iterator[Problem]:
    for column in (resource.get("schema") or {}).get("fields", ()):
        if not column.get("title") or not column.get("type"):
            yield Problem("column-undescribed", field=f"resources[{number}].{column.get('name')}", values={"column": column.get("name")})


def _missing(field: Field, purpose: Purpose, resource: int | None = None) -> Problem:
    place = field.name if resource is None else f"resources[{resource}].{field.name}"
    return Problem("needed-for-purpose", field=place, values={"label": field.label, "purpose": purpose.label, "source": field.source})


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    seen = set()
    for problem in problems:
        if (problem.code, problem.field) not in seen:
            seen.add((problem.code, problem.field))
            yield problem
