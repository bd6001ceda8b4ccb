"""A pytest plugin: CKAN's own tests, unchanged, with nothing but its search engine exchanged."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.search.connection import use_postgres

use_postgres()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The tables are there; let `clean_db` empty them instead of dropping the index with CKAN's own."""
    import ckan.model as model

    model.repo.tables_created_and_initialised = True
