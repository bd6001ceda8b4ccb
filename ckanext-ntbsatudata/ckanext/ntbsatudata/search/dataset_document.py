"""What a dataset is found by beside CKAN's own fields: its regions and years, its concept, its columns, the names behind its codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.query.coverage import coverage
from ckanext.ntbsatudata.domain.query.places import OWN_PROVINCE, WHOLE_COUNTRY, PlaceNames
from ckanext.ntbsatudata.domain.query.understanding import CODES, WITHIN, YEARS
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.search import fields
from ckanext.ntbsatudata.search.vocabulary import worth_learning

COUNTED = ("topik", "frequency", "prioritas_tahun")
READ = ("konsep", "definisi", "klasifikasi", "ukuran", "satuan", "spatial_text", "urusan", "catatan_mutu")
# The list a code of each field belongs to, so that the dataset is found by the name.
CODE_LISTS = {"topik": "topik", "urusan": "urusan", "satuan": "satuan"}
MOST_COLUMNS = 300


def dataset_document(document: dict[str, Any]) -> dict[str, Any]:
    """Return the search document with our fields added (CKAN's `before_dataset_index`)."""
    dataset = json.loads(document["validated_data_dict"])
    folder = config.schema_folder()
    organization = dataset.get("organization") or {}
    resources = dataset.get("resources") or []
    covered = coverage(
        _many(dataset.get("kode_wilayah")),
        (str(dataset.get("temporal_start") or ""), str(dataset.get("temporal_end") or "")),
        [
            str(dataset.get("title") or ""),
            str(dataset.get("spatial_text") or ""),
            str(organization.get("title") or ""),
            *(str(resource.get("name") or "") for resource in resources),
        ],
        PlaceNames.load(folder),
    )
    lists = CodeLists.load(folder)
    texts = [text for name in READ for text in _many(dataset.get(name))]
    texts += [str(organization.get("title") or ""), *(str(group.get("title") or "") for group in dataset.get("groups") or [])]
    texts += [name for code in covered.within for name in _names(lists, (OWN_PROVINCE, WHOLE_COUNTRY), code)]
    texts += [
        name for field, list_id in CODE_LISTS.items() for code in _many(dataset.get(field)) for name in _names(lists, (list_id,), code)
    ]
    texts += list(_columns(resources))
    return {
        **document,
        **{name: _many(dataset.get(name)) for name in COUNTED},
        CODES: list(covered.codes),
        WITHIN: list(covered.within),
        YEARS: [str(year) for year in covered.years],
        "text": list(dict.fromkeys(text for text in texts if text)),
    }


def searched_words(document: Mapping[str, Any]) -> list[str]:
    """Return the words of a search document that are looked for without naming a field."""
    texts = [text for name, value in document.items() if "text" in fields.copies(name) for text in fields.values(value)]
    return sorted(set().union(*map(worth_learning, texts)))


def _many(value: Any) -> list[str]:
    """Values of a field that holds one text, a list, or a list written as JSON."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    items = value if isinstance(value, list) else [value]
    return [str(item).strip() for item in items if item is not None and str(item).strip()]


def _names(lists: CodeLists, list_ids: tuple[str, ...], code: str) -> Iterator[str]:
    for list_id in list_ids:
        item = lists.get(list_id).edition().find(code) if list_id in lists else None
        if item is not None:
            yield item.name
            return


def _columns(resources: list[Mapping[str, Any]]) -> Iterator[str]:
    """Names, titles and descriptions of the columns that a resource's Table Schema describes."""
    for resource in resources:
        schema = resource.get("schema")
        if isinstance(schema, str):
            try:
                schema = json.loads(schema)
            except ValueError:
                continue
        columns = schema.get("fields") if isinstance(schema, dict) else None
        for column in (columns or [])[:MOST_COLUMNS]:
            if isinstance(column, dict):
                yield " ".join(str(column[name]) for name in ("name", "title", "description") if column.get(name))


def region_name(folder: SchemaFolder, code: str) -> str:
    """Return the name of a region, or its code where kode referensi has none."""
    return next(_names(CodeLists.load(folder), (WHOLE_COUNTRY, OWN_PROVINCE), code), code)
