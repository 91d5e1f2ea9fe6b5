"""A visitor and an operator talk, each in a browser, over the real server."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.people import Operator, People, Visitor
from tests.driving import PASSWORD, sign_up


def test_from_sign_up_to_the_answer(people: People) -> None:
    # The page asks whether somebody is signed in, and a browser reports every 401.
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)")
    page = people.context().new_page()
    page.goto(people.server.url)
    page.get_by_label("Company").fill("Nordlicht Bicycles")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@nordlicht.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Welcome, Ada Lovelace")).to_be_visible()
    link = page.get_by_role("link", name="Open the test page")
    address = link.get_attribute("href") or ""
    assert re.fullmatch(r"/try/[0-9a-f]{24}", address)
    visitor = Visitor(people.context().new_page())
    visitor.page.goto(people.server.url + address)
    visitor.open()
    visitor.write("Do you ship to Norway?")
    rows = page.locator("a.row")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Do you ship to Norway?")
    expect(rows.first).to_contain_text("1 unread message")
    rows.first.click()
    page.get_by_label("Your answer").fill("Yes, in three days.")
    page.get_by_label("Your answer").press("Enter")
    visitor.sees("Do you ship to Norway?", "Yes, in three days.")
    expect(page.locator(".bubble")).to_have_text(["Do you ship to Norway?", "Yes, in three days."])


def meet(people: People) -> tuple[Operator, Visitor]:
    """A visitor has written, and the owner has the chat open."""
    operator = people.owner()
    visitor = people.visitor(operator.account.site_key)
    visitor.open()
    visitor.write("hello")
    operator.open_chat()
    operator.sees("hello")
    return operator, visitor


def test_typing_and_reading_are_shown(people: People) -> None:
    operator, visitor = meet(people)
    visitor.composer.press_sequentially("how")
    expect(operator.page.get_by_text(re.compile(r"is typing")).first).to_be_visible()
    operator.composer.press_sequentially("well")
    expect(visitor.panel.get_by_text("Nordlicht is writing…")).to_be_visible()
    operator.composer.press("Enter")
    visitor.sees("hello", "well")
    expect(visitor.panel.get_by_text("is writing")).to_have_count(0)
    expect(operator.page.get_by_text("Seen")).to_be_visible()
    # What the visitor has not opened is not seen, and is counted on the launcher.
    visitor.close()
    operator.write("are you still there?")
    expect(visitor.launcher).to_have_accessible_name("Chat (1)")
    last = operator.page.locator(".group-foot").last
    expect(last).not_to_contain_text("Seen")
    visitor.open()
    expect(visitor.launcher).to_have_accessible_name("Chat")
    expect(last).to_contain_text("Seen")


def test_a_chat_is_closed_and_opens_again(people: People) -> None:
    operator, visitor = meet(people)
    operator.page.get_by_role("button", name="Close", exact=True).click()
    expect(operator.page.get_by_text("You closed the chat")).to_be_visible()
    operator.page.get_by_role("button", name="Reopen").first.click()
    expect(operator.page.get_by_text("You reopened the chat")).to_be_visible()
    operator.page.get_by_role("button", name="Close", exact=True).click()
    visitor.write("one more thing")
    expect(operator.page.get_by_text("The chat was reopened")).to_be_visible()
    operator.sees("hello", "one more thing")
    visitor.sees("hello", "one more thing")


def test_the_panel_closed_and_opened_keeps_the_conversation(people: People) -> None:
    operator, visitor = meet(people)
    operator.write("welcome")
    visitor.sees("hello", "welcome")
    visitor.close()
    visitor.open()
    visitor.sees("hello", "welcome")
    visitor.page.reload()
    visitor.open()
    visitor.sees("hello", "welcome")


def test_two_tabs_share_one_connection_and_hand_it_over(people: People) -> None:
    account = sign_up(people.server)
    first = people.visitor(account.site_key)
    first.open()
    first.write("from the first tab")
    first.has_sent()
    second = Visitor(first.page.context.new_page())
    second.page.goto(first.page.url)
    second.open()
    second.sees("from the first tab")
    second.write("from the second tab")
    first.sees("from the first tab", "from the second tab")
    chat_id = account.http.get("/v1/chats").json()["items"][0]["id"]
    account.say(chat_id, "for both")
    for tab in (first, second):
        tab.sees("from the first tab", "from the second tab", "for both")
    assert len(people.paths("/v1/widget/me/stream")) == 1
    first.page.close()
    account.say(chat_id, "after the leading tab has gone")
    second.sees(
        "from the first tab",
        "from the second tab",
        "for both",
        "after the leading tab has gone",
    )
    assert len(people.paths("/v1/widget/me/stream")) == 2
