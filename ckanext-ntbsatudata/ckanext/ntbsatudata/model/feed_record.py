"""Each public dataset as its feeds give it, written when the dataset changes; and which datasets wait to be written anew."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Text


class FeedRecord(toolkit.BaseModel):
    """One dataset in each form. It stays when the dataset goes (`public` false): its place and identifier are never used again."""

    __tablename__ = "ntbsatudata_feed_record"

    package_id = Column(Text, primary_key=True)
    position = Column(BigInteger, Identity(always=True), nullable=False, unique=True)  # the order of every feed
    public = Column(Boolean, nullable=False, default=True)
    title = Column(Text, nullable=False)
    summary = Column(Text, nullable=False)
    digest = Column(Text, nullable=False)
    first_at = Column(DateTime(timezone=True), nullable=False)
    changed_at = Column(DateTime(timezone=True), nullable=False, index=True)
    data_json = Column(Text, nullable=False)
    turtle = Column(Text, nullable=False)
    rdf_xml = Column(Text, nullable=False)
    json_ld = Column(Text, nullable=False)


class FeedWaiting(toolkit.BaseModel):
    """A dataset whose record is not yet as the dataset is."""

    __tablename__ = "ntbsatudata_feed_waiting"

    package_id = Column(Text, primary_key=True)
