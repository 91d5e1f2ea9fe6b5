"""Keep what belongs to the files of chats: their keys and names, sealed."""

import sqlalchemy as sa
from alembic import op

from chathaven.engines.database.migration_steps import guard_tenants, hide_restricted

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("object_name", sa.String(length=64), nullable=False),
        sa.Column("thumbnail_name", sa.String(length=64), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("file_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "chat_id", "id", name=op.f("files_pkey")),
    )
    op.create_index("files_visitor_idx", "files", ["account_id", "visitor_id"])
    guard_tenants("files")
    hide_restricted("files", "visitor_id")
