"""Signing in and out, and recognising who is signed in (C-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from chathaven.base.actor import Actor, Role
from chathaven.base.actor import Operator as Asking
from chathaven.base.clock import now
from chathaven.base.errors import Fault, NotFound
from chathaven.base.ids import Secret, new_id
from chathaven.base.user_agent import family
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.directory import OPERATOR_EMAIL, look_up
from chathaven.product.access.gate import SESSION_PREFIX, Recognise
from chathaven.product.access.permissions import permissions_of
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import read_account
from chathaven.product.audit.record import record
from chathaven.product.operators.find import find
from chathaven.product.operators.model import Operator, Session
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.show import Me, me

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
TOUCH = timedelta(minutes=1)
"""How exactly `last_seen_at` is kept: a write a minute, not a write a request."""


class WrongCredentials(Fault):
    """E-mail and password do not belong together; which of them is wrong is not said."""

    status = 401
    code = "wrong_credentials"
    detail = "E-mail address or password is wrong."


class SignedIn(NamedTuple):
    """Somebody who has just signed in, and the secret for their cookie."""

    me: Me
    secret: Secret


async def sign_in(
    database: Database, email: str, password: str, user_agent: str | None, terms: TermsInForce
) -> SignedIn:
    """Opens a session for whoever has this e-mail and password.

    The password is compared between two transactions, for it takes long.

    Raises:
        WrongCredentials: nobody has this e-mail, or not with this password.
    """
    async with database.transaction() as tx:
        found = await look_up(tx, OPERATOR_EMAIL, email)
        stored = None
        if found is not None:
            await tx.enter(found.account_id)
            stored = await _password_hash(tx, found.target_id)
    verdict = await PASSWORDS.verify(stored, password)
    if found is None or not verdict.right:
        raise WrongCredentials()
    async with database.transaction(found.account_id) as tx:
        if await _password_hash(tx, found.target_id) != stored:
            # Changed, or removed, while it was compared.
            raise WrongCredentials()
        operator = await find(tx, found.target_id)
        if verdict.rehashed:
            await tx.update(operator, password_hash=verdict.rehashed)
        secret = await open_session(tx, operator.id, user_agent)
        await record(tx, as_actor(operator), "signed-in", "operator", operator.id)
        return SignedIn(me(operator, await read_account(tx), terms), secret)


async def open_session(tx: Transaction, operator_id: UUID, user_agent: str | None) -> Secret:
    """Writes a new session of an operator, and returns the secret that stands for it."""
    secret = Secret.new(SESSION_PREFIX, tx.account_id)
    moment = now()
    known = " · ".join(part for part in family(user_agent) if part)
    await tx.run(
        delete(Session).where(
            Session.account_id == tx.account_id,
            Session.operator_id == operator_id,
            or_(Session.expires_at <= moment, Session.last_seen_at <= moment - IDLE),
        )
    )
    await tx.insert(
        Session(
            account_id=tx.account_id,
            id=new_id(),
            operator_id=operator_id,
            digest=secret.digest,
            browser=known or None,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + ABSOLUTE,
        )
    )
    return secret


def recognise_session(database: Database) -> Recognise:
    """Returns what tells the operator behind a session's secret."""

    async def recognise(secret: Secret) -> Actor | None:
        async with database.transaction(secret.account_id) as tx:
            return await _recognised(tx, secret)

    return recognise


async def _recognised(tx: Transaction, secret: Secret) -> Asking | None:
    rows = await tx.values(
        select(Session.id, Session.last_seen_at, Session.expires_at, Operator.id, Operator.role)
        .join(
            Operator,
            (Operator.account_id == Session.account_id) & (Operator.id == Session.operator_id),
        )
        .where(Session.account_id == tx.account_id, Session.digest == secret.digest)
    )
    if not rows:
        return None
    session_id, last_seen_at, expires_at, operator_id, role = rows[0]
    moment = now()
    this = (Session.account_id == tx.account_id, Session.id == session_id)
    if moment >= expires_at or moment >= last_seen_at + IDLE:
        await tx.run(delete(Session).where(*this))
        return None
    if moment >= last_seen_at + TOUCH:
        await tx.run(update(Session).where(*this).values(last_seen_at=moment))
    role = Role(role)
    return Asking(tx.account_id, operator_id, role, permissions_of(role), session_id=session_id)


async def sessions(tx: Transaction, actor: Asking) -> list[Session]:
    """Returns the actor's sessions that are alive, the last used first."""
    moment = now()
    return await tx.all(
        select(Session)
        .where(
            Session.account_id == tx.account_id,
            Session.operator_id == actor.id,
            Session.expires_at > moment,
            Session.last_seen_at > moment - IDLE,
        )
        .order_by(Session.last_seen_at.desc(), Session.id)
    )


async def end_session(tx: Transaction, actor: Asking, bus: Bus, session_id: UUID | None) -> None:
    """Ends one of the actor's own sessions.

    Raises:
        NotFound: the actor has no such session.
    """
    ended = await tx.run(
        delete(Session).where(
            Session.account_id == tx.account_id,
            Session.operator_id == actor.id,
            Session.id == session_id,
        )
    )
    if session_id is None or not ended:
        raise NotFound()
    await record(tx, actor, "session-ended", "session", session_id)
    credentials_changed(tx, bus, session_id)


async def end_sessions(
    tx: Transaction, bus: Bus, operator_id: UUID, *, but: UUID | None = None
) -> None:
    """Ends all sessions of an operator, or all but one."""
    ended = delete(Session).where(
        Session.account_id == tx.account_id, Session.operator_id == operator_id
    )
    if but is not None:
        ended = ended.where(Session.id != but)
    for (session_id,) in (await tx.session.execute(ended.returning(Session.id))).all():
        credentials_changed(tx, bus, session_id)


def credentials_changed(tx: Transaction, bus: Bus, id: UUID) -> None:
    """Has every process look anew who is asking, and end streams, once it is committed.

    `id` is the session or token that holds no longer, or the operator, for all of theirs.
    """
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "credentials", id))


def as_actor(operator: Operator) -> Asking:
    """Returns an operator who acts without a session yet."""
    role = Role(operator.role)
    return Asking(operator.account_id, operator.id, role, permissions_of(role))


async def _password_hash(tx: Transaction, operator_id: UUID) -> bytes | None:
    stored: bytes | None = await tx.value(
        select(Operator.password_hash).where(
            Operator.account_id == tx.account_id, Operator.id == operator_id
        )
    )
    return stored
