"""Delimited text of any encoding and dialect, made into records of equal length.

A plain file is scanned where it lies. Any other is written once more, in UTF-8 with commas, beside its record numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import charset_normalizer
import numpy

from ckanext.ntbsatudata.domain.tables.cells import NATIVE
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError

MAX_COLUMNS = 1_600  # what a PostgreSQL table may have
MAX_CELL_LENGTH = 1_000_000
PLAIN_FROM_BYTES = 2_000_000  # below, writing a file once more costs nothing
DELIMITERS = (",", ";", "\t", "|")

_SAMPLE_BYTES = 256 * 1024
_SAMPLE_RECORDS = 300
_LINE_FEED = 10
_CARRIAGE_RETURN = 13
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text file is written. `plain`: it can be scanned as it lies."""

    encoding: str
    delimiter: str
    newline: str
    plain: bool
    decode_errors: str = "strict"
    records: int | None = None  # how many a plain file has


@dataclass(frozen=True)
class DelimitedText:
    """A rectangular file: `path` in UTF-8, `columns` wide; `odd_lengths` are the records that were shorter or longer."""

    path: Path
    delimiter: str
    columns: int
    dialect: Dialect
    usual_length: int
    odd_lengths: dict[int, int]


def read_delimited(path: Path, workspace: Path) -> DelimitedText:
    """Return the file made rectangular; a long and regular one stays where it is. Raises `UnreadableFileError`."""
    dialect = sniff_dialect(path)
    if not dialect.plain:
        return rewrite(path, dialect, workspace)
    first = next(records(path, dialect), [])
    if len(first) > MAX_COLUMNS:
        raise UnreadableFileError("too-many-columns", count=len(first), most=MAX_COLUMNS)
    return DelimitedText(path, dialect.delimiter, len(first), dialect, len(first), {})


def rewrite(path: Path, dialect: Dialect, workspace: Path) -> DelimitedText:
    """Write the file once more, rectangular, in UTF-8 with commas. Raises `UnreadableFileError`."""
    lengths: Counter[int] = Counter()
    sizes: dict[int, int] = {}
    for number, record in enumerate(records(path, dialect), 1):
        length = _used_length(record)
        if length > MAX_COLUMNS:
            raise UnreadableFileError("too-many-columns", count=length, most=MAX_COLUMNS)
        lengths[len(record)] += 1 if any(record) else 0
        if number <= 200_000:
            sizes[number] = len(record)
    if not lengths:
        raise UnreadableFileError("empty-file")
    usual = max(lengths, key=lambda size: (lengths[size], size))
    width = max(1, min(max(lengths), MAX_COLUMNS))
    target = workspace / "records.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for record in records(path, dialect):
            cells = [cell.replace("\r\n", "\n").replace("\r", "") if "\r" in cell else cell for cell in record[:width]]
            writer.writerow(cells + [""] * (width - len(cells)))
    odd = {number: size for number, size in sizes.items() if size != usual}
    return DelimitedText(target, ",", width, replace(dialect, plain=False), usual, odd)


def records(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """Yield the records of a file. Raises `UnreadableFileError` for a quote that is never closed."""
    csv.field_size_limit(MAX_CELL_LENGTH)
    with path.open(encoding=dialect.encoding, errors=dialect.decode_errors, newline="") as stream:
        lines = _cleaned(stream, dialect.newline)
        reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=True)
        try:
            yield from reader
        except csv.Error as error:
            if "field larger" in str(error) and reader.line_num <= 1:
                raise UnreadableFileError("not-a-table") from error
            raise UnreadableFileError("unclosed-quote", line=reader.line_num) from error


def _cleaned(stream: io.TextIOBase, newline: str) -> Iterator[str]:
    """Yield lines without the control characters that no text holds."""
    for line in stream:
        yield _CONTROL.sub("", line) if _CONTROL.search(line) else line


def _used_length(record: list[str]) -> int:
    length = len(record)
    while length and not record[length - 1]:
        length -= 1
    return length


def sniff_dialect(path: Path) -> Dialect:
    """Return encoding and delimiter of a text file. Raises `UnreadableFileError` when it is no text."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE_BYTES)
    guess = _delimiter(sample.decode("utf-8", "replace"), True)
    survey = _survey(path, guess) if len(sample) == _SAMPLE_BYTES and path.stat().st_size >= PLAIN_FROM_BYTES else None
    encoding, errors = _encoding(path, sample, survey.is_utf8 if survey else None)
    text = _decode(sample, encoding, errors)
    if _CONTROL.search(text.replace(NATIVE, "")) and len(_CONTROL.findall(text)) > max(2, len(text) // 500):
        raise UnreadableFileError("not-a-table")
    if declared := _SEP_LINE.match(text):
        return Dialect(encoding, declared[1], "\n", False, errors)
    delimiter = _delimiter(text, len(sample) == _SAMPLE_BYTES)
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    sound = survey is not None and survey.is_utf8 and survey.is_regular and not _CONTROL.search(text) and f'{delimiter} "' not in text
    plain = sound and encoding in ("utf-8", "utf-8-sig") and newline == "\n"
    return Dialect(encoding, delimiter, newline, plain, errors, survey.records if plain and survey else None)


@dataclass(frozen=True)
class _Survey:
    """What one look through a long file tells: its encoding, whether it can be scanned where it lies, how many records it has."""

    is_utf8: bool
    is_regular: bool  # no blank lines, one kind of line end, no zero bytes, as many delimiters in all as its records need
    records: int | None  # None: quotes or blank first cells leave it open


def _survey(path: Path, delimiter: str) -> _Survey:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = is_regular = counted = True
    lines = returns = delimiters = 0
    before, mark = b"\n", delimiter.encode()  # a blank first line counts, too
    with path.open("rb") as stream:
        wanted = stream.readline().count(mark)
        stream.seek(0)
        while block := stream.read(1 << 20):
            if is_utf8 and not (block.isascii() and decoder.getstate() == (b"", 0)):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            joined = before + block
            gaps = (b"\n\n", b"\0", b"\n\r\n") if b"\r" in joined else (b"\n\n", b"\0")
            is_regular = is_regular and not any(gap in joined for gap in gaps)
            counted = counted and b'"' not in block and b"\n" + mark not in joined
            letters = numpy.frombuffer(block, dtype=numpy.uint8)
            lines += int(numpy.count_nonzero(letters == _LINE_FEED))
            delimiters += int(numpy.count_nonzero(letters == mark[0]))
            returns += int(numpy.count_nonzero(letters == _CARRIAGE_RETURN))
            before = block[-2:]
    records = lines + (not before.endswith(b"\n"))
    is_regular = is_regular and returns in (0, lines) and (not counted or delimiters == records * wanted)
    return _Survey(is_utf8, is_regular, records if counted else None)


def _encoding(path: Path, sample: bytes, is_utf8: bool | None) -> tuple[str, str]:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "strict" if (_decodes(path, "utf-8-sig") if is_utf8 is None else is_utf8) else "replace"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "replace"
    if len(sample) > 3 and b"\0" in sample[:2000]:
        even, odd = sample[:2000:2].count(0), sample[1:2000:2].count(0)
        if odd > 10 * max(1, even) or (odd and not even):
            return "utf-16-le", "replace"
        if even > 10 * max(1, odd) or (even and not odd):
            return "utf-16-be", "replace"
        raise UnreadableFileError("not-a-table")
    if _decodes(path, "utf-8") if is_utf8 is None else is_utf8:
        return "utf-8", "strict"
    if _utf8_sequences(sample) > 2 * _broken_utf8(sample):
        return "utf-8", "replace"
    high = sum(byte > 127 for byte in sample)
    if high > len(sample) // 20:
        best = charset_normalizer.from_bytes(
            sample[:65536], cp_isolation=["big5", "gb18030", "shift_jis", "euc_kr", "cp1252", "utf_8"]
        ).best()
        if best is None:
            raise UnreadableFileError("not-a-table")
        return best.encoding, "replace"
    return "cp1252", "replace"


def _utf8_sequences(sample: bytes) -> int:
    return len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", sample))


def _broken_utf8(sample: bytes) -> int:
    return sample.decode("utf-8", "replace").count("\ufffd")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while block := stream.read(1 << 22):
                if not (block.isascii() and decoder.getstate() == (b"", 0)):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decode(sample: bytes, encoding: str, errors: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace" if errors == "replace" else "ignore").decode(sample)


def _delimiter(text: str, cut: bool) -> str:
    """Return the delimiter that gives the most records the same length, and the longer records."""
    csv.field_size_limit(MAX_CELL_LENGTH)
    lines = [line for line in text.splitlines()[:_SAMPLE_RECORDS] if line.strip()]
    if sum(line.count(";") >= 1 for line in lines) * 2 > len(lines) and not any('"' in line for line in lines):
        return ";"  # the commas are decimal marks then
    scores = {delimiter: _regularity(text, delimiter, cut) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _regularity(text: str, delimiter: str, cut: bool) -> float:
    sizes: list[int] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
            if any(cell.strip() for cell in record):
                sizes.append(len(record))
            if len(sizes) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0
    if cut and len(sizes) > 1 and len(sizes) < _SAMPLE_RECORDS:
        sizes.pop()
    if not sizes:
        return 0.0
    size, often = max(Counter(sizes).items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]))
    return 0.0 if size == 1 else often / len(sizes) + min(size, 50) / 1000


def first_records(path: Path, dialect: Dialect, wanted: int) -> list[list[str | None]]:
    """Return the first records of a file, blanks as None."""
    return [[cell or None for cell in record] for record in islice(records(path, dialect), wanted)]


def last_records(path: Path, delimiter: str, wanted: int) -> list[list[str | None]] | None:
    """Return the last records of a plain file, or None when its end does not tell them."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _SAMPLE_BYTES))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    if not 0 < wanted < len(lines):
        return None
    if any('"' in line for line in lines[-wanted - 1 :]):
        return None
    return [[cell or None for cell in line.split(delimiter)] for line in lines[-wanted:]]
