"""Read one sheet of a workbook in a process of its own, with a limit on memory.

A workbook comes from anyone. What breaks the reader or asks for a terabyte ends this process, never the portal's.
Run as `python -m …workbook_process FILE FOLDER SHEET`; what it found goes to `FOLDER/workbook.json`, the cells to
`FOLDER/records.csv`.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

import python_calamine

from ckanext.ntbsatudata.domain.tables.cells import NATIVE

MEMORY_LIMIT = 3 << 30
MAX_CELLS = 40_000_000
MAX_SHEETS = 200
MAX_MERGES = 20_000
MAX_FORMULAS = 10_000
MAX_SHARES = 1_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|_x000[0-9A-F]_")
_CELL = re.compile(rb'r="([A-Z]{1,3})(\d+)"([^>]*)>')
_TEXT_CELL = re.compile(rb't="(?!n")')
_STYLE = re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<v>([^<]{1,40})")


def main() -> None:
    """Do the work of the child process and leave with 0, or with 1 and a code of the failure in `workbook.json`."""
    source, folder, wanted = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        answer = read(source, folder, wanted)
    except python_calamine.PasswordError:
        answer = {"failure": "encrypted-workbook"}
    except MemoryError:
        answer = {"failure": "workbook-too-large"}
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError, ValueError, OverflowError) as error:
        locked = "password" in str(error).lower() or "encrypt" in str(error).lower()
        answer = {"failure": "encrypted-workbook" if locked else "broken-workbook"}
    (folder / "workbook.json").write_text(json.dumps(answer), encoding="utf-8")


def read(source: Path, folder: Path, wanted: str) -> dict[str, Any]:
    """Write the cells of the wanted sheet, or of the first that holds a table, and describe all sheets."""
    workbook = python_calamine.CalamineWorkbook.from_path(str(source))
    hidden = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible != python_calamine.SheetVisibleEnum.Visible}
    names = workbook.sheet_names[:MAX_SHEETS]
    if wanted and wanted not in names:
        return {"failure": "unknown-sheet", "sheets": names}
    tables = [name for name in names if name not in hidden and _holds_table(workbook.get_sheet_by_name(name))]
    filled = [name for name in names if name not in hidden and workbook.get_sheet_by_name(name).height]
    chosen = wanted or next(iter(tables or filled), None)
    if chosen is None:
        return {"failure": "empty-file"}
    sheet = workbook.get_sheet_by_name(chosen)
    if sheet.height * sheet.width > MAX_CELLS:
        return {"failure": "workbook-too-large"}
    formulas, errors, shares = _marked_cells(source, workbook.sheet_names.index(chosen))
    merges = [list(map(list, merge)) for merge in (sheet.merged_cell_ranges or [])[:MAX_MERGES]]
    rows, columns = _write(sheet, merges, errors, shares, folder / "records.csv")
    return {
        "sheet": chosen,
        "tables": tables,
        "hidden": sorted(hidden),
        "rows": rows,
        "columns": columns,
        "merges": merges,
        "formulas": formulas,
    }


def _holds_table(sheet: Any) -> bool:
    """Return whether at least two rows hold two cells or more."""
    wide = 0
    for row in sheet.iter_rows() if sheet.height else ():
        wide += sum(cell != "" for cell in row) >= 2
        if wide >= 2:
            return True
    return False


def _write(
    sheet: Any, merges: list[list[list[int]]], errors: dict[tuple[int, int], str], shares: set[tuple[int, int]], target: Path
) -> tuple[int, int]:
    below = _cells_below_merges(merges)
    _first_row, first_column = sheet.start or (0, 0)
    held: dict[tuple[int, int], str] = {}
    rows = columns = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        width = first_column + sheet.width
        for number, cells in enumerate(sheet.iter_rows()):
            texts = [""] * first_column + [_text(cell) for cell in cells]  # the reader drops empty columns on the left
            for column in [column for column in range(len(texts)) if (number, column) in shares] if shares else ():
                texts[column] = _as_percent(texts[column])
            for column in [column for row, column in errors if row == number and column < len(texts)] if errors else ():
                texts[column] = errors[number, column]
            for column in range(len(texts)) if below else ():
                origin = below.get((number, column))
                if origin is not None and not texts[column]:
                    texts[column] = held.get(origin, "")
            for column in {merge[0][1] for merge in merges if merge[0][0] == number and merge[0][1] < len(texts)}:
                if _may_be_repeated(texts[column]):
                    held[number, column] = texts[column]
            writer.writerow(texts + [""] * (width - len(texts)))
            rows += 1
            columns = max(columns, width)
    return rows, columns


def _cells_below_merges(merges: list[list[list[int]]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return which cells lie under the first cell of a merged range, in its first column."""
    return {(row, left): (top, left) for (top, left), (bottom, _right) in merges for row in range(top + 1, min(bottom, top + 5000) + 1)}


def _may_be_repeated(text: str) -> bool:
    """A label or a year stands for each row it was merged over; a figure does not, or it would count twice."""
    return not text.startswith(NATIVE) or bool(re.fullmatch(r"(19|20)\d\d", text[1:]))


def _text(cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return f"{NATIVE}{cell}"
    if isinstance(cell, float):
        return f"{NATIVE}{int(cell)}" if cell.is_integer() and abs(cell) < 1e17 else f"{NATIVE}{cell:.15g}"
    if isinstance(cell, datetime):
        return (
            f"{NATIVE}{cell.isoformat(timespec='seconds')}"
            if (cell.hour or cell.minute or cell.second)
            else f"{NATIVE}{cell.date().isoformat()}"
        )
    if isinstance(cell, date):
        return f"{NATIVE}{cell.isoformat()}"
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    return _CONTROL.sub("", str(cell)).strip("\n")


def _as_percent(text: str) -> str:
    """A cell that shows 12,5 % holds 0.125; people mean what it shows."""
    try:
        return f"{NATIVE}{float(text[1:]) * 100:.12g}%"
    except ValueError:
        return text


def _marked_cells(source: Path, index: int) -> tuple[list[list[int]], dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Return the cells of an XLSX sheet that hold a formula, an error, and a share shown as percent: row and column from 0.

    The reader gives the result of a formula, nothing for an error, and 0.125 for 12,5 %.
    """
    formulas: list[list[int]] = []
    errors: dict[tuple[int, int], str] = {}
    shares: set[tuple[int, int]] = set()
    if not zipfile.is_zipfile(source):
        return formulas, errors, shares
    with zipfile.ZipFile(source) as archive:
        sheets = sorted((name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)), key=_sheet_number)
        if index >= len(sheets):
            return formulas, errors, shares
        percent = _percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in archive.namelist() else frozenset()
        with archive.open(sheets[index]) as stream:
            for cell in _cells(stream, styled=bool(percent)):
                match = _CELL.match(cell)
                if match is None:
                    continue
                place = int(match[2]) - 1, _column_number(match[1])
                if b"<f>" in cell or b"<f " in cell or b"<f/" in cell:
                    formulas.append(list(place))
                if b't="e"' in match[3] and (shown := _VALUE.search(cell)):
                    errors[place] = shown[1].decode("utf-8", "replace")
                elif percent and (style := _STYLE.search(match[3])) and int(style[1]) in percent and not _TEXT_CELL.search(match[3]):
                    shares.add(place)
                if len(formulas) + len(errors) >= MAX_FORMULAS or len(shares) >= MAX_SHARES:
                    break
    return formulas, errors, shares


def _percent_styles(styles: bytes) -> frozenset[int]:
    """Return the numbers of the cell styles that show a percent sign: 9 and 10 by the standard, and the workbook's own."""
    own = {int(match[1]) for match in re.finditer(rb'<numFmt numFmtId="(\d+)" formatCode="[^"]*%[^"]*"', styles)} | {9, 10}
    cells = styles.split(b"<cellXfs", 1)[-1].split(b"</cellXfs>", 1)[0]
    formats = [int(match[1]) for match in re.finditer(rb'<xf [^>]*?numFmtId="(\d+)"', cells)]
    return frozenset(place for place, number in enumerate(formats) if number in own)


def _cells(stream: IO[bytes], *, styled: bool) -> Iterator[bytes]:
    """Yield the XML of the cells that hold a formula or an error, or of all that have a style."""
    rest = b""
    while block := stream.read(1 << 20):
        parts = (rest + block).split(b"<c ")
        rest = parts.pop()[-200_000:]
        yield from (part for part in parts if b"<f" in part or b't="e"' in part or (styled and b's="' in part))
    yield rest


def _sheet_number(name: str) -> int:
    return int("".join(filter(str.isdigit, name)))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


if __name__ == "__main__":
    main()
