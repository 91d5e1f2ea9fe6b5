"""axe-core finds nothing on any page in any state, light and dark."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import PHONE, People, Visitor
from tests.driving import Account, sign_up
from tests.interface.team import letter_to

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# axe draws nothing and asks nothing of the network, and is run inside each frame by itself.
RUN = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], iframes: false,
  });
  return found.violations.map(({ id, nodes }) => ({
    id, nodes: nodes.slice(0, 5).map((node) => ({
      html: node.html.slice(0, 200), why: node.failureSummary.slice(0, 300),
    })),
  }));
}"""


def judge(target: Page | Frame, where: str) -> None:
    """Runs axe in one document.

    Evaluated by the browser's own door: a page's policy forbids it no script of ours.
    """
    if target.evaluate("typeof axe") == "undefined":
        target.evaluate(AXE.read_text() + "; undefined")
    found: list[dict[str, Any]] = target.evaluate(RUN, TAGS)
    assert not found, f"{where}: {json.dumps(found, indent=1, ensure_ascii=False)}"


@SCHEMES
def test_the_door(people: People, scheme: str) -> None:
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)", r"404 \(Not Found\) .*/v1/invitations/look\)")
    page = people.context(color_scheme=scheme).new_page()
    page.goto(people.server.url)
    expect(page.get_by_role("button", name="Create account")).to_be_visible()
    judge(page, "sign up")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    judge(page, "sign up with mistakes")
    page.goto(f"{people.server.url}/?form=sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    judge(page, "sign in")
    page.goto(f"{people.server.url}/join#not-a-token")
    expect(page.get_by_text("This invitation is no longer valid")).to_be_visible()
    judge(page, "a withdrawn invitation")


LEGAL = ("terms", "privacy", "dpa", "terms/changes", "gdpr?offers=yes", "verify")


@SCHEMES
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_legal_pages(people: People, scheme: str, language: str) -> None:
    page = people.context(color_scheme=scheme, viewport=PHONE).new_page()
    for path in LEGAL:
        between = "&" if "?" in path else "?"
        page.goto(f"{people.server.url}/{path}{between}language={language}")
        judge(page, f"{path} in {language}")
    page.locator("textarea").fill('{"kind": "made up"}')
    page.locator("form").filter(has=page.locator("textarea")).locator("button").click()
    expect(page.get_by_role("status")).to_be_visible()
    judge(page, f"a verdict in {language}")


@SCHEMES
def test_an_invitation_that_holds(people: People, scheme: str) -> None:
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)")
    account = sign_up(people.server, company="Nordlicht")
    address = f"grace.{account.account_id[-8:]}@example.com"
    invited = {"email": address, "role": "operator"}
    assert account.http.post("/v1/invitations", json=invited).status_code == 201
    link = re.search(r"/join#\S+", letter_to(people.server, address))
    assert link is not None
    page = people.context(color_scheme=scheme).new_page()
    page.goto(f"{people.server.url}{link[0]}")
    expect(page.get_by_role("heading", name="Join Nordlicht")).to_be_visible()
    judge(page, "an invitation")


def talked(people: People) -> tuple[Account, Visitor]:
    """A visitor and an operator have talked."""
    account = sign_up(people.server, name="Ada Lovelace")
    visitor = people.visitor(account.site_key)
    visitor.open()
    visitor.write("Do you ship to Norway? I found nothing on https://shop.example/shipping")
    visitor.has_sent()
    chat = account.http.get("/v1/chats").json()["items"][0]
    account.say(chat["id"], "Yes, in three days.")
    return account, visitor


@SCHEMES
def test_the_inbox(people: People, scheme: str) -> None:
    empty = people.owner(color_scheme=scheme)
    expect(empty.page.get_by_role("link", name="Open the test page")).to_be_visible()
    judge(empty.page, "first steps")
    account, visitor = talked(people)
    operator = people.owner(account, color_scheme=scheme)
    expect(operator.rows).to_have_count(1)
    judge(operator.page, "list")
    operator.open_chat()
    expect(operator.page.locator(".bubble")).to_have_count(2)
    visitor.composer.press_sequentially("and")
    judge(operator.page, "conversation and person")
    visitor.write("and to Sweden?")
    expect(operator.page.locator(".bubble")).to_have_count(3)
    operator.page.get_by_role("button", name="Close", exact=True).click()
    expect(operator.page.get_by_text("You closed the chat")).to_be_visible()
    judge(operator.page, "a closed chat, and a toast")
    operator.page.goto(f"{people.server.url}/app?view=closed")
    expect(operator.rows).to_have_count(1)
    judge(operator.page, "closed chats")
    operator.page.goto(f"{people.server.url}/app/nowhere/at-all")
    expect(operator.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    judge(operator.page, "missing page")


@SCHEMES
def test_the_settings(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    page = operator.page
    pages = {"settings/site": "Site", "settings/team": "Team", "settings/tokens": "API tokens"}
    for path, title in (pages | {"profile": "Profile"}).items():
        page.goto(f"{people.server.url}/app/{path}")
        expect(page.get_by_role("heading", name=title, exact=True).first).to_be_visible()
        # What the page asks for has come, and is drawn.
        page.wait_for_timeout(300)
        judge(page, path)
    page.goto(f"{people.server.url}/app/settings/team")
    page.get_by_role("button", name="Invite somebody").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    judge(page, "inviting")


@SCHEMES
def test_on_a_phone(people: People, scheme: str) -> None:
    account, _visitor = talked(people)
    operator = people.owner(account, color_scheme=scheme, viewport=PHONE)
    expect(operator.rows).to_have_count(1)
    judge(operator.page, "list on a phone")
    operator.open_chat()
    judge(operator.page, "conversation on a phone")
    visitor = people.visitor(account.site_key, color_scheme=scheme, viewport=PHONE)
    visitor.open()
    judge(visitor.frame, "widget on a phone")


@SCHEMES
def test_the_widget(people: People, scheme: str) -> None:
    account = sign_up(people.server, name="Ada Lovelace")
    visitor = people.visitor(account.site_key, color_scheme=scheme)
    judge(visitor.page, "the page with the launcher")
    visitor.open()
    judge(visitor.page, "the page with the open widget")
    judge(visitor.frame, "a fresh chat")
    visitor.write("Do you ship to Norway? See https://shop.example/shipping")
    visitor.has_sent()
    chat = account.http.get("/v1/chats").json()["items"][0]
    account.http.post(f"/v1/chats/{chat['id']}/typing", json={})
    expect(visitor.panel.get_by_text("is writing…")).to_be_visible()
    judge(visitor.frame, "somebody is writing")
    account.say(chat["id"], "Yes, in three days.")
    visitor.bubble("Yes, in three days.").wait_for()
    judge(visitor.frame, "a conversation")
    visitor.panel.get_by_role("button", name="Emoji", exact=True).click()
    judge(visitor.frame, "emoji")
    visitor.page.keyboard.press("Escape")
    visitor.panel.get_by_role("button", name="Privacy").click()
    judge(visitor.frame, "privacy")
    visitor.panel.get_by_role("button", name="Forget me on this device").click()
    judge(visitor.frame, "before forgetting")
