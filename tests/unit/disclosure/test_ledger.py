from __future__ import annotations

import json
import threading

import pytest

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.ledger import FileLedger, LedgerError


def one(release: str, value: int = 9) -> PublishedRelease:
    return PublishedRelease("tabel", release, {"desa": ["A", "B"]}, [value, None], ["", "c"])


def test_what_was_appended_comes_back_in_order(tmp_path):
    ledger = FileLedger(tmp_path / "buku.jsonl")
    ledger.append(one("1"))
    ledger.append(one("2", 15))
    assert ledger.releases("tabel") == [one("1"), one("2", 15)]
    assert ledger.releases("lain") == []


def test_the_same_cells_again_add_no_line(tmp_path):
    ledger = FileLedger(tmp_path / "buku.jsonl")
    assert ledger.append(one("1")) == ledger.append(one("2"))
    assert len(ledger.releases("tabel")) == 1


def test_a_changed_number_breaks_the_chain(tmp_path):
    path = tmp_path / "buku.jsonl"
    ledger = FileLedger(path)
    ledger.append(one("1"))
    ledger.append(one("2", 15))
    path.write_text(path.read_text().replace('"nilai":[9,', '"nilai":[8,'))
    with pytest.raises(LedgerError, match="baris 1 telah berubah"):
        ledger.releases("tabel")


def test_a_dropped_line_breaks_the_chain(tmp_path):
    path = tmp_path / "buku.jsonl"
    ledger = FileLedger(path)
    for number in range(3):
        ledger.append(one(str(number), 10 + number))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[2])
    with pytest.raises(LedgerError, match="rantai hash tidak cocok"):
        ledger.head()


def test_a_line_cut_short_by_a_crash_is_forgotten_and_overwritten(tmp_path):
    path = tmp_path / "buku.jsonl"
    ledger = FileLedger(path)
    ledger.append(one("1"))
    with open(path, "a") as file:
        file.write('{"table":"tabel","release":"2","co')
    assert ledger.releases("tabel") == [one("1")]
    ledger.append(one("2", 15))
    assert [json.loads(line)["release"] for line in path.read_text().splitlines()] == ["1", "2"]


def test_concurrent_runs_wait_for_each_other(tmp_path):
    path = tmp_path / "buku.jsonl"

    def run(number: int) -> None:
        ledger = FileLedger(path)
        with ledger.locked():
            ledger.append(one(str(len(ledger.releases("tabel")) + 1), 100 + number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [release.release for release in FileLedger(path).releases("tabel")] == [str(number) for number in range(1, 9)]
