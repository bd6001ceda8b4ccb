"""The decisions that two records of a data induk are one object."""

import sqlalchemy as sa
from alembic import op

revision = "0003_data_induk_merge"
down_revision = "0002_search_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ntbsatudata_data_induk_merge",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("set_id", sa.Text, nullable=False),
        sa.Column("kept", sa.Text, nullable=False),
        sa.Column("dropped", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("set_id", "dropped"),
    )


def downgrade() -> None:
    op.drop_table("ntbsatudata_data_induk_merge")
