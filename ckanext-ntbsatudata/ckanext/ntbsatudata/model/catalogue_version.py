"""The stamp of the catalogue's present state, by which a kept page knows that it is still true.

It is one row of CKAN's own table for such values (`system_info`) and changes in the same transaction as whatever changes the
catalogue: a reader sees the old stamp with the old content or the new with the new. It is a random token, not a counter, so that a
restored or emptied database never comes back to a stamp that other content once bore.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import ckan.model as model
from flask import g, has_request_context
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

KEY = "ntbsatudata.catalogue_version"

_READ = text("SELECT value FROM system_info WHERE key = :key")
_WRITE = "INSERT INTO system_info (key, value, state) VALUES (%s, %s, 'active') ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_CHANGED = "ntbsatudata_catalogue_changed"

_READING = re.compile(r"\s*(SELECT|SHOW|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
_WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|ALTER|CREATE|DROP)\b", re.IGNORECASE)
# What only says when somebody was last here is seen on no page.
_TRACE = re.compile(r'\s*UPDATE ("user" SET last_active|api_token SET last_access)=\S+ WHERE')


def current() -> str | None:
    """Return the present stamp; None when the catalogue has none yet or the database does not answer."""
    if model.meta.engine is None:
        return None
    try:
        with model.meta.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            stamp: str | None = connection.execute(_READ, {"key": KEY}).scalar()
    except OperationalError:
        return None
    return stamp


def advance() -> None:
    """Give the catalogue a new stamp at once, for changes outside its database: the search index, the DataStore, the schemas."""
    if model.meta.engine is None:
        return
    watch()
    with model.meta.engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit TO off"))  # seen by all at once; only a crash could lose it
        connection.info[_CHANGED] = True


def note_change() -> None:
    """Within a request, ask for a new stamp at its end (`advance_if_noted`); elsewhere give it now."""
    if has_request_context():
        setattr(g, _CHANGED, True)
    else:
        advance()


def advance_if_noted() -> None:
    """Give a new stamp when this request changed anything: what it wrote to the search index followed the commit or preceded it."""
    if g.pop(_CHANGED, False):
        advance()


def watch() -> None:
    """Let every commit to the catalogue's database that wrote anything change the stamp; calling it again does nothing."""
    engine = model.meta.engine
    if engine is not None and not event.contains(engine, "commit", _stamp):
        event.listen(engine, "before_cursor_execute", _see)
        event.listen(engine, "commit", _stamp)
        event.listen(engine, "rollback", _forget)


def _see(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not _READING.match(statement) and _WRITING.search(statement) and not _TRACE.match(statement):
        connection.info[_CHANGED] = True


def _stamp(connection: Connection) -> None:
    """Write a new stamp just before the commit, so that its row is the last lock the transaction takes."""
    if not connection.info.pop(_CHANGED, False):
        return
    with connection.connection.cursor() as cursor:
        cursor.execute(_WRITE, (KEY, uuid.uuid4().hex))
    if has_request_context():
        setattr(g, _CHANGED, True)


def _forget(connection: Connection) -> None:
    connection.info.pop(_CHANGED, None)
