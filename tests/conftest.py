"""The service tests start PostgreSQL and Redis by themselves, in a folder of their own, unless `--ckan-ini` names a site.

Unit tests run without CKAN's pytest plugin (`-p no:ckan -p no:ckan_fixtures`) and need nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEST_INI = ROOT / "config" / "test.ini"
SHARED_DATA = Path(os.environ.get("NTB_SHARED_DATA", ROOT.parent / "shared" / "data"))

_site = contextlib.ExitStack()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs that lies beside the repository; never part of it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real inputs are not here: {SHARED_DATA}")
    return SHARED_DATA


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("ckan") or config.option.ckan_ini or config.option.collectonly:
        return
    config.option.ckan_ini = str(_site.enter_context(_portal_services()))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The tables are there (`ckan db init`): let `clean_db` empty them instead of dropping ours with CKAN's own."""
    if session.config.pluginmanager.hasplugin("ckan") and not session.config.option.collectonly:
        import ckan.model as model

        model.repo.tables_created_and_initialised = True


def pytest_unconfigure(config: pytest.Config) -> None:
    _site.close()


@contextlib.contextmanager
def _portal_services() -> Iterator[Path]:
    """Start the services, make the databases of the test site, and give its ini file."""
    from ckanext.ntbsatudata.local import records
    from ckanext.ntbsatudata.local.postgres import CATALOGUE, DATASTORE, OWNER, SUPERUSER, run_script
    from ckanext.ntbsatudata.local.services import Services

    folder = Path(tempfile.mkdtemp(prefix="satudata-test-"))
    folder.chmod(0o711)
    try:
        with Services(folder / "services", durable=False) as services:
            os.environ.update(
                CKAN_SQLALCHEMY_URL=services.catalogue_url,
                CKAN_DATASTORE_WRITE_URL=services.datastore_write_url,
                CKAN_DATASTORE_READ_URL=services.datastore_read_url,
                CKAN_REDIS_URL=services.redis_url,
                CKAN_SOLR_URL="http://127.0.0.1:1/solr/none",
                CKAN_STORAGE_PATH=str(folder / "storage"),
            )
            _ckan("db", "init")
            run_script(services.postgres.url(SUPERUSER, DATASTORE), _ckan("datastore", "set-permissions"))
            os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"] = services.postgres.url(SUPERUSER, CATALOGUE)
            records.protect(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"], OWNER)
            yield TEST_INI
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ckan(*arguments: str) -> str:
    ckan = Path(sys.executable).parent / "ckan"
    done = subprocess.run([str(ckan), "-c", str(TEST_INI), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise pytest.UsageError(f"ckan {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout
