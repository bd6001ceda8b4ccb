"""While a revision waits, is returned, approved and published, and processes die in the middle of it, readers see one whole release."""

from __future__ import annotations

import contextlib
import json
import random
import re
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind, load_form
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

from .conftest import READY, Run, processes_in, satudata

ALL_MET = {name: {"met": True, "note": ""} for name in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi")}
NAME = "sakelar"
SCHEMA = json.dumps({"fields": [{"name": "isi", "type": "string", "title": "Isi", "description": "Rilis dan baris"}]})
SECONDS_TO_BE_SEEN = 2.0
_ITS_OWN = {"id", "name", "state", "resources", "metadata_created", "metadata_modified", "creator_user_id", "groups", "organization"}


def word(number: int) -> str:
    """A release bears its number in its title, its notes, its file and its table."""
    return f"rilis{number:04d}x"


def numbers(body: str) -> set[int]:
    return {int(found) for found in re.findall(r"rilis(\d{4})x", body)}


def upload(run: Run, action: str, token: str, fields: dict[str, str], content: str) -> Any:
    """Send a file, as a form does."""
    edge = "----satudata"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="upload"; filename="tabel.csv"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n--{edge}--\r\n'
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{run.port}/api/3/action/{action}", "".join(parts).encode(),
        {"Content-Type": f"multipart/form-data; boundary={edge}", "Authorization": token},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["result"]


class Readers:
    """Threads that read every path over and over and keep what was wrong with an answer."""

    def __init__(self, run: Run, resource: str) -> None:
        at = f"http://127.0.0.1:{run.port}"
        self._paths = {
            "page": f"{at}/dataset/{NAME}",
            "file": f"{at}/dataset/{NAME}/resource/{resource}/download/tabel.csv",
            "metadata by API": f"{at}/api/3/action/package_show?id={NAME}",
            "rows by API": f"{at}/api/3/action/datastore_search?resource_id={resource}",
            "dump": f"{at}/datastore/dump/{resource}",
            "feed": f"{at}/data.json",
            "search": f"{at}/api/3/action/package_search?q=name:{NAME}",
            "search page": f"{at}/dataset/?q=sakelar",
        }
        self.wrong: list[str] = []
        self.seen: dict[str, int] = {}
        self.answers = 0
        self.allowed = {1}
        self.down = False  # somebody has killed the web server: no answer is no wrong answer
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(path,), daemon=True) for path in self._paths]

    @contextlib.contextmanager
    def reading(self) -> Iterator[Readers]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join(40)

    def read_once(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self._paths[path], timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _read(self, path: str) -> None:
        while not self._stopped.is_set():
            allowed = set(self.allowed)
            try:
                status, body = self.read_once(path)
            except (OSError, urllib.error.URLError, ConnectionError) as error:
                if not self.down:
                    self.wrong.append(f"{path}: {error}")
                time.sleep(0.1)
                continue
            allowed |= self.allowed
            found = numbers(body)
            self.answers += 1
            if status != 200 or len(found) != 1 or not found <= allowed:
                self.wrong.append(f"{path}: {status}, releases {sorted(found)} instead of one of {sorted(allowed)}: {body[:80]!r}")
            else:
                newest = found.pop()
                if newest < self.seen.get(path, 0):
                    self.wrong.append(f"{path}: release {newest} after {self.seen[path]}")
                self.seen[path] = newest
            time.sleep(0.02)

    def until_all_see(self, number: int, seconds: float) -> float:
        """Return after how many seconds the last path showed the release; each is asked anew, not taken from before."""
        started = time.monotonic()
        for path in self._paths:
            while number not in numbers(self.read_once(path)[1]):
                if time.monotonic() - started > seconds:
                    pytest.fail(f"{path} does not show release {number} after {seconds} seconds")
        return time.monotonic() - started


class Curation:
    """Produsen data and walidata at work over HTTP."""

    def __init__(self, run: Run, home: Path) -> None:
        self.run = run
        admin = _token(home, "admin")
        for name in ("produsen", "walidata"):
            account = {"name": name, "email": f"{name}@example.org", "password": f"rahasia-{name}-77"}
            with contextlib.suppress(urllib.error.HTTPError):  # there from an earlier test of this module
                run.action("user_create", account, admin)
        organization = run.action("organization_list")[0]
        run.action("organization_member_create", {"id": organization, "username": "produsen", "role": "editor"}, admin)
        run.action("ntbsatudata_role_grant", {"user": "walidata", "role": "walidata"}, admin)
        self.organization = organization
        self.produsen, self.walidata = _token(home, "produsen"), _token(home, "walidata")

    def first(self) -> dict[str, Any]:
        whole = self.run.action("package_show?id=luas-wilayah-kabupaten-kota")  # its metadata are complete
        described = {name: value for name, value in whole.items() if isinstance(value, (str, list)) and name not in _ITS_OWN}
        activity = self.run.action("ntbsatudata_mskegiatan_create", {"owner_org": self.organization, **_activity()}, self.produsen)
        described |= {"id_mskeg": activity["id"]} | {
            "name": NAME,
            "title": f"Sakelar {word(1)}",
            "notes": word(1),
            "owner_org": self.organization,
        }
        dataset = self.run.action("package_create", described, self.produsen)
        resource = upload(
            self.run,
            "resource_create",
            self.produsen,
            {"package_id": dataset["id"], "name": word(1), "description": word(1), "format": "CSV", "schema": SCHEMA},
            _csv(1),
        )
        self.load(resource["id"], 1)
        revision = self.run.action(f"ntbsatudata_revision_list?dataset_id={dataset['id']}", token=self.produsen)[0]["id"]
        self.decide(revision, "submit")
        self.decide(revision, "approve")
        self.decide(revision, "publish")
        return self.run.action(f"package_show?id={NAME}")

    def begin(self, number: int) -> str:
        revision = self.run.action("ntbsatudata_revision_create", {"id": NAME}, self.produsen)
        working = self.run.action(f"package_show?id={revision['working_id']}", token=self.produsen)
        self.run.action("package_patch", {"id": working["id"], "title": f"Sakelar {word(number)}", "notes": word(number)}, self.produsen)
        resource = working["resources"][0]["id"]
        upload(self.run, "resource_patch", self.produsen, {"id": resource, "name": word(number), "description": word(number)}, _csv(number))
        self.load(resource, number)
        return str(revision["id"])

    def load(self, resource: str, number: int) -> None:
        table = {"fields": [{"id": "isi", "type": "text"}], "records": [{"isi": f"{word(number)} {row}"} for row in range(300)]}
        self.run.action("datastore_create", {"resource_id": resource, "force": True, **table}, self.produsen)

    def decide(self, revision: str, move: str) -> None:
        who = self.produsen if move == "submit" else self.walidata
        data = {"id": revision, "reason": "Sesuai.", "changelog": "Diperbarui.", "principles": ALL_MET}
        deadline = time.monotonic() + 60
        while True:
            try:
                self.run.action(f"ntbsatudata_revision_{move}", data, who)
            except urllib.error.HTTPError as error:
                told = error.read().decode()
                shown = self.run.action(f"ntbsatudata_revision_show?id={revision}", token=who)
                told += json.dumps([shown.get("problems"), shown.get("checks")])
                if time.monotonic() > deadline or "checks-failed" not in told:  # the worker is still looking at the file
                    raise AssertionError(f"{move}: {error.code} {told}") from error
                time.sleep(0.3)
            else:
                return


def _activity() -> dict[str, Any]:
    """A whole MS-Kegiatan: each field with the example of its form."""
    fields = load_form(SchemaFolder(), Kind.MSKEG).fields
    record = {field.name: field.example for field in fields if field.type is not FieldType.SYSTEM and field.when is None}
    for _ in range(3):  # a condition may hang on a field that has one itself
        record |= {field.name: field.example for field in fields if field.when is not None and field.when.holds(record)}
    return record


def _csv(number: int) -> str:
    return "isi\r\n" + "".join(f"{word(number)} {row}\r\n" for row in range(300))


def _token(home: Path, user: str) -> str:
    return satudata(
        home, "ckan", "user", "token", "add", user, f"t{time.monotonic_ns()}", "expires_in=1", "unit=86400", "-q"
    ).stdout.split()[-1]


@pytest.fixture(scope="module")
def running(prepared_home: Path, port: int) -> Iterator[Run]:
    """A portal whose datasets need no full metadata to be submitted: the rules of metadata have tests of their own."""
    run = Run(prepared_home, port)
    run.wait_for(READY)
    yield run
    run.interrupt(signal.SIGTERM)


def _web(run: Run) -> list[psutil.Process]:
    return [process for process in processes_in(run.home) if "gunicorn" in " ".join(process.cmdline())]


def _kill_in_the_middle(run: Run, victims: Callable[[], list[psutil.Process]], moment: float, act: Callable[[], None]) -> None:
    """Let somebody act, and kill processes a moment later."""

    def attempt() -> None:
        with contextlib.suppress(OSError, urllib.error.URLError, ConnectionError):
            act()

    thread = threading.Thread(target=attempt)
    thread.start()
    time.sleep(moment)
    for victim in victims():
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    thread.join(60)


def test_readers_see_one_whole_release_whatever_happens_to_its_successor(running: Run, prepared_home: Path) -> None:
    curation = Curation(running, prepared_home)
    live = curation.first()
    readers = Readers(running, live["resources"][0]["id"])
    longest = 0.0
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)
    with readers.reading():
        for number in (2, 3):
            revision = curation.begin(number)
            curation.decide(revision, "submit")
            curation.decide(revision, "return")
            curation.decide(revision, "submit")
            curation.decide(revision, "approve")
            assert set(readers.seen.values()) <= {number - 1}
            readers.allowed = {number - 1, number}
            curation.decide(revision, "publish")
            longest = max(longest, readers.until_all_see(number, SECONDS_TO_BE_SEEN))
            readers.allowed = {number}
        for number in range(4, 10):
            revision = curation.begin(number)
            curation.decide(revision, "submit")
            curation.decide(revision, "approve")
            readers.allowed = {number - 1, number}
            readers.down = True
            _kill_in_the_middle(running, lambda: _web(running), moments.uniform(0, 0.25), lambda: curation.decide(revision, "publish"))
            _until_answers(running)
            readers.down = False
            state = running.action(f"ntbsatudata_revision_show?id={revision}", token=curation.walidata)["state"]
            if state == "approved":  # killed before the switch: all of it is still to do, and can be done
                curation.decide(revision, "publish")
            readers.until_all_see(number, SECONDS_TO_BE_SEEN)
            readers.allowed = {number}
    assert readers.wrong == [], f"seed {seed}"
    assert readers.answers > 200
    releases = running.action(f"ntbsatudata_release_list?id={NAME}")
    assert [each["number"] for each in releases] == list(range(9, 0, -1))
    for number in (1, 5, 9):
        shown = running.action(f"ntbsatudata_release_show?id={NAME}&number={number}")
        assert numbers(json.dumps(shown["dataset"])) == {number}
        resource = shown["dataset"]["resources"][0]["id"]
        address = f"http://127.0.0.1:{running.port}/dataset/{NAME}/rilis/{number}/{resource}/tabel.csv"
        with urllib.request.urlopen(address) as answer:
            assert answer.read().decode() == _csv(number)


def _until_answers(run: Run) -> None:
    deadline = time.monotonic() + 90
    while not run.answers():
        if time.monotonic() > deadline:
            pytest.fail("the portal does not come back")
        time.sleep(0.2)
