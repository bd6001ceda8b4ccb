"""How alembic reaches the catalogue's database for our tables: online only, with a version table of our own."""

from alembic import context
from sqlalchemy import create_engine, pool, text

# Where the administrator has run `records.sql`, what must not change is handed over to its keeper.
KEEP_RECORDS = text(
    "DO $$ BEGIN"
    " IF to_regprocedure('public.ntbsatudata_keep_records()') IS NOT NULL THEN PERFORM public.ntbsatudata_keep_records(); END IF;"
    " END $$"
)

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, version_table="ntbsatudata_alembic_version")
    with context.begin_transaction():
        context.run_migrations()
        connection.execute(KEEP_RECORDS)
