"""Accepting an invitation."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import Secret
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.directory import OPERATOR_EMAIL, enter_name
from chathaven.product.access.gate import INVITATION_PREFIX
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import read_account
from chathaven.product.audit.record import record
from chathaven.product.operators.model import Invitation, Operator
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.show import me
from chathaven.product.operators.sign_in import SignedIn, as_actor, open_session


class Invited(NamedTuple):
    """What an invitation says to the person who holds its link."""

    company: str
    email: str
    role: str


async def look(database: Database, token: str) -> Invited:
    """Returns what an invitation says.

    Raises:
        NotFound: the token stands for none, or for one that has expired or was used.
    """
    secret = _parse(token)
    async with database.transaction(secret.account_id) as tx:
        invitation = await _find(tx, secret)
        account = await read_account(tx)
        return Invited(account.company, invitation.email, invitation.role)


async def accept(
    database: Database,
    bus: Bus,
    token: str,
    name: str,
    password: str,
    language: str,
    user_agent: str | None,
    terms: TermsInForce,
) -> SignedIn:
    """Makes the invited person an operator, with the invitation's id and key, and signs them in.

    Raises:
        NotFound: the token stands for no invitation, or for one that has expired or was used.
        Conflict: the e-mail has come to belong to another operator.
    """
    secret = _parse(token)
    # Looked at before hashing, so that a guess costs no hash.
    await look(database, token)
    hashed = await PASSWORDS.hash(password)
    try:
        async with database.transaction(secret.account_id) as tx:
            invitation = await _find(tx, secret)
            operator = await _join(tx, invitation, name, hashed, language)
            session = await open_session(tx, operator.id, user_agent)
            await record(tx, as_actor(operator), "invitation-accepted", "operator", operator.id)
            tx.after_commit(lambda: bus.changed(secret.account_id, "operators", operator.id))
            return SignedIn(me(operator, await read_account(tx), terms), session)
    except IntegrityError:
        raise email_taken() from None


def email_taken() -> Conflict:
    """Returns the fault for an e-mail that signs somebody else in."""
    return Conflict(
        "This e-mail address has an account already. Sign in instead.", code="email_taken"
    )


async def _join(
    tx: Transaction, invitation: Invitation, name: str, hashed: bytes, language: str
) -> Operator:
    operator = await tx.one(
        select(Operator).where(Operator.account_id == tx.account_id, Operator.id == invitation.id)
    )
    if operator is not None:
        # Imported with the account: all that is missing is a password.
        await tx.update(operator, name=name, password_hash=hashed)
    else:
        operator = await _new(tx, invitation, name, hashed, language)
    await tx.run(
        delete(Invitation).where(
            Invitation.account_id == tx.account_id, Invitation.id == invitation.id
        )
    )
    return operator


async def _new(
    tx: Transaction, invitation: Invitation, name: str, hashed: bytes, language: str
) -> Operator:
    operator = Operator(
        account_id=tx.account_id,
        id=invitation.id,
        name=name,
        email=invitation.email,
        role=invitation.role,
        language=language,
        availability="online",
        password_hash=hashed,
        created_at=now(),
    )
    await tx.insert(operator)
    await enter_name(tx, OPERATOR_EMAIL, operator.email, operator.id)
    return operator


async def _find(tx: Transaction, secret: Secret) -> Invitation:
    invitation = await tx.one(
        select(Invitation)
        .where(
            Invitation.account_id == tx.account_id,
            Invitation.digest == secret.digest,
            Invitation.expires_at > now(),
        )
        .with_for_update()
    )
    if invitation is None:
        raise _not_found()
    return invitation


def _parse(token: str) -> Secret:
    secret = Secret.parse(token, INVITATION_PREFIX)
    if secret is None:
        raise _not_found()
    return secret


def _not_found() -> NotFound:
    return NotFound(
        "This invitation has expired, was used, or was taken back. Ask for a new one.",
        code="invitation_not_found",
    )
