"""An extract from its files to protected tables, with a made-up programme: what changes nothing, what is replaced, what stops."""

from __future__ import annotations

import importlib.util
import os
import stat
from pathlib import Path

import pytest

from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.extracts.base_month import BaseStore
from ckanext.ntbsatudata.domain.extracts.processing import Asked, Processed, process
from ckanext.ntbsatudata.domain.extracts.quarantine import Quarantine, QuarantineError
from ckanext.ntbsatudata.domain.extracts.reading import ExtractRefused
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

_place = Path(__file__).parents[2] / "sources" / "school_meals.py"
_spec = importlib.util.spec_from_file_location("school_meals", _place)
assert _spec is not None and _spec.loader is not None
school_meals = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(school_meals)

HEADER = ["NIK", "Nama Anak", "Kab/Kota", "Tanggal", "Makan?", "Catatan"]
NAME, NIK, TEXT = "Zubaidah Markerwati", "5201014505050001", "rahasia sekali telp 081234567890"


def rows(kabupaten: str, children: int = 20, fed: int = 8) -> list[list[str]]:
    return [[str(int(NIK) + at), f"{NAME} {at}", kabupaten, "2025-03-04", "ya" if at < fed else "tidak", TEXT] for at in range(children)]


def written(path: Path, content: list[list[str]], header: list[str] = HEADER, mark: str = ",", encoding: str = "utf-8") -> Path:
    path.write_text("".join(mark.join(row) + "\r\n" for row in [header, *content]), encoding=encoding)
    return path


class Bench:
    """A quarantine, a ledger and the made-up programme."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.quarantine = Quarantine.open(folder / "quarantine", None)
        self.ledger = FileLedger(folder / "ledger")
        self.source = school_meals.SchoolMeals(folder / "schemas")

    def run(self, *files: Path, period: str = "2025-03") -> Processed:
        with self.quarantine.workspace("run") as workspace:
            made = process(Asked(self.source, period, files), SchemaFolder(), self.quarantine, self.ledger, workspace)
        BaseStore(self.quarantine, self.source.name).store(period, made.month)
        return made


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def shown(made: Processed) -> dict[tuple[str, str], tuple[float | None, Status]]:
    (table,) = made.tables
    assert table.protected is not None, table.held
    return {(cell["wilayah"], cell["indikator"]): (value, status) for cell, value, status in table.protected.rows()}


def all_ten(folder: Path) -> list[Path]:
    return [written(folder / f"makan-{code}.csv", rows(code)) for code in school_meals.KABUPATEN]


def test_ten_files_make_a_whole_month(bench: Bench, tmp_path: Path) -> None:
    made = bench.run(*all_ten(tmp_path))
    assert (made.prepared.used, made.read.rows) == (200, 200)
    assert shown(made)["52", "anak"] == (200.0, Status.SHOWN)
    assert shown(made)["52.71", "makan"] == (8.0, Status.SHOWN)


@pytest.mark.parametrize(("mark", "encoding"), [(";", "utf-8"), ("\t", "utf-8"), (",", "utf-8-sig"), (",", "utf-16"), (";", "cp1252")])
def test_order_encoding_and_dialect_change_nothing(bench: Bench, tmp_path: Path, mark: str, encoding: str) -> None:
    first = bench.run(*all_ten(tmp_path))
    again = [
        written(tmp_path / f"lagi-{code}.csv", list(reversed(rows(code))), mark=mark, encoding=encoding)
        for code in reversed(school_meals.KABUPATEN)
    ]
    second = bench.run(*again)
    assert second.tables[0].fingerprint == first.tables[0].fingerprint


def test_one_of_ten_files_replaces_its_kabupaten_only(bench: Bench, tmp_path: Path) -> None:
    bench.run(*all_ten(tmp_path))
    made = bench.run(written(tmp_path / "makan-baru.csv", rows("52.03", children=30, fed=12)))
    assert shown(made)["52.03", "anak"] == (30.0, Status.SHOWN)
    assert shown(made)["52.04", "anak"] == (20.0, Status.SHOWN)
    assert shown(made)["52", "anak"] == (210.0, Status.SHOWN)


def test_a_month_without_all_ten_is_incomplete_above_what_is_missing(bench: Bench, tmp_path: Path) -> None:
    made = bench.run(*all_ten(tmp_path)[:9])
    assert shown(made)["52", "anak"] == (None, Status.INCOMPLETE)
    assert shown(made)["52.72", "anak"] == (None, Status.NOT_AVAILABLE)
    assert shown(made)["52.01", "anak"][1] in (Status.SHOWN, Status.HIDDEN)


def test_rows_of_another_month_are_counted_and_not_used(bench: Bench, tmp_path: Path) -> None:
    late = [row[:3] + ["2025-04-01", *row[4:]] for row in rows("52.01", 3)]
    made = bench.run(*all_ten(tmp_path)[1:], written(tmp_path / "makan-x.csv", rows("52.01") + late + rows("52.01", 2) + rows("99.99", 1)))
    assert (made.prepared.used, made.prepared.outside_period, made.prepared.duplicates, made.prepared.rejected) == (200, 3, 2, 1)


def test_an_unknown_column_is_told_by_its_place_and_not_read(bench: Bench, tmp_path: Path) -> None:
    made = bench.run(written(tmp_path / "makan.csv", [[*row, TEXT] for row in rows("52.01")], [*HEADER, NAME]))
    (drift,) = made.read.problems
    assert (drift.code, drift.values["position"], drift.severity.blocks) == ("extract-column-unknown", 7, False)
    assert NAME not in str(drift)


def test_a_missing_required_column_stops(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused) as stopped:
        bench.run(written(tmp_path / "makan.csv", [row[:4] for row in rows("52.01")], HEADER[:4]))
    assert [(problem.code, problem.field) for problem in stopped.value.problems] == [("extract-column-missing", "makan")]


def test_the_same_file_twice_counts_once(bench: Bench, tmp_path: Path) -> None:
    file = written(tmp_path / "makan.csv", rows("52.01"))
    made = bench.run(file, file)
    assert made.read.rows == 20
    assert [problem.code for problem in made.read.problems] == ["extract-file-twice"]


def test_nothing_of_a_record_stays_in_the_quarantine(bench: Bench, tmp_path: Path) -> None:
    bench.run(*all_ten(tmp_path))
    left = [path for path in bench.quarantine.folder.rglob("*") if path.is_file()]
    assert {path.parent.name for path in left} == {"quarantine", "makan"}
    for path in left:
        content = path.read_bytes()
        assert not any(marker.encode() in content for marker in (NAME, NIK, "081234567890", "52.01"))


def test_a_second_run_is_refused_with_a_sentence(bench: Bench) -> None:
    with (
        bench.quarantine.workspace("one"),
        pytest.raises(QuarantineError, match="Ekstrak lain sedang diolah"),
        bench.quarantine.workspace("two"),
    ):
        pass


def test_what_a_killed_run_has_left_is_gone_at_the_next_start(bench: Bench) -> None:
    left = bench.quarantine.folder / "work" / "killed"
    left.mkdir(parents=True)
    (left / "records.csv").write_text(NAME)
    assert bench.quarantine.sweep()
    assert not left.exists()


def test_the_quarantine_is_for_its_owner_alone(bench: Bench, tmp_path: Path) -> None:
    assert stat.S_IMODE(bench.quarantine.folder.stat().st_mode) == 0o700
    os.chmod(bench.quarantine.folder, 0o755)
    with pytest.raises(QuarantineError, match="dapat dibaca orang lain"):
        Quarantine.open(bench.quarantine.folder, None)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    keys = [tmp_path / "one", tmp_path / "two"]
    for number, key in enumerate(keys):
        key.write_bytes(bytes([65 + number]) * 40)
    Quarantine.open(tmp_path / "q", keys[0]).store("spool/a", iter([b"x" * 9_000_000]))
    assert b"".join(Quarantine.open(tmp_path / "q", keys[0]).load("spool/a")) == b"x" * 9_000_000
    with pytest.raises(QuarantineError, match="kuncinya lain"):
        list(Quarantine.open(tmp_path / "q", keys[1]).load("spool/a"))


def test_a_key_file_inside_the_quarantine_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q").mkdir(mode=0o700)
    (tmp_path / "q" / "key.txt").write_bytes(b"k" * 40)
    with pytest.raises(QuarantineError, match="di luar foldernya"):
        Quarantine.open(tmp_path / "q", tmp_path / "q" / "key.txt")
