"""The tables an operator keeps beside the extracts: what the source's own codes mean."""

from __future__ import annotations

import csv
from pathlib import Path

from ckanext.ntbcare.domain.vocabulary import folded
from ckanext.ntbsatudata.domain.errors import SatuDataError


class OperatorTableError(SatuDataError):
    """A table of the operator's lacks a column, or gives one code two meanings."""

    exit_code = 65


def read_pairs(path: Path | None, columns: tuple[str, str]) -> dict[str, str]:
    """Return the second column by the folded text of the first; empty without a table. Raises `OperatorTableError`."""
    if path is None:
        return {}
    pairs: dict[str, str] = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(columns) <= set(reader.fieldnames or ()):
            raise OperatorTableError(f"Tabel {path.name} harus punya kolom {' dan '.join(columns)}.")
        for number, row in enumerate(reader, start=2):
            source, code = folded(row[columns[0]] or ""), (row[columns[1]] or "").strip()
            if pairs.setdefault(source, code) != code:
                raise OperatorTableError(f"Tabel {path.name} baris {number}: satu {columns[0]} diberi dua arti.")
    return pairs
