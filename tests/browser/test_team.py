"""An owner invites somebody: the letter holds the link, and both then see the same chats."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.people import People
from tests.driving import PASSWORD, Server


def letter_to(server: Server, address: str) -> str:
    """Waits for the letter to an address, and returns its text."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for path in server.outbox():
            text = read(path)
            if address in text:
                return text
        time.sleep(0.1)
    raise AssertionError(f"no letter to {address}")


def read(path: Path) -> str:
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    return f"{letter['to']}\n{body.get_content()}"


def test_an_invitation(people: People) -> None:
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)")
    owner = people.owner()
    page = owner.page
    page.goto(f"{people.server.url}/app/settings/team")
    page.get_by_role("button", name="Invite somebody").click()
    address = f"grace-{owner.account.site_key}@nordlicht.example"
    page.get_by_role("dialog").get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"{address} is invited").first).to_be_visible()
    link = re.search(r"http://\S+/join#\S+", letter_to(people.server, address))
    assert link is not None
    invited = people.context().new_page()
    invited.goto(link[0])
    expect(invited.get_by_role("heading", name="Join Nordlicht")).to_be_visible()
    assert invited.url == f"{people.server.url}/join", "the token leaves the address bar"
    invited.get_by_label("Your name").fill("Grace Hopper")
    invited.get_by_label("Password", exact=True).fill(PASSWORD)
    invited.get_by_role("button", name="Join").click()
    expect(invited.get_by_role("heading", name=re.compile("No chats yet|Welcome"))).to_be_visible()
    # The owner sees her come, without a reload.
    line = page.locator("li").filter(has_text="Grace Hopper")
    expect(line).to_contain_text("here")
    visitor = people.visitor(owner.account.site_key)
    visitor.open()
    visitor.write("who is there?")
    row = invited.locator("a.row")
    expect(row).to_contain_text("who is there?")
    row.click()
    invited.get_by_label("Your answer").fill("Grace is")
    invited.get_by_label("Your answer").press("Enter")
    visitor.sees("who is there?", "Grace is")
    page.goto(f"{people.server.url}/app")
    owner.open_chat()
    owner.sees("who is there?", "Grace is")
    expect(page.get_by_text("Grace Hopper").first).to_be_visible()
    # A used link is spent.
    people.allow(r"404 \(Not Found\) .*/v1/invitations/look\)")
    again = people.context().new_page()
    again.goto(link[0])
    expect(again.get_by_text("This invitation is no longer valid")).to_be_visible()
    page.goto(f"{people.server.url}/app/settings/team")
    invited.close()
    expect(page.locator("li").filter(has_text="Grace Hopper")).to_contain_text("away")
