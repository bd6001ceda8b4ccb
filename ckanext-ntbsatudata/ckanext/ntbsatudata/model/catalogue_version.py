"""The stamp of the catalogue's present state, by which a kept page knows that it is still true.

It is one row of CKAN's own table for such values (`system_info`) and changes in the same transaction as whatever changes the
catalogue: a reader sees the old stamp with the old content or the new with the new. It is a random token, not a counter, so that a
restored or emptied database never comes back to a stamp that other content once bore.
"""

from __future__ import annotations

import uuid

import ckan.model as model
from flask import g, has_request_context
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

KEY = "ntbsatudata.catalogue_version"

_READ = text("SELECT value FROM system_info WHERE key = :key")
_WRITE = text(
    "INSERT INTO system_info (key, value, state) VALUES (:key, :value, 'active') ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_CHANGED = "ntbsatudata_catalogue_changed"

# What only says when somebody was last here is seen on no page.
_TRACES: dict[type, set[str]] = {model.ApiToken: {"last_access"}, model.User: {"last_active"}}


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
    """Give the catalogue a new stamp at once, for changes outside its database: the search index, the DataStore."""
    if model.meta.engine is None:
        return
    with model.meta.engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit TO off"))  # seen by all at once; only a crash could lose it
        connection.execute(_WRITE, {"key": KEY, "value": uuid.uuid4().hex})


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
    """Let every commit of CKAN's sessions that changes the catalogue change its stamp; calling it again does nothing."""
    for session in (model.Session, model.meta.create_local_session):
        if not event.contains(session, "before_commit", _stamp):
            event.listen(session, "after_flush", _see_flush)
            event.listen(session, "do_orm_execute", _see_statement)
            event.listen(session, "before_commit", _stamp)
            event.listen(session, "after_rollback", _forget)


def _see_flush(session: Session, _context: UOWTransaction) -> None:
    if session.new or session.deleted or any(_is_visible(session, changed) for changed in session.dirty):
        session.info[_CHANGED] = True


def _is_visible(session: Session, changed: object) -> bool:
    traces = _TRACES.get(type(changed))
    if traces is None:
        return session.is_modified(changed)
    return any(attribute.history.has_changes() for attribute in inspect(changed).attrs if attribute.key not in traces)


def _see_statement(statement: ORMExecuteState) -> None:
    if statement.is_insert or statement.is_update or statement.is_delete:
        statement.session.info[_CHANGED] = True


def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)


def _stamp(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()  # first, so that the row of the stamp is the last lock this transaction takes
    if session.info.pop(_CHANGED, False):
        session.execute(_WRITE, {"key": KEY, "value": uuid.uuid4().hex})
        if has_request_context():
            setattr(g, _CHANGED, True)
