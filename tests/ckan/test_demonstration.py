"""The programmes of a demonstration portal come in, are published and say that they are synthetic; no other portal gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.ntbcare.demonstration import NtbCareDemonstration
from ckanext.ntbsatudata.jobs import demonstration, schedule
from ckanext.ntbsatudata.model.curation import Revision
from ckanext.ntbsatudata.model.extract_run import ExtractRun
from tests.ckan.test_aggregate_release import empty_ledger  # noqa: F401

pytestmark = [
    pytest.mark.ckan_config("ntbsatudata.curation", True),
    pytest.mark.ckan_config("ckan.locale_default", "id"),
    pytest.mark.usefixtures("clean_db", "clean_index", "empty_ledger"),
]
MONTHS = ("2025-01", "2025-02")
WAITING = "pengaduan-umum-waktu"
KILLED = {
    "id": "killed",
    "source": "ntbcare",
    "period": "2025-02",
    "state": "auditing",
    "dry_run": False,
    "started_by": "program",
    "content": {},
}


@dataclass(frozen=True)
class ShortDemonstration(NtbCareDemonstration):
    months: tuple[str, ...] = MONTHS
    waiting: frozenset[str] = frozenset({WAITING})


class Plugin:
    def demonstration(self) -> ShortDemonstration:
        return ShortDemonstration()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Callable[[], None]]:
    """The jobs that were asked for and not done yet, in a demonstration portal with its sample accounts."""
    monkeypatch.setitem(toolkit.config, "ntbsatudata.extract.quarantine", str(tmp_path / "quarantine"))
    monkeypatch.setitem(toolkit.config, "ntbsatudata.demo", True)
    monkeypatch.setattr(demonstration, "PluginImplementations", lambda interface: [Plugin()])
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(toolkit, "enqueue_job", lambda job, *rest, **more: waiting.append(job))
    model.Session.query(ExtractRun).delete()
    model.Session.commit()
    factories.Organization(name="diskominfotik", title="Dinas Komunikasi, Informatika dan Statistik Provinsi NTB")
    factories.Group(name="pemerintahan-umum")
    for name, role in (("program", "programme_operator"), ("walidata", "walidata")):
        factories.User(name=name)
        toolkit.get_action("ntbsatudata_role_grant")(
            {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, {"user": name, "role": role}
        )
    return waiting


def steps(asked: list[Callable[[], None]], most: int = 20) -> int:
    """Do one job after the other until none of the demonstration is asked for; return how many that were."""
    for number in range(1, most + 1):
        asked.clear()
        demonstration.carry_on()
        if demonstration.carry_on not in asked:
            return number
    pytest.fail(f"the demonstration is not complete after {most} jobs")


def runs() -> list[ExtractRun]:
    return model.Session.query(ExtractRun).order_by(ExtractRun.period, ExtractRun.state).all()


def revisions(dataset: str) -> list[Revision]:
    return model.Session.query(Revision).filter_by(dataset_id=model.Package.get(dataset).id).all()


def shown(name: str) -> dict[str, Any]:
    return toolkit.get_action("package_show")({"user": ""}, {"id": name})


def test_both_months_come_in_and_all_tables_but_the_waiting_one_are_public(asked: list[Callable[[], None]]) -> None:
    steps(asked)
    public = toolkit.get_action("package_list")({"user": ""}, {})
    assert public == ["pengaduan-pribadi-triwulan", "pengaduan-umum", "pengaduan-umum-arus"]  # sensitive ones wait for a whole half-year
    assert [(run.period, run.state) for run in runs()] == [(month, "complete") for month in MONTHS]
    dataset = shown("pengaduan-umum")
    assert "sintetis" in dataset["notes"].lower()
    assert [one.state for one in revisions(WAITING)] == ["submitted"]
    with pytest.raises(toolkit.NotAuthorized):
        shown(WAITING)


def test_a_demonstration_that_was_killed_is_carried_on_and_nothing_is_done_twice(asked: list[Callable[[], None]]) -> None:
    demonstration.carry_on()
    model.Session.add(ExtractRun(**{**KILLED, "started_at": runs()[0].started_at}))
    model.Session.commit()
    steps(asked)
    assert [(run.period, run.state) for run in runs()] == [("2025-01", "complete"), ("2025-02", "complete"), ("2025-02", "failed")]
    assert steps(asked) == 1
    assert len(runs()) == 3
    assert len(revisions("pengaduan-umum")) == 1


def test_a_portal_that_is_no_demonstration_gets_nothing(asked: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(toolkit.config, "ntbsatudata.demo", False)
    assert steps(asked) == 1
    assert runs() == []
    assert demonstration.carry_on not in [periodic.job for periodic in schedule.PERIODIC]
