"""Certify erasures in two stages, and find a job by the person it is about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for table in ("erasures", "account_erasures"):
        op.add_column(table, sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("holder", sa.String(length=64), nullable=True))
        op.add_column(table, sa.Column("last_epoch", sa.Integer(), nullable=True))
        op.add_column(
            table,
            sa.Column("final_certificate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        )
    op.add_column(
        "account_erasures", sa.Column("final_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "erasures",
        sa.Column("destroyed_key", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    # Jobs are found by whom they are about, and the newest certificate by its time.
    op.execute("CREATE INDEX jobs_about_idx ON procrastinate_jobs ((args->>'about'))")
    op.create_index("erasures_live_idx", "erasures", ["account_id", "live_at", "id"])
    # Without it, erasing one person reads every event of the account, while nobody can write.
    op.create_index("events_visitor_idx", "events", ["account_id", "visitor_id"])
    op.create_index(
        "erasures_unfinished_idx",
        "erasures",
        ["last_epoch"],
        postgresql_where=sa.text("status = 'live'"),
    )
    # Besides the tenant's own policy: when a root is destroyed, the erasures of all accounts that
    # waited for it are looked up, and each is then finished as its own tenant.
    op.execute(
        "CREATE POLICY installation ON erasures FOR SELECT"
        " USING (current_setting('app.installation', true) = 'keys')"
    )
