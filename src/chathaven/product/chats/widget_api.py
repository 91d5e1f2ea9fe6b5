"""HTTP: what the widget asks, messages and streams apart."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from chathaven.base.actor import Visitor
from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.kinds import TAKEN
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import PUBLIC, VISITOR, Gate, may
from chathaven.product.chats.answers import answer_if_asked, circumstances
from chathaven.product.chats.api import EventList, Limit, Seq, SomeSeq, page_of_events
from chathaven.product.chats.change import lock_feed
from chathaven.product.chats.live import Live
from chathaven.product.chats.open import open_chat
from chathaven.product.chats.origins import check_origin
from chathaven.product.chats.show import VisitorChatView
from chathaven.product.chats.stream_api import own_chat_view, read_own_chat
from chathaven.product.chats.team import on_duty, team_view
from chathaven.product.chats.updates import correct
from chathaven.product.consents.marketing import MarketingView, read_marketing
from chathaven.product.consents.model import Subject
from chathaven.product.consents.notices import (
    NoticeCache,
    NoticeView,
    Showing,
    in_language,
    notice_view,
)
from chathaven.product.consents.receipts import ReceiptView, receipts_of
from chathaven.product.consents.require import (
    Shown,
    check_shown,
    current_legal_texts,
    receive_answer,
)
from chathaven.product.consents.signal import is_sent, refuse_by_signal
from chathaven.product.sites.contrast import accent, text_colour
from chathaven.product.sites.find import KnownSite, SiteCache
from chathaven.product.sites.languages import choose, direction
from chathaven.product.visitors import model
from chathaven.product.visitors.identify import Profile, read_visitor
from chathaven.product.visitors.recognise import forget_token
from chathaven.product.visitors.restrict import OwnRestriction, own_restriction
from chathaven.product.visitors.start import start

VISITORS_START = Rate("visitors", 30, 600)
VISITORS_SAY = Rate("visitor-says", 60, 60)
"""What visitors say of themselves and answer to texts: each is a receipt or an event of its own."""
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
    page_url: str | None


class OwnView(msgspec.Struct):
    """All that a visitor's own widget needs."""

    visitor: OwnProfile
    chat: VisitorChatView
    marketing: MarketingView | None
    receipts: list[ReceiptView]
    restriction: OwnRestriction | None


@get("/v1/widget/{site_key:str}", opt=may(PUBLIC))
async def get_widget(
    ground: Ground,
    live: Live,
    sites: SiteCache,
    notices: NoticeCache,
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
    showing = await notices.of(site.account_id)
    shown = {
        "site": {"key": site.key, "name": site.name},
        **team,
        "appearance": _appearance(site, spoken, online=team["online"]),
        "language": spoken,
        "dir": direction(spoken),
        "notice": _notice(showing, Subject.LEGAL_TEXT, spoken),
        "email_request": _email_request(showing, spoken),
        "files": TAKEN,
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


def _notice(showing: Showing, subject: Subject, language: str) -> NoticeView | None:
    found = in_language(showing.of(subject), language)
    return notice_view(found) if found else None


def _email_request(showing: Showing, language: str) -> dict[str, Any]:
    request = showing.email_request
    if not request.enabled:
        return {"enabled": False}
    words = _notice(showing, Subject.EMAIL_REQUEST, language)
    question = _notice(showing, Subject.MARKETING, language)
    return {
        "enabled": True,
        "when": request.when,
        "text": words.text if words else None,
        "marketing": {"enabled": question is not None, "question": question},
    }


async def _site(sites: SiteCache, key: str) -> KnownSite:
    site = await sites.by_key(key)
    if site is None:
        raise NotFound()
    return site


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
        notice = check_shown(
            await current_legal_texts(tx), Shown(data.notice_id, data.agreed, data.language)
        )
        visitor, secret, token = await start(
            tx,
            site.site_id,
            language=data.language,
            page_url=data.page_url,
            user_agent=request.headers.get("user-agent"),
            notice_id=notice.id if notice else None,
            agreed=notice is not None and data.agreed is True,
        )
        if notice is not None:
            how = circumstances(request, visitor, surface="pre-chat")
            await receive_answer(tx, visitor.id, notice, data.agreed, how)
        if is_sent(request):
            how = circumstances(request, visitor, surface="pre-chat")
            await refuse_by_signal(tx, visitor.id, data.language, how)
        await open_chat(tx, visitor)
    return StartedVisitor(VisitorId(visitor.id), secret.text, token.expires_at)


async def own_view(tx: Transaction, actor: Visitor, visitor: model.Visitor) -> OwnView:
    """Returns all that the visitor's own widget needs."""
    technical = visitor.technical or {}
    said = (visitor.name, visitor.email, visitor.phone)
    return OwnView(
        visitor=OwnProfile(visitor.id, *said, technical.get("language"), technical.get("page_url")),
        chat=own_chat_view(await read_own_chat(tx, actor)),
        marketing=await read_marketing(tx, actor.id),
        receipts=await receipts_of(tx, actor.id),
        restriction=await own_restriction(tx, actor.id),
    )


@get("/v1/widget/me", opt=may(VISITOR))
async def get_me(ground: Ground, actor: Visitor) -> OwnView:
    """The visitor's own data, chat and receipts."""
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        return await own_view(tx, actor, await read_visitor(tx, actor.id))


class OwnPatch(Profile):
    """What a visitor says of themselves, and their answer to the marketing question.

    `marketing_notice_id` is the question as it was shown; a yes to an earlier one is refused.
    """

    marketing: Literal["yes", "no"] | UnsetType = UNSET
    marketing_notice_id: UUID | None = None


@patch("/v1/widget/me", opt=may(VISITOR), dto=Body[OwnPatch], return_dto=None)
async def patch_me(
    ground: Ground, live: Live, request: Request[Any, Any, Any], actor: Visitor, data: OwnPatch
) -> OwnView:
    """The visitor says or corrects name, e-mail or phone, and answers the marketing question."""
    ground.limits.take_near(VISITORS_SAY, actor.id)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        await lock_feed(tx)
        visitor = await read_visitor(tx, actor.id, lock=True)
        answer = None if data.marketing is UNSET else data.marketing
        email = data.email.strip() if isinstance(data.email, str) else ""
        how = circumstances(request, visitor, surface="in-chat")
        shown = data.marketing_notice_id
        await answer_if_asked(
            tx,
            ground.bus,
            visitor,
            answer,
            how,
            gives_email=bool(email),
            email=email or None,
            shown=shown,
        )
        visitor = await correct(tx, ground.bus, live, actor, actor.id, data)
        return await own_view(tx, actor, visitor)


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
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        return await page_of_events(tx, live, actor.chat_id, after, before, limit)


@delete("/v1/widget/me/session", opt=may(VISITOR))
async def end_session(ground: Ground, actor: Visitor) -> None:
    """Ends the token: this browser is no longer recognised."""
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        await forget_token(tx, actor)
        tx.after_commit(lambda: ground.bus.changed(actor.account_id, "credentials", actor.token_id))


HANDLERS = (get_widget, post_visitor, get_me, patch_me, get_own_events, end_session)
