"""Databases and queue of somebody else's, named by CKAN's environment variables."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from ckanext.ntbsatudata.local import records
from ckanext.ntbsatudata.local.postgres import CATALOGUE, OWNER, SUPERUSER
from ckanext.ntbsatudata.local.services import Services

from .conftest import READY, Run, free_port, processes_in, satudata


@pytest.fixture
def external(home: Path) -> Iterator[Services]:
    """A PostgreSQL and a Redis that are not the portal's, in a folder beside it."""
    with Services(home.with_name("elsewhere"), durable=False) as services:
        yield services


def variables(external: Services) -> dict[str, str]:
    return {
        "CKAN_SQLALCHEMY_URL": external.catalogue_url,
        "CKAN_DATASTORE_WRITE_URL": external.datastore_write_url,
        "CKAN_DATASTORE_READ_URL": external.datastore_read_url,
        "CKAN_REDIS_URL": external.redis_url,
        "CKAN_SITE_URL": "https://data.example.go.id",
    }


def test_a_portal_on_external_services_starts_none_of_its_own(home: Path, external: Services):
    run = Run(home, free_port(), **variables(external))
    run.wait_for(READY)

    status = satudata(home, "status").stdout.splitlines()
    records.protect(external.postgres.url(SUPERUSER, CATALOGUE), OWNER)  # what docs/reference/environment.md asks of the administrator
    after = satudata(home, "status").stdout
    dataset = run.action("package_show?id=kode-wilayah")
    assert run.interrupt(signal.SIGTERM) == 0

    assert [line.split()[0] for line in status if "tidak berjalan di sini" in line] == ["Redis", "PostgreSQL"]
    assert "belum terlindung: akun basis data portal masih dapat mengubahnya." in status[-1]
    assert "belum terlindung" not in after
    assert not (home / "postgres" / "data").exists()
    assert processes_in(home) == []
    connection = psycopg2.connect(external.catalogue_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM package WHERE name = 'kode-wilayah'")
        assert cursor.fetchone() == (dataset["id"],)
    connection.close()


def test_behind_https_cookies_are_for_https_alone(home: Path, external: Services):
    run = Run(home, free_port(), **variables(external))
    run.wait_for(READY)
    assert run.interrupt(signal.SIGTERM) == 0

    settings = (home / "ckan.ini").read_text()
    assert "ckan.site_url = https://data.example.go.id\n" in settings
    assert "SESSION_COOKIE_SECURE = true\n" in settings
    assert "REMEMBER_COOKIE_SECURE = true\n" in settings


def test_a_database_whose_owner_may_not_give_rights_asks_for_its_administrator(home: Path, external: Services):
    superuser = psycopg2.connect(external.postgres.url("postgres", "datastore"))
    superuser.autocommit = True
    with superuser.cursor() as cursor:
        cursor.execute("ALTER DATABASE datastore OWNER TO postgres")
    superuser.close()

    told = satudata(home, "run", "--port", str(free_port()), **variables(external))

    assert told.returncode == 78
    assert told.stderr.startswith(
        "Pemilik basis data luar tidak boleh menyetel hak baca DataStore. Minta administratornya menjalankan sekali:"
        " satudata ckan datastore set-permissions | psql, lalu ulangi satudata run."
    )
