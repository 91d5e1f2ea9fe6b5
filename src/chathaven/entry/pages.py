"""Pages for people: the app, the widget's frame, the page to try it on."""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.languages import direction
from chathaven.engines.ground import Ground
from chathaven.engines.vault.signing import PublicKeys
from chathaven.engines.web.static import IMMUTABLE, SHORT, Static
from chathaven.entry.page import page, spoken, templates
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.sites.find import SiteCache
from chathaven.product.sites.snippet import snippet

STATIC = Path(__file__).parent / "static"
_STANDS = timedelta(days=180)
TRY_WORDS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("try_words.json").read_text(encoding="utf-8")
)
_KEY = re.compile(r"[0-9a-f]{24}")
_SELF = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# Whose players the widget shows, after the visitor has said yes to that company.
_PLAYERS = (
    "frame-src https://www.youtube-nocookie.com https://player.vimeo.com https://www.google.com"
    " https://open.spotify.com https://w.soundcloud.com"
)


@get(["/", "/join", "/app", "/app/{rest:path}"], opt=may(PUBLIC), include_in_schema=False)
async def get_app(static: Static) -> Response[str]:
    """The operators' app, which is also the door."""
    policy = f"{_SELF}; frame-ancestors 'none'"
    return page(static.text("app.html"), policy, cross_origin_opener_policy="same-origin")


@get("/frame/{site_key:str}", opt=may(PUBLIC), include_in_schema=False)
async def get_frame(static: Static, sites: SiteCache, site_key: str) -> Response[str]:
    """The widget's frame. Only the site's own pages may show it, where it lists any.

    For a site that is gone it is a page that takes the widget off the page it stands on. As a 404
    it would leave an error on the console of every page that still has the widget.
    """
    site = await sites.by_key(site_key)
    if site is None:
        if not _KEY.fullmatch(site_key):
            raise NotFound()
        text = static.text("frame.html").replace("__SITE_KEY__", "")
        return page(text, f"{_SELF}; frame-ancestors *")
    who = " ".join(("'self'", *site.allowed_origins)) if site.allowed_origins else "*"
    text = static.text("frame.html").replace("__SITE_KEY__", site.key)
    return page(text, f"{_SELF}; {_PLAYERS}; frame-ancestors {who}")


@get("/try/{site_key:str}", opt=may(PUBLIC), include_in_schema=False)
async def get_try(
    request: Request[Any, Any, Any], sites: SiteCache, site_key: str
) -> Response[str]:
    """A page with the widget on it, as it will be on the company's own."""
    site = await sites.by_key(site_key)
    if site is None:
        raise NotFound()
    nonce = secrets.token_urlsafe(16)
    code = snippet(site.key, site.appearance, "")
    language = spoken(request, None)
    text = templates.get_template("try.html").render(
        lang=language,
        dir=direction(language),
        said=TRY_WORDS[language],
        site=site,
        snippet=code.replace("<script", f'<script nonce="{nonce}"'),
        nonce=nonce,
    )
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}' 'self';"
        " img-src 'self' data:; frame-src 'self'; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    )
    return page(text, policy, vary="accept-language")


@get(
    ["/widget.js", "/javascripts/insert.js"],
    opt=may(PUBLIC),
    include_in_schema=False,
    sync_to_thread=False,
)
def get_loader(static: Static, request: Request[Any, Any, Any]) -> Response[bytes]:
    """The loader, under its own name and under the one that older pages know."""
    answer = static.answer(request, "widget.js", SHORT)
    answer.headers["cross-origin-resource-policy"] = "cross-origin"
    return answer


@get("/privacy.js", opt=may(PUBLIC), include_in_schema=False, sync_to_thread=False)
def get_privacy_script(static: Static, request: Request[Any, Any, Any]) -> Response[bytes]:
    """The script that keeps embeds of other companies closed on the company's own pages."""
    answer = static.answer(request, "privacy.js", SHORT)
    answer.headers["cross-origin-resource-policy"] = "cross-origin"
    return answer


@get("/assets/{name:str}", opt=may(PUBLIC), include_in_schema=False, sync_to_thread=False)
def get_asset(static: Static, request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    """A built file; its name changes with its content."""
    return static.answer(request, f"assets/{name}", IMMUTABLE)


@get("/.well-known/security.txt", opt=may(PUBLIC), include_in_schema=False, sync_to_thread=False)
def get_security_txt(ground: Ground) -> Response[str]:
    """Where to report a weakness (RFC 9116)."""
    address = f"{ground.settings.public_url}/.well-known/security.txt"
    # Well within the year that the RFC asks for; where nobody answers, nobody gives it out either.
    expires = now() + _STANDS
    text = (
        f"Contact: mailto:security@{ground.post.domain}\nExpires: {expires:%Y-%m-%d}T00:00:00Z\n"
        f"Preferred-Languages: en, de\nCanonical: {address}\n"
    )
    return Response(text, media_type="text/plain")


@get("/.well-known/chathaven-keys.json", opt=may(PUBLIC), include_in_schema=False)
async def get_keys(ground: Ground) -> Response[PublicKeys]:
    """The keys with which this installation's signatures are checked, past ones too."""
    headers = {"cache-control": "public, max-age=300"}
    return Response(ground.signing.public, headers=headers)


PAGES = (
    get_app,
    get_frame,
    get_try,
    get_loader,
    get_privacy_script,
    get_asset,
    get_security_txt,
    get_keys,
)
