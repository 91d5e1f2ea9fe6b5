"""HTTP: a visitor's own requests. The token is proof enough of who asks (A-12-3a)."""

from __future__ import annotations

import msgspec
from litestar import get, post

from chathaven.base.actor import Visitor
from chathaven.base.clock import now
from chathaven.base.languages import choose
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.rights.bodies import OwnAsking
from chathaven.product.rights.find import requests_of
from chathaven.product.rights.letters import words
from chathaven.product.rights.own import OwnRequest, own_view
from chathaven.product.rights.receive import Asking, receive_proven, same_again
from chathaven.product.rights.states import Kind, Via
from chathaven.product.rights.wishes import wished
from chathaven.product.visitors.identify import read_visitor

OWN_REQUESTS = Rate("own-requests", 10, 3600)


class FormWords(msgspec.Struct):
    """The words of the form in the visitor's language, so that the widget need not carry them."""

    kind: str
    kinds: dict[str, str]
    text: str
    hint: str
    button: str


class OwnRequests(msgspec.Struct):
    """All of a visitor's own requests; there are never many."""

    items: list[OwnRequest]
    form: FormWords
    next: str | None = None


@get("/v1/widget/me/requests", opt=may(VISITOR))
async def get_own_requests(ground: Ground, actor: Visitor) -> OwnRequests:
    """What the visitor has asked for about their data, how far it is, and the answers."""
    async with ground.database.transaction(actor.account_id) as tx:
        await tx.see(actor.id)
        visitor = await read_visitor(tx, actor.id)
        spoken = choose(str((visitor.technical or {}).get("language") or ""), None)
        found = await requests_of(tx, actor.id)
        items = [await own_view(tx, each, spoken) for each in found]
    say = words(spoken)
    form = say["form"]
    return OwnRequests(
        items,
        FormWords(form["kind"], say["kinds"], form["text"], form["text_hint"], form["button"]),
    )


@post("/v1/widget/me/requests", opt=may(VISITOR), dto=Body[OwnAsking], return_dto=None)
async def post_own_request(ground: Ground, actor: Visitor, data: OwnAsking) -> OwnRequest:
    """The visitor asks for one of their rights; the same words again are the same request."""
    await ground.limits.take(OWN_REQUESTS, str(actor.id))
    async with ground.database.transaction(actor.account_id) as tx:
        await tx.see(actor.id)
        visitor = await read_visitor(tx, actor.id)
        spoken = choose(str((visitor.technical or {}).get("language") or ""), None)
        asking = Asking(
            kind=Kind(data.kind),
            via=Via.WIDGET,
            received_at=now(),
            language=spoken,
            text=data.text or None,
            visitor_id=actor.id,
            chat_id=actor.chat_id,
            wishes=wished(data.wishes),
        )
        request = await same_again(tx, asking)
        if request is None:
            request = await receive_proven(tx, ground, actor, asking)
        return await own_view(tx, request, spoken)


HANDLERS = (get_own_requests, post_own_request)
