"""The linked records in the portal's tables: read, check and keep them. The actions of `logic/action/metadata.py` speak for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from flask import has_request_context
from sqlalchemy import func, select

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.metadata.answers import read_answer
from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.form import Form, Kind
from ckanext.ntbsatudata.domain.metadata.konsep import not_unique
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Messages, Problem
from ckanext.ntbsatudata.model.metadata import MetadataRecord, MetadataVersion

LINK = {Kind.MSKEG: "id_mskeg", Kind.MSIND: "id_msind"}  # the dataset's field that names records of a kind
_OWN = ("id", "owner_org", "draft", "note", "version", "payload")  # keys of an action that are no answers


def standard() -> Standard:
    return Standard.of(config.schema_folder())


def messages() -> Messages:
    """The sentences in the reader's language, or in the portal's where there is no reader."""
    language = toolkit.h.lang() if has_request_context() else toolkit.config["ckan.locale_default"]
    return Messages.load(config.schema_folder(), "en" if language == "en" else "id")


def refused(problems: Sequence[Problem]) -> toolkit.ValidationError:
    """Return the blocking problems as CKAN's error: the sentences by the name of the field."""
    words = messages()
    errors: dict[str, list[str]] = {}
    for problem in problems:
        sentence = words.sentence(problem)
        errors.setdefault(problem.field or "message", []).append(f"{sentence.message} {sentence.remedy}")
    return toolkit.ValidationError(errors)


def answers_of(kind: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed answers in an action's data, each under the form's own name for it; unknown names stay, for the check."""
    form = standard().forms[kind]
    answers: dict[str, Any] = {}
    for name, value in data.items():
        if name in _OWN or name.startswith("__"):
            continue
        field = form.by_name.get(name)
        answers[field.name if field else name] = read_answer(field, value) if field else value
    return answers


def problems_of(kind: Kind, answers: Mapping[str, Any]) -> list[Problem]:
    now = standard()
    return check_record(now.forms[kind], answers, now.names, date.today())


def find(kind: Kind, record_id: str) -> MetadataRecord:
    """Return the record. Raises CKAN's `ObjectNotFound`."""
    record = model.Session.get(MetadataRecord, record_id)
    if record is None or record.kind != kind.value:
        raise toolkit.ObjectNotFound(toolkit._("There is no such record."))
    return record


def answers_at(record: MetadataRecord, version: int | None = None) -> dict[str, Any]:
    """Return the answers of a version, the newest by default; a record never finished gives its draft. Raises `ObjectNotFound`."""
    wanted = record.version if version is None else version
    if wanted == 0:
        return dict(record.draft or {})
    found = model.Session.scalar(select(MetadataVersion).filter_by(record_id=record.id, version=wanted))
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such version."))
    return dict(found.answers)


def keep(record: MetadataRecord, kind: Kind, answers: dict[str, Any], user: str, note: str, draft: bool) -> None:
    """Keep a draft, or finish a new version. Raises CKAN's `ValidationError` naming every field that blocks a finished one."""
    now = datetime.now(timezone.utc)
    record.name = str(answers.get(standard().forms[kind].name_field) or "")
    record.changed_at = now
    if draft:
        record.draft = answers
        return
    blocking = [problem for problem in problems_of(kind, answers) if problem.severity.blocks]
    if blocking:
        raise refused(blocking)
    record.draft = None
    if record.version and answers_at(record) == answers:
        return  # nothing changed: no new version
    record.version += 1
    model.Session.add(
        MetadataVersion(record_id=record.id, version=record.version, answers=answers, note=note, created_by=user, created_at=now)
    )


def datasets_of(kind: Kind, record_id: str) -> list[dict[str, str]]:
    """Return the public datasets that name a record: id, name and title."""
    if kind not in LINK:
        return []
    link = model.Package.extras[LINK[kind]].astext
    names_it = link == record_id if kind is Kind.MSKEG else link.contains(f'"{record_id}"', autoescape=True)
    query = select(model.Package).where(model.Package.state == "active", model.Package.private.is_(False), names_it)
    return [{"id": one.id, "name": one.name, "title": one.title} for one in model.Session.scalars(query.order_by(model.Package.title))]


def pins_of(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records a dataset names, each with the version in force: what a release keeps beside its files."""
    wanted = [one for one in (dataset.get("id_mskeg"), *(dataset.get("id_msind") or [])) if one]
    found = model.Session.scalars(select(MetadataRecord).where(MetadataRecord.id.in_(wanted)))
    return [{"kind": one.kind, "id": one.id, "version": one.version} for one in sorted(found, key=lambda one: wanted.index(one.id))]


def other_definitions(dataset: Mapping[str, Any]) -> list[Problem]:
    """Rule 2 of naming a konsep: warn when another public dataset gives the same konsep another definition."""
    konsep, definisi = dataset.get("konsep"), dataset.get("definisi")
    if not konsep or not definisi:
        return []
    extras = model.Package.extras
    query = select(model.Package).where(
        model.Package.state == "active",
        model.Package.private.is_(False),
        model.Package.id != dataset.get("id"),
        func.lower(extras["konsep"].astext) == konsep.strip().lower(),
        extras["definisi"].astext != definisi,
    )
    other = model.Session.scalars(query.order_by(model.Package.title)).first()
    return [not_unique(konsep, other.title)] if other is not None else []


def described(record: MetadataRecord, kind: Kind, version: int | None = None, *, inside: bool = False) -> dict[str, Any]:
    """Return a record for programs: every field of the form, its versions and datasets. `inside` shows what names a person, and the draft."""
    form: Form = standard().forms[kind]
    answers = answers_at(record, version)
    shown = {field.name: answers.get(field.name) for field in form.fields} if inside else form.public(answers)
    versions = model.Session.scalars(select(MetadataVersion).filter_by(record_id=record.id).order_by(MetadataVersion.version))
    history = [{"version": one.version, "note": one.note, "created_at": one.created_at.isoformat()} for one in versions]
    result = {
        "id": record.id,
        "kind": kind.value,
        "name": record.name,
        "owner_org": record.owner_org,
        "version": record.version if version is None else version,
        "versions": history,
        "datasets": datasets_of(kind, record.id),
        "form_version": form.version,
        **shown,
    }
    if inside:
        result["draft"] = record.draft
    return result
