"""MS-Variabel is the column schema of a resource: each field of its Table Schema is one variable, and the way back.

The form names the property that holds each answer (`column` in `ms_variabel.yaml`). What a column does not say follows from its
dataset: the concept and definition of a figure are those of the dataset, its reference period is the dataset's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.metadata.form import Form

_TYPES = {
    "character": "string", "char": "string", "text": "string", "teks": "string", "varchar": "string", "numeric": "number", "float": "number",
    "double": "number", "decimal": "number", "int": "integer", "bigint": "integer", "bilangan bulat": "integer", "tanggal": "date", "datetime": "datetime",
}  # fmt: skip
FIGURES = ("integer", "number")


def variable_of(form: Form, column: Mapping[str, Any], number: int, dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of MS-Variabel for one column. `number` counts from 1."""
    answers: dict[str, Any] = {"nomor": number}
    for field in form.fields:
        if field.table_column and column.get(field.table_column) not in (None, "", []):
            answers[field.name] = column[field.table_column]
    if "value_domain" in answers:
        answers["value_domain"] = [{"kode": str(one["value"]), "nilai": one.get("label", "")} for one in answers["value_domain"]]
    is_figure = column.get("type") in FIGURES
    fallbacks = {
        "nama": column.get("name"),
        "konsep": [dataset["konsep"]] if is_figure and dataset.get("konsep") else None,
        "definisi": dataset.get("definisi") if is_figure else answers.get("nama"),
        "referensi_waktu": _period(dataset),
        "klasifikasi_isian": "-",
        "satuan": dataset.get("satuan") if is_figure else None,
        "ukuran": dataset.get("ukuran") if is_figure else None,
    }
    defaults = {field.name: field.default for field in form.fields if field.default is not None}
    for name, value in {**defaults, **fallbacks}.items():
        if value is not None:
            answers.setdefault(name, value)
    if not answers.get("konsep"):
        answers["konsep"] = [str(answers["nama"])]
    return answers


def variables_of(form: Form, resource: Mapping[str, Any], dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one MS-Variabel for each column of a resource, in the order of the file."""
    columns = (resource.get("schema") or {}).get("fields", ())
    return [variable_of(form, column, number, dataset) for number, column in enumerate(columns, start=1)]


def column_of(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Table Schema field of an MS-Variabel. Its name is the alias, its type one of Table Schema's."""
    column: dict[str, Any] = {}
    for field in form.fields:
        value = answers.get(field.name)
        if field.table_column and value not in (None, "", [], "-", ["-"]):
            column[field.table_column] = value
    column.setdefault("name", answers.get("nama"))
    if "type" in column:
        column["type"] = _TYPES.get(str(column["type"]).casefold(), str(column["type"]).casefold())
    if "categories" in column:
        column["categories"] = [{"value": one.get("kode"), "label": one.get("nilai")} for one in column["categories"]]
    return column


def _period(dataset: Mapping[str, Any]) -> str | None:
    ends = [str(dataset[name]) for name in ("temporal_start", "temporal_end") if dataset.get(name)]
    return "-".join(dict.fromkeys(ends)) or None
