"""The datasets of the real Indonesian catalogues beside the repository, as CKAN would index them."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILES = (
    "bps-data.json", "gunungmas3.json", "kalteng2.json", "padangpanjangkota.json", "sulbar02.json", "badanpangan.json", "contoh01.json",
)  # fmt: skip


def datasets(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the datasets of `dcat/sdi`: name, title, notes, tags, publisher, resources (names), place, modified."""
    for file in FILES:
        content = json.loads((folder / "dcat" / "sdi" / file).read_text(encoding="utf-8"), strict=False)
        for number, entry in enumerate(content["dataset"]):
            publisher, place = entry.get("publisher"), entry.get("spatial")
            yield {
                "name": f"{file.partition('.')[0].lower()}-{number}",
                "title": _text(entry.get("title")),
                "notes": _text(entry.get("description")),
                "tags": [str(keyword) for keyword in entry.get("keyword") or []],
                "publisher": _text(publisher.get("name") if isinstance(publisher, dict) else publisher),
                "resources": [_text(each.get("title")) for each in entry.get("distribution") or []],
                "place": _text(place.get("name") if isinstance(place, dict) else place),
                "modified": str(entry.get("modified") or ""),
            }


def search_document(dataset: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """Return the document CKAN makes of a dataset before extensions add to it."""
    name = name or dataset["name"]
    validated = {
        "title": dataset["title"],
        "notes": dataset["notes"],
        "organization": {"title": dataset["publisher"]},
        "spatial_text": dataset["place"],
        "resources": [{"name": each} for each in dataset["resources"]],
    }
    return {
        "index_id": hashlib.sha256(name.encode()).hexdigest(),
        "id": name,
        "name": name,
        "site_id": "test",
        "entity_type": "package",
        "dataset_type": "dataset",
        "state": "active",
        "capacity": "public",
        "permission_labels": ["public"],
        "title": dataset["title"],
        "title_string": dataset["title"],
        "notes": dataset["notes"],
        "tags": dataset["tags"],
        "res_name": dataset["resources"],
        "organization": re.sub(r"\W+", "-", dataset["publisher"].lower()) or None,
        "extras_publisher": dataset["publisher"] or None,
        "extras_spatial": dataset["place"] or None,
        "metadata_created": "2024-01-01T00:00:00Z",
        "metadata_modified": "2024-01-01T00:00:00Z",
        "validated_data_dict": json.dumps(validated),
    }


def _text(value: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(str(value or "")))).strip()
