"""Revisions and releases: a working copy beside the live dataset, and the one transaction that makes it the live one.

Everything is ready before the switch. The switch is one transaction of the catalogue's database, in which the dataset, its place
in search, where its bytes lie, the release and the record of the decision change together; files and tables are not touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan import logic
from ckan.common import config as ckan_config
from ckan.lib import files, uploader
from ckan.model.types import make_uuid
from ckan.plugins import toolkit
from sqlalchemy import func, select

from ckanext.ntbsatudata.domain.curation.checks import blocking_problems
from ckanext.ntbsatudata.domain.curation.decisions import Decision
from ckanext.ntbsatudata.domain.curation.policies import Principle, RevisionFacts
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.disclosure.ledger import LedgerError
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.feeds import records as feed_records
from ckanext.ntbsatudata.logic import curation_record as record
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.logic.automatic_checks import checks_of
from ckanext.ntbsatudata.model.curation import Distribution, Release, Revision
from ckanext.ntbsatudata.model.ledger import PortalLedger

# Not a key of the context: CKAN's actions call each other with contexts of their own making.
_curating: ContextVar[bool] = ContextVar("ntbsatudata_curating", default=False)
_OPEN = [state.value for state in State if state.open]
_OF_ONE_DATASET = {
    "id", "name", "metadata_created", "metadata_modified", "creator_user_id", "state", "private", "num_resources", "num_tags",
    "organization", "isopen", "license_title", "license_url", "relationships_as_object", "relationships_as_subject", "resources",
}  # fmt: skip
_OF_ONE_RESOURCE = {"id", "package_id", "created", "metadata_modified", "position", "state", "revision_id"}


@contextmanager
def curating() -> Iterator[None]:
    """Within this block curation itself changes datasets, so that its guard lets pass. No request can ask for it."""
    token = _curating.set(True)
    try:
        yield
    finally:
        _curating.reset(token)


def is_curating() -> bool:
    return _curating.get()


def _act(user: str, action: str, data: Mapping[str, Any], **context: Any) -> Any:
    with curating():
        return toolkit.get_action(action)({"user": user, "ignore_auth": True, **context}, dict(data))


def newest_release(dataset_id: str) -> Release | None:
    """Return the release readers see, or saw last; None when the dataset was never published."""
    return model.Session.scalar(select(Release).where(Release.dataset_id == dataset_id).order_by(Release.number.desc()).limit(1))


def open_revision(dataset_id: str) -> Revision | None:
    return model.Session.scalar(select(Revision).where(Revision.dataset_id == dataset_id, Revision.state.in_(_OPEN)))


def revision_of(working_id: str) -> Revision | None:
    """Return the revision whose working copy a dataset is; the newest, for a dataset that was its own."""
    return model.Session.scalar(select(Revision).where(Revision.working_id == working_id))


def lock(dataset_id: str) -> None:
    """Hold off decisions on a dataset, and changes to its working copies, until this transaction ends; what was read before is read anew."""
    of_dataset = (Revision.dataset_id == dataset_id) | (Revision.working_id == dataset_id)
    model.Session.execute(select(Revision.id).where(of_dataset).order_by(Revision.id).with_for_update())
    model.Session.expire_all()


def holder(resource_id: str) -> tuple[str, str]:
    """Return the resources that hold the file and the table of a resource; itself where nothing says otherwise."""
    row = model.Session.get(Distribution, resource_id)
    return (row.file_holder, row.table_holder) if row else (resource_id, resource_id)


def hold(resource_id: str, file_holder: str, table_holder: str) -> None:
    """Say where the bytes of a resource lie, in the session's transaction."""
    row = model.Session.get(Distribution, resource_id)
    if (file_holder, table_holder) == (resource_id, resource_id):
        if row:
            model.Session.delete(row)
        return
    if row is None:
        row = Distribution(resource_id=resource_id)
        model.Session.add(row)
    row.file_holder, row.table_holder = file_holder, table_holder


def begin(dataset: Mapping[str, Any], user: str, author: str) -> Revision:
    """Return a new revision of a dataset: of its own when it was never published, else with a working copy beside it."""
    release = newest_release(dataset["id"])
    now = datetime.now(timezone.utc)
    revision = Revision(
        id=make_uuid(), dataset_id=dataset["id"], working_id=dataset["id"], owner_org=dataset["owner_org"], title=dataset["title"],
        state=State.DRAFT.value, base_release=release.number if release else None, authors=[author], origins={}, review={},
        changelog="", priority=bool(dataset.get("prioritas_tahun")), edition=0, created_at=now, changed_at=now,
    )  # fmt: skip
    if release is not None:
        working = _copy(dataset, release.number + 1, user)
        revision.working_id = working["id"]
        pairs = zip(working["resources"], dataset["resources"], strict=True)
        revision.origins = {copied["id"]: live["id"] for copied, live in pairs}
        for copied, live in revision.origins.items():
            hold(copied, *holder(live))
    model.Session.add(revision)
    record.write(dataset["id"], revision.id, "revision_begun", author, "", None, State.DRAFT.value, "")
    model.Session.commit()
    return revision


def _copy(dataset: Mapping[str, Any], number: int, user: str) -> dict[str, Any]:
    working = {name: value for name, value in dataset.items() if name not in _OF_ONE_DATASET}
    working |= {
        "name": f"{dataset['name'][:70]}--revisi-{number}-{make_uuid()[:8]}",
        "state": "draft",
        "private": True,
        "resources": [{name: value for name, value in each.items() if name not in _OF_ONE_RESOURCE} for each in dataset["resources"]],
    }
    made: dict[str, Any] = _act(user, "package_create", working, allow_state_change=True)
    return made


def working_copy(revision: Revision) -> dict[str, Any]:
    """Return the dataset a revision proposes, as it stands."""
    found: dict[str, Any] = toolkit.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": revision.working_id})
    return found


def automatic_problems(dataset: Mapping[str, Any]) -> list[Problem]:
    """Return what blocks a submission, of all automatic checks."""
    return blocking_problems(checks_of(dataset))


def facts(revision: Revision, actor: str) -> RevisionFacts:
    """Return what the policies ask about a revision and about who acts (by user id)."""
    dataset = working_copy(revision)
    release = newest_release(revision.dataset_id)
    return RevisionFacts(
        actor=actor,
        authors=frozenset(revision.authors),
        approver=revision.approver,
        confirmer=revision.confirmer,
        blocking_problems=sum(problem.severity.blocks for problem in automatic_problems(dataset)),
        base_release=revision.base_release,
        live_release=release.number if release else None,
        changelog=revision.changelog,
        priority=bool(dataset.get("prioritas_tahun")),
        principles={Principle(name): bool(result.get("met")) for name, result in revision.review.items()},
    )


def move(revision: Revision, decision: Decision, on_behalf_of: str | None = None) -> None:
    """Put a decision into the session's transaction: the state, and the entry in the record."""
    revision.state = decision.target.value
    revision.changed_at = datetime.now(timezone.utc)
    record.write(
        revision.dataset_id, revision.id, decision.transition.event, decision.actor, decision.role.value,
        decision.source.value, decision.target.value, decision.reason, on_behalf_of,
    )  # fmt: skip


def publish(revision: Revision, decision: Decision, user: str, user_id: str) -> Release:
    """Make the working copy the live dataset, in one transaction; it is committed when this returns."""
    proposed = working_copy(revision)
    _remember(revision, proposed)
    move(revision, decision)
    return _switch(revision, proposed, user, user_id, revision.id)


def renew(revision: Revision, user: str, user_id: str, changelog: str) -> Release:
    """Make a working copy of the portal's own content the live dataset, in one transaction as `publish` does; no person decides on it."""
    revision.state, revision.changelog, revision.changed_at = State.PUBLISHED.value, changelog, datetime.now(timezone.utc)
    record.write(
        revision.dataset_id, revision.id, "release_adopted", user_id, Role.SYSTEM_OPERATOR.value,
        State.DRAFT.value, State.PUBLISHED.value, changelog,
    )  # fmt: skip
    return _switch(revision, working_copy(revision), user, user_id, None)


def abandon(revision: Revision, user: str, user_id: str, reason: str) -> None:
    """End a revision of the portal's own content that a killed run has left; the live dataset stays as it is."""
    revision.state, revision.changed_at = State.DISCARDED.value, datetime.now(timezone.utc)
    record.write(
        revision.dataset_id, revision.id, "revision_discarded", user_id, Role.SYSTEM_OPERATOR.value,
        State.DRAFT.value, State.DISCARDED.value, reason,
    )  # fmt: skip
    _act(user, "package_delete", {"id": revision.working_id})


def _switch(revision: Revision, proposed: Mapping[str, Any], user: str, user_id: str, decided: str | None) -> Release:
    """The one transaction. `decided` is the revision a person decided on; None for the portal's own content."""
    live = {name: value for name, value in proposed.items() if name not in _OF_ONE_DATASET - {"name"}}
    live |= {"id": revision.dataset_id, "state": "active", "private": False}
    own = revision.working_id == revision.dataset_id
    if not own:
        live["name"] = model.Package.get(revision.dataset_id).name
    live["resources"] = []
    for resource in proposed["resources"]:
        kept = {name: value for name, value in resource.items() if name not in _OF_ONE_RESOURCE}
        kept["id"] = resource["id"] if own else revision.origins.get(resource["id"]) or make_uuid()
        hold(kept["id"], *holder(resource["id"]))
        live["resources"].append(kept)
    # With the id alone, since CKAN 2.12's package_update takes back a deferred change when it is to return the whole dataset.
    _act(user, "package_update", live, defer_commit=True, return_id_only=True, allow_state_change=True)
    if not own:
        working = model.Package.get(revision.working_id)
        working.state = "released"  # neither draft nor deleted: it holds bytes of a release and is listed nowhere
    release = _release(revision.dataset_id, decided, revision.changelog, user_id, user)
    model.Session.flush()
    feed_records.write(revision.dataset_id)  # at once, where other changes wait for the worker: every path shows one release
    model.repo.commit()
    return release


def _remember(revision: Revision, proposed: Mapping[str, Any]) -> None:
    """Put a protected table on the ledger before it is public. Raises `LedgerError` when its files are not the protected ones."""
    holders = {resource["id"]: holder(resource["id"])[0] for resource in proposed["resources"]}
    names = {str(resource["url"]).rpartition("/")[2]: holders[resource["id"]] for resource in proposed["resources"]}
    if PortalLedger().go_public(revision.id, {name: sha256_of(file) for name, file in names.items()}) or not proposed.get("aggregate"):
        return
    release = newest_release(revision.dataset_id)
    public = {held["file"] for held in release.holders.values()} if release else set()
    if not set(holders.values()) <= public:
        raise LedgerError("Tabel terlindung hanya berubah lewat pengolahan ekstraknya, bukan lewat unggahan.")


def adopt(dataset_id: str, user: str, user_id: str, changelog: str) -> Release | None:
    """Record what is public already as a release; None when the newest release is just that."""
    content = logic.package_show_default_and_custom_schemas({"user": user, "ignore_auth": True}, dataset_id)[1]
    newest = newest_release(dataset_id)
    if newest is not None and newest.content.get("metadata_modified") == content["metadata_modified"]:
        return None
    release = _release(dataset_id, None, changelog, user_id, user)
    record.write(dataset_id, None, "release_adopted", user_id, "system_operator", None, State.PUBLISHED.value, changelog)
    model.repo.commit()
    return release


def withdraw(revision: Revision, decision: Decision, user: str) -> None:
    """Take the dataset out of public sight, leaving a notice with the reason; its releases stay on record."""
    release = newest_release(revision.dataset_id)
    if release is not None:
        release.withdrawn_at, release.withdrawn_reason = datetime.now(timezone.utc), decision.reason
    move(revision, decision)
    _act(user, "package_delete", {"id": revision.dataset_id})


def discard(revision: Revision, decision: Decision, user: str) -> None:
    """End a revision; a working copy goes, a live dataset stays as it is."""
    move(revision, decision)
    _act(user, "package_delete", {"id": revision.working_id})


def _release(dataset_id: str, revision_id: str | None, changelog: str, user_id: str, user: str) -> Release:
    """Add the release of the dataset as it now stands, and its place in search, to the session's transaction."""
    model.Session.flush()
    default, content = logic.package_show_default_and_custom_schemas({"user": user, "ignore_auth": True}, dataset_id)
    content = {**content, "metadata_records": records.pins_of(content)}  # the versions in force on this day
    holders = {resource["id"]: _holding(resource) for resource in content["resources"]}
    number = (model.Session.scalar(select(func.max(Release.number)).where(Release.dataset_id == dataset_id)) or 0) + 1
    covered = json.dumps([content, holders], sort_keys=True, ensure_ascii=False, default=str)
    release = Release(
        dataset_id=dataset_id, number=number, revision_id=revision_id, content=json.loads(json.dumps(content, default=str)), holders=holders,
        checksum=hashlib.sha256(covered.encode()).hexdigest(), changelog=changelog, published_by=user_id, published_at=datetime.now(timezone.utc),
    )  # fmt: skip
    model.Session.add(release)
    logic.index_update_package_dicts((default, content))
    return release


def _holding(resource: Mapping[str, Any]) -> dict[str, str]:
    file_holder, table_holder = holder(resource["id"])
    found = {"file": file_holder, "table": table_holder}
    if resource.get("url_type") == "upload":
        found["sha256"] = sha256_of(file_holder)
    return found


def sha256_of(file_holder: str) -> str:
    """Return the SHA-256 of an uploaded file, in hex; empty when the file is not there."""
    chunks = _chunks(file_holder)
    if chunks is None:
        return ""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def open_file(dataset_id: str, number: int, resource_id: str) -> Iterator[bytes] | None:
    """Return the bytes of a distribution as they were in a release; None when there is no such file."""
    release = model.Session.get(Release, (dataset_id, number))
    held = release.holders.get(resource_id) if release else None
    return _chunks(held["file"]) if held else None


def local_path(file_holder: str) -> Path | None:
    """Return where an uploaded file lies on this machine; None when it is kept elsewhere, or nowhere."""
    upload = _own_place()
    if isinstance(upload, uploader.FKResourceUpload):
        return None
    path = Path(upload.get_path(file_holder))
    return path if path.is_file() else None


def _own_place() -> uploader.ResourceUpload | uploader.FKResourceUpload:
    """CKAN's own uploader: of a holder's file itself, not of what now stands in its stead."""
    try:
        files.get_storage(ckan_config["ckan.files.default_storages.resource"])
    except files.exc.UnknownStorageError:
        return uploader.ResourceUpload({})
    return uploader.FKResourceUpload({})


def _chunks(file_holder: str) -> Iterator[bytes] | None:
    upload = _own_place()
    if isinstance(upload, uploader.ResourceUpload):
        path = local_path(file_holder)
        return _read(path) if path else None
    try:
        return iter(upload.storage.stream(files.FileData(files.Location(upload.get_path(file_holder)))))
    except files.exc.MissingFileError:
        return None


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk
