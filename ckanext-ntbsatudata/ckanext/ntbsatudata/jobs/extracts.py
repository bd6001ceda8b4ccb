"""One run over an extract: read, prepare, count, protect, audit, draft; and its record.

Base cells are stored after the drafts, so a run that was killed in between is done again by the next one and ends the same.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import ckan.model as model
import duckdb
from ckan.plugins import PluginImplementations, toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.errors import NotFoundError, SatuDataError
from ckanext.ntbsatudata.domain.extracts.base_month import BaseStore
from ckanext.ntbsatudata.domain.extracts.processing import Asked, Processed, Stage, TableResult, process, schemas_of
from ckanext.ntbsatudata.domain.extracts.quarantine import Quarantine
from ckanext.ntbsatudata.domain.extracts.reading import ExtractRefused
from ckanext.ntbsatudata.domain.extracts.source import AggregateSource
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.interfaces import IAggregateSource
from ckanext.ntbsatudata.model.extract_run import ExtractRun
from ckanext.ntbsatudata.model.ledger import PortalLedger

log = logging.getLogger(__name__)

MOST_PROBLEMS = 500
LARGEST_COUNT = 9_999_999


class ExtractStopped(SatuDataError):
    """A run that could not go on; the record says at which stage."""

    exit_code = 74


def sources() -> dict[str, AggregateSource]:
    """Return the programmes of this portal by name."""
    found = [plugin.aggregate_source() for plugin in PluginImplementations(IAggregateSource)]
    return {source.name: source for source in found}


def ingest(
    name: str, files: Sequence[Path], period: str, user: str, *, dry_run: bool = False, operator_tables: Mapping[str, Path] | None = None
) -> dict[str, Any]:
    """Process an extract and bring its tables into curation as drafts. Returns the run as its record tells it.

    Raises `NotFoundError` for an unknown programme, `ExtractRefused` for files that cannot be used, `ExtractStopped` for a full disk,
    too little memory, or a fault of code.
    """
    known = sources()
    if name not in known:
        raise NotFoundError(f"Tidak ada program {name}. Yang ada: {', '.join(sorted(known)) or '-'}.")
    quarantine = Quarantine.open(config.quarantine(), config.quarantine_key_file())
    run_id = uuid.uuid4().hex  # actions may close the session: the record is fetched anew each time
    run = ExtractRun(
        id=run_id, source=name, period=period, state="waiting", dry_run=dry_run, started_by=user,
        started_at=datetime.now(timezone.utc), content={},
    )  # fmt: skip
    asked = Asked(known[name], period, files, operator_tables or {}, lambda stage: _say(run_id, stage.value))
    with quarantine.workspace(run_id) as workspace:
        _end_killed()
        model.Session.add(run)
        model.Session.commit()
        try:
            made = process(asked, config.schema_folder(), quarantine, PortalLedger(), workspace)
            tables = [_drafted(one, asked, user, dry_run) for one in made.tables]
            if not dry_run:
                BaseStore(quarantine, name).store(period, made.month)
        except ExtractRefused as refused:
            _end(run_id, "refused", {"problems": _told(refused.problems)})
            raise
        except OSError as error:
            _end(run_id, "failed", {"reason": type(error).__name__})
            raise ExtractStopped(
                "Disk penuh atau tidak dapat ditulis. Rilis lama tetap utuh; kosongkan ruang lalu jalankan lagi."
            ) from None
        except duckdb.Error as error:  # its sentence may quote a record: the kind of error is all that is kept and told
            model.Session.rollback()
            _end(run_id, "failed", {"reason": type(error).__name__})
            raise ExtractStopped(
                f"Basis data pengolah berhenti ({type(error).__name__}): memori atau disk mungkin kurang. Rilis lama tetap utuh."
            ) from None
        except (SatuDataError, toolkit.NotAuthorized, toolkit.ObjectNotFound, toolkit.ValidationError) as error:
            model.Session.rollback()
            _end(run_id, "failed", {"reason": type(error).__name__})
            raise
        except Exception as error:  # noqa: BLE001 (a fault of code: its sentence may quote a record, so its kind and place alone are told)
            model.Session.rollback()
            places = " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
            log.error("extract: run %s: %s at %s", run_id, type(error).__name__, places)
            _end(run_id, "failed", {"reason": type(error).__name__})
            raise ExtractStopped(
                f"Pengolahan berhenti karena kesalahan program ({type(error).__name__}). Rilis lama tetap utuh; tempatnya ada di log."
            ) from None
        return _end(run_id, "complete", _content(made, tables))


def _drafted(table: TableResult, asked: Asked, user: str, dry_run: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"table": table.spec.name, "version": table.spec.version, **table.counts, "fingerprint": table.fingerprint}
    if table.protected is None:
        return {**told, "outcome": "held", "reason": table.held}
    if dry_run:
        return {**told, "outcome": "not-drafted"}
    asked.say(Stage.DRAFTING)
    release = toolkit.get_action("ntbsatudata_aggregate_release_create")(
        {"user": user},
        {
            "table": table.protected,
            "spec": table.spec,
            "programme": asked.source.name,
            "synthetic": config.demo(),
            "folder": schemas_of(asked.source, config.schema_folder()),
        },
    )
    return {**told, "outcome": "unchanged" if release["revision"] is None else "drafted", "revision": release["revision"]}


def _content(made: Processed, tables: list[dict[str, Any]]) -> dict[str, Any]:
    prepared = made.prepared
    return {
        "files": [asdict(file) for file in made.read.files],
        "rows": made.read.rows,
        "used": prepared.used,
        "rejected": prepared.rejected,
        "duplicates": prepared.duplicates,
        "outside_period": prepared.outside_period,
        "missing_regions": sorted(made.month.missing),
        "notes": dict(prepared.notes),
        "versions": dict(made.versions),
        "problems": _told([*made.read.problems, *prepared.problems]),
        "tables": tables,
    }


def _told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems as the record keeps them: codes, places, counts; no programme may put a value there that is text of a record."""
    return [
        {"code": one.code, "row": one.row, "field": one.field, "severity": one.severity.value, "values": _numbers(one)}
        for one in problems[:MOST_PROBLEMS]
    ]


def _numbers(problem: Problem) -> dict[str, Any]:
    """Return a problem's values with all but counts blotted out: a text may be a name, a long number a NIK or a telephone."""
    return {name: value if isinstance(value, int) and abs(value) <= LARGEST_COUNT else "…" for name, value in problem.values.items()}


def _say(run_id: str, state: str) -> None:
    run = model.Session.get(ExtractRun, run_id)
    run.state = state
    model.Session.commit()
    log.info("extract: run %s: %s", run_id, state)


def _end(run_id: str, state: str, content: Mapping[str, Any]) -> dict[str, Any]:
    run = model.Session.get(ExtractRun, run_id)
    run.content, run.ended_at = dict(content), datetime.now(timezone.utc)
    _say(run_id, state)
    return {"id": run_id, "source": run.source, "period": run.period, "state": state, "dry_run": run.dry_run, **content}


def _end_killed() -> None:
    """Say of runs that have no end that they were killed; called by the only run there is."""
    for run in model.Session.query(ExtractRun).filter(ExtractRun.ended_at.is_(None)):
        run.content, run.state, run.ended_at = {"reason": f"killed while {run.state}"}, "failed", datetime.now(timezone.utc)
    model.Session.commit()
