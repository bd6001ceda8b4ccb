"""Invitations to a role. The link's secret is kept as its hash only."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from ckan.model.types import make_uuid
from sqlalchemy import Column, DateTime, Text


class Invitation(toolkit.BaseModel):
    """One invitation, for one person, once, until it expires."""

    __tablename__ = "ntbsatudata_invitation"

    id = Column(Text, primary_key=True, default=make_uuid)
    token_hash = Column(Text, nullable=False, unique=True)
    role = Column(Text, nullable=False)  # domain.curation.roles.Role
    subject = Column(Text, nullable=False, default="")  # the agency, or the subject of a pembina data
    note = Column(Text, nullable=False, default="")  # for whom, in the words of who invites
    invited_by = Column(Text, nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)
    expires_at = Column(DateTime(timezone=True), nullable=False)
    used_by = Column(Text)
    used_at = Column(DateTime(timezone=True))
    revoked_at = Column(DateTime(timezone=True))
