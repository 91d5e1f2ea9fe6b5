"""Legal pages: documents, and what changed in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import anyio.to_thread
from litestar import Request, Response, get
from litestar.params import Parameter, QueryParameter

from chathaven.base.dates import day
from chathaven.engines.ground import Ground
from chathaven.entry.page import QUERY_LENGTH, printed, spoken
from chathaven.entry.page_words import WORDS
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.legal.applies import QUESTIONS, judge
from chathaven.product.legal.changes import changes
from chathaven.product.legal.checklist import STEPS
from chathaven.product.legal.documents import Documents, Kind, read_version, versions
from chathaven.product.legal.dpa import needed
from chathaven.product.legal.markdown import to_html
from chathaven.product.sites.find import SiteCache
from chathaven.product.sites.snippet import snippet

Word = Annotated[str | None, Parameter(max_length=QUERY_LENGTH)]


async def legal_page(
    name: str, kind: str, language: str, documents: Documents, sites: SiteCache, **shown: Any
) -> Response[str]:
    """Returns a page with the way to ask: the contact address and the installation's own chat."""
    here = documents.installation
    site = await sites.by_key(here.support_site_key) if here.support_site_key else None
    chat = snippet(site.key, site.appearance, "") if site else ""
    shown = {"query": "", **shown}
    return printed(
        name,
        language,
        chat=chat,
        kind=kind,
        words=WORDS[language],
        all_words=WORDS,
        email=here.email,
        **shown,
    )


@get(["/terms", "/privacy", "/dpa"], opt=may(PUBLIC), include_in_schema=False)
async def get_document(
    ground: Ground,
    documents: Documents,
    sites: SiteCache,
    request: Request[Any, Any, Any],
    language: Word = None,
    version: Word = None,
) -> Response[str]:
    """A legal document, as it is now or as it was."""
    lang = spoken(request, language)
    kind = Kind(request.scope["path"].strip("/"))
    now = documents.of(kind, lang)
    async with ground.database.transaction() as tx:
        shown = await read_version(tx, kind, now.language, version or now.version)
    words = WORDS[lang]
    note = None
    if kind is Kind.DPA:
        note = words["sign"] if needed(documents) else words["not_needed"]
    return await legal_page(
        "legal.html",
        kind,
        lang,
        documents,
        sites,
        html=to_html(_one_title(shown.text), words["table"]),
        text_lang=shown.language,
        version=shown.version,
        sha256=shown.sha256,
        since=_since(shown.first_shown_at, lang),
        current=None if shown.version == now.version else now.version,
        note=note,
        foreign=shown.language != lang,
        query=f"version={shown.version}&" if shown.version != now.version else "",
    )


def _since(moment: datetime, language: str) -> dict[str, str]:
    return {"exact": moment.isoformat(), "said": day(moment, language)}


@get(
    ["/terms/changes", "/privacy/changes", "/dpa/changes"],
    opt=may(PUBLIC),
    include_in_schema=False,
)
async def get_changes(
    ground: Ground,
    documents: Documents,
    sites: SiteCache,
    request: Request[Any, Any, Any],
    language: Word = None,
    before: Annotated[str | None, QueryParameter(name="from", max_length=QUERY_LENGTH)] = None,
    after: Annotated[str | None, QueryParameter(name="to", max_length=QUERY_LENGTH)] = None,
) -> Response[str]:
    """What changed between two versions; without naming any, between the last two."""
    lang = spoken(request, language)
    kind = Kind(request.scope["path"].strip("/").partition("/")[0])
    now = documents.of(kind, lang)
    async with ground.database.transaction() as tx:
        found = await versions(tx, kind, now.language)
        new = await read_version(tx, kind, now.language, after or now.version)
        older = [each for each in found if each.first_shown_at < new.first_shown_at]
        old = None
        if before is not None:
            old = await read_version(tx, kind, now.language, before)
        elif older:
            old = older[0]
    # Comparing takes a while for long texts; others go on meanwhile.
    parts = await anyio.to_thread.run_sync(changes, old.text, new.text) if old else None
    return await legal_page(
        "changes.html",
        kind,
        lang,
        documents,
        sites,
        parts=parts,
        text_lang=now.language,
        before=old.version if old else None,
        after=new.version,
        current=now.version,
        versions=[
            {"version": each.version, "since": _since(each.first_shown_at, lang)} for each in found
        ],
    )


@get("/gdpr", opt=may(PUBLIC), include_in_schema=False)
async def get_gdpr(
    documents: Documents,
    sites: SiteCache,
    request: Request[Any, Any, Any],
    language: Word = None,
    established: Literal["yes", "no"] | None = None,
    offers: Literal["yes", "no"] | None = None,
    monitors: Literal["yes", "no"] | None = None,
) -> Response[str]:
    """Does the GDPR apply to me? A form, and the answer to what was sent with it."""
    lang = spoken(request, language)
    given = {"established": established, "offers": offers, "monitors": monitors}
    return await legal_page(
        "gdpr.html",
        "gdpr",
        lang,
        documents,
        sites,
        said=WORDS[lang]["gdpr"],
        questions=QUESTIONS,
        given=given,
        # The button was pressed: a form sends its language along.
        asked=any(given.values()),
        verdict=judge(established, offers, monitors),
        steps=STEPS,
        query="".join(f"{name}={value}&" for name, value in given.items() if value),
    )


def _one_title(text: str) -> str:
    """Returns a text in which only the first line is a title of the page."""
    head, _, rest = text.partition("\n")
    return f"{head}\n{rest.replace(chr(10) + '# ', chr(10) + '## ')}"


LEGAL_PAGES = (get_document, get_changes, get_gdpr)
