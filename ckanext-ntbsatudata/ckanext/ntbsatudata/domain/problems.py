"""A problem is a value: what is wrong, where, and the way out. Its sentences live in `schemas/messages/`.

A check returns all its problems; nobody stops at the first. A problem carries no personal value: a check that meets
one gives the place only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


class Severity(Enum):
    """What a problem does to the way on."""

    ERROR = "error"  # blocks
    WARNING = "warning"  # shown, may be accepted
    NOTICE = "notice"  # for information

    @property
    def blocks(self) -> bool:
        return self is Severity.ERROR


@dataclass(frozen=True)
class Problem:
    """One problem. `row` counts from 1 with titles and headers; `field` is the name as the user wrote it."""

    code: str
    row: int | None = None
    field: str | None = None
    severity: Severity = Severity.ERROR
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Sentence:
    message: str
    remedy: str


@dataclass(frozen=True)
class Messages:
    """The sentences of all problems in one language, by code."""

    language: str
    sentences: Mapping[str, Sentence]
    places: Mapping[str, str]
    terms: Mapping[str, str] = dataclasses.field(default_factory=dict)  # what people call the types of values: integer

    @classmethod
    def load(cls, folder: SchemaFolder, language: str = "id") -> Messages:
        """Read `messages/<language>.yaml`. Raises `SchemaFolderError` when a sentence lacks its way out."""
        content = folder.read_yaml(f"messages/{language}.yaml")
        sentences = {}
        for code, parts in content["problems"].items():
            if not parts.get("message") or not parts.get("remedy"):
                raise SchemaFolderError(f"messages/{language}.yaml: kode {code} harus punya message dan remedy.")
            sentences[code] = Sentence(parts["message"], parts["remedy"])
        return cls(language, sentences, content["places"], content.get("types", {}))

    def sentence(self, problem: Problem) -> Sentence:
        """Return message and remedy with the values put in. Raises `SchemaFolderError` for an unknown code."""
        template = self.sentences.get(problem.code)
        if template is None:
            raise SchemaFolderError(f"messages/{self.language}.yaml tidak punya kalimat untuk kode {problem.code}.")
        values = {"row": problem.row, "field": problem.field, **problem.values}
        if "type" in values:
            values["type"] = self.terms.get(values["type"], values["type"])
        return Sentence(template.message.format(**values), template.remedy.format(**values))

    def line(self, problem: Problem) -> str:
        """Return one line for people: place, message, way out."""
        sentence = self.sentence(problem)
        place = self._place(problem)
        return f"{place}: {sentence.message} {sentence.remedy}" if place else f"{sentence.message} {sentence.remedy}"

    def as_dict(self, problem: Problem) -> dict[str, Any]:
        """Return the problem for programs: code, row, field, message, remedy, severity."""
        sentence = self.sentence(problem)
        return {
            "code": problem.code,
            "row": problem.row,
            "field": problem.field,
            "message": sentence.message,
            "remedy": sentence.remedy,
            "severity": problem.severity.value,
        }

    def _place(self, problem: Problem) -> str:
        if problem.row is not None and problem.field is not None:
            return self.places["row_and_field"].format(row=problem.row, field=problem.field)
        if problem.row is not None:
            return self.places["row"].format(row=problem.row)
        if problem.field is not None:
            return self.places["field"].format(field=problem.field)
        return ""
