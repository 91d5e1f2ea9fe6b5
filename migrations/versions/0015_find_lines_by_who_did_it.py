"""Find lines of the audit log by who did it, without reading the whole log with every erasure."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index("audit_lines_actor_idx", "audit_lines", ["account_id", "actor_id", "number"])
