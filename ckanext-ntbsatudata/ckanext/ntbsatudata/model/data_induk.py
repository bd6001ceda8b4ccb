"""The decisions of this portal that two records of a data induk are one object. A decision is added, never changed."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from sqlalchemy import BigInteger, Column, DateTime, Identity, Text, UniqueConstraint


class DataIndukMerge(toolkit.BaseModel):
    """`dropped` is read as `kept` from `decided_at` on."""

    __tablename__ = "ntbsatudata_data_induk_merge"
    __table_args__ = (UniqueConstraint("set_id", "dropped"),)

    id = Column(BigInteger, Identity(always=True), primary_key=True)
    set_id = Column(Text, nullable=False)
    kept = Column(Text, nullable=False)
    dropped = Column(Text, nullable=False)
    reason = Column(Text, nullable=False)
    decided_by = Column(Text, nullable=False)  # the id of the user
    decided_at = Column(DateTime(timezone=True), nullable=False)
