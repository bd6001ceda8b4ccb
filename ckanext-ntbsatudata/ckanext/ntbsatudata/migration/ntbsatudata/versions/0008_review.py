"""Reviews: results of automatic checks, what was submitted, comments; and invitations to roles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008_review"
down_revision = "0007_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "ntbsatudata_file_check",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("problems", JSONB, nullable=False),
        sa.Column("checked_at", moment, nullable=False),
    )
    op.create_table(
        "ntbsatudata_submission",
        sa.Column("revision_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("files", JSONB, nullable=False),
        sa.Column("submitted_at", moment, nullable=False),
    )
    op.create_table(
        "ntbsatudata_review_comment",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("revision_id", sa.Text, nullable=False, index=True),
        sa.Column("answer_to", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("resource_id", sa.Text),
        sa.Column("row", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_at", moment),
    )
    op.create_table(
        "ntbsatudata_invitation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("invited_by", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_by", sa.Text),
        sa.Column("used_at", moment),
        sa.Column("revoked_at", moment),
    )


def downgrade() -> None:
    for table in ("invitation", "review_comment", "submission", "file_check"):
        op.drop_table(f"ntbsatudata_{table}")
