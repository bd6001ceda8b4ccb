"""A table schema: Table Schema of Frictionless Data, with the code list a field is bound to.

`kode_referensi: wilayah-kemendagri@2430/2025#kecamatan` names list, version and level; `satuan` the unit; `sum_of` the
fields that make up another; `personal: true` a field that may hold personal data because the table is never public.
Source: Frictionless Table Schema v1 (specs.frictionlessdata.io).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.constraints import Constraints
from ckanext.ntbsatudata.domain.tables.dates import DAY_FIRST, MONTH_FIRST
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType, Reason

FOLDER = "tables"
_ORDERS = {"%d/%m/%Y": DAY_FIRST, "%d-%m-%Y": DAY_FIRST, "%d.%m.%Y": DAY_FIRST, "%m/%d/%Y": MONTH_FIRST, "%m-%d-%Y": MONTH_FIRST}


class TableSchemaError(SatuDataError):
    """A table schema is missing or does not say what it must."""

    exit_code = 65


@dataclass(frozen=True)
class FieldRule:
    """What a schema says of one field. `field.position` is set once its column is found."""

    field: Field
    unique: bool = False
    personal: bool = False
    decimal_stated: bool = False
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """A table schema, read and sound."""

    name: str
    rules: tuple[FieldRule, ...]
    primary_key: tuple[str, ...] = ()

    def rule(self, name: str) -> FieldRule | None:
        return next((rule for rule in self.rules if rule.field.name == name), None)


def load_table_schema(folder: SchemaFolder, name_or_file: str) -> TableSchema:
    """Return the schema of a file (YAML or JSON), or of a name under `schemas/tables/`. Raises `TableSchemaError`."""
    path = Path(name_or_file)
    if path.suffix in (".yaml", ".yml", ".json"):
        if not path.is_file():
            raise TableSchemaError(f"Berkas skema tidak ditemukan: {path}.")
        found = path
    else:
        candidates = [file for layer in folder.layers for file in sorted((layer / FOLDER).rglob(f"{path.name}.yaml"))]
        if not candidates:
            known = sorted({file.stem for layer in folder.layers for file in (layer / FOLDER).rglob("*.yaml")})
            raise TableSchemaError(f"Tidak ada skema tabel bernama {name_or_file}. Yang ada: {', '.join(known) or '-'}.")
        found = candidates[0]
    try:
        text = found.read_text(encoding="utf-8")
        descriptor = json.loads(text) if found.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise TableSchemaError(f"Berkas skema {found.name} tidak dapat dibaca: bukan {found.suffix[1:].upper()} yang sah.") from error
    return table_schema(descriptor, found.stem)


def table_schema(descriptor: Mapping[str, Any], name: str) -> TableSchema:
    """Return the schema a descriptor states. Raises `TableSchemaError` for what is not Table Schema."""
    stated = descriptor.get("schema", descriptor) if isinstance(descriptor, Mapping) else {}
    fields = stated.get("fields") if isinstance(stated, Mapping) else None
    if not isinstance(fields, list) or not fields:
        raise TableSchemaError(f"Skema {name} tidak punya daftar fields.")
    missing = frozenset(str(value).lower() for value in stated.get("missingValues", [""]) if value != "")
    rules = tuple(_rule(field, missing, name) for field in fields)
    key = stated.get("primaryKey", ())
    primary_key = (key,) if isinstance(key, str) else tuple(key)
    names = [rule.field.name for rule in rules]
    for wanted in (*primary_key, *(part for rule in rules for part in rule.sum_of)):
        if wanted not in names:
            raise TableSchemaError(f"Skema {name} menyebut kolom {wanted} yang tidak ada di fields.")
    if len(set(names)) != len(names):
        raise TableSchemaError(f"Skema {name} memuat nama kolom yang sama lebih dari sekali.")
    return TableSchema(name, rules, primary_key)


def _rule(stated: Any, missing: frozenset[str], schema: str) -> FieldRule:
    if not isinstance(stated, Mapping) or not stated.get("name"):
        raise TableSchemaError(f"Skema {schema} memuat kolom tanpa name.")
    name, kind = str(stated["name"]), str(stated.get("type", "string"))
    types = {known.value: known for known in FieldType} | {"any": FieldType.STRING}
    if kind not in types:
        raise TableSchemaError(f"Skema {schema}, kolom {name}: tipe {kind} tidak dikenal. Yang dikenal: {', '.join(types)}.")
    limits = stated.get("constraints", {})
    layout = str(stated.get("format", "default"))
    if types[kind].is_date and layout not in ("default", "any", "%Y-%m-%d", *_ORDERS):
        raise TableSchemaError(
            f"Skema {schema}, kolom {name}: format {layout} tidak dikenal. Yang dikenal: default, any, {', '.join(_ORDERS)}."
        )
    bound = stated.get("kode_referensi")
    field = Field(
        name=name,
        position=-1,
        type=types[kind],
        unit=stated.get("satuan") or stated.get("unit"),
        binding=CodeBinding.parse(str(bound)) if bound else None,
        decimal=str(stated.get("decimalChar", ".")),
        order=_ORDERS.get(layout, DAY_FIRST),
        missing=missing | frozenset(str(value).lower() for value in stated.get("missingValues", ()) if value != ""),
        required=bool(limits.get("required", False)),
        constraints=Constraints.of(limits),
        declared=True,
        dates_as_written=layout not in ("default", "%Y-%m-%d"),
        reasons=(Reason("declared"),),
    )
    return FieldRule(
        field=field,
        unique=bool(limits.get("unique", False)),
        personal=bool(stated.get("personal", False)),
        decimal_stated="decimalChar" in stated,
        sum_of=tuple(stated.get("sum_of", ())),
    )
