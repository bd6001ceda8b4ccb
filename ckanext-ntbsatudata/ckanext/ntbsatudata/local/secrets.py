"""The generated secrets of one portal: made once, kept in the state folder, readable by its owner alone."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from ckanext.ntbsatudata.local.errors import SettingsError


def write_private(path: Path, content: str) -> None:
    """Write a file of mode 0600, whole or not at all."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


class Secrets:
    """Named random secrets in one file. Asking for a name twice gives the same secret, also in the next run."""

    def __init__(self, path: Path) -> None:
        """Read `path` where it exists. Raises `SettingsError` when it is damaged."""
        self._path = path
        self._values: dict[str, str] = {}
        if path.is_file():
            try:
                self._values = json.loads(path.read_text(encoding="utf-8"))
            except json.JSONDecodeError as error:
                raise SettingsError(f"Berkas rahasia {path} rusak: {error}. Pulihkan dari cadangan.") from error

    def get(self, name: str) -> str:
        """Return the secret of this name, 43 characters that need no quoting; make and store it the first time."""
        if name not in self._values:
            self._values[name] = secrets.token_urlsafe(32)
            write_private(self._path, json.dumps(self._values, indent=1))
        return self._values[name]
