"""What a review rests on: the results of the automatic checks, the states that were submitted, and what people say to each other."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from ckan.model.types import make_uuid
from sqlalchemy import Column, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB


class FileCheck(toolkit.BaseModel):
    """What the checks found in the file of a resource. `mark` names the file, format and schema that were looked at."""

    __tablename__ = "ntbsatudata_file_check"

    resource_id = Column(Text, primary_key=True)
    mark = Column(Text, nullable=False)
    problems = Column(JSONB, nullable=False)  # code, row, field, severity, values; no personal value
    checked_at = Column(DateTime(timezone=True), nullable=False)


class Submission(toolkit.BaseModel):
    """What was handed in: the dataset as it then stood, and the SHA-256 of each file."""

    __tablename__ = "ntbsatudata_submission"

    revision_id = Column(Text, primary_key=True)
    number = Column(Integer, primary_key=True)
    content = Column(JSONB, nullable=False)
    files = Column(JSONB, nullable=False)  # resource id: sha256
    submitted_at = Column(DateTime(timezone=True), nullable=False)


class ReviewComment(toolkit.BaseModel):
    """A remark on a revision, pinned to a field or to a row of a table, or an answer to one."""

    __tablename__ = "ntbsatudata_review_comment"

    id = Column(Text, primary_key=True, default=make_uuid)
    revision_id = Column(Text, nullable=False, index=True)
    answer_to = Column(Text)
    field = Column(Text)
    resource_id = Column(Text)
    row = Column(Integer)
    text = Column(Text, nullable=False)
    author = Column(Text, nullable=False)
    at = Column(DateTime(timezone=True), nullable=False)
    closed_by = Column(Text)
    closed_at = Column(DateTime(timezone=True))
