"""The programmes of a demonstration portal: made-up extracts through the same run, review and publication as real ones.

One job does one step and asks for the next, so that other work of the worker is not kept waiting. What is done is known from the
records of runs and revisions: a step that was killed is done again, one that is done is not.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan.plugins import PluginImplementations, toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.extracts.demonstration import Demonstration
from ckanext.ntbsatudata.domain.extracts.processing import schemas_of, specs_of
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.interfaces import IDemonstration
from ckanext.ntbsatudata.jobs import extracts
from ckanext.ntbsatudata.model.extract_run import ExtractRun

log = logging.getLogger(__name__)

OPERATOR, WALIDATA = "program", "walidata"  # sample accounts of a demonstration
ALL_MET = {principle.value: {"met": True, "note": ""} for principle in Principle}


def carry_on() -> None:
    """Do the first step that is not done and ask for the next; nothing in a portal that is no demonstration."""
    if not config.demo():
        return
    step = next(_steps(), None)
    if step is None:
        log.info("demonstration of the programmes: complete")
        return
    step()
    toolkit.enqueue_job(carry_on, title="demonstration of the programmes")


def _steps() -> Iterator[Callable[[], None]]:
    for plugin in PluginImplementations(IDemonstration):
        shown = plugin.demonstration()
        done = {
            period for (period,) in model.Session.query(ExtractRun.period).filter_by(source=shown.source, state="complete", dry_run=False)
        }
        yield from (partial(_ingest, shown, month) for month in shown.months if month not in done)
        yield from (partial(_publish, revision) for revision in _unpublished(shown))


def _ingest(shown: Demonstration, month: str) -> None:
    lists = CodeLists.load(config.schema_folder())
    with tempfile.TemporaryDirectory(prefix="satudata-demonstration-") as place:
        extract = shown.write(Path(place), lists, month)
        extracts.ingest(shown.source, extract.files, month, OPERATOR, operator_tables=extract.operator_tables)


def _unpublished(shown: Demonstration) -> Iterator[dict[str, Any]]:
    """Yield the first revisions that wait for the walidata; a table that visitors have worked on has more of them, or is elsewhere."""
    source, base = extracts.sources()[shown.source], config.schema_folder()
    schemas = schemas_of(source, base)
    for name in specs_of(source, schemas, CodeLists.load(schemas)):
        package = None if name in shown.waiting else model.Package.get(name)
        revisions = _act(WALIDATA, "ntbsatudata_revision_list", dataset_id=package.id) if package else []
        if len(revisions) == 1 and State(revisions[0]["state"]) in (State.SUBMITTED, State.APPROVED):
            yield revisions[0]


def _publish(revision: dict[str, Any]) -> None:
    if State(revision["state"]) is State.SUBMITTED:
        reason = "Data sintetis untuk peragaan; keempat prinsip terpenuhi."
        _act(WALIDATA, "ntbsatudata_revision_approve", id=revision["id"], reason=reason, principles=ALL_MET)
    _act(WALIDATA, "ntbsatudata_revision_publish", id=revision["id"])


def _act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)
