"""What server-rendered pages share: templates, headers, languages."""

from __future__ import annotations

import secrets
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response

from chathaven.base.languages import LANGUAGES, choose, direction

HTML = "text/html"
QUERY_LENGTH = 60
templates = Environment(
    loader=PackageLoader("chathaven.entry"), autoescape=select_autoescape(), trim_blocks=True
)
_QUIET = "camera=(), microphone=(), geolocation=(), interest-cohort=()"


def page(text: str, policy: str, **more: str) -> Response[str]:
    """Returns an HTML page under a content security policy, with more headers where given."""
    headers = {
        "content-security-policy": policy,
        "permissions-policy": _QUIET,
        "cache-control": "no-cache",
    } | {name.replace("_", "-"): value for name, value in more.items()}
    return Response(text, media_type=HTML, headers=headers)


def spoken(request: Request[Any, Any, Any], language: str | None) -> str:
    """Returns the language of a page: the one asked for, or the browser's, or English."""
    return choose(language, request.headers.get("accept-language"))


def printed(name: str, language: str, *, chat: str = "", **shown: Any) -> Response[str]:
    """Returns a page of ours. `chat` is the snippet of a chat that it offers; its scripts alone
    may run.
    """
    nonce = secrets.token_urlsafe(16)
    snippet = chat.replace("<script", f'<script nonce="{nonce}"')
    text = templates.get_template(name).render(
        lang=language,
        dir=direction(language),
        languages=LANGUAGES,
        nonce=nonce,
        snippet=snippet,
        **shown,
    )
    scripts = f" script-src 'nonce-{nonce}'; frame-src 'self'; connect-src 'self';" if chat else ""
    policy = (
        f"default-src 'none';{scripts} style-src 'nonce-{nonce}' 'self'; img-src 'self' data:;"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return page(text, policy, vary="accept-language")
