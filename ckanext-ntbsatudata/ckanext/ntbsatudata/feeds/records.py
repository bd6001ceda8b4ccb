"""The feed records: written when a dataset changes, gone at once when it is no longer public."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from sqlalchemy import event, select
from sqlalchemy.dialects.postgresql import insert

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.feeds import data_json, dcat, rdf_text
from ckanext.ntbsatudata.domain.feeds.site import Site
from ckanext.ntbsatudata.domain.metadata.incoming import plain_text
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.model.feed_record import FeedRecord, FeedWaiting

log = logging.getLogger(__name__)

SUMMARY = 600  # characters of the description in the feed of changes
_ASKED = "ntbsatudata_feed_asked"
_BATCH = 100
_RENAMES = frozenset({"organization_update", "organization_patch", "group_update", "group_patch"})


def site() -> Site:
    """Return the portal as its feeds name it."""
    settings = toolkit.config
    agency = str(settings.get("ckan.feeds.author_name") or settings["ckan.site_title"])
    return Site(
        str(settings["ckan.site_url"]).rstrip("/"),
        str(settings["ckan.site_title"]),
        str(settings["ckan.site_description"]),
        agency,
        config.contact(),
    )


def note(package_ids: Iterable[str]) -> None:
    """Within the transaction that changes datasets, note that their records wait; when it commits, ask for the writing."""
    rows = [{"package_id": package_id} for package_id in package_ids]
    if not rows:
        return
    session = model.Session()
    session.execute(insert(FeedWaiting).values(rows).on_conflict_do_nothing())
    if not session.info.get(_ASKED):
        session.info[_ASKED] = True
        event.listen(session, "after_commit", _ask, once=True)


def _ask(session: Any) -> None:
    session.info.pop(_ASKED, None)
    toolkit.enqueue_job(write_waiting, title="feed records")


def withdraw(reference: str) -> None:
    """Take a dataset, named by id or name, out of every feed at once, in the transaction that hides it."""
    package = model.Package.get(reference)
    row = model.Session.get(FeedRecord, package.id if package else reference)
    if row is not None and row.public:
        row.public = False
        row.changed_at = datetime.now(timezone.utc)


def notice(dataset: dict[str, Any]) -> None:
    """A dataset was created, changed or deleted: withdraw its record or note that it waits."""
    package = model.Package.get(dataset["id"])
    if package is None or package.type != "dataset":
        return
    if package.state == "active" and not package.private:
        note([package.id])
    else:
        withdraw(package.id)


def notice_action(action: str, **details: Any) -> None:
    """The name of an agency or a topic stands in the records of its datasets; for CKAN's signal `action_succeeded`."""
    if action not in _RENAMES:
        return
    group = model.Group.get(details["data_dict"].get("id") or "")
    if group is None:
        return
    members = select(model.Member.table_id).where(model.Member.group_id == group.id, model.Member.table_name == "package")
    shown = model.Package.state == "active", ~model.Package.private, model.Package.type == "dataset"
    note(row.id for row in model.Session.execute(select(model.Package.id).where(model.Package.id.in_(members), *shown)))
    model.Session.commit()


def write_waiting() -> int:
    """Write the records that wait, in batches; return how many."""
    written = 0
    while True:
        waiting = (
            model.Session.execute(
                select(FeedWaiting.package_id).order_by(FeedWaiting.package_id).limit(_BATCH).with_for_update(skip_locked=True)
            )
            .scalars()
            .all()
        )
        if not waiting:
            model.Session.rollback()
            return written
        for package_id in waiting:
            write(package_id)
        model.Session.query(FeedWaiting).filter(FeedWaiting.package_id.in_(waiting)).delete(synchronize_session=False)
        model.Session.commit()
        written += len(waiting)


def write(package_id: str) -> None:
    """Write the record of one dataset in the present transaction; the moment of change moves only when the record differs."""
    try:
        dataset = toolkit.get_action("package_show")({"ignore_auth": True, "user": "", "use_cache": False}, {"id": package_id})
    except toolkit.ObjectNotFound:
        withdraw(package_id)
        return
    if dataset.get("state") != "active" or dataset.get("private") or dataset.get("type") != "dataset":
        withdraw(package_id)
        return
    forms = rendered(dataset)
    digest = hashlib.blake2b("\0".join(forms.values()).encode(), digest_size=16).hexdigest()
    row = model.Session.get(FeedRecord, package_id)
    if row is not None and row.public and row.digest == digest:
        return
    now = datetime.now(timezone.utc)
    if row is None:
        row = FeedRecord(package_id=package_id, first_at=now)
        model.Session.add(row)
    row.public, row.digest, row.changed_at = True, digest, now
    row.title = dataset.get("title") or dataset["name"]
    row.summary = plain_text(dataset.get("notes"))[:SUMMARY]
    for name, text in forms.items():
        setattr(row, name, text)


def rendered(dataset: dict[str, Any]) -> dict[str, str]:
    """Return a dataset in each form a feed is put together from."""
    standard, own = Standard.of(config.schema_folder()), site()
    triples = dcat.dataset_triples(dataset, standard, own)
    return {
        "data_json": _json(data_json.record(dataset, standard, own)),
        "turtle": rdf_text.turtle(triples),
        "rdf_xml": rdf_text.rdf_xml(triples),
        "json_ld": ",\n".join(map(_json, rdf_text.json_ld_nodes(triples))),
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
