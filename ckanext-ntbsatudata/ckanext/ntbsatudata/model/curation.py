"""Revisions, releases and the record of every decision.

A revision is worked on as an ordinary dataset that the public does not see, its working copy. Publishing copies no bytes: a
distribution of the live dataset names, in `Distribution`, the resource of the working copy that holds its file and its table.
"""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from ckan.model.types import make_uuid
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Identity, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import declarative_base


class Revision(toolkit.BaseModel):
    """A change under way to dataset `dataset_id`; a first publication is worked on in the dataset itself (`working_id` equal)."""

    __tablename__ = "ntbsatudata_revision"

    id = Column(Text, primary_key=True, default=make_uuid)
    dataset_id = Column(Text, nullable=False, index=True)
    working_id = Column(Text, nullable=False, unique=True)
    owner_org = Column(Text, nullable=False, index=True)
    title = Column(Text, nullable=False)
    state = Column(Text, nullable=False, index=True)  # domain.curation.states.State
    base_release = Column(Integer)
    authors = Column(ARRAY(Text), nullable=False)
    approver = Column(Text)
    confirmer = Column(Text)
    priority = Column(Boolean, nullable=False, default=False)
    changelog = Column(Text, nullable=False, default="")
    origins = Column(JSONB, nullable=False, default=dict)  # resource of the working copy: resource of the live dataset
    review = Column(JSONB, nullable=False, default=dict)  # principle: {"met": bool, "note": str}
    edition = Column(Integer, nullable=False, default=0)
    created_at = Column(DateTime(timezone=True), nullable=False)
    changed_at = Column(DateTime(timezone=True), nullable=False)
    due_on = Column(Date)

    __mapper_args__ = {"version_id_col": edition}  # two decisions at once: the second is told, never lost


class Release(toolkit.BaseModel):
    """One published state of a dataset. `content` is the dataset as readers got it, `holders` where its bytes lie."""

    __tablename__ = "ntbsatudata_release"

    dataset_id = Column(Text, primary_key=True)
    number = Column(Integer, primary_key=True)
    revision_id = Column(Text)
    content = Column(JSONB, nullable=False)
    holders = Column(JSONB, nullable=False)  # resource id: {"file": resource id, "table": resource id, "sha256": str}
    checksum = Column(Text, nullable=False)
    changelog = Column(Text, nullable=False)
    published_by = Column(Text, nullable=False)
    published_at = Column(DateTime(timezone=True), nullable=False)
    withdrawn_at = Column(DateTime(timezone=True))
    withdrawn_reason = Column(Text)


class Distribution(toolkit.BaseModel):
    """Where the bytes of a resource lie: under the id of the resource that brought them. One that has no row holds its own."""

    __tablename__ = "ntbsatudata_distribution"

    resource_id = Column(Text, primary_key=True)
    file_holder = Column(Text, nullable=False)
    table_holder = Column(Text, nullable=False)


class RoleGrant(toolkit.BaseModel):
    """A role somebody holds over the whole portal, or over one subject of it (pembina data)."""

    __tablename__ = "ntbsatudata_role"

    user_id = Column(Text, primary_key=True)
    role = Column(Text, primary_key=True)  # domain.curation.roles.Role
    subject = Column(Text, primary_key=True, default="")
    granted_by = Column(Text, nullable=False)
    granted_at = Column(DateTime(timezone=True), nullable=False)


class CurationRecord(declarative_base()):  # type: ignore[misc]  # a base of its own: what empties CKAN's tables shall not try these
    """One decision: added, never changed. Each carries the hash of the one before, so that a gap shows."""

    __tablename__ = "ntbsatudata_curation_record"

    ordinal = Column(BigInteger, Identity(always=True), primary_key=True)
    dataset_id = Column(Text, nullable=False, index=True)
    revision_id = Column(Text, index=True)
    event = Column(Text, nullable=False)
    actor = Column(Text, nullable=False)
    on_behalf_of = Column(Text)
    role = Column(Text, nullable=False)
    source = Column(Text)
    target = Column(Text)
    reason = Column(Text, nullable=False)
    at = Column(DateTime(timezone=True), nullable=False)
    previous = Column(Text, nullable=False)
    hash = Column(Text, nullable=False, unique=True)
