"""Keep proof of consent and lists of whom not to write to, and one row a letter of a batch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chathaven.engines.database.migration_steps import guard_tenants

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    _keep_hashes_of_addresses()
    _keep_letters_to_operators()
    _keep_letters_about_breaches()
    op.add_column(
        "erasures", sa.Column("suppressed", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column(
        "subprocessor_objections",
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
    )
    guard_tenants(
        "address_keys",
        "consent_proofs",
        "suppressed_addresses",
        "operator_letters",
        "breach_mailings",
        "breach_letters",
    )


def _keep_hashes_of_addresses() -> None:
    op.create_table(
        "address_keys",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("address_keys_pkey")),
    )
    op.create_table(
        "consent_proofs",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("consent_proofs_pkey")),
    )
    op.create_index("consent_proofs_address_idx", "consent_proofs", ["account_id", "address"])
    op.create_index("consent_proofs_holder_idx", "consent_proofs", ["account_id", "holder"])
    op.create_index(
        "consent_proofs_kept_idx", "consent_proofs", ["account_id", "kept_from", "number"]
    )
    op.create_table(
        "suppressed_addresses",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "address", name=op.f("suppressed_addresses_pkey")),
    )


def _keep_letters_to_operators() -> None:
    op.create_table(
        "operator_letters",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("operator_letters_pkey")),
    )
    op.create_index(
        "operator_letters_once_idx",
        "operator_letters",
        ["account_id", "operator_id", "kind", "subject_id", "step"],
        unique=True,
    )


def _keep_letters_about_breaches() -> None:
    op.create_table(
        "breach_mailings",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("certainties", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("letters", sa.LargeBinary(), nullable=True),
        sa.Column("hashes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("breach_mailings_pkey")),
    )
    op.create_table(
        "breach_letters",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("breach_letters_pkey")),
    )
    op.create_index(
        "breach_letters_once_idx",
        "breach_letters",
        ["account_id", "mailing_id", "visitor_id"],
        unique=True,
    )
    op.create_index("breach_letters_visitor_idx", "breach_letters", ["account_id", "visitor_id"])
