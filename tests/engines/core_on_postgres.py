"""A pytest plugin: CKAN's own tests, unchanged, with nothing but its search engine exchanged."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.search.connection import use_postgres

use_postgres()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The tables are there; let `clean_db` empty them instead of dropping the index with CKAN's own."""
    import ckan.model as model
    from faker import Faker

    # CKAN's factories make up texts from English words; unseeded, a made-up note now and then holds the very word a test looks for.
    Faker.seed(39_2019)
    model.repo.tables_created_and_initialised = True
