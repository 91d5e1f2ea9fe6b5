"""Grant the download of an account's export for a while after the password was given."""

import sqlalchemy as sa
from alembic import op

from chathaven.engines.database.migration_steps import guard_tenants

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "export_grants",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "export_id", "credential_id", name=op.f("export_grants_pkey")
        ),
    )
    guard_tenants("export_grants")
