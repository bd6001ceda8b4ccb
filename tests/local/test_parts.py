"""The parts of a local portal, each by itself; no service is started."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ckanext.ntbsatudata.local import settings, supervisor
from ckanext.ntbsatudata.local.errors import ServiceFailed, SettingsError
from ckanext.ntbsatudata.local.portal import Portal, Wish, identity_for
from ckanext.ntbsatudata.local.process import Process, Program, run_to_end
from ckanext.ntbsatudata.local.secrets import Secrets, write_private
from ckanext.ntbsatudata.local.services import Services
from ckanext.ntbsatudata.local.state import RELEASE, Identity, StateFolder
from ckanext.ntbsatudata.local.steps import Steps
from ckanext.ntbsatudata.local.supervisor import Supervisor, stop_signals_interrupt

REAL_PORTAL = Identity(wilayah="52.07", demo=False)


def test_a_secret_stays_the_same_from_run_to_run_and_differs_by_name(tmp_path: Path):
    first = Secrets(tmp_path / "secrets.json").get("SECRET_KEY")
    again = Secrets(tmp_path / "secrets.json")
    assert again.get("SECRET_KEY") == first
    assert again.get("api_token") != first
    assert len(first) == 43


def test_of_two_that_ask_at_once_the_later_gets_what_the_first_has_made(tmp_path: Path):
    first, later = Secrets(tmp_path / "secrets.json"), Secrets(tmp_path / "secrets.json")
    assert first.get("SECRET_KEY") == later.get("SECRET_KEY")


def test_a_folder_is_of_the_newest_release_that_ran_on_it(tmp_path: Path):
    state = StateFolder(tmp_path)
    state.keep_identity(Identity(wilayah="52", demo=True, release="0.0.1", prepared="before"))
    assert identity_for(state, Wish(), {}) == Identity(wilayah="52", demo=True, release=RELEASE, prepared="before")


def test_what_a_killed_program_left_of_an_upload_is_gone_at_the_next_start(tmp_path: Path):
    state = StateFolder(tmp_path)
    state.make()
    left = state.temporary / "satudata-load-x" / "source.csv"
    left.parent.mkdir()
    left.write_text("nama,nik")
    state.empty_temporary()
    assert list(state.temporary.iterdir()) == []
    assert state.temporary.stat().st_mode & 0o777 == 0o700


def test_looking_at_a_folder_makes_no_secrets(tmp_path: Path):
    Portal(StateFolder(tmp_path), Wish(), {})
    assert not (tmp_path / "secrets.json").exists()


def test_a_damaged_secrets_file_is_not_replaced_by_new_secrets(tmp_path: Path):
    (tmp_path / "secrets.json").write_text('{"SECRET_KEY": ')
    with pytest.raises(SettingsError, match=r"secrets\.json rusak: .* Pulihkan dari cadangan\."):
        Secrets(tmp_path / "secrets.json").get("SECRET_KEY")


def test_a_private_file_is_private_even_where_an_open_one_was(tmp_path: Path):
    path = tmp_path / "accounts"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def _settings(state: StateFolder, environ: dict[str, str]) -> dict[str, str]:
    return settings.of_portal(state, Services(state.root), REAL_PORTAL, environ, "http://localhost:5000")


def test_the_operator_s_settings_win_and_are_never_overwritten(tmp_path: Path):
    state = StateFolder(tmp_path)
    state.settings.write_text("[app:main]\nckan.site_title = Satu Data 100% Sumbawa Barat\nSESSION_COOKIE_NAME = ksb\n")
    settings.write(state, _settings(state, {}))
    assert "ckan.site_title = Satu Data 100%% Sumbawa Barat\n" in state.ini.read_text()
    assert "SESSION_COOKIE_NAME = ksb\n" in state.ini.read_text()
    assert state.settings.read_text().startswith("[app:main]\nckan.site_title")


def test_without_variables_all_is_embedded(tmp_path: Path):
    found = _settings(StateFolder(tmp_path), {})
    assert found["sqlalchemy.url"].startswith("postgresql://ckan:")
    assert found["sqlalchemy.url"].endswith(f"@/ckan?host={tmp_path}/postgres")
    assert found["ckan.datastore.read_url"].startswith("postgresql://datastore_reader:")
    assert found["ckan.redis.url"] == f"unix://{tmp_path}/redis/redis.sock?db=0&socket_timeout=600"
    assert found["ckan.storage_path"] == f"{tmp_path}/storage"
    assert found["ntbsatudata.wilayah"] == "52.07"
    assert found["ntbsatudata.demo"] == "false"
    assert "solr_url" not in found


def test_solr_and_a_storage_folder_are_named_by_ckan_s_variables(tmp_path: Path):
    found = _settings(StateFolder(tmp_path), {"CKAN_SOLR_URL": "http://solr:8983/solr/ckan", "CKAN_STORAGE_PATH": "/mnt/share"})
    assert found["ntbsatudata.search.engine"] == "solr"
    assert found["solr_url"] == "http://solr:8983/solr/ckan"
    assert found["ckan.storage_path"] == "/mnt/share"


def test_each_step_is_shown_with_its_time_and_a_failed_one_as_failed():
    shown: list[str] = []
    steps = Steps(shown.append)
    with steps.step("Redis"):
        pass
    with pytest.raises(ServiceFailed), steps.step("Web"):
        raise ServiceFailed("Web berhenti")
    assert "".join(shown).splitlines() == [f"{'  Redis ':.<48}   0,0 detik", f"{'  Web ':.<48} gagal"]


def test_a_log_that_grew_large_is_cut_while_its_writer_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "_LARGEST_LOG", 10)
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"twelve bytes")
        Supervisor(tmp_path, print)._keep_logs_small()
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "web.log.1").read_bytes() == b"twelve bytes"


def test_sigterm_interrupts_and_a_hangup_ignored_by_nohup_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals_interrupt():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def _sleeper(folder: Path) -> Program:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    return Program("tidur", command, folder, folder.parent / "log", dict(os.environ))


def test_a_process_is_found_by_its_folder_not_by_its_number(tmp_path: Path):
    mine, other = _sleeper(tmp_path / "mine"), _sleeper(tmp_path / "other")
    first, second = Process(mine), Process(other)
    first.wait_until(lambda: len(mine.running()) == 1, 10)
    second.wait_until(lambda: len(other.running()) == 1, 10)

    mine.end_all()

    assert mine.running() == []
    assert [process.pid for process in other.running()] == [second.pid]
    first.stop()
    second.stop()


def test_an_interrupt_while_a_program_is_being_started_leaves_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program, popen = _sleeper(tmp_path / "mine"), subprocess.Popen
    started = []

    def interrupted(*arguments, **options):
        started.append(popen(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_to_end(program, 30)
    assert len(started) == 1
    assert program.running() == []
    started[0].wait()


def test_a_program_that_ends_before_it_is_ready_shows_the_end_of_its_log(tmp_path: Path):
    command = [sys.executable, "-c", "print('tidak ada ruang'); raise SystemExit(4)"]
    process = Process(Program("Contoh", command, tmp_path, tmp_path / "log", dict(os.environ)))
    with pytest.raises(ServiceFailed) as failed:
        process.wait_until(lambda: False, 30)
    process.stop()
    assert str(failed.value) == f"Contoh berhenti sebelum siap (kode 4). Baris terakhir {tmp_path / 'log'}:\n  tidak ada ruang"


def test_without_ckan_the_command_says_how_to_get_it():
    program = (
        "import sys; sys.modules['psycopg2'] = None; from ckanext.ntbsatudata.cli.main import main; sys.argv = ['satudata', 'run']; main()"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.returncode == 64
    assert told.stderr == "Perintah ini perlu CKAN (psycopg2 tidak ada). Pasang dengan: pip install 'ntb-satu-data[portal]'\n"


def test_a_kabupaten_s_portal_bears_its_own_name(tmp_path: Path):
    state = StateFolder(tmp_path)
    found = _settings(state, {})
    assert found["ckan.site_title"] == "Satu Data Kabupaten Sumbawa Barat"
    assert found["ckan.site_description"] == "Satu Data Indonesia tingkat Kabupaten Sumbawa Barat"
    of_province = settings.of_portal(state, Services(tmp_path), Identity(wilayah="52", demo=False), {}, "http://localhost:5000")
    assert "ckan.site_title" not in of_province  # portal.ini holds the names of the province
