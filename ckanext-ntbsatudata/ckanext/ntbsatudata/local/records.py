"""The tables that only grow, out of the reach of the portal's own database role (`settings/records.sql`)."""

from __future__ import annotations

from importlib.resources import files

import psycopg2

from ckanext.ntbsatudata.local.postgres import run_script

# Whoever owns the table, its schema or the database could undo what the rights forbid.
_IN_REACH = """
SELECT count(*) = 0 OR bool_or(
    pg_has_role(relowner, 'MEMBER') OR pg_has_role(nspowner, 'MEMBER')
    OR has_table_privilege(pg_class.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
    OR (SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database())
)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relname IN ('ntbsatudata_curation_record', 'ntbsatudata_ledger')
"""


def protect(superuser_url: str, application: str) -> None:
    """Hand the tables over to the role that keeps them; again does nothing. Raises `ServiceFailed` with PostgreSQL's own words."""
    script = files("ckanext.ntbsatudata.settings").joinpath("records.sql").read_text(encoding="utf-8")
    run_script(superuser_url, f"\\set application {application}\n{script}")


def are_protected(catalogue_url: str) -> bool:
    """Return whether the role of this address can add to the tables and not change them. Raises `psycopg2.OperationalError`."""
    connection = psycopg2.connect(catalogue_url, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_IN_REACH)
            found = cursor.fetchone()
            return found is not None and not found[0]
    finally:
        connection.close()
