"""Correcting what was entered of a request."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from chathaven.base.actor import Operator
from chathaven.base.errors import Conflict
from chathaven.base.fields import email_address, one_line
from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.audit.record import record
from chathaven.product.rights.bodies import Change
from chathaven.product.rights.identity import attach
from chathaven.product.rights.model import RightsContent, RightsRequest
from chathaven.product.rights.states import Kind, State
from chathaven.product.rights.steps import changed

_BEFORE_DECIDING = frozenset(
    {State.RECEIVED, State.IDENTITY_PENDING, State.VERIFIED, State.IN_SCOPE_CHECK}
)


async def change(
    tx: Transaction,
    ground: Ground,
    actor: Operator,
    request: RightsRequest,
    content: RightsContent,
    data: Change,
) -> RightsContent:
    """Writes a correction; returns what is kept of the person then.

    Raises:
        Conflict: it was decided on already, or the requester is known already.
        Invalid: a field holds what it cannot take.
        NotFound: there is no such visitor.
    """
    if request.state not in _BEFORE_DECIDING:
        raise Conflict("This request was decided on already.", code="decided")
    if data.kind is not UNSET:
        await tx.update(request, kind=Kind(data.kind).value)
    values: dict[str, Any] = {}
    if data.name is not UNSET:
        values["name"] = one_line("name", data.name)
    if data.email is not UNSET:
        values["email"] = email_address("email", data.email)
    if data.language is not UNSET:
        values["details"] = {**(content.details or {}), "language": choose(data.language, None)}
    if values:
        await tx.update(content, **values)
    if data.visitor_id is not UNSET:
        content = await attach(tx, ground, request, content, data.visitor_id)
    await record(tx, actor, "request-corrected", "request", request.id)
    changed(tx, ground, request.id)
    return content
