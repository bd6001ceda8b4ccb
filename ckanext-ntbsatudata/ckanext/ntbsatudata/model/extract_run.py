"""The record of each run over an extract: hashes, counts, versions and outcomes. Nothing in it is of a person."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from sqlalchemy import Boolean, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB


class ExtractRun(toolkit.BaseModel):
    """`state`: a stage while it runs, then `complete`, `refused` or `failed`. `content`: files, counts, versions, problems, tables."""

    __tablename__ = "ntbsatudata_extract_run"

    id = Column(Text, primary_key=True)
    source = Column(Text, nullable=False, index=True)
    period = Column(Text, nullable=False)
    state = Column(Text, nullable=False)
    dry_run = Column(Boolean, nullable=False)
    started_by = Column(Text, nullable=False)
    started_at = Column(DateTime(timezone=True), nullable=False)
    ended_at = Column(DateTime(timezone=True))
    content = Column(JSONB, nullable=False)
