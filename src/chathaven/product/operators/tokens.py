"""API tokens: a script acts for the operator who made it, within scopes (C-18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from chathaven.base.actor import Actor, Role
from chathaven.base.actor import Operator as Asking
from chathaven.base.clock import now
from chathaven.base.errors import Forbidden, Invalid, NotFound
from chathaven.base.ids import Secret, new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.gate import TOKEN_PREFIX, Recognise
from chathaven.product.access.permissions import ALL_SCOPES, SCOPES, permissions_of
from chathaven.product.audit.record import record
from chathaven.product.operators.model import ApiToken, Operator
from chathaven.product.operators.sign_in import TOUCH, credentials_changed

LIVES = timedelta(days=90)
"""How long a token lives when its maker does not say."""
LONGEST = timedelta(days=3_653)
"""What lives longer is never looked at again; and the end of all time cannot be read back."""


async def create_token(
    tx: Transaction, actor: Asking, name: str, scopes: list[str], expires_at: datetime | None
) -> tuple[ApiToken, Secret]:
    """Makes a token of the actor. Its secret is not stored and cannot be shown again.

    Raises:
        Invalid: a scope is not known, or the time to expire is not ahead.
        Forbidden: a scope is more than the actor may do.
    """
    moment = now()
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        raise Invalid.field("scopes", Reason.SOME_OF, allowed=sorted(SCOPES))
    if not set(scopes) - {ALL_SCOPES} <= actor.permissions:
        raise Forbidden("A token may do no more than its maker.")
    if expires_at is not None and expires_at <= moment:
        raise Invalid.field("expires_at", Reason.NOT_IN_PAST)
    if expires_at is not None and expires_at > moment + LONGEST:
        raise Invalid.field("expires_at", Reason.WITHIN_YEARS, max=LONGEST.days // 365)
    secret = Secret.new(TOKEN_PREFIX, tx.account_id)
    token = ApiToken(
        account_id=tx.account_id,
        id=new_id(),
        operator_id=actor.id,
        name=name,
        digest=secret.digest,
        scopes=sorted(set(scopes)),
        created_at=moment,
        expires_at=expires_at.astimezone(UTC) if expires_at else moment + LIVES,
    )
    await tx.insert(token)
    await record(tx, actor, "token-created", "token", token.id)
    return token, secret


async def tokens(tx: Transaction, actor: Asking) -> list[ApiToken]:
    """Returns the actor's own tokens, the newest first; expired ones too."""
    return await tx.all(
        select(ApiToken)
        .where(ApiToken.account_id == tx.account_id, ApiToken.operator_id == actor.id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    )


async def delete_token(tx: Transaction, actor: Asking, bus: Bus, token_id: UUID) -> None:
    """Deletes one of the actor's own tokens; it lets nobody in from then on.

    Raises:
        NotFound: the actor has no such token.
    """
    gone = await tx.run(
        delete(ApiToken).where(
            ApiToken.account_id == tx.account_id,
            ApiToken.operator_id == actor.id,
            ApiToken.id == token_id,
        )
    )
    if not gone:
        raise NotFound()
    await record(tx, actor, "token-deleted", "token", token_id)
    credentials_changed(tx, bus, token_id)


def recognise_token(database: Database) -> Recognise:
    """Returns what tells the operator behind a token's secret."""

    async def recognise(secret: Secret) -> Actor | None:
        async with database.transaction(secret.account_id) as tx:
            return await _recognised(tx, secret)

    return recognise


async def _recognised(tx: Transaction, secret: Secret) -> Asking | None:
    moment = now()
    rows = await tx.values(
        select(ApiToken.id, ApiToken.scopes, ApiToken.last_used_at, Operator.id, Operator.role)
        .join(
            Operator,
            (Operator.account_id == ApiToken.account_id) & (Operator.id == ApiToken.operator_id),
        )
        .where(
            ApiToken.account_id == tx.account_id,
            ApiToken.digest == secret.digest,
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > moment),
        )
    )
    if not rows:
        return None
    token_id, scopes, last_used_at, operator_id, role = rows[0]
    if last_used_at is None or moment >= last_used_at + TOUCH:
        await tx.run(
            update(ApiToken)
            .where(ApiToken.account_id == tx.account_id, ApiToken.id == token_id)
            .values(last_used_at=moment)
        )
    role = Role(role)
    permissions = permissions_of(role, scopes)
    return Asking(tx.account_id, operator_id, role, permissions, token_id=token_id)
