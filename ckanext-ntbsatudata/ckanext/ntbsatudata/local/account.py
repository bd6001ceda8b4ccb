"""Under which system account PostgreSQL runs.

PostgreSQL refuses to run as root. Where the portal is started by root, PostgreSQL runs as another account; so that it finds
its programs and its folder even below `/root`, it keeps the one capability of passing through folders.
"""

from __future__ import annotations

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

_PREFERRED = ("postgres", "nobody")
_PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 47, 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """A system account to give rights up to."""

    uid: int
    gid: int

    @classmethod
    def for_folder(cls, folder: Path) -> Account | None:
        """Return the account that owns `folder`, or one to own it; None where we are not root and no change is needed."""
        if os.geteuid() != 0:
            return None
        if folder.exists() and folder.stat().st_uid != 0:
            return cls(folder.stat().st_uid, folder.stat().st_gid)
        for name in _PREFERRED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        return None

    def own(self, folder: Path) -> None:
        os.chown(folder, self.uid, self.gid)

    def become(self) -> None:
        """Turn this process, a fork about to start a program, into the account. Runs between fork and exec."""
        _LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        # Read-and-search is the smaller right; containers often withhold it and grant the larger one.
        for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
            if _keep_only(capability):
                return


def _keep_only(capability: int) -> bool:
    """Whether the process now holds this one capability and passes it on to the program it starts."""
    mask = 1 << capability
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; low words first
    if _LIBC.capset(header, sets) != 0:
        return False
    return bool(_LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
