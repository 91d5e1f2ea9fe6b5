"""HTTP: API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from msgspec import Meta

from chathaven.base.actor import Operator
from chathaven.base.fields import NameText, one_line
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.operators.show import NewTokenView, Page, TokenView, token_view
from chathaven.product.operators.tokens import create_token, delete_token, tokens


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """A token to be made; 90 days when no end is named."""

    name: NameText
    scopes: Annotated[list[str], Meta(min_length=1, max_length=20)]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


@get("/v1/tokens", opt=may(Permission.TOKENS))
async def get_tokens(ground: Ground, actor: Operator) -> Page[TokenView]:
    """One's own tokens."""
    async with ground.database.transaction(actor.account_id) as tx:
        return Page([token_view(each) for each in await tokens(tx, actor)])


@post("/v1/tokens", opt=may(Permission.TOKENS), dto=Body[NewToken], return_dto=None)
async def post_token(ground: Ground, actor: Operator, data: NewToken) -> NewTokenView:
    """Makes a token; its secret is shown this once."""
    name = one_line("name", data.name)
    async with ground.database.transaction(actor.account_id) as tx:
        token, secret = await create_token(tx, actor, name, data.scopes, data.expires_at)
    shown = token_view(token)
    return NewTokenView(
        **{field: getattr(shown, field) for field in shown.__struct_fields__}, token=secret.text
    )


@delete("/v1/tokens/{token_id:uuid}", opt=may(Permission.TOKENS), status_code=204)
async def remove_token(ground: Ground, actor: Operator, token_id: UUID) -> None:
    """Deletes a token."""
    async with ground.database.transaction(actor.account_id) as tx:
        await delete_token(tx, actor, ground.bus, token_id)


HANDLERS = (get_tokens, post_token, remove_token)
