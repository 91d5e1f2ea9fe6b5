"""HTTP: what a newcomer meets."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta

from chathaven.base.fields import EmailText, NameText, NewPassword, email_address, one_line
from chathaven.base.languages import choose
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import PUBLIC, Gate, may
from chathaven.product.accounts.legal import Terms, TermsInForce
from chathaven.product.operators import rates
from chathaven.product.operators.cookie import session_cookie
from chathaven.product.operators.show import AccountView, OperatorView, operator_view
from chathaven.product.welcome.sign_up import Owner, sign_up


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """A company and its first operator."""

    company: NameText
    name: NameText
    email: EmailText
    password: NewPassword
    accepted_terms: Annotated[str, Meta(max_length=40)]


class SiteName(msgspec.Struct):
    """The site that was made, and the key for its snippet."""

    id: UUID
    key: str
    name: str


class NewAccountView(msgspec.Struct):
    """What a sign-up made."""

    account: AccountView
    operator: OperatorView
    site: SiteName


@get("/v1/legal/terms", opt=may(PUBLIC))
async def get_terms(
    request: Request[Any, Any, Any],
    terms: TermsInForce,
    language: Annotated[str | None, Parameter(max_length=35)] = None,
) -> Response[Terms]:
    """The terms that hold now."""
    spoken = choose(language, request.headers.get("accept-language"))
    return Response(terms.in_language(spoken), headers={"vary": "accept-language"})


@post("/v1/accounts", opt=may(PUBLIC), dto=Body[NewAccount], return_dto=None)
async def post_account(
    request: Request[Any, Any, Any],
    ground: Ground,
    gate: Gate,
    terms: TermsInForce,
    address: str,
    data: NewAccount,
) -> Response[NewAccountView]:
    """Signs up: an account, its owner, a first site, and the cookie of a session."""
    company = one_line("company", data.company)
    owner = Owner(
        name=one_line("name", data.name),
        email=email_address("email", data.email),
        password=data.password,
        language=choose(None, request.headers.get("accept-language")),
        user_agent=request.headers.get("user-agent"),
    )
    await ground.limits.take(rates.SIGN_UP, address)
    made = await sign_up(ground.database, ground.bus, company, owner, terms, data.accepted_terms)
    view = NewAccountView(
        account=AccountView(made.account.account_id, made.account.company),
        operator=operator_view(made.operator),
        site=SiteName(made.site.id, made.site.key, made.site.name),
    )
    return Response(view, status_code=201, cookies=[session_cookie(gate, made.secret)])


HANDLERS = (get_terms, post_account)
