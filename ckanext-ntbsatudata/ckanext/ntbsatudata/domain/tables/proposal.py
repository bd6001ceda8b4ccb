"""What the reading proposes to take a table for, with reasons; a person says yes where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.checking import Check
from ckanext.ntbsatudata.domain.tables.fields import Field, Reason
from ckanext.ntbsatudata.domain.tables.long_form import long_form

ASKED_BELOW = 0.75  # proposals less certain than this want a yes


@dataclass(frozen=True)
class Reasons:
    """The sentences of reasons in one language, by code."""

    language: str
    sentences: Mapping[str, str]

    @classmethod
    def load(cls, folder: SchemaFolder, language: str = "id") -> Reasons:
        """Read the part `reasons` of `messages/<language>.yaml`."""
        return cls(language, folder.read_yaml(f"messages/{language}.yaml")["reasons"])

    def sentence(self, reason: Reason) -> str:
        """Return the sentence of a reason. Raises `SchemaFolderError` for an unknown code."""
        if reason.code not in self.sentences:
            raise SchemaFolderError(f"messages/{self.language}.yaml tidak punya kalimat untuk alasan {reason.code}.")
        return self.sentences[reason.code].format(**reason.values)


@dataclass(frozen=True)
class Proposal:
    """The fields of a check and how the table lies in its file."""

    check: Check

    @property
    def to_be_asked(self) -> list[Field]:
        """Return the fields that want a yes."""
        return [found for found in self.check.fields if found.confidence < ASKED_BELOW]

    def as_dict(self, reasons: Reasons) -> dict[str, Any]:
        """Return the proposal for programs: sheet, header_rows, fields, long_form."""
        table = self.check.table
        wide = long_form(self.check.fields)
        return {
            "sheet": table.sheet,
            "header_rows": list(table.layout.header_rows),
            "fields": [
                {
                    "name": found.name,
                    "type": found.type.value,
                    "unit": found.unit,
                    "code_list": found.code_list,
                    "confidence": round(found.confidence, 2),
                    "reason": " ".join(reasons.sentence(reason) for reason in found.reasons),
                }
                for found in self.check.fields
            ],
            "long_form": wide.as_dict() if wide else None,
        }
