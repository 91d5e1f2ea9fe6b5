"""Steps that migrations share."""

from __future__ import annotations

from alembic import op

_TENANT = "account_id = current_setting('app.account')::uuid"


def guard_tenants(*tables: str) -> None:
    """Forces row-level security on tables: a row is there for its own account alone.

    Without a tenant the setting is missing or empty, and the query fails (fails closed).
    """
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} USING ({_TENANT}) WITH CHECK ({_TENANT})")


def hide_restricted(table: str, person: str) -> None:
    """Hides rows about people whose data is restricted; `person` is the column with their id.

    It adds to the tenant's policy. A transaction sees one restricted person, or all, only when
    it says so (`Transaction.see`). Rows may be written about anybody: storing is allowed.
    """
    op.execute(
        f"CREATE POLICY restricted ON {table} AS RESTRICTIVE"
        f" USING ({person} <> ALL ((SELECT hidden_people())::uuid[])) WITH CHECK (true)"
    )
