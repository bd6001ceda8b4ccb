"""The errors one cannot go on from. Anything a user can mend in a file is a `Problem`, not an error."""

from __future__ import annotations


class SatuDataError(Exception):
    """Base of all our errors: it carries its own sentence and the exit code of the command line.

    Exit codes are listed in `docs/reference/exit-codes.md`; a test keeps that page true.
    """

    exit_code = 70


class UsageError(SatuDataError):
    """The command or the request is put wrongly."""

    exit_code = 64


class SchemaFolderError(SatuDataError):
    """A file under `schemas/` is missing or does not say what it must."""

    exit_code = 65


class NotFoundError(SatuDataError):
    """What was asked for by name does not exist."""

    exit_code = 66
