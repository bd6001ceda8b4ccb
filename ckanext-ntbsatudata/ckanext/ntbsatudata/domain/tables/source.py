"""What a file really is, told by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
import zlib
from enum import Enum
from pathlib import Path

from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError

MAX_UNPACKED_BYTES = 1_500_000_000
MAX_UNPACKED_RATIO = 300  # a real sheet packs 5 to 40 times; text of one repeated letter about 1,000 times
RATIO_COUNTS_FROM = 100_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = {
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"SQLite format 3": "SQLite",
    b"PAR1": "Parquet",
}
_MARKUP = {b"<!doctype html": "HTML", b"<html": "HTML", b"<table": "HTML", b"<?xml": "XML", b"{": "JSON", b"[{": "JSON"}


class SourceKind(Enum):
    """The formats that are read."""

    DELIMITED = "CSV"
    XLSX = "XLSX"
    XLS = "XLS"
    ODS = "ODS"

    @property
    def is_workbook(self) -> bool:
        return self is not SourceKind.DELIMITED


def source_kind(path: Path) -> SourceKind:
    """Return the kind of a file. Raises `UnreadableFileError` for a format, size or lock that cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnreadableFileError("empty-file")
    if head.startswith(_ZIP):
        return _zip_kind(path, size)
    if head.startswith(_OLE):
        return _ole_kind(path)
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise UnreadableFileError("unsupported-format", format=name)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    for markup, name in _MARKUP.items():
        if start.startswith(markup):
            raise UnreadableFileError("unsupported-format", format=name)
    return SourceKind.DELIMITED


def _zip_kind(path: Path, size: int) -> SourceKind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            names = {member.filename for member in members}
            encrypted = any(member.flag_bits & 1 for member in members)
            manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names and unpacked < MAX_UNPACKED_BYTES else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableFileError("broken-workbook") from error
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_COUNTS_FROM and unpacked > size * MAX_UNPACKED_RATIO):
        raise UnreadableFileError("workbook-too-large")
    if encrypted or b"manifest:encryption-data" in manifest:
        raise UnreadableFileError("encrypted-workbook")
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return SourceKind.XLSX
    if "content.xml" in names:
        return SourceKind.ODS
    raise UnreadableFileError("unsupported-format", format="ZIP")


def _ole_kind(path: Path) -> SourceKind:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if _ENCRYPTED in block:
                raise UnreadableFileError("encrypted-workbook")
            stream.seek(-min(len(block), len(_ENCRYPTED)) if len(block) == 1 << 20 else 0, 1)
    return SourceKind.XLS
