"""Linked metadata records with their versions; quality reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004_metadata"
down_revision = "0003_data_induk_merge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "ntbsatudata_metadata_record",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("owner_org", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("draft", JSONB),
        sa.Column("payload", JSONB),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "ntbsatudata_metadata_version",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("record_id", sa.Text, sa.ForeignKey("ntbsatudata_metadata_record.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("record_id", "version"),
    )
    op.create_table(
        "ntbsatudata_dataset_quality",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("owner_org", sa.Text, index=True),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("assessed_at", moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ntbsatudata_dataset_quality")
    op.drop_table("ntbsatudata_metadata_version")
    op.drop_table("ntbsatudata_metadata_record")
