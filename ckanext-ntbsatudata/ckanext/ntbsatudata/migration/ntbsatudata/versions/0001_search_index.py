"""The tables of the search index on PostgreSQL."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "0001_search_index"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ntbsatudata_search_document",
        sa.Column("ordinal", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("index_id", sa.Text, nullable=False, unique=True),
        sa.Column("terms", ARRAY(sa.Text), nullable=False),
        sa.Column("facets", ARRAY(sa.Text), nullable=False),
        sa.Column("vector", TSVECTOR, nullable=False),
        sa.Column("numbers", JSONB, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("data_dict", sa.Text),
        sa.Column("validated_data_dict", sa.Text),
    )
    op.create_index("ntbsatudata_search_document_terms", "ntbsatudata_search_document", ["terms"], postgresql_using="gin")
    op.create_index("ntbsatudata_search_document_vector", "ntbsatudata_search_document", ["vector"], postgresql_using="gin")
    op.create_table(
        "ntbsatudata_search_posting",
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("document", sa.BigInteger, nullable=False),
        sa.Column("weight", sa.REAL, nullable=False),
    )
    # Index-only scans answer a query; the second index finds what a document's next edition replaces.
    op.create_index(
        "ntbsatudata_search_posting_term",
        "ntbsatudata_search_posting",
        ["term", "document"],
        unique=True,
        postgresql_include=["weight"],
    )
    op.create_index("ntbsatudata_search_posting_document", "ntbsatudata_search_posting", ["document"])


def downgrade() -> None:
    op.drop_table("ntbsatudata_search_posting")
    op.drop_table("ntbsatudata_search_document")
