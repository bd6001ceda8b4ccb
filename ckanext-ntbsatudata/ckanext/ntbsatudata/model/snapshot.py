"""One reader's request sees one state of the catalogue, however many questions it asks the database.

A release is switched in one transaction. Between two statements of a page another transaction may commit, so a page of many
statements could show half of each; PostgreSQL's REPEATABLE READ gives the whole request the state at its first question.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
from flask import has_request_context, request
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

_READING = ("GET", "HEAD")
_REPEATABLE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def watch() -> None:
    """Give every transaction of an anonymous reader's request one snapshot; calling it again does nothing."""
    if not event.contains(model.Session, "after_begin", _begin):
        event.listen(model.Session, "after_begin", _begin)


def _begin(_session: Session, transaction: Any, connection: Connection) -> None:
    # Those with an account write as they read (when they were last here) and would meet each other's writes.
    if transaction.nested or not has_request_context() or request.method not in _READING:
        return
    if "Authorization" not in request.headers and "Cookie" not in request.headers:
        connection.execute(_REPEATABLE)
