"""What the portal knows of a harvest source and its records, beside ckanext-harvest's own tables."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from sqlalchemy import Boolean, Column, DateTime, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB


class HarvestApproval(toolkit.BaseModel):
    """A source the walidata approved, or whose large loss somebody confirmed. Not in the source's own configuration: that is public."""

    __tablename__ = "ntbsatudata_harvest_approval"

    source_id = Column(Text, primary_key=True)
    approved_by = Column(Text)
    approved_at = Column(DateTime(timezone=True))
    loss_confirmed_by = Column(Text)  # for the next run only
    waiting = Column(JSONB)  # counts of a run that waits for a person


class HarvestedRecord(toolkit.BaseModel):
    """A record of a source and the dataset it became. The keys are those of `domain.harvest.matching`."""

    __tablename__ = "ntbsatudata_harvested_record"
    __table_args__ = (UniqueConstraint("source_id", "identifier", deferrable=True, initially="DEFERRED"),)

    package_id = Column(Text, primary_key=True)
    source_id = Column(Text, nullable=False, index=True)
    identifier = Column(Text, nullable=False)
    landing_page = Column(Text, nullable=False)
    title = Column(Text, nullable=False)
    digest = Column(Text, nullable=False)
    present = Column(Boolean, nullable=False, default=True)
    changed_at = Column(DateTime(timezone=True), nullable=False)
