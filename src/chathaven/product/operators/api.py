"""HTTP: signing in, oneself, and one's sign-ins."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid
from chathaven.base.fields import EmailText, GivenPassword, NameText, NewPassword, one_line
from chathaven.base.languages import LANGUAGES
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.vault.blind_index import normalise
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import PUBLIC, SIGNED_IN, Gate, may
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import read_account
from chathaven.product.operators import api_team, api_tokens, rates
from chathaven.product.operators.change import change_password, change_profile, own_affairs
from chathaven.product.operators.cookie import no_cookie, session_cookie
from chathaven.product.operators.find import find
from chathaven.product.operators.show import (
    Me,
    OperatorView,
    Page,
    SessionView,
    me,
    operator_view,
    session_view,
)
from chathaven.product.operators.sign_in import end_session, sessions, sign_in


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to come in. `code` is for a second factor, and is not asked for without one."""

    email: EmailText
    password: GivenPassword
    code: Annotated[str, Meta(max_length=20)] | None = None


class ProfileChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be changed; what is left out stays. A null display name takes it away."""

    name: NameText | UnsetType = UNSET
    display_name: NameText | None | UnsetType = UNSET
    language: str | UnsetType = UNSET
    availability: Literal["online", "offline"] | UnsetType = UNSET


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The password that holds, and the one that is to hold."""

    current_password: GivenPassword
    new_password: NewPassword


@post("/v1/sessions", opt=may(PUBLIC), dto=Body[SignIn], return_dto=None)
async def post_session(
    request: Request[Any, Any, Any],
    ground: Ground,
    gate: Gate,
    terms: TermsInForce,
    address: str,
    data: SignIn,
) -> Response[Me]:
    """Signs in: answers who it is, with the cookie of a new session."""
    email = normalise("email", data.email)
    await ground.limits.take(rates.SIGN_IN_BY_ADDRESS, address)
    await ground.limits.take(rates.SIGN_IN_BY_EMAIL, email)
    user_agent = request.headers.get("user-agent")
    signed_in = await sign_in(ground.database, email, data.password, user_agent, terms)
    cookie = session_cookie(gate, signed_in.secret)
    return Response(signed_in.me, status_code=201, cookies=[cookie])


@delete("/v1/sessions/current", opt=may(SIGNED_IN), status_code=204)
async def delete_current_session(ground: Ground, actor: Operator, gate: Gate) -> Response[None]:
    """Signs out."""
    async with ground.database.transaction(actor.account_id) as tx:
        await end_session(tx, actor, ground.bus, actor.session_id)
    return Response(None, status_code=204, cookies=[no_cookie(gate)])


@get("/v1/sessions", opt=may(SIGNED_IN))
async def get_sessions(ground: Ground, actor: Operator) -> Page[SessionView]:
    """One's own sign-ins."""
    own_affairs(actor)
    async with ground.database.transaction(actor.account_id) as tx:
        found = await sessions(tx, actor)
    return Page([session_view(each, actor.session_id) for each in found])


@delete("/v1/sessions/{session_id:uuid}", opt=may(SIGNED_IN), status_code=204)
async def delete_session(ground: Ground, actor: Operator, session_id: UUID) -> None:
    """Ends one of one's own sign-ins."""
    own_affairs(actor)
    async with ground.database.transaction(actor.account_id) as tx:
        await end_session(tx, actor, ground.bus, session_id)


@get("/v1/me", opt=may(SIGNED_IN))
async def get_me(ground: Ground, actor: Operator, terms: TermsInForce) -> Me:
    """Who is asking, and whether new terms wait for them."""
    async with ground.database.transaction(actor.account_id) as tx:
        return me(await find(tx, actor.id), await read_account(tx), terms)


@patch("/v1/me", opt=may(SIGNED_IN), dto=Body[ProfileChange], return_dto=None)
async def patch_me(ground: Ground, actor: Operator, data: ProfileChange) -> OperatorView:
    """Changes one's own profile."""
    own_affairs(actor)
    changes = _changes(data)
    async with ground.database.transaction(actor.account_id) as tx:
        return operator_view(await change_profile(tx, actor, ground.bus, changes))


@post(
    "/v1/me/password",
    opt=may(SIGNED_IN),
    dto=Body[PasswordChange],
    return_dto=None,
    status_code=204,
)
async def post_password(ground: Ground, actor: Operator, data: PasswordChange) -> None:
    """Changes one's password; all other sign-ins end."""
    own_affairs(actor)
    await ground.limits.take(rates.PASSWORD, str(actor.id))
    await change_password(
        ground.database, actor, ground.bus, data.current_password, data.new_password
    )


def _changes(data: ProfileChange) -> dict[str, Any]:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    for name in ("name", "display_name"):
        if changes.get(name) is not None:
            changes[name] = one_line(name, changes[name])
    if changes.get("language", LANGUAGES[0]) not in LANGUAGES:
        raise Invalid.field("language", Reason.ONE_OF, allowed=LANGUAGES)
    return changes


HANDLERS = (
    post_session,
    delete_current_session,
    get_sessions,
    delete_session,
    get_me,
    patch_me,
    post_password,
    *api_team.HANDLERS,
    *api_tokens.HANDLERS,
)
