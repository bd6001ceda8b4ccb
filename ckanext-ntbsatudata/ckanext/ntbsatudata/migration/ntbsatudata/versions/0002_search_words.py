"""The words of the portal's own vocabulary, for did-you-mean and suggestions."""

import sqlalchemy as sa
from alembic import op

revision = "0002_search_words"
down_revision = "0001_search_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not unique on purpose: two editors may bring the same new word at once, and neither shall wait for the other.
    op.create_table(
        "ntbsatudata_search_word",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
    )
    op.create_index("ntbsatudata_search_word_word", "ntbsatudata_search_word", ["word"])


def downgrade() -> None:
    op.drop_table("ntbsatudata_search_word")
