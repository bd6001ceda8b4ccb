"""The periodic work: asked for at once and then once in each period; each job runs."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from ckan.lib import jobs
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.cli.quality import quality
from ckanext.ntbsatudata.cli.schedule import schedule
from ckanext.ntbsatudata.jobs.schedule import PERIODIC, scheduler

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "clean_queues")


def test_every_job_is_asked_for_at_the_start_and_not_again_within_its_period():
    ours = scheduler()

    first = [job.func for job in ours.enqueue_jobs()]
    again = ours.enqueue_jobs()

    assert first == [periodic.job for periodic in PERIODIC]
    assert again == []
    assert [job.meta["title"] for job in jobs.get_queue().jobs] == ["assess_all", "look_at_all", "repair"]


def test_the_worker_can_do_each_of_them():
    factories.Dataset(owner_org=factories.Organization()["id"])
    scheduler().enqueue_jobs()

    jobs.Worker().work(burst=True)

    assert jobs.get_queue().failed_job_registry.get_job_ids() == []
    done = jobs.get_queue().finished_job_registry
    assert {job.func for job in map(done.get_queue().fetch_job, done.get_job_ids())} >= {periodic.job for periodic in PERIODIC}


def test_the_command_names_each_job_and_its_period(cli):
    told = cli.invoke(schedule, ["list"])
    assert told.output.splitlines() == [
        "ckanext.ntbsatudata.jobs.quality.assess_all: 1 day, 0:00:00",
        "ckanext.ntbsatudata.jobs.file_report.look_at_all: 1 day, 0:00:00",
        "ckanext.ntbsatudata.jobs.search.repair: 1 day, 0:00:00",
    ]
    assert all(periodic.every >= timedelta(hours=1) for periodic in PERIODIC)


def test_row_11_the_report_finds_a_file_that_is_not_what_its_format_says(cli, tmp_path):
    agency = factories.Organization()
    dataset = factories.Dataset(owner_org=agency["id"])
    upload = lambda name, content: FileStorage(io.BytesIO(content), name)  # noqa: E731
    factories.Resource(
        package_id=dataset["id"], format="CSV", url_type="upload", upload=upload("baik.csv", b"tahun,jumlah\n2023,4\n2024,5\n")
    )
    assert cli.invoke(quality, ["files"]).output.splitlines() == ["files: 1"]
    factories.Resource(package_id=dataset["id"], format="CSV", url_type="upload", upload=upload("laporan.csv", b"%PDF-1.7 bukan tabel"))
    assert cli.invoke(quality, ["files"]).output.splitlines() == ["files: 2", "format-differs: 1"]
