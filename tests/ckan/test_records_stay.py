"""The record of decisions and the ledger only grow: the portal's own database address cannot change, remove or unguard them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg2
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from psycopg2.errors import InsufficientPrivilege, RaiseException

from ckanext.ntbsatudata.local import records

RECORD, LEDGER = "ntbsatudata_curation_record", "ntbsatudata_ledger"
GUARD = {RECORD: "ntbsatudata_append_only", LEDGER: "ntbsatudata_ledger_append_only"}
ATTEMPTS = (
    "UPDATE {table} SET hash = 'x'",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "DROP TABLE {table}",
    "DROP TABLE {table} CASCADE",
    "ALTER TABLE {table} DROP COLUMN hash",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER {guard}",
    "ALTER TABLE {table} OWNER TO ckan",
    "ALTER TABLE {table} RENAME TO aside",
    "ALTER TABLE {table} SET SCHEMA pg_temp",
    "DROP TRIGGER {guard} ON {table}",
    "CREATE TRIGGER other BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE nothing AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION public.{guard}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "DROP FUNCTION public.{guard}() CASCADE",
    "DROP FUNCTION public.ntbsatudata_keep_records()",
    "GRANT ALL ON {table} TO ckan; DELETE FROM {table}",
    "SET ROLE satudata_records",
    "SET SESSION AUTHORIZATION satudata_records",
    "SET session_replication_role = replica",
    "GRANT satudata_records TO ckan",
    "REASSIGN OWNED BY satudata_records TO ckan",
    "DROP OWNED BY satudata_records",
    "DROP SCHEMA public CASCADE",
    "ALTER SCHEMA public OWNER TO ckan",
)


@pytest.fixture
def application(clean_db: None) -> Iterator[psycopg2.extensions.connection]:
    """A connection with the address the portal has."""
    connection = psycopg2.connect(toolkit.config["sqlalchemy.url"])
    yield connection
    connection.rollback()
    connection.close()


def insert(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RECORD} (dataset_id, event, actor, role, reason, at, previous, hash)"
            " VALUES ('d', 'e', 'a', 'r', '', now(), 'p', gen_random_uuid()::text)"
        )


def test_the_portal_adds_and_reads(application: psycopg2.extensions.connection) -> None:
    insert(application)
    with application.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {RECORD} WHERE dataset_id = 'd'")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("table", [RECORD, LEDGER])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_with_its_own_address_the_portal_can_do_nothing_else(application: psycopg2.extensions.connection, attempt: str, table: str) -> None:
    with application.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(attempt.format(table=table, guard=GUARD[table]))


def test_nor_can_it_drop_the_whole_database(application: psycopg2.extensions.connection) -> None:
    name = application.info.dbname
    elsewhere = psycopg2.connect(toolkit.config["ckan.datastore.write_url"])
    elsewhere.autocommit = True
    with elsewhere.cursor() as cursor, pytest.raises(InsufficientPrivilege, match=f"must be owner of database {name}"):
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    elsewhere.close()


@pytest.mark.parametrize("statement", [f"UPDATE {RECORD} SET reason = 'x'", f"DELETE FROM {RECORD}", f"TRUNCATE {RECORD}"])
def test_a_slip_of_the_administrator_is_stopped_too(application: psycopg2.extensions.connection, statement: str) -> None:
    administrator = psycopg2.connect(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"])
    with administrator.cursor() as cursor, pytest.raises(RaiseException, match="the record of decisions is append-only"):
        cursor.execute(statement)
    administrator.close()


def test_whether_the_protection_is_in_force_can_be_asked(application: psycopg2.extensions.connection) -> None:
    assert records.are_protected(toolkit.config["sqlalchemy.url"])
    assert not records.are_protected(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"])


def test_an_entry_forged_into_the_record_breaks_its_chain_and_is_found(application: psycopg2.extensions.connection) -> None:
    operator = factories.Sysadmin()
    verify = toolkit.get_action("ntbsatudata_curation_record_verify")
    before = verify({"user": operator["name"]}, {})
    insert(application)
    application.commit()
    try:
        after = verify({"user": operator["name"]}, {})
        assert after["entries"] == before["entries"] + 1
        assert after["broken_at"] == before["entries"]
    finally:
        administrator = psycopg2.connect(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"])
        with administrator, administrator.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {RECORD} DISABLE TRIGGER {GUARD[RECORD]}")
            cursor.execute(f"DELETE FROM {RECORD} WHERE dataset_id = 'd'")
            cursor.execute(f"ALTER TABLE {RECORD} ENABLE TRIGGER {GUARD[RECORD]}")
        administrator.close()
