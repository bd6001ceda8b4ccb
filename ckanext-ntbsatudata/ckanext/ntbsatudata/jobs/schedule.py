"""What is done again and again: each job, and how often. The worker does the work; the scheduler only asks for it.

A period, not an hour of the night: a small server that is switched off at night still does all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ckan.lib.jobs import DEFAULT_QUEUE_NAME, add_queue_name_prefix
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from rq.cron import CronScheduler

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.jobs import demonstration, file_report, quality, search


@dataclass(frozen=True)
class Periodic:
    """A job without arguments, asked for when the scheduler starts and then once in each period."""

    job: Callable[[], Any]
    every: timedelta


PERIODIC = (
    Periodic(quality.assess_all, timedelta(days=1)),
    Periodic(file_report.look_at_all, timedelta(days=1)),
    Periodic(search.repair, timedelta(days=1)),
)
DEMONSTRATION = Periodic(demonstration.carry_on, timedelta(days=1))  # at each start: what a kill cut short is carried on


def scheduler() -> CronScheduler:
    """Return the scheduler of this portal with every periodic job registered; its `start()` stays until it is stopped."""
    made = CronScheduler(connect_to_redis())
    for periodic in (*PERIODIC, *([DEMONSTRATION] if config.demo() else [])):
        made.register(
            periodic.job,
            add_queue_name_prefix(DEFAULT_QUEUE_NAME),
            interval=int(periodic.every.total_seconds()),
            job_timeout=toolkit.config["ckan.jobs.timeout"],
            meta={"title": periodic.job.__qualname__},
        )
    return made
