"""Changing operators: their profile, password and role, and removing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from chathaven.base.actor import Operator as Asking
from chathaven.base.actor import Role
from chathaven.base.errors import Conflict, Forbidden, Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.permissions import permissions_of
from chathaven.product.audit.record import record
from chathaven.product.operators.find import find
from chathaven.product.operators.forget import forget
from chathaven.product.operators.model import Operator
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.sign_in import credentials_changed, end_sessions


async def change_profile(
    tx: Transaction, actor: Asking, bus: Bus, changes: dict[str, Any]
) -> Operator:
    """Changes the actor's own name, display name, language or availability."""
    operator = await find(tx, actor.id, lock=True)
    changed = {name: value for name, value in changes.items() if getattr(operator, name) != value}
    if not changed:
        return operator
    await tx.update(operator, **changed)
    account_id = tx.account_id
    if "availability" in changed:
        tx.after_commit(lambda: bus.changed(account_id, "availability", actor.id))
    tx.after_commit(lambda: bus.changed(account_id, "operators", actor.id))
    await record(tx, actor, "profile-changed", "operator", actor.id)
    return operator


async def change_password(
    database: Database, actor: Asking, bus: Bus, current: str, new: str
) -> None:
    """Changes the actor's password, and ends all their other sessions.

    Raises:
        Invalid: the current password is wrong.
    """
    async with database.transaction(actor.account_id) as tx:
        stored = (await find(tx, actor.id)).password_hash
    if not (await PASSWORDS.verify(stored, current)).right:
        raise _wrong_password()
    hashed = await PASSWORDS.hash(new)
    async with database.transaction(actor.account_id) as tx:
        operator = await find(tx, actor.id, lock=True)
        if operator.password_hash != stored:
            raise _wrong_password()
        await tx.update(operator, password_hash=hashed)
        await end_sessions(tx, bus, actor.id, but=actor.session_id)
        await record(tx, actor, "password-changed", "operator", actor.id)


async def change_role(
    tx: Transaction, actor: Asking, bus: Bus, operator_id: UUID, role: Role
) -> Operator:
    """Gives an operator another role.

    Raises:
        NotFound: the account has no such operator.
        Forbidden: an owner is concerned, and the actor is none.
        Conflict: the last owner would be lost.
    """
    owners = await _lock_owners(tx)
    operator = await find(tx, operator_id, lock=True)
    may_touch(actor, Role(operator.role), role)
    if operator.role == role:
        return operator
    if role is not Role.OWNER:
        _keep_one(owners, operator_id)
    await tx.update(operator, role=role.value)
    await record(tx, actor, "role-changed", "operator", operator_id)
    credentials_changed(tx, bus, operator_id)
    _team_changed(tx, bus, operator_id)
    return operator


async def remove(tx: Transaction, actor: Asking, ground: Ground, operator_id: UUID) -> None:
    """Removes an operator with everything about them, and their key; see `forget`.

    Raises:
        NotFound: the account has no such operator.
        Forbidden: an owner is concerned, and the actor is none.
        Conflict: it is the last owner.
    """
    owners = await _lock_owners(tx)
    operator = await find(tx, operator_id, lock=True)
    may_touch(actor, Role(operator.role))
    _keep_one(owners, operator_id)
    await end_sessions(tx, ground.bus, operator_id)
    await forget(tx, ground, operator_id)
    await record(tx, actor, "operator-removed", "operator", operator_id)
    credentials_changed(tx, ground.bus, operator_id)
    _team_changed(tx, ground.bus, operator_id)


def may_touch(actor: Asking, *roles: Role) -> None:
    """Lets owners alone make, change or remove owners.

    Raises:
        Forbidden: an owner is concerned, and the actor is none.
    """
    if Role.OWNER in roles and actor.role is not Role.OWNER:
        raise Forbidden("Only an owner may do this to an owner.")


def own_affairs(actor: Asking) -> None:
    """Keeps tokens with narrow scopes away from their maker's own profile and sign-ins.

    Raises:
        Forbidden: the actor is a token that may do less than its maker.
    """
    if actor.permissions != permissions_of(actor.role):
        raise Forbidden("A token needs the scope * to do this.")


async def _lock_owners(tx: Transaction) -> set[UUID]:
    """Returns the owners. Whoever else would change one of them waits for the commit."""
    rows = await tx.values(
        select(Operator.id)
        .where(Operator.account_id == tx.account_id, Operator.role == Role.OWNER.value)
        .order_by(Operator.id)
        .with_for_update()
    )
    return {row[0] for row in rows}


def _keep_one(owners: set[UUID], leaving: UUID) -> None:
    if owners == {leaving}:
        raise Conflict(
            "An account keeps at least one owner. Make somebody else an owner first.",
            code="last_owner",
        )


def _team_changed(tx: Transaction, bus: Bus, operator_id: UUID) -> None:
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "operators", operator_id))


def _wrong_password() -> Invalid:
    return Invalid.field("current_password", Reason.CURRENT_PASSWORD, code="wrong_credentials")
