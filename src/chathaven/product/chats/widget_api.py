"""HTTP: what the widget asks, messages and streams apart."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.params import Parameter
from msgspec import Meta

from chathaven.base.actor import Visitor
from chathaven.base.errors import Forbidden, NotFound
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import PUBLIC, VISITOR, Gate, may
from chathaven.product.chats.api import EventList, Limit, Seq, SomeSeq, page_of_events
from chathaven.product.chats.live import Live
from chathaven.product.chats.open import open_chat
from chathaven.product.chats.show import VisitorChatView
from chathaven.product.chats.stream_api import own_chat_view, read_own_chat
from chathaven.product.chats.team import on_duty, team_view
from chathaven.product.chats.updates import correct
from chathaven.product.sites.contrast import accent, text_colour
from chathaven.product.sites.find import KnownSite, SiteCache
from chathaven.product.sites.languages import choose, direction
from chathaven.product.visitors import model
from chathaven.product.visitors.identify import Profile, read_visitor
from chathaven.product.visitors.recognise import forget_token
from chathaven.product.visitors.start import start

VISITORS_START = Rate("visitors", 30, 600)
CACHE = "public, max-age=10"


class NewVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """A visitor who begins to write."""

    language: Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+$(?!\n)")]
    notice_id: UUID | None = None
    agreed: bool | None = None
    page_url: Annotated[str, Meta(max_length=2000)] | None = None


class VisitorId(msgspec.Struct):
    """A visitor, by id alone."""

    id: UUID


class StartedVisitor(msgspec.Struct):
    """A new visitor, and the token that is shown this once."""

    visitor: VisitorId
    token: str
    expires_at: datetime


class OwnProfile(msgspec.Struct):
    """What a visitor has said of themselves."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    language: str | None


class OwnView(msgspec.Struct):
    """All that a visitor's own widget needs."""

    visitor: OwnProfile
    chat: VisitorChatView
    marketing: None
    receipts: list[None]


@get("/v1/widget/{site_key:str}", opt=may(PUBLIC))
async def get_widget(
    ground: Ground,
    live: Live,
    sites: SiteCache,
    gate: Gate,
    request: Request[Any, Any, Any],
    site_key: str,
    language: Annotated[str | None, Parameter(max_length=35)] = None,
) -> Response[dict[str, Any]]:
    """How the widget of a site looks, and who is there. The same for everybody; sets nothing."""
    site = await _site(sites, site_key)
    check_origin(gate, request, site)
    spoken = choose(language, request.headers.get("accept-language"))
    async with ground.database.transaction(site.account_id) as tx:
        team = team_view(await on_duty(tx, live.presence))
    shown = {
        "site": {"key": site.key, "name": site.name},
        **team,
        "appearance": _appearance(site, spoken, online=team["online"]),
        "language": spoken,
        "dir": direction(spoken),
        "notice": None,
        "email_request": {"enabled": False},
    }
    headers = {"cache-control": CACHE, "vary": "accept-language"}
    return Response(shown, headers=headers)


def _appearance(site: KnownSite, language: str, *, online: bool) -> dict[str, Any]:
    look = site.appearance
    greetings = look["greeting_online" if online else "greeting_offline"]
    return {
        "color": accent(look["color"]),
        "text_color": text_colour(look["color"]),
        "position": look["position"],
        "team_name": look["team_name"] or site.name,
        "greeting": greetings.get(language),
    }


async def _site(sites: SiteCache, key: str) -> KnownSite:
    site = await sites.by_key(key)
    if site is None:
        raise NotFound()
    return site


def check_origin(gate: Gate, request: Request[Any, Any, Any], site: KnownSite) -> None:
    """Refuses a page that the site does not list; a call without an origin is no page.

    Raises:
        Forbidden: the origin is not one of the site's (`origin_not_allowed`).
    """
    origin = request.headers.get("origin")
    if origin is None or not site.allowed_origins or gate.is_own_origin(request, origin):
        return
    if origin.lower() not in site.allowed_origins:
        raise Forbidden("This site does not list that origin.", code="origin_not_allowed")


@post(
    "/v1/widget/{site_key:str}/visitors",
    opt=may(PUBLIC),
    dto=Body[NewVisitor],
    return_dto=None,
)
async def post_visitor(
    ground: Ground,
    sites: SiteCache,
    gate: Gate,
    address: str,
    request: Request[Any, Any, Any],
    site_key: str,
    data: NewVisitor,
) -> StartedVisitor:
    """Begins: a visitor with a key, an empty chat and a token."""
    site = await _site(sites, site_key)
    check_origin(gate, request, site)
    await ground.limits.take(VISITORS_START, address)
    async with ground.database.transaction(site.account_id) as tx:
        visitor, secret, token = await start(
            tx,
            site.site_id,
            language=data.language,
            page_url=data.page_url,
            user_agent=request.headers.get("user-agent"),
        )
        await open_chat(tx, visitor)
    return StartedVisitor(VisitorId(visitor.id), secret.text, token.expires_at)


def _own(visitor: model.Visitor) -> OwnProfile:
    language = (visitor.technical or {}).get("language")
    return OwnProfile(visitor.id, visitor.name, visitor.email, visitor.phone, language)


@get("/v1/widget/me", opt=may(VISITOR))
async def get_me(ground: Ground, actor: Visitor) -> OwnView:
    """The visitor's own data and chat."""
    async with ground.database.transaction(actor.account_id) as tx:
        visitor = await read_visitor(tx, actor.id)
        chat = await read_own_chat(tx, actor)
    return OwnView(_own(visitor), own_chat_view(chat), None, [])


@patch("/v1/widget/me", opt=may(VISITOR), dto=Body[Profile], return_dto=None)
async def patch_me(ground: Ground, live: Live, actor: Visitor, data: Profile) -> OwnView:
    """The visitor says or corrects name, e-mail or phone."""
    async with ground.database.transaction(actor.account_id) as tx:
        visitor = await correct(tx, ground.bus, live, actor, actor.id, data)
        chat = await read_own_chat(tx, actor)
    return OwnView(_own(visitor), own_chat_view(chat), None, [])


@get("/v1/widget/me/events", opt=may(VISITOR))
async def get_own_events(
    ground: Ground,
    live: Live,
    actor: Visitor,
    after: Seq = 0,
    before: SomeSeq = None,
    limit: Limit = 50,
) -> EventList:
    """Events of the visitor's chat, in their order."""
    async with ground.database.transaction(actor.account_id) as tx:
        return await page_of_events(tx, live, actor.chat_id, after, before, limit)


@delete("/v1/widget/me/session", opt=may(VISITOR))
async def end_session(ground: Ground, actor: Visitor) -> None:
    """Ends the token: this browser is no longer recognised."""
    async with ground.database.transaction(actor.account_id) as tx:
        await forget_token(tx, actor)
        tx.after_commit(lambda: ground.bus.changed(actor.account_id, "credentials", actor.token_id))


HANDLERS = (get_widget, post_visitor, get_me, patch_me, get_own_events, end_session)
