"""The commands as a user calls them, in this process: arguments in, exit code, output and errors out."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from ckanext.ntbsatudata.cli.main import main


def satudata(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error. An exception that is no exit passes through: it is a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["satudata", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), out.getvalue(), err.getvalue()
    raise AssertionError("the command did not end")


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
