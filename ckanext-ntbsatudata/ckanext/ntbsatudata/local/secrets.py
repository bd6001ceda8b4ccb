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
    """Named random secrets in one file. Asking for a name twice gives the same secret, also in the next run.

    The first asking writes the file: let only the holder of the state folder ask for what may be new.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str:
        """Return the secret of this name, 43 characters that need no quoting; make and store it the first time.

        Raises `SettingsError` when the file is damaged.
        """
        if name not in self._values:
            self._values = self._read()
        if name not in self._values:
            self._values[name] = secrets.token_urlsafe(32)
            write_private(self._path, json.dumps(self._values, indent=1))
        return self._values[name]

    def _read(self) -> dict[str, str]:
        if not self._path.is_file():
            return {}
        try:
            return dict(json.loads(self._path.read_text(encoding="utf-8")))
        except json.JSONDecodeError as error:
            raise SettingsError(f"Berkas rahasia {self._path} rusak: {error}. Pulihkan dari cadangan.") from error
