"""A later file for the same table: are its records new ones to append, or the same ones to replace?"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Update(Enum):
    """What a later file does to the table that is there."""

    NOTHING = "nothing"  # the same records
    APPEND = "append"
    REPLACE = "replace"
    OTHER_COLUMNS = "other-columns"  # not the same table

    @property
    def description(self) -> str:
        return {"nothing": "tidak ada perubahan", "append": "tambahkan", "replace": "ganti", "other-columns": "kolomnya lain"}[self.value]


@dataclass(frozen=True)
class UpdateProposal:
    """What is proposed, and the counts it rests on, by key."""

    update: Update
    key: tuple[str, ...]
    kept: int = 0  # keys of both files
    changed: int = 0  # of these, with other values
    added: int = 0
    gone: int = 0


def propose_update(current: Path, later: Path, key: Sequence[str]) -> UpdateProposal:
    """Compare two tidy files by key (all columns when it is empty) and return what the later one is.

    Records of another time or place only: append. Any key of the current file again: replace, for a correction must not
    stand beside what it corrects.
    """
    old_header, old = _by_key(current, key)
    new_header, new = _by_key(later, key)
    if old_header != new_header:
        return UpdateProposal(Update.OTHER_COLUMNS, tuple(key))
    both = old.keys() & new.keys()
    changed = sum(old[one] != new[one] for one in both)
    counts = {"kept": len(both), "changed": changed, "added": len(new.keys() - old.keys()), "gone": len(old.keys() - new.keys())}
    if not changed and not counts["added"] and not counts["gone"]:
        return UpdateProposal(Update.NOTHING, tuple(key), **counts)
    return UpdateProposal(Update.REPLACE if both else Update.APPEND, tuple(key), **counts)


def append_tidy(current: Path, later: Path, target: Path) -> None:
    """Write the records of both tidy files, the current ones first."""
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, path in enumerate((current, later)):
            with path.open(encoding="utf-8", newline="") as stream:
                reader = csv.reader(stream)
                header = next(reader)
                if number == 0:
                    writer.writerow(header)
                writer.writerows(reader)


def _by_key(path: Path, key: Sequence[str]) -> tuple[list[str], dict[tuple[str, ...], tuple[str, ...]]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        places = [header.index(name) for name in key if name in header] or list(range(len(header)))
        return header, {tuple(row[place] for place in places): tuple(row) for row in reader}
