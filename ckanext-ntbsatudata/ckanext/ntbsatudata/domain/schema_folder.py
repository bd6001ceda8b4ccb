"""Where the data that staff may change is read: the installed `schemas/`, overlaid by a folder of the operator's.

A file of the operator's folder replaces the installed file of the same relative path; all others stay.
"""

from __future__ import annotations

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


_FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
