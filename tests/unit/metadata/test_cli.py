"""`satudata metadata` on files: what it prints, what it says, and how it ends."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ckanext.ntbsatudata.cli.metadata import metadata
from ckanext.ntbsatudata.domain.errors import UsageError


def run(*arguments):
    return CliRunner().invoke(metadata, [str(one) for one in arguments])


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def test_check_says_every_problem_and_ends_with_1(file):
    done = run("check", file({"judul_kegiatan": "Survei Kepuasan", "cara_pengumpulan_data": "SURVEI"}))
    assert done.exit_code == 1
    assert '"Jenis rancangan sampel" wajib diisi bila Cara pengumpulan data = Survei.' in done.stderr


def test_a_payload_goes_to_our_names_and_back(file):
    payload = {"data": {"judul_kegiatan": "Survei Kepuasan", "tahun": 2026, "blok_i": {"instansi_penyelanggara": "Dinas"}}, "version": "v2"}
    ours = run("from-indah", file(payload))
    assert json.loads(ours.stdout)["i_instansi_penyelanggara"] == "Dinas"
    back = run("to-indah", file(ours.stdout, "b.json"), "--kind", "mskeg", "--base", file(payload))
    assert json.loads(back.stdout) == payload


def test_other_catalogues_become_one_json_a_line_with_warnings_counted(file):
    done = run("incoming", file({"dataset": [{"title": "A", "accrualPeriodicity": "Periode"}, {"title": "B", "modified": "-"}]}))
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["A", "B"]
    assert done.stderr.strip() == "2 dataset; frequency-unknown: 1"
    packages = {"success": True, "result": {"count": 1, "results": [{"id": "1", "title": "C"}]}}
    assert json.loads(run("incoming", file(packages)).stdout)["title"] == "C"


def test_a_table_is_asked_what_it_says(file):
    done = run("propose", file("Kabupaten/Kota,2023\nLombok Barat,1\nDompu,2\nKota Mataram,3\n", "jumlah_penduduk.csv"))
    assert json.loads(done.stdout)["konsep"] == {"value": "Penduduk", "origin": "file"}


def test_a_dataset_is_scored_without_asking_its_links(file):
    report = json.loads(run("quality", file({"result": {"title": "A", "tags": [{"name": "a"}]}})).stdout)
    assert report["mqa"]["points"] == 30 and report["stars"] == 0


@pytest.mark.parametrize(("command", "content"), [("check", "{"), ("check", "{}"), ("from-indah", "{}")])
def test_what_is_no_record_is_said_plainly(file, command, content):
    done = run(command, file(content))
    assert isinstance(done.exception, UsageError) and str(done.exception).endswith(".")
