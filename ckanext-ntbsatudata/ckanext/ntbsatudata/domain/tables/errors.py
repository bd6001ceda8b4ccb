"""Why a file cannot be read at all. Inside this package only: the reader turns it into a problem of the file."""

from __future__ import annotations

from typing import Any

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.problems import Problem


class UnreadableFileError(SatuDataError):
    """Reading stopped; `problem` says why, for the person who made the file."""

    exit_code = 2

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)
