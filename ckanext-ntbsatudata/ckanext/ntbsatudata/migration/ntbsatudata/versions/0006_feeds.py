"""Feed records, and what is known of harvest sources and their records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006_feeds"
down_revision = "0005_curation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "ntbsatudata_feed_record",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("public", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False, index=True),
        sa.Column("data_json", sa.Text, nullable=False),
        sa.Column("turtle", sa.Text, nullable=False),
        sa.Column("rdf_xml", sa.Text, nullable=False),
        sa.Column("json_ld", sa.Text, nullable=False),
    )
    op.create_table("ntbsatudata_feed_waiting", sa.Column("package_id", sa.Text, primary_key=True))
    # What is public already waits to be written.
    op.execute("INSERT INTO ntbsatudata_feed_waiting SELECT id FROM package WHERE state = 'active' AND NOT private AND type = 'dataset'")
    op.create_table(
        "ntbsatudata_harvest_approval",
        sa.Column("source_id", sa.Text, primary_key=True),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", moment),
        sa.Column("loss_confirmed_by", sa.Text),
        sa.Column("waiting", JSONB),
    )
    op.create_table(
        "ntbsatudata_harvested_record",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, nullable=False, index=True),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("landing_page", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("changed_at", moment, nullable=False),
        sa.UniqueConstraint("source_id", "identifier", deferrable=True, initially="DEFERRED"),
    )


def downgrade() -> None:
    for table in ("harvested_record", "harvest_approval", "feed_waiting", "feed_record"):
        op.drop_table(f"ntbsatudata_{table}")
