"""Pages for people who ask about their data. They work without any script."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import Parameter
from litestar.response import Stream

from chathaven.base.errors import NotFound, RateLimited
from chathaven.base.languages import LANGUAGES, direction
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.entry.page import QUERY_LENGTH, page, spoken, templates
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.accounts.settings import read_account
from chathaven.product.chats.live import Live
from chathaven.product.rights.ask import FIELDS, ask_by_form, check
from chathaven.product.rights.copy import own_copy
from chathaven.product.rights.identity import confirm
from chathaven.product.rights.letters import words
from chathaven.product.rights.states import Kind
from chathaven.product.sites.find import KnownSite, SiteCache

Word = Annotated[str | None, Parameter(max_length=QUERY_LENGTH)]
LINKS = Rate("rights-links", 30, 600)
MOST_BYTES = 64 * 1024
NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "pl": "Polski",
    "ar": "العربية",
}


def _printed(name: str, language: str, status: int = 200, **shown: Any) -> Response[str]:
    nonce = secrets.token_urlsafe(16)
    text = templates.get_template(name).render(
        lang=language,
        dir=direction(language),
        languages=[(each, NAMES[each]) for each in LANGUAGES],
        nonce=nonce,
        say=words(language)["form"],
        kinds=words(language)["kinds"],
        **shown,
    )
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}';"
        " img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    # Not "no-referrer": with that, browsers send the form from the origin "null", which is refused.
    answer = page(text, policy, vary="accept-language", referrer_policy="same-origin")
    answer.status_code = status
    return answer


async def _site(ground: Ground, sites: SiteCache, key: str) -> tuple[KnownSite, str]:
    site = await sites.by_key(key)
    if site is None:
        raise NotFound()
    async with ground.database.transaction(site.account_id) as tx:
        return site, (await read_account(tx)).company


@get("/rights/{site_key:str}", opt=may(PUBLIC), include_in_schema=False)
async def get_form(
    ground: Ground,
    sites: SiteCache,
    request: Request[Any, Any, Any],
    site_key: str,
    language: Word = None,
) -> Response[str]:
    """The form with which anybody exercises their rights."""
    lang = spoken(request, language)
    _, company = await _site(ground, sites, site_key)
    given = dict.fromkeys(FIELDS, "")
    return _printed(
        "rights_form.html", lang, company=company, order=list(Kind), given=given, wrong={}
    )


@post(
    "/rights/{site_key:str}",
    opt=may(PUBLIC),
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def post_form(
    ground: Ground,
    sites: SiteCache,
    request: Request[Any, Any, Any],
    address: str,
    site_key: str,
    language: Word = None,
) -> Response[str]:
    """Receives what was asked, or says what is missing, with everything that was written."""
    lang = spoken(request, language)
    site, company = await _site(ground, sites, site_key)
    form = await request.form()
    given = {name: _text(form.get(name)) for name in FIELDS}
    shown: dict[str, Any] = {"company": company, "order": list(Kind), "given": given}
    wrong = check(given)
    if wrong:
        return _printed("rights_form.html", lang, 422, wrong=wrong, **shown)
    try:
        received = await ask_by_form(ground, site, address, given, lang)
    except RateLimited as refused:
        answer = _printed("rights_form.html", lang, 429, wrong={"form": "too_often"}, **shown)
        answer.headers["retry-after"] = str(refused.retry_after or 60)
        return answer
    say = words(lang)["form"]
    thanks = say["thanks" if received.mailed else "thanks_no_mail"]
    said = thanks.format(number=received.number, due=received.due)
    return _printed("rights_said.html", lang, title=say["thanks_title"], said=said)


def _text(value: object) -> str:
    # PostgreSQL takes no NUL, and nobody writes one.
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


@get(["/rights/confirm", "/rights/copy"], opt=may(PUBLIC), include_in_schema=False)
async def get_link(request: Request[Any, Any, Any], language: Word = None) -> Response[str]:
    """What a link of a letter opens: a button, so that nobody uses it up by looking at it."""
    what = request.scope["path"].rpartition("/")[2]
    return _printed("rights_link.html", spoken(request, language), what=what, failed=False)


@post(
    "/rights/confirm",
    opt=may(PUBLIC),
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def post_confirm(
    ground: Ground, request: Request[Any, Any, Any], address: str, language: Word = None
) -> Response[str]:
    """Confirms an address."""
    await ground.limits.take(LINKS, address)
    lang = spoken(request, language)
    form = await request.form()
    try:
        await confirm(ground, _text(form.get("code")))
    except NotFound:
        return _printed("rights_link.html", lang, 404, what="confirm", failed=True)
    say = words(lang)["form"]
    return _printed("rights_said.html", lang, title=say["confirm_title"], said=say["confirmed"])


@post(
    "/rights/copy",
    opt=may(PUBLIC),
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def post_copy(
    ground: Ground,
    live: Live,
    request: Request[Any, Any, Any],
    address: str,
    language: Word = None,
) -> Stream | Response[str]:
    """Hands over a person's copy, made as it is read and kept nowhere."""
    await ground.limits.take(LINKS, address)
    lang = spoken(request, language)
    form = await request.form()
    try:
        pieces = await own_copy(ground, live, _text(form.get("code")))
    except NotFound:
        return _printed("rights_link.html", lang, 404, what="copy", failed=True)
    headers = {
        "content-disposition": 'attachment; filename="my-data.zip"',
        "cache-control": "no-store",
    }
    return Stream(pieces, media_type="application/zip", headers=headers)


RIGHTS_PAGES = (get_form, post_form, get_link, post_confirm, post_copy)
