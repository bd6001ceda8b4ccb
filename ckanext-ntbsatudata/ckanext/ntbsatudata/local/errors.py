"""What keeps a local portal from starting or stopping. Each says the way out; `docs/reference/exit-codes.md` lists the codes."""

from __future__ import annotations

from ckanext.ntbsatudata.domain.errors import SatuDataError


class NotRunning(SatuDataError):
    """There is no portal on this folder."""

    exit_code = 3


class ServiceFailed(SatuDataError):
    """One of the processes did not start or would not stop."""

    exit_code = 69


class PythonTooOld(SatuDataError):
    """This Python is older than the product needs."""

    exit_code = 71


class FolderNotUsable(SatuDataError):
    """The state folder cannot be made, written or used."""

    exit_code = 73


class DiskNearlyFull(SatuDataError):
    """Too little space is left to start safely."""

    exit_code = 74


class AlreadyRunning(SatuDataError):
    """Another portal runs on the same folder."""

    exit_code = 75


class PortTaken(SatuDataError):
    """Another program listens on the port."""

    exit_code = 76


class SettingsError(SatuDataError):
    """The settings contradict each other, or the folder is of another version."""

    exit_code = 78
