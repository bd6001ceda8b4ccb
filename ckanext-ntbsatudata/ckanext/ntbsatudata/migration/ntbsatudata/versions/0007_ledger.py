"""The ledger of protected tables, append-only, and the releases that wait for approval."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007_ledger"
down_revision = "0006_feeds"
branch_labels = None
depends_on = None

LEDGER = "ntbsatudata_ledger"


def upgrade() -> None:
    op.create_table(
        LEDGER,
        sa.Column("ordinal", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False, index=True),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False, unique=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute(
        f"""
        CREATE FUNCTION ntbsatudata_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger is append-only';
        END $$;
        CREATE TRIGGER ntbsatudata_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {LEDGER}
            FOR EACH STATEMENT EXECUTE FUNCTION ntbsatudata_ledger_append_only();
        """
    )
    op.create_table(
        "ntbsatudata_waiting_release",
        sa.Column("revision_id", sa.Text, primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("based_on", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("files", JSONB, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ntbsatudata_waiting_release")
    op.drop_table(LEDGER)
    op.execute("DROP FUNCTION ntbsatudata_ledger_append_only()")
