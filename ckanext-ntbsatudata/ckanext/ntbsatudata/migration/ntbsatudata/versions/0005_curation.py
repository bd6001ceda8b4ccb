"""Curation: revisions, releases, where a distribution's bytes lie, who holds which role, and the record of every decision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005_curation"
down_revision = "0004_metadata"
branch_labels = None
depends_on = None

RECORD = "ntbsatudata_curation_record"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "ntbsatudata_revision",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False, index=True),
        sa.Column("working_id", sa.Text, nullable=False, unique=True),
        sa.Column("owner_org", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("base_release", sa.Integer),
        sa.Column("authors", ARRAY(sa.Text), nullable=False),
        sa.Column("approver", sa.Text),
        sa.Column("confirmer", sa.Text),
        sa.Column("priority", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("changelog", sa.Text, nullable=False, server_default=""),
        sa.Column("origins", JSONB, nullable=False, server_default="{}"),
        sa.Column("review", JSONB, nullable=False, server_default="{}"),
        sa.Column("edition", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("due_on", sa.Date),
    )
    # Two people may start at once; one wins.
    op.create_index(
        "ntbsatudata_revision_one_open",
        "ntbsatudata_revision",
        ["dataset_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('published', 'discarded', 'withdrawn')"),
    )
    op.create_table(
        "ntbsatudata_release",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("revision_id", sa.Text),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("holders", JSONB, nullable=False),
        sa.Column("checksum", sa.Text, nullable=False),
        sa.Column("changelog", sa.Text, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment),
        sa.Column("withdrawn_reason", sa.Text),
    )
    op.create_table(
        "ntbsatudata_distribution",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("file_holder", sa.Text, nullable=False),
        sa.Column("table_holder", sa.Text, nullable=False),
    )
    op.create_table(
        "ntbsatudata_role",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True, server_default=""),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("granted_at", moment, nullable=False),
    )
    op.create_table(
        RECORD,
        sa.Column("ordinal", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False, index=True),
        sa.Column("revision_id", sa.Text, index=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("on_behalf_of", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("target", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    op.execute(
        f"""
        CREATE FUNCTION ntbsatudata_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the record of decisions is append-only';
        END $$;
        CREATE TRIGGER ntbsatudata_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {RECORD}
            FOR EACH STATEMENT EXECUTE FUNCTION ntbsatudata_append_only();
        """
    )


def downgrade() -> None:
    for table in ("ntbsatudata_role", "ntbsatudata_distribution", "ntbsatudata_release", "ntbsatudata_revision", RECORD):
        op.drop_table(table)
    op.execute("DROP FUNCTION ntbsatudata_append_only()")
