"""The page on which anybody checks a signature, and a person fetches their own certificate."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import anyio.to_thread
import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile

from chathaven.base.errors import NotFound
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.entry.legal_pages import Word, legal_page
from chathaven.entry.page import spoken
from chathaven.entry.page_words import WORDS
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.legal.certificate_texts import certificate_texts
from chathaven.product.legal.documents import Documents
from chathaven.product.legal.examine import Verdict, examine
from chathaven.product.legal.verdicts import in_language
from chathaven.product.privacy.look_erasure import LOOKS, look
from chathaven.product.privacy.show_erasure import ErasureView
from chathaven.product.sites.find import SiteCache

CHECKS = Rate("verify", 60, 600)
MOST_BYTES = 900_000
"""Below what a form keeps in memory, so that nothing sent for a look touches the disk."""
Asking = Request[Any, Any, Any]


@get(["/verify", "/verify/erasure"], opt=may(PUBLIC), include_in_schema=False)
async def get_verify(
    documents: Documents, sites: SiteCache, request: Asking, language: Word = None
) -> Response[str]:
    """A form to check a signature with, and one to fetch one's own certificate."""
    return await _page(documents, sites, request, language)


@post(
    "/verify",
    opt=may(PUBLIC),
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def post_verify(
    ground: Ground,
    documents: Documents,
    sites: SiteCache,
    address: str,
    request: Asking,
    language: Word = None,
) -> Response[str]:
    """Checks what was pasted or dropped, and forgets it."""
    await ground.limits.take(CHECKS, address)
    form = await request.form()
    file, text = form.get("file"), form.get("text")
    body = await file.read() if isinstance(file, UploadFile) else b""
    if not body and isinstance(text, str):
        body = text.strip().encode("utf-8", "surrogatepass")
    nonce = _word(form.get("nonce")) or None
    verdict = await _examine(ground, body, nonce) if body else None
    return await _page(documents, sites, request, language, verdict=verdict, asked=True)


@post("/verify/erasure", opt=may(PUBLIC), include_in_schema=False, status_code=200)
async def post_own_erasure(
    ground: Ground,
    documents: Documents,
    sites: SiteCache,
    address: str,
    request: Asking,
    language: Word = None,
) -> Response[str]:
    """Fetches the certificates of somebody's own erasure with the number and key they hold."""
    await ground.limits.take(LOOKS, address)
    form = await request.form()
    number, nonce = _word(form.get("number")), _word(form.get("nonce"))
    found = await _look(ground, number, nonce)
    if found is None:
        return await _page(documents, sites, request, language, own={"number": number})
    certificates = [each for each in (found.certificate, found.final_certificate) if each]
    text = json.dumps(certificates, ensure_ascii=False, indent=2) if certificates else None
    verdict = await _examine(ground, text.encode(), nonce) if text else None
    own = {"number": number, "status": found.status, "text": text}
    return await _page(documents, sites, request, language, verdict=verdict, own=own)


async def _look(ground: Ground, number: str, nonce: str) -> ErasureView | None:
    try:
        return await look(ground.database, UUID(number), nonce)
    except (NotFound, ValueError):
        return None


async def _examine(ground: Ground, body: bytes, nonce: str | None) -> Verdict:
    # Unpacking and hashing may take a second; others go on meanwhile.
    return await anyio.to_thread.run_sync(examine, body, ground.signing.checker, nonce)


def _word(given: object) -> str:
    return given.strip()[:200] if isinstance(given, str) else ""


async def _page(
    documents: Documents, sites: SiteCache, request: Asking, language: str | None, **shown: Any
) -> Response[str]:
    lang = spoken(request, language)
    shown |= {"said": WORDS[lang]["verify"], "headings": certificate_texts(lang).headings}
    verdict = shown.get("verdict")
    if verdict is not None:
        lines = in_language(verdict.lines, lang)
        shown["verdict"] = msgspec.structs.replace(verdict, lines=lines)
    return await legal_page("verify.html", "verify", lang, documents, sites, **shown)


VERIFY_PAGES = (get_verify, post_verify, post_own_erasure)
