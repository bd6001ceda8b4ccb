"""What a person has decided on a source: that its records may be public, that a large loss is right."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.model as model

from ckanext.ntbsatudata.model.harvest import HarvestApproval


def of(source_id: str) -> HarvestApproval:
    """Return the decisions on a source; a new row when there are none."""
    row = model.Session.get(HarvestApproval, source_id)
    if row is None:
        row = HarvestApproval(source_id=source_id)
        model.Session.add(row)
    return row


def is_approved(source_id: str) -> bool:
    """Whether new records of the source are public at once; if not, they are private and wait for the walidata."""
    row = model.Session.get(HarvestApproval, source_id)
    return row is not None and row.approved_at is not None


def approve(source_id: str, user: str) -> None:
    row = of(source_id)
    row.approved_by, row.approved_at = user, datetime.now(timezone.utc)
    model.Session.commit()


def confirm_loss(source_id: str, user: str) -> None:
    of(source_id).loss_confirmed_by = user
    model.Session.commit()


def take_confirmation(source_id: str) -> bool:
    """Return whether the loss was confirmed, and use the confirmation up: it is for one run."""
    row = of(source_id)
    confirmed = row.loss_confirmed_by is not None
    row.loss_confirmed_by, row.waiting = None, None
    return confirmed


def wait(source_id: str, counts: dict[str, Any]) -> None:
    of(source_id).waiting = counts
    model.Session.commit()
