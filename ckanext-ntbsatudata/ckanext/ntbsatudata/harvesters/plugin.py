"""The harvesters as ckanext-harvest knows them: one for CKAN portals, one for `data.json`, one for DCAT.

Gathering reads the whole source, matches it with what we have and makes harvest objects for what differs only; importing writes
them in batches, each batch a message of its own, so that several consumers share a large source.
"""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import ckan.model as model
import ckan.plugins as plugins
from ckan.plugins import toolkit
from sqlalchemy import insert, select

from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject
from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.harvest.dataset import Mappings, ckan_dataset
from ckanext.ntbsatudata.domain.harvest.errors import UnreadableFeedError
from ckanext.ntbsatudata.domain.harvest.matching import Known, Plan, Record, folded, plan, record
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.kode_referensi.names import NameIndex
from ckanext.ntbsatudata.domain.metadata.standard import REGIONS, Standard
from ckanext.ntbsatudata.domain.problems import Messages, Problem, Severity
from ckanext.ntbsatudata.harvesters import approval, importing, sources
from ckanext.ntbsatudata.harvesters.fetching import FetchError, SafeFetcher
from ckanext.ntbsatudata.model.harvest import HarvestedRecord

BATCH = 50
MOST_SENTENCES = 200  # of one run; what is beyond is counted
_SECRET_WORDS = ("password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "credential")


class _Harvester(plugins.SingletonPlugin):
    """What the three have in common; each says how it reads a source."""

    plugins.implements(IHarvester)

    name: str
    title: str
    description: str
    read: Callable[[SafeFetcher, str, Standard], sources.Catalogue]

    def info(self) -> dict[str, str]:
        return {"name": self.name, "title": self.title, "description": self.description}

    def validate_config(self, text: str | None) -> str | None:
        """The configuration of a source is public: whatever looks like a secret is refused. We need none at all."""
        if any(word in (text or "").lower() for word in _SECRET_WORDS):
            raise ValueError(toolkit._("The configuration of a source is public. It must not hold a password or a key."))
        return text

    def get_original_url(self, harvest_object_id: str) -> str | None:
        found = HarvestObject.get(harvest_object_id)
        return json.loads(found.content)["dataset"].get("url") if found and found.content else None

    def gather_stage(self, job: HarvestJob) -> list[str]:
        standard = Standard.of(config.schema_folder())
        try:
            catalogue = type(self).read(SafeFetcher(allowed=_allowed_networks()), job.source.url, standard)
        except (FetchError, UnreadableFeedError) as error:
            return self._refuse(job, error.problem)
        if not catalogue.records:
            return self._refuse(job, Problem("harvest-empty"))
        records = [record(found.dataset) for found in catalogue.records]
        planned = plan(records, _known(job.source.id))
        warnings = [*catalogue.problems, *planned.problems, *(problem for found in catalogue.records for problem in found.problems)]
        confirmed = planned.waits and approval.take_confirmation(job.source.id)
        if planned.waits and not confirmed:
            approval.wait(job.source.id, planned.counts)
            return self._refuse(job, Problem("harvest-large-loss", values={"gone": len(planned.gone), "known": planned.known}))
        carriers = _objects(job, planned)
        if carriers or planned.unchanged == 0:
            _say(job, warnings)
        if not carriers:
            _end(job)
        return carriers

    def fetch_stage(self, harvest_object: HarvestObject) -> bool | str:
        return True

    def import_stage(self, harvest_object: HarvestObject) -> bool | str:
        """Write the whole batch this object stands for."""
        if harvest_object.report_status:
            return "unchanged"  # sent twice: its batch has been written
        batch = (
            select(HarvestObject)
            .where(
                HarvestObject.harvest_job_id == harvest_object.harvest_job_id,
                HarvestObject.gathered == harvest_object.gathered,
                HarvestObject.report_status.is_(None),
            )
            .order_by(HarvestObject.id)
            .with_for_update(skip_locked=True)
        )
        importing.import_batch(model.Session.execute(batch).scalars().all())
        return HarvestObject.get(harvest_object.id).state == "COMPLETE"

    def _refuse(self, job: HarvestJob, problem: Problem) -> list[str]:
        _say(job, [problem])
        _end(job)
        return []


class CkanHarvester(_Harvester):
    name = "ntbsatudata_harvest_ckan"
    title = "CKAN (Satu Data)"
    description = "Portal CKAN kabupaten/kota: alamat berandanya."
    read = staticmethod(sources.read_ckan)


class DataJsonHarvester(_Harvester):
    name = "ntbsatudata_harvest_datajson"
    title = "data.json (Satu Data Indonesia)"
    description = "Alamat data.json (Project Open Data v1.1)."
    read = staticmethod(sources.read_data_json)


class DcatHarvester(_Harvester):
    name = "ntbsatudata_harvest_dcat"
    title = "DCAT (Satu Data)"
    description = "Katalog DCAT: Turtle, RDF/XML, atau JSON-LD."
    read = staticmethod(sources.read_dcat)


def _allowed_networks() -> tuple[Any, ...]:
    stated = str(toolkit.config.get("ntbsatudata.harvest.allowed_networks") or "")
    return tuple(ipaddress.ip_network(one) for one in stated.split())


def _known(source_id: str) -> list[Known]:
    columns = (
        HarvestedRecord.package_id,
        HarvestedRecord.identifier,
        HarvestedRecord.landing_page,
        HarvestedRecord.title,
        HarvestedRecord.digest,
        HarvestedRecord.present,
    )
    kept = model.Session.execute(
        select(*columns)
        .join(model.Package, model.Package.id == HarvestedRecord.package_id)
        .where(HarvestedRecord.source_id == source_id, model.Package.state == "active")
    )
    return [Known(*row) for row in kept]


def _objects(job: HarvestJob, planned: Plan) -> list[str]:
    """Make the harvest objects of a plan; return one id for each batch, whose members share the moment of gathering."""
    mappings = _mappings(job)
    tasks: list[tuple[str, str, str, dict[str, Any], Sequence[str]]] = []
    for one in planned.create:
        tasks.append(("create", str(uuid.uuid4()), one.identifier, ckan_dataset(one.dataset, mappings), _keys(one)))
    for had, one in planned.update:
        tasks.append(("update", had.package_id, one.identifier, ckan_dataset(one.dataset, mappings), _keys(one)))
    for had in planned.gone:
        tasks.append(("gone", had.package_id, had.identifier, {}, ()))
    if not tasks:
        return []
    begun = datetime.now(timezone.utc).replace(tzinfo=None)
    rows = [
        {
            "id": str(uuid.uuid4()),
            "guid": identifier,
            "harvest_job_id": job.id,
            "harvest_source_id": job.source.id,
            "state": "WAITING",
            "current": False,
            "retry_times": 0,
            "gathered": begun + timedelta(microseconds=number // BATCH),
            "content": json.dumps({"action": action, "package_id": package_id, "dataset": dataset, "keys": list(keys)}, ensure_ascii=False),
        }
        for number, (action, package_id, identifier, dataset, keys) in enumerate(tasks)
    ]
    model.Session.execute(insert(HarvestObject), rows)
    model.Session.commit()
    return [row["id"] for row in rows[::BATCH]]


def _keys(one: Record) -> tuple[str, str, str, str]:
    return one.identifier, one.landing_page, one.title, one.digest


def _mappings(job: HarvestJob) -> Mappings:
    lists = CodeLists.load(config.schema_folder())
    agencies = model.Session.query(model.Group.id, model.Group.title, model.Group.name).filter_by(is_organization=True, state="active")
    known = {folded(title or name): agency_id for agency_id, title, name in agencies}
    package = model.Package.get(job.source.id)
    regions = NameIndex.of(lists.get(REGIONS)) if REGIONS in lists else None
    return Mappings(known, package.owner_org, regions, job.source.id, job.source.title or job.source.url)


def _say(job: HarvestJob, problems: Sequence[Problem]) -> None:
    """Write problems to the run, where ckanext-harvest shows them; warnings say that they are."""
    messages = Messages.load(config.schema_folder(), "id")
    rows = []
    for problem in problems[:MOST_SENTENCES]:
        mark = "Peringatan: " if problem.severity is Severity.WARNING else ""
        rows.append({"id": str(uuid.uuid4()), "harvest_job_id": job.id, "message": f"{mark}[{problem.code}] {messages.line(problem)}"})
    if len(problems) > MOST_SENTENCES:
        rest = len(problems) - MOST_SENTENCES
        rows.append({"id": str(uuid.uuid4()), "harvest_job_id": job.id, "message": f"Peringatan: … {rest} lagi"})
    if rows:
        model.Session.execute(insert(HarvestGatherError), rows)
        model.Session.commit()


def _end(job: HarvestJob) -> None:
    """Finish a run that leaves nothing to import; ckanext-harvest would leave it running until its next round."""
    job.status = "Finished"
    job.finished = datetime.now(timezone.utc).replace(tzinfo=None)
    job.save()
