"""The quarantine: the one folder in which raw extracts lie, and only while they are needed.

Mode 0700, outside database, logs and web root. What waits there (uploads, base cells) is enciphered; what a run works on lies in a folder of
its own that goes with the run, and is emptied by the next start when a run was killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import resource
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ckanext.ntbsatudata.domain.errors import SatuDataError

KEY_BYTES, NONCE_BYTES = 32, 12
PIECE = 4 << 20
OWN_KEY = "key"


class QuarantineError(SatuDataError):
    """The quarantine is not safe, is in use, or cannot be read."""

    exit_code = 73


@dataclass(frozen=True)
class Quarantine:
    """A quarantine opened with its key. `key_outside`: whether the key lies in a file of the operator's, apart from what it opens."""

    folder: Path
    key_outside: bool
    _key: bytes = field(repr=False)

    @classmethod
    def open(cls, folder: Path, key_file: Path | None) -> Quarantine:
        """Return the quarantine, made where there is none. Raises `QuarantineError` when others may read it or the key is not there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise QuarantineError(f"Karantina {folder} dapat dibaca orang lain; jalankan: chmod 700 {folder}")
        if key_file is None:
            return cls(folder, False, _own_key(folder / OWN_KEY))
        if folder.resolve() in key_file.resolve().parents:
            raise QuarantineError("Berkas kunci karantina harus berada di luar foldernya.")
        try:
            secret = key_file.read_bytes().strip()
        except OSError as error:
            raise QuarantineError(f"Berkas kunci karantina {key_file} tidak dapat dibaca.") from error
        if len(secret) < KEY_BYTES:
            raise QuarantineError(f"Berkas kunci karantina harus berisi sedikitnya {KEY_BYTES} byte.")
        return cls(folder, True, hashlib.sha256(secret).digest())

    def secret(self, purpose: str) -> bytes:
        """Return a secret of 32 bytes for one purpose, the same for as long as the key is."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        """Give a run its folder, alone in the quarantine; it is gone afterwards, and so is what a killed run has left.

        Raises `QuarantineError` when another run is under way: two must not replace the same cells at once.
        """
        no_core_dumps()
        with self._alone() as alone:
            if not alone:
                raise QuarantineError("Ekstrak lain sedang diolah. Tunggu sampai selesai, lalu jalankan lagi.")
            shutil.rmtree(self.folder / "work", ignore_errors=True)
            folder = self.folder / "work" / name
            folder.mkdir(mode=0o700, parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(self.folder / "work", ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the lock of the folder, and tell whether it was free. The kernel frees it when its holder is killed."""
        with open(os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "rb+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def sweep(self) -> bool:
        """Remove what a killed run has left. Returns False, and removes nothing, while a run is under way."""
        with self._alone() as alone:
            if alone:
                shutil.rmtree(self.folder / "work", ignore_errors=True)
            return alone

    def store(self, name: str, source: Iterator[bytes]) -> None:
        """Keep some bytes under a name, enciphered piece by piece; whole or not at all. Raises `OSError` when the disk is full."""
        target = self._file(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.{os.getpid()}.part")
        cipher = AESGCM(self.secret("files"))
        try:
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                number, waiting = 0, b""
                for block in source:
                    waiting += block
                    while len(waiting) > PIECE:
                        out.write(_sealed(cipher, waiting[:PIECE], name, number, last=False))
                        waiting, number = waiting[PIECE:], number + 1
                out.write(_sealed(cipher, waiting, name, number, last=True))
                out.flush()
                os.fsync(out.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def load(self, name: str) -> Iterator[bytes]:
        """Yield the bytes kept under a name. Raises `QuarantineError` when they were changed, cut short, or enciphered with another key."""
        cipher = AESGCM(self.secret("files"))
        size = NONCE_BYTES + PIECE + 16
        try:
            with self._file(name).open("rb") as stream:
                number, block = 0, stream.read(size)
                while True:
                    following = stream.read(size)
                    yield _opened(cipher, block, name, number, last=not following)
                    if not following:
                        return
                    block, number = following, number + 1
        except (InvalidTag, ValueError) as error:
            raise QuarantineError("Isi karantina tidak dapat dibuka: kuncinya lain, atau berkasnya berubah.") from error

    def holds(self, name: str) -> bool:
        return self._file(name).is_file()

    def names(self, folder: str) -> list[str]:
        """Return the names kept in one folder, sorted."""
        return sorted(f"{folder}/{path.name}" for path in (self.folder / folder).glob("*") if path.is_file() and path.suffix != ".part")

    def forget(self, folder: str) -> None:
        """Remove a folder and all that is kept in it."""
        shutil.rmtree(self._file(folder), ignore_errors=True)

    def _file(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if self.folder.resolve() not in path.parents:
            raise QuarantineError("Nama berkas karantina tidak sah.")
        return path


def no_core_dumps() -> None:
    """Let a crash of this process leave no picture of its memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _own_key(path: Path) -> bytes:
    if not path.exists():
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(partial, path)
        partial.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise QuarantineError("Kunci karantina rusak.")
    return key


def _sealed(cipher: AESGCM, piece: bytes, name: str, number: int, *, last: bool) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, piece, f"{name}|{number}|{last}".encode())


def _opened(cipher: AESGCM, piece: bytes, name: str, number: int, *, last: bool) -> bytes:
    return cipher.decrypt(piece[:NONCE_BYTES], piece[NONCE_BYTES:], f"{name}|{number}|{last}".encode())
