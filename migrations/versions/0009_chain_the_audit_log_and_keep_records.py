"""Chain the audit log, and keep records of processing and the register of breaches.

Lines that are there are chained in the order of their times. The form of a line is written out
here once more, so that this step stays as it was whatever the code becomes.
"""

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chathaven.engines.database.migration_steps import guard_tenants

revision = "0009"
down_revision = "0008"

_FIRST = "0" * 64


def upgrade() -> None:
    _chain_audit_lines()
    _keep_records()
    _keep_breaches()
    guard_tenants(
        "audit_heads",
        "record_versions",
        "breaches",
        "breach_notes",
        "breach_scopes",
        "breach_people",
    )


def _chain_audit_lines() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("audit_heads_pkey")),
    )
    op.add_column("audit_lines", sa.Column("credential_id", sa.Uuid(), nullable=True))
    op.add_column("audit_lines", sa.Column("number", sa.BigInteger(), nullable=True))
    op.add_column("audit_lines", sa.Column("previous", sa.String(length=64), nullable=True))
    op.add_column("audit_lines", sa.Column("hash", sa.String(length=64), nullable=True))
    # Its owner, too, sees the rows of one account at a time, and these are of all accounts.
    op.execute("ALTER TABLE audit_lines NO FORCE ROW LEVEL SECURITY")
    _chain(op.get_bind())
    op.execute("ALTER TABLE audit_lines FORCE ROW LEVEL SECURITY")
    for column in ("number", "previous", "hash"):
        op.alter_column("audit_lines", column, nullable=False)
    op.create_index("audit_lines_number_idx", "audit_lines", ["account_id", "number"], unique=True)
    op.create_index("audit_lines_target_idx", "audit_lines", ["account_id", "target_id", "at"])


def _chain(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text(
            "SELECT account_id, id, at, actor_kind, actor_id, action, target_kind, target_id"
            " FROM audit_lines ORDER BY account_id, at, id"
        )
    ).all()
    heads: dict[object, tuple[int, str]] = {}
    for row in rows:
        number, previous = heads.get(row.account_id, (0, _FIRST))
        hashed = _hash(row, number + 1, previous)
        connection.execute(
            sa.text(
                "UPDATE audit_lines SET number = :number, previous = :previous, hash = :hash"
                " WHERE account_id = :account_id AND id = :id"
            ),
            {
                "number": number + 1,
                "previous": previous,
                "hash": hashed,
                "account_id": row.account_id,
                "id": row.id,
            },
        )
        heads[row.account_id] = (number + 1, hashed)
    for account_id, (number, hashed) in heads.items():
        connection.execute(
            sa.text("INSERT INTO audit_heads VALUES (:account_id, :number, :hash)"),
            {"account_id": account_id, "number": number, "hash": hashed},
        )


def _hash(row: sa.Row[Any], number: int, previous: str) -> str:
    line = [
        "chathaven-audit-1",
        str(row.account_id),
        number,
        str(row.id),
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor_kind,
        str(row.actor_id) if row.actor_id else None,
        None,
        row.action,
        row.target_kind,
        str(row.target_id) if row.target_id else None,
        previous,
    ]
    return hashlib.sha256(json.dumps(line, separators=(",", ":")).encode()).hexdigest()


def _keep_records() -> None:
    op.create_table(
        "record_versions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "version", name=op.f("record_versions_pkey")),
    )


def _keep_breaches() -> None:
    op.create_table(
        "breaches",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("risk", sa.String(length=40), nullable=False),
        sa.Column("nature", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("deadline_hours", sa.Integer(), nullable=False),
        sa.Column("alerted_hours", sa.Integer(), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("breaches_pkey")),
    )
    op.create_index("breaches_number_idx", "breaches", ["account_id", "number"], unique=True)
    op.create_table(
        "breach_notes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "breach_id", "number", name=op.f("breach_notes_pkey")
        ),
    )
    op.create_table(
        "breach_scopes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("by_kind", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("breach_scopes_pkey")),
    )
    op.create_table(
        "breach_people",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("certainty", sa.String(length=40), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "scope_id", "visitor_id", name=op.f("breach_people_pkey")
        ),
    )
    op.create_index("breach_people_visitor_idx", "breach_people", ["account_id", "visitor_id"])
