"""Where the data that staff may change is read: the installed `schemas/`, overlaid by a folder of the operator's.

A file of the operator's folder replaces the installed file of the same relative path; all others stay.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ckanext.ntbsatudata.domain.errors import SchemaFolderError

INSTALLED = Path(str(files("ckanext.ntbsatudata.schemas")))


@dataclass(frozen=True)
class SchemaFolder:
    """Layers of folders, the first one that has a file wins."""

    layers: tuple[Path, ...] = (INSTALLED,)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> SchemaFolder:
        """Return the installed schemas, overlaid by the folder that `SATUDATA_SCHEMAS` names.

        Raises `SchemaFolderError` when that folder does not exist.
        """
        overlay = environ.get("SATUDATA_SCHEMAS", "").strip()
        if not overlay:
            return cls()
        folder = Path(overlay)
        if not folder.is_dir():
            raise SchemaFolderError(
                f"SATUDATA_SCHEMAS menunjuk folder yang tidak ada: {folder}. Buat folder itu atau kosongkan variabelnya."
            )
        return cls((folder, INSTALLED))

    def file(self, relative: str) -> Path:
        """Return the file in force. Raises `SchemaFolderError` when no layer has it."""
        for layer in self.layers:
            if (layer / relative).is_file():
                return layer / relative
        raise SchemaFolderError(f"Berkas skema tidak ada: {relative}. Dicari di: {', '.join(map(str, self.layers))}.")

    def names(self, folder: str, suffix: str) -> list[str]:
        """Return the sorted relative paths of all files in one folder that end in `suffix`, over all layers."""
        found = {f"{folder}/{path.name}" for layer in self.layers for path in (layer / folder).glob(f"*{suffix}")}
        return sorted(found)

    def read_yaml(self, relative: str) -> Any:
        """Return the parsed content. Raises `SchemaFolderError` with file and line when it is not YAML."""
        path = self.file(relative)
        try:
            return yaml.load(path.read_text(encoding="utf-8"), Loader=_FAST_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", baris {mark.line + 1}" if mark else ""
            raise SchemaFolderError(f"Berkas {path}{line} bukan YAML yang sah: {getattr(error, 'problem', error)}.") from error

    def read_json(self, relative: str) -> Any:
        """Return the parsed content. Raises `SchemaFolderError` with file and line when it is not JSON."""
        path = self.file(relative)
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise SchemaFolderError(f"Berkas {path}, baris {error.lineno} bukan JSON yang sah: {error.msg}.") from error


@dataclass(frozen=True)
class CheckedCopies:
    """Copies of the operator's folder; the link `current` names the one in force.

    The portal reads a copy and never the folder that somebody is editing, so what is in force changes in one step
    (the rename of a link), for all processes at once.
    """

    folder: Path

    def in_force(self) -> SchemaFolder | None:
        """Return the copy in force over the installed schemas, or None when there was no switch yet."""
        try:
            return SchemaFolder((self.folder / os.readlink(self.folder / "current"), INSTALLED))
        except FileNotFoundError:
            return None

    def copy(self, overlay: Path) -> SchemaFolder:
        """Return a copy of the operator's folder over the installed schemas, not yet in force.

        Its name is a hash of its content: the same content is the same copy.
        """
        partial = self.folder / f"copy.{os.getpid()}"
        shutil.copytree(overlay, partial)
        digest = hashlib.sha256()
        for path in sorted(path for path in partial.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(partial)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        target = self.folder / digest.hexdigest()[:16]
        if target.exists():
            shutil.rmtree(partial)
        else:
            partial.rename(target)
        return SchemaFolder((target, INSTALLED))

    def switch(self, checked: SchemaFolder) -> None:
        """Put a copy in force. The copies before it are removed, except the last, which a reader may still be reading."""
        before = self.in_force()
        keep = {checked.layers[0].name, before.layers[0].name if before else ""}
        link = self.folder / f"current.{os.getpid()}"
        link.symlink_to(checked.layers[0].name)
        link.replace(self.folder / "current")
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink() and path.name not in keep:
                shutil.rmtree(path)


_FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
