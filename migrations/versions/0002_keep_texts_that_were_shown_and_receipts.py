"""Keep texts that were shown and receipts."""

import sqlalchemy as sa
from alembic import op

from chathaven.engines.database.migration_steps import guard_tenants

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("requires_agreement", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("notices_pkey")),
    )
    op.create_index(
        "notices_version_idx",
        "notices",
        ["account_id", "subject", "language", "version"],
        unique=True,
    )
    op.create_table(
        "receipt_heads",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("receipt_heads_pkey")),
    )
    op.create_table(
        "receipt_links",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("receipt_links_pkey")),
    )
    op.create_table(
        "receipts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("receipts_pkey")),
    )
    op.create_index(
        "receipts_visitor_idx", "receipts", ["account_id", "visitor_id", "number"], unique=False
    )
    op.add_column("visitors", sa.Column("notice_id", sa.Uuid(), nullable=True))
    op.add_column(
        "visitors",
        sa.Column("agreed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("visitors", sa.Column("marketing_answer", sa.String(length=40), nullable=True))
    guard_tenants("notices", "receipt_heads", "receipt_links", "receipts")
