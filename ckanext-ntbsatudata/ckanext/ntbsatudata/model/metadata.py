"""The linked records MS-Kegiatan, MS-Indikator and MS-Variabel with all their versions, and what is known of each dataset's quality.

A version is added, never changed; a record's draft is one row beside them, saved as its form is filled.
"""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from ckan.model.types import make_uuid
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB


class MetadataRecord(toolkit.BaseModel):
    """One linked record. `draft` holds the answers of a version that is not finished; `version` is the newest finished one, 0 for none."""

    __tablename__ = "ntbsatudata_metadata_record"

    id = Column(Text, primary_key=True, default=make_uuid)
    kind = Column(Text, nullable=False, index=True)  # domain.metadata.form.Kind
    owner_org = Column(Text, nullable=False, index=True)
    name = Column(Text, nullable=False, default="")
    version = Column(Integer, nullable=False, default=0)
    draft = Column(JSONB)
    payload = Column(JSONB)  # what INDAH sent, so that what it said beside the form goes back unchanged
    created_by = Column(Text, nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)
    changed_at = Column(DateTime(timezone=True), nullable=False)


class MetadataVersion(toolkit.BaseModel):
    """The answers of one finished version, and why it was made."""

    __tablename__ = "ntbsatudata_metadata_version"
    __table_args__ = (UniqueConstraint("record_id", "version"),)

    id = Column(BigInteger, Identity(always=True), primary_key=True)
    record_id = Column(Text, ForeignKey("ntbsatudata_metadata_record.id", ondelete="CASCADE"), nullable=False)
    version = Column(Integer, nullable=False)
    answers = Column(JSONB, nullable=False)
    note = Column(Text, nullable=False, default="")
    created_by = Column(Text, nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)


class DatasetQuality(toolkit.BaseModel):
    """The newest quality report on a dataset, and the evidence it rests on (`domain.quality`)."""

    __tablename__ = "ntbsatudata_dataset_quality"

    package_id = Column(Text, primary_key=True)
    owner_org = Column(Text, index=True)
    points = Column(Integer, nullable=False)
    report = Column(JSONB, nullable=False)
    evidence = Column(JSONB, nullable=False)
    assessed_at = Column(DateTime(timezone=True), nullable=False)
