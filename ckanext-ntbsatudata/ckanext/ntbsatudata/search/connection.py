"""The one place where CKAN's core is patched: its connection to Solr, and its check of Solr's schema at start.

CKAN 2.12 has no interface for another search engine (ADR 0010). Its modules bind `make_connection` by name, so each name is
bound anew. With the engine `solr` nothing of core is touched.
"""

from __future__ import annotations

import sys

import ckan.lib.search
import ckan.lib.search.common

from ckanext.ntbsatudata.search.postgres.connection import PostgresConnection

_core_connection = ckan.lib.search.common.make_connection
_core_check = ckan.lib.search.check_solr_schema_version


def use_postgres() -> None:
    """Let CKAN search in PostgreSQL from now on. Calling it again changes nothing."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ckan") and vars(module).get("make_connection") is _core_connection:
            module.make_connection = PostgresConnection  # type: ignore[attr-defined]
    ckan.lib.search.check_solr_schema_version = _check_schema_version


def _check_schema_version(schema_file: str | None = None) -> bool:
    """A schema file is checked as ever; PostgreSQL's own tables are alembic's business."""
    return _core_check(schema_file) if schema_file else True
