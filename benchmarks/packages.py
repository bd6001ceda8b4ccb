"""The datasets both portals are filled with: real records of regional catalogues where they lie beside the repository, else made up."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED_DATA = Path(os.environ.get("NTB_SHARED_DATA", ROOT.parent / "shared" / "data"))
CATALOGUES = ("kalteng2", "padangpanjangkota", "gunungmas", "badanpangan")
TOPICS = ("ekonomi", "kesehatan", "pendidikan", "pangan", "lingkungan", "pemerintahan")
LINKS_AT_MOST = 10


def packages(count: int) -> list[dict[str, Any]]:
    """Return `count` datasets in the form of `package_create`, each with `organization` and `topic` beside its own keys."""
    records = list(_real()) or list(_made_up(count))
    return [_package(number, record) for number, record in zip(range(count), itertools.cycle(records))]


def are_real() -> bool:
    return any(_files())


def _files() -> list[Path]:
    return [path for path in (SHARED_DATA / "dcat" / "sdi" / f"{name}.json" for name in CATALOGUES) if path.is_file()]


def _real() -> Iterator[dict[str, Any]]:
    catalogues = []
    for path in _files():
        content = json.loads(path.read_text(encoding="utf-8"))
        catalogues.append(content["dataset"] if isinstance(content, dict) else content)
    yield from (record for row in itertools.zip_longest(*catalogues) for record in row if record and record.get("title"))


def _made_up(count: int) -> Iterator[dict[str, Any]]:
    words = [
        "jumlah",
        "penduduk",
        "luas",
        "panen",
        "produksi",
        "angka",
        "partisipasi",
        "murni",
        "kunjungan",
        "puskesmas",
        "jalan",
        "rusak",
        "nelayan",
        "kabupaten",
        "kota",
        "tahun",
    ]
    chance = random.Random(52)
    for number in range(count):
        title = " ".join(chance.sample(words, 6)).capitalize()
        links = [
            {"title": f"{title} {year}", "downloadURL": f"https://data.example/{number}-{year}.csv", "format": "csv"}
            for year in (2022, 2023, 2024)
        ]
        about = " ".join(chance.choices(words, k=60))
        yield {
            "title": title,
            "description": about,
            "publisher": {"name": f"Dinas {number % 12}"},
            "keyword": chance.sample(words, 3),
            "distribution": links,
        }


def _package(number: int, record: dict[str, Any]) -> dict[str, Any]:
    publisher = (record.get("publisher") or {}).get("name") or "Dinas Komunikasi dan Informatika"
    keywords = {re.sub(r"[^\w .-]", " ", str(word)).strip()[:90] for word in record.get("keyword") or [] if word}
    links = [
        {
            "name": str(link.get("title") or record["title"])[:200],
            "url": link.get("downloadURL") or link.get("accessURL") or "https://data.example/",
            "format": str(link.get("format") or link.get("mediaType", "").rpartition("/")[2] or "CSV").upper()[:20],
            "description": re.sub(r"<[^>]+>", "", str(link.get("description") or "")),
        }
        for link in (record.get("distribution") or [])[:LINKS_AT_MOST]
    ]
    return {
        "name": f"{_address(record['title'])[:80]}-{number}",
        "title": record["title"],
        "notes": re.sub(r"<[^>]+>", "", str(record.get("description") or record["title"])),
        "tags": [{"name": word} for word in sorted(keywords) if len(word) > 1],
        "license_id": "cc-by",
        "resources": links,
        "organization": (_address(publisher)[:90], publisher),
        "topic": TOPICS[number % len(TOPICS)],
    }


def _address(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "dataset"
