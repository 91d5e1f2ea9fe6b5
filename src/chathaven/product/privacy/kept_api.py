"""HTTP: what outlives people, found by who shows the address or the key: proofs of consent, and
the list of addresses that are not written to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import get, post
from msgspec import Meta

from chathaven.base.actor import Operator
from chathaven.base.errors import FieldError, Invalid, NotFound
from chathaven.base.fields import EmailText, email_address
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.record import record
from chathaven.product.consents.kept_model import ConsentProof, SuppressionGround
from chathaven.product.consents.proofs import proofs_of_address, proofs_of_holder
from chathaven.product.consents.suppressed import count_suppressed, is_suppressed, lift, suppress
from chathaven.product.privacy.api import Looking
from chathaven.product.privacy.look_erasure import LOOKS, enter_theirs

SEARCHES = Rate("proof-searches", 60, 3600)
"""Who may search could try addresses; so many an hour are a day's work, and no trying of lists."""


class Search(msgspec.Struct, forbid_unknown_fields=True):
    """What is shown to find a proof: the address, or the key that came with the certificate."""

    email: EmailText | None = None
    nonce: Annotated[str, Meta(max_length=200)] | None = None


class Proofs(msgspec.Struct):
    """Signed documents; `chathaven verify FILE` and the page /verify check each."""

    items: list[dict[str, Any]]


class Suppressed(msgspec.Struct):
    """How many addresses are on the list, by ground. Which ones nobody can read from it."""

    total: int
    grounds: dict[str, int]


class Address(msgspec.Struct, forbid_unknown_fields=True):
    """An address, shown."""

    email: EmailText


class NewSuppression(msgspec.Struct, forbid_unknown_fields=True):
    """An address that is not to be written to, and why."""

    email: EmailText
    ground: SuppressionGround = SuppressionGround.DO_NOT_CONTACT


class OnList(msgspec.Struct):
    """Whether an address is on the list."""

    suppressed: bool


def _shown(proofs: Iterable[ConsentProof]) -> Proofs:
    return Proofs([proof.document for proof in proofs])


@post(
    "/v1/consent-proofs/search",
    opt=may(Permission.RECORDS_READ),
    dto=Body[Search],
    return_dto=None,
    status_code=200,
)
async def search_proofs(ground: Ground, actor: Operator, data: Search) -> Proofs:
    """Proofs of consent of a person who was erased, by their address or their key."""
    if (data.email is None) == (data.nonce is None):
        raise Invalid.of(
            FieldError("email", Reason.ONE_OF_BOTH), FieldError("nonce", Reason.ONE_OF_BOTH)
        )
    await ground.limits.take(SEARCHES, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        if data.email is not None:
            found = await proofs_of_address(tx, data.email)
        else:
            found = await proofs_of_holder(tx, str(data.nonce))
        await record(tx, actor, "proofs-searched", "account", actor.account_id)
        return _shown(found)


@post("/v1/erasures/proofs", opt=may(PUBLIC), dto=Body[Looking], return_dto=None, status_code=200)
async def look_at_proofs(ground: Ground, address: str, data: Looking) -> Proofs:
    """What is kept as proof of the consents of an erased person, for the person themselves."""
    await ground.limits.take(LOOKS, address)
    async with ground.database.transaction() as tx:
        await enter_theirs(tx, data.erasure_id, data.nonce)
        return _shown(await proofs_of_holder(tx, data.nonce))


@get("/v1/suppressions", opt=may(Permission.RECORDS_READ))
async def get_suppressions(ground: Ground, actor: Operator) -> Suppressed:
    """How many addresses are not written to."""
    async with ground.database.transaction(actor.account_id) as tx:
        counts = await count_suppressed(tx)
    return Suppressed(sum(counts.values()), counts)


@post(
    "/v1/suppressions",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[NewSuppression],
    return_dto=None,
    status_code=200,
)
async def post_suppression(ground: Ground, actor: Operator, data: NewSuppression) -> OnList:
    """Puts an address on the list: its keyed hash is kept, and nothing else."""
    async with ground.database.transaction(actor.account_id) as tx:
        await suppress(tx, actor, email_address("email", data.email), data.ground)
    return OnList(True)


@post(
    "/v1/suppressions/check",
    opt=may(Permission.RECORDS_READ),
    dto=Body[Address],
    return_dto=None,
    status_code=200,
)
async def check_suppression(ground: Ground, actor: Operator, data: Address) -> OnList:
    """Whether an address is on the list, before something is sent to it from elsewhere."""
    await ground.limits.take(SEARCHES, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        return OnList(await is_suppressed(tx, data.email))


@post(
    "/v1/suppressions/revocation",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[Address],
    return_dto=None,
    status_code=200,
)
async def revoke_suppression(ground: Ground, actor: Operator, data: Address) -> OnList:
    """Takes an address off the list. That one was taken off is in the audit log, without which.

    It makes no permission: advertising is sent to who says yes, and to nobody else.
    """
    async with ground.database.transaction(actor.account_id) as tx:
        if not await lift(tx, actor, data.email):
            raise NotFound("This address is not on the list.")
    return OnList(False)


HANDLERS = (
    search_proofs,
    look_at_proofs,
    get_suppressions,
    post_suppression,
    check_suppression,
    revoke_suppression,
)
