"""HTTP: the team, and inviting to it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from msgspec import Meta

from chathaven.base.actor import Operator, Role
from chathaven.base.fields import EmailText, NameText, NewPassword, email_address, one_line
from chathaven.base.languages import choose
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import PUBLIC, Gate, may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.operators import rates
from chathaven.product.operators.accept import accept, look
from chathaven.product.operators.change import change_role, remove
from chathaven.product.operators.cookie import session_cookie
from chathaven.product.operators.find import everyone
from chathaven.product.operators.invite import invitations, invite, resend, withdraw
from chathaven.product.operators.show import (
    InvitationView,
    Me,
    MemberView,
    Page,
    invitation_view,
    member_view,
)

TokenText = Annotated[str, Meta(max_length=200)]


class RoleChange(msgspec.Struct, forbid_unknown_fields=True):
    """Another role."""

    role: Role


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    """Who is invited, to be what."""

    email: EmailText
    role: Role


class InvitationToken(msgspec.Struct, forbid_unknown_fields=True):
    """The token of a link, sent in a body so that no log of addresses has it."""

    token: TokenText


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    """What the invited person adds to become an operator."""

    token: TokenText
    name: NameText
    password: NewPassword


class InvitedView(msgspec.Struct):
    """What an invitation says."""

    company: str
    email: str
    role: str


@get("/v1/operators", opt=may(Permission.TEAM_READ))
async def get_operators(ground: Ground, actor: Operator) -> Page[MemberView]:
    """Everybody who answers."""
    async with ground.database.transaction(actor.account_id) as tx:
        team = await everyone(tx)
    here = ground.hub.present(actor.account_id, "operator")
    return Page([member_view(each, present=each.id in here) for each in team])


@patch(
    "/v1/operators/{operator_id:uuid}",
    opt=may(Permission.TEAM_WRITE),
    dto=Body[RoleChange],
    return_dto=None,
)
async def patch_operator(
    ground: Ground, actor: Operator, operator_id: UUID, data: RoleChange
) -> MemberView:
    """Gives an operator another role."""
    async with ground.database.transaction(actor.account_id) as tx:
        operator = await change_role(tx, actor, ground.bus, operator_id, data.role)
    here = ground.hub.present(actor.account_id, "operator")
    return member_view(operator, present=operator_id in here)


@delete("/v1/operators/{operator_id:uuid}", opt=may(Permission.TEAM_WRITE), status_code=204)
async def delete_operator(ground: Ground, actor: Operator, operator_id: UUID) -> None:
    """Removes an operator."""
    async with ground.database.transaction(actor.account_id) as tx:
        await remove(tx, actor, ground, operator_id)


@get("/v1/invitations", opt=may(Permission.TEAM_READ))
async def get_invitations(ground: Ground, actor: Operator) -> Page[InvitationView]:
    """Invitations that wait."""
    async with ground.database.transaction(actor.account_id) as tx:
        return Page([invitation_view(each) for each in await invitations(tx)])


@post("/v1/invitations", opt=may(Permission.TEAM_WRITE), dto=Body[NewInvitation], return_dto=None)
async def post_invitation(ground: Ground, actor: Operator, data: NewInvitation) -> InvitationView:
    """Invites somebody by mail."""
    email = email_address("email", data.email)
    await ground.limits.take(rates.INVITATIONS, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        invitation = await invite(tx, actor, ground, email, data.role)
    return invitation_view(invitation)


@delete("/v1/invitations/{invitation_id:uuid}", opt=may(Permission.TEAM_WRITE), status_code=204)
async def delete_invitation(ground: Ground, actor: Operator, invitation_id: UUID) -> None:
    """Takes an invitation back."""
    async with ground.database.transaction(actor.account_id) as tx:
        await withdraw(tx, actor, ground, invitation_id)


@post(
    "/v1/invitations/{invitation_id:uuid}/resend",
    opt=may(Permission.TEAM_WRITE),
    status_code=202,
)
async def post_invitation_again(
    ground: Ground, actor: Operator, invitation_id: UUID
) -> InvitationView:
    """Sends an invitation again."""
    await ground.limits.take(rates.INVITATIONS, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        return invitation_view(await resend(tx, actor, ground.queue, ground.bus, invitation_id))


@post(
    "/v1/invitations/look",
    opt=may(PUBLIC),
    dto=Body[InvitationToken],
    return_dto=None,
    status_code=200,
)
async def look_at_invitation(ground: Ground, address: str, data: InvitationToken) -> InvitedView:
    """What an invitation says to whoever holds its link."""
    await ground.limits.take(rates.INVITATION_LINK, address)
    invited = await look(ground.database, data.token)
    return InvitedView(invited.company, invited.email, invited.role)


@post("/v1/invitations/accept", opt=may(PUBLIC), dto=Body[Acceptance], return_dto=None)
async def accept_invitation(
    request: Request[Any, Any, Any],
    ground: Ground,
    gate: Gate,
    terms: TermsInForce,
    address: str,
    data: Acceptance,
) -> Response[Me]:
    """Becomes an operator and signs in."""
    name = one_line("name", data.name)
    await ground.limits.take(rates.INVITATION_LINK, address)
    signed_in = await accept(
        ground.database,
        ground.bus,
        data.token,
        name,
        data.password,
        choose(None, request.headers.get("accept-language")),
        request.headers.get("user-agent"),
        terms,
    )
    cookie = session_cookie(gate, signed_in.secret)
    return Response(signed_in.me, status_code=201, cookies=[cookie])


HANDLERS = (
    get_operators,
    patch_operator,
    delete_operator,
    get_invitations,
    post_invitation,
    delete_invitation,
    post_invitation_again,
    look_at_invitation,
    accept_invitation,
)
