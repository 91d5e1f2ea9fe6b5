"""Mark messages that were deleted, and visitors that are one person with another."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("events", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visitors", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_index(
        "visitors_merged_idx",
        "visitors",
        ["account_id", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
