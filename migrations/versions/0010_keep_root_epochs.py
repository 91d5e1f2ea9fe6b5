"""Keep root epochs, and let the shred tick walk the keys of every account."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TICK = "current_setting('app.installation', true) = 'keys'"


def upgrade() -> None:
    op.create_table(
        "root_epochs",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("epoch", name=op.f("root_epochs_pkey")),
    )
    op.add_column("account_keys", sa.Column("erased_epoch", sa.Integer(), nullable=True))
    # Besides the tenant's own policy: the tick re-wraps the keys of all accounts, and proves
    # before it destroys a root that no row of any account still names it.
    for table in ("account_keys", "person_keys"):
        op.execute(f"CREATE POLICY installation ON {table} USING ({_TICK}) WITH CHECK ({_TICK})")
