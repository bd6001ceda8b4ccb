"""Linked metadata records for programs: `/api/3/action/ntbsatudata_mskegiatan_create` and its siblings."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.indah import kind_of, read_payload, write_payload
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.model.metadata import MetadataRecord

__all__ = [
    "ntbsatudata_indah_export", "ntbsatudata_indah_import", "ntbsatudata_metadata_pins",
    "ntbsatudata_msindikator_create", "ntbsatudata_msindikator_list", "ntbsatudata_msindikator_show", "ntbsatudata_msindikator_update",
    "ntbsatudata_mskegiatan_create", "ntbsatudata_mskegiatan_list", "ntbsatudata_mskegiatan_show", "ntbsatudata_mskegiatan_update",
    "ntbsatudata_msvariabel_create", "ntbsatudata_msvariabel_list", "ntbsatudata_msvariabel_show", "ntbsatudata_msvariabel_update",
]  # fmt: skip


def ntbsatudata_mskegiatan_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Create an MS-Kegiatan of the agency `owner_org` from the fields of its form. With `draft` true it may be unfinished."""
    return _create(Kind.MSKEG, context, data_dict)


def ntbsatudata_mskegiatan_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a new version of MS-Kegiatan `id` from the answers given, with a `note` why; the others stay. Lists the datasets it touches."""
    return _update(Kind.MSKEG, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_mskegiatan_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return every field of MS-Kegiatan `id`, of its newest finished version or of `version`."""
    return _show(Kind.MSKEG, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_mskegiatan_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the finished MS-Kegiatan, those of the agency `owner_org` when it is given; with `drafts` true its unfinished ones too."""
    return _list(Kind.MSKEG, context, data_dict)


def ntbsatudata_msindikator_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Create an MS-Indikator of the agency `owner_org` from the fields of its form. With `draft` true it may be unfinished."""
    return _create(Kind.MSIND, context, data_dict)


def ntbsatudata_msindikator_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a new version of MS-Indikator `id` from the answers given, with a `note` why; the others stay."""
    return _update(Kind.MSIND, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_msindikator_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return every field of MS-Indikator `id`, of its newest finished version or of `version`."""
    return _show(Kind.MSIND, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_msindikator_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the finished MS-Indikator, those of the agency `owner_org` when it is given; with `drafts` true its unfinished ones too."""
    return _list(Kind.MSIND, context, data_dict)


def ntbsatudata_msvariabel_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Create an MS-Variabel of the agency `owner_org` from the fields of its form. With `draft` true it may be unfinished."""
    return _create(Kind.MSVAR, context, data_dict)


def ntbsatudata_msvariabel_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a new version of MS-Variabel `id` from the answers given, with a `note` why; the others stay."""
    return _update(Kind.MSVAR, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_msvariabel_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return every field of MS-Variabel `id`, of its newest finished version or of `version`."""
    return _show(Kind.MSVAR, context, data_dict)


@toolkit.side_effect_free
def ntbsatudata_msvariabel_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the finished MS-Variabel, those of the agency `owner_org` when it is given; with `drafts` true its unfinished ones too."""
    return _list(Kind.MSVAR, context, data_dict)


def ntbsatudata_indah_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep an INDAH `payload` (nested v2 or flat) as a record of the agency `owner_org`.

    What blocks a finished version leaves it a draft, so that nothing of the national registry is lost; `problems` name it.
    """
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    payload = data_dict.get("payload")
    kind = kind_of(payload) if isinstance(payload, dict) else None
    if kind is None:
        raise toolkit.ValidationError({"payload": [toolkit._("This is no payload of INDAH.")]})
    read = read_payload(records.standard().forms[kind], payload)
    problems = [*read.problems, *records.problems_of(kind, read.values)]
    record = _new(kind, context, data_dict["owner_org"])
    record.payload = payload
    records.keep(record, kind, dict(read.values), context["user"], "INDAH", draft=any(problem.severity.blocks for problem in problems))
    model.Session.commit()
    words = records.messages()
    return {**records.described(record, kind, inside=True), "problems": [words.as_dict(problem) for problem in problems]}


@toolkit.side_effect_free
def ntbsatudata_indah_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return record `id` as INDAH takes it. For those who write data of the agency: it names who answers for the activity."""
    toolkit.check_access("ntbsatudata_metadata_update", context, data_dict)
    record = model.Session.get(MetadataRecord, data_dict.get("id") or "")
    if record is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such record."))
    kind = Kind(record.kind)
    return write_payload(records.standard().forms[kind], records.answers_at(record), base=record.payload)


@toolkit.side_effect_free
def ntbsatudata_metadata_pins(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the records that dataset `id` uses, each with the version in force: what a release keeps beside its files."""
    dataset = toolkit.get_action("package_show")(context, {"id": toolkit.get_or_bust(data_dict, "id")})
    return records.pins_of(dataset)


def _create(kind: Kind, context: Context, data_dict: DataDict) -> dict[str, Any]:
    toolkit.check_access("ntbsatudata_metadata_create", context, data_dict)
    record = _new(kind, context, data_dict["owner_org"])
    _keep(record, kind, records.answers_of(kind, data_dict), context, data_dict)
    return records.described(record, kind, inside=True)


def _keep(record: MetadataRecord, kind: Kind, answers: dict[str, Any], context: Context, data_dict: DataDict) -> None:
    """Keep the answers, all or none."""
    draft = toolkit.asbool(data_dict.get("draft", False))
    try:
        records.keep(record, kind, answers, context["user"], str(data_dict.get("note") or ""), draft)
    except toolkit.ValidationError:
        model.Session.rollback()
        raise
    model.Session.commit()


def _new(kind: Kind, context: Context, owner_org: str) -> MetadataRecord:
    organization = model.Group.get(owner_org)
    if organization is None or not organization.is_organization:
        raise toolkit.ValidationError({"owner_org": [toolkit._("There is no such agency.")]})
    now = datetime.now(timezone.utc)
    record = MetadataRecord(
        kind=kind.value, owner_org=organization.id, version=0, created_by=context["user"], created_at=now, changed_at=now
    )
    model.Session.add(record)
    model.Session.flush()
    return record


def _update(kind: Kind, context: Context, data_dict: DataDict) -> dict[str, Any]:
    toolkit.check_access("ntbsatudata_metadata_update", context, data_dict)
    record = records.find(kind, toolkit.get_or_bust(data_dict, "id"))
    model.Session.refresh(record, with_for_update=True)  # two people who save at once make two versions, one after the other
    based_on = data_dict.get("version")
    if based_on is not None and int(based_on) != record.version:
        message = toolkit._("Somebody else has made version {version} meanwhile. Look at it first.").format(version=record.version)
        model.Session.rollback()
        raise toolkit.ValidationError({"version": [message]})
    before = record.draft if record.draft is not None else records.answers_at(record)
    _keep(record, kind, {**before, **records.answers_of(kind, data_dict)}, context, data_dict)
    return records.described(record, kind, inside=True)


def _show(kind: Kind, context: Context, data_dict: DataDict) -> dict[str, Any]:
    toolkit.check_access("ntbsatudata_metadata_read", context, data_dict)
    record = records.find(kind, toolkit.get_or_bust(data_dict, "id"))
    version = data_dict.get("version")
    if version is not None and not str(version).isdigit():
        raise toolkit.ValidationError({"version": [toolkit._("This must be a number.")]})
    return records.described(record, kind, int(version) if version else None, inside=_is_inside(context, record))


def _is_inside(context: Context, record: MetadataRecord) -> bool:
    try:
        toolkit.check_access("ntbsatudata_metadata_update", context, {"id": record.id})
    except toolkit.NotAuthorized:
        return False
    return True


def _list(kind: Kind, context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    toolkit.check_access("ntbsatudata_metadata_read", context, {})
    query = select(MetadataRecord).filter_by(kind=kind.value)
    organization = model.Group.get(data_dict.get("owner_org") or "")
    if data_dict.get("owner_org"):
        query = query.where(MetadataRecord.owner_org == (organization.id if organization else ""))
    if toolkit.asbool(data_dict.get("drafts", False)):
        toolkit.check_access("ntbsatudata_metadata_create", context, {"owner_org": organization.id if organization else None})
    else:
        query = query.where(MetadataRecord.version > 0)
    rows = model.Session.scalars(query.order_by(MetadataRecord.name, MetadataRecord.id))
    return [
        {"id": one.id, "name": one.name, "owner_org": one.owner_org, "version": one.version, "draft": one.draft is not None} for one in rows
    ]
