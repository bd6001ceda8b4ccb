"""How alembic reaches the catalogue's database for our tables: online only, with a version table of our own."""

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, version_table="ntbsatudata_alembic_version")
    with context.begin_transaction():
        context.run_migrations()
