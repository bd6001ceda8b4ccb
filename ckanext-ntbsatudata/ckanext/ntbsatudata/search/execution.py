"""Statements run in CKAN's own session, so that the index shares the catalogue's transaction."""

from __future__ import annotations

from typing import Any

import ckan.model as model

from ckanext.ntbsatudata.search.sql import Sql


def execute(statement: Sql) -> Any:
    """Return the result of a statement."""
    return model.Session.connection().exec_driver_sql(statement.text, statement.values or None)


def settle() -> None:
    """Commit, unless the catalogue has a change under way: then the index waits for the same commit."""
    session: Any = model.Session()
    changes = getattr(session, "_object_cache", None) or {}
    if session.in_nested_transaction() or session.new or session.dirty or session.deleted or any(changes.values()):
        return
    session.commit()
