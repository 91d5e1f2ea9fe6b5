"""Every address says who may use it, and every link of the documents leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from chathaven.entry.health import HEALTH
from chathaven.entry.legal_pages import LEGAL_PAGES
from chathaven.entry.pages import PAGES
from chathaven.entry.rights_pages import RIGHTS_PAGES
from chathaven.entry.slices import HANDLERS
from chathaven.entry.verify_pages import VERIFY_PAGES
from chathaven.product.access.gate import PUBLIC, SIGNED_IN, VISITOR
from chathaven.product.access.permissions import Permission

ROOT = Path(__file__).parents[2]
ROUTES: tuple[HTTPRouteHandler, ...] = (
    *HANDLERS,
    *PAGES,
    *LEGAL_PAGES,
    *VERIFY_PAGES,
    *RIGHTS_PAGES,
    *HEALTH,
)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
# Addresses that everybody may call; whoever adds one says why.
PUBLIC_CALLS = {
    ("POST", "/v1/accounts"): "signing up",
    ("POST", "/v1/sessions"): "signing in",
    ("POST", "/v1/invitations/look"): "the token is what is shown",
    ("POST", "/v1/invitations/accept"): "the token is what is shown",
    ("POST", "/v1/widget/{site_key:str}/visitors"): "coming as a visitor",
    ("POST", "/v1/erasures/look"): "the number and the key are what is shown; it changes nothing",
    ("POST", "/v1/erasures/proofs"): "the number and the key are what is shown; it changes nothing",
    ("POST", "/rights/{site_key:str}"): "asking about one's data; everybody may",
    ("POST", "/rights/confirm"): "the link of the letter is what is shown",
    ("POST", "/rights/copy"): "the link of the letter is what is shown",
    ("POST", "/verify"): "anybody may check a signature; it changes nothing",
    ("POST", "/verify/erasure"): "the number and the key are what is shown; it changes nothing",
}


def test_every_route_is_looked_at() -> None:
    assert len(ROUTES) > 20
    assert all(isinstance(each, HTTPRouteHandler) for each in ROUTES)


@pytest.mark.parametrize(
    "route", ROUTES, ids=lambda each: f"{min(each.http_methods)} {min(each.paths)}"
)
def test_every_route_says_who_may_use_it(route: HTTPRouteHandler) -> None:
    who = route.opt.get("may")
    assert who in {PUBLIC, VISITOR, SIGNED_IN, *Permission}


def test_what_changes_something_and_is_public_has_a_reason() -> None:
    found = {
        (method, path)
        for route in ROUTES
        if route.opt.get("may") == PUBLIC
        for method in route.http_methods
        for path in route.paths
        if method not in {"GET", "HEAD", "OPTIONS"}
    }
    assert found == set(PUBLIC_CALLS)


def links(document: Path) -> set[str]:
    text = re.sub(r"```.*?```|`[^`]*`", "", document.read_text(), flags=re.DOTALL)
    found = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)", text)
    return {link for link in found if not re.match(r"[a-z]+:|#", link)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    missing = {
        link for link in links(document) if not (document.parent / link.partition("#")[0]).exists()
    }
    assert missing == set()
