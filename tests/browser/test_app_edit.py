"""Changing and deleting messages in the operators' conversation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PHONE, Operator, People
from tests.browser.privacy_steps import customer
from tests.browser.test_accessibility import judge
from tests.browser.test_restriction import look
from tests.driving import VisitorClient, json_of
from tests.interface.team import join

LOOKS: list[Any] = [
    pytest.param({}, id="desktop"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone-dark"),
]


def talking(people: People, **options: Any) -> tuple[Operator, VisitorClient]:
    """An operator who has answered Vera twice."""
    operator = people.owner(**options)
    vera = customer(operator.account, "Vera", None)
    operator.account.say(vera.chat_id, "In three days.")
    operator.account.say(vera.chat_id, "To Oslo, that is.")
    operator.open_chat()
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.")
    return operator, vera


def row(page: Page, text: str) -> Locator:
    """The message with this text, and what belongs to it."""
    exact = page.locator(".bubble", has_text=re.compile(f"^{re.escape(text)}$"))
    return page.locator(".bubble-row").filter(has=exact)


def act(page: Page, text: str, name: str) -> None:
    """Does something with a message, by keyboard alone."""
    row(page, text).get_by_role("button", name="More about this message").press("Enter")
    item = page.get_by_role("menuitem", name=name)
    expect(item).to_be_in_viewport(ratio=1)
    item.press("Enter")


@pytest.mark.parametrize("options", LOOKS)
def test_an_answer_is_changed(people: People, options: dict[str, Any]) -> None:
    operator, vera = talking(people, **options)
    page = operator.page
    operator.composer.fill("Half a thought")
    act(page, "In three days.", "Edit")
    box = page.get_by_label("Change the message")
    expect(box).to_be_focused()
    expect(box).to_have_value("In three days.")
    expect(page.get_by_role("button", name="Attach files")).to_have_count(0)
    judge(page, "changing a message")
    box.fill("In two days.")
    page.get_by_role("button", name="Save the change").click()
    operator.sees("Hello from Vera", "In two days.", "To Oslo, that is.")
    mark = row(page, "In two days.").locator("time.edited")
    expect(mark).to_contain_text("edited")
    expect(mark).to_have_attribute("title", re.compile(r"\d{4}"))
    # The draft of the answer is as it was.
    expect(operator.composer).to_have_value("Half a thought")
    judge(page, "a changed message")
    page.reload()
    expect(row(page, "In two days.").locator("time.edited")).to_be_visible()
    assert [each["params"]["text"] for each in messages(vera)][1] == "In two days."


def messages(vera: VisitorClient) -> list[dict[str, Any]]:
    """The messages of the chat as they stand now."""
    return [each for each in vera.events() if each["type"].endswith("-message")]


def test_the_arrow_leads_to_the_last_answer(people: People) -> None:
    operator, _vera = talking(people)
    page = operator.page
    operator.composer.focus()
    page.keyboard.press("ArrowUp")
    box = page.get_by_label("Change the message")
    expect(box).to_have_value("To Oslo, that is.")
    expect(page.locator(".bubble-changing .bubble")).to_have_text("To Oslo, that is.")
    look(page, "app-changing", ("desktop",))
    page.keyboard.press("Escape")
    expect(operator.composer).to_be_focused()
    expect(operator.composer).to_have_value("")
    operator.composer.fill("words")
    page.keyboard.press("ArrowUp")
    expect(operator.composer).to_have_value("words")


def test_a_deletion_can_be_taken_back_before_it_is_sent(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    # Seconds pass when the test says so, however slow the machine is.
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=10))
    act(page, "In three days.", "Delete")
    operator.sees("Hello from Vera", "Message deleted Undo", "To Oslo, that is.")
    page.clock.run_for(1_000)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.")
    # The button is gone, and whoever pressed it goes on writing.
    expect(operator.composer).to_be_focused()
    page.clock.run_for(9_000)
    assert not [each for each in people.requests if each.method == "DELETE"]
    act(page, "To Oslo, that is.", "Delete")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as answer:
        page.clock.run_for(8_000)
    assert answer.value.status == 204
    page.clock.resume()
    operator.sees("Hello from Vera", "In three days.", "Message deleted")
    expect(operator.composer).to_be_focused()
    expect(operator.rows.first.locator(".row-text")).to_have_text("You: Message deleted")
    assert "text" not in messages(vera)[2]["params"]
    judge(page, "a deleted message")


def test_who_leaves_takes_nothing_back(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    act(page, "In three days.", "Delete")
    judge(page, "a deletion that can be taken back")
    page.goto(f"{people.server.url}/app/profile")
    for _ in range(600):
        if "text" not in messages(vera)[1]["params"]:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the message is still there")


def test_what_the_visitor_changes_and_deletes_shows_at_once(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    said = vera.say("My number is 4711")
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.", "My number is 4711")
    path = f"/v1/widget/me/messages/{said['id']}"
    json_of(vera.http.patch(path, json={"text": "My number is 4712"}))
    expect(row(page, "My number is 4712").locator("time.edited")).to_be_visible()
    expect(operator.rows.first.locator(".row-text")).to_have_text("My number is 4712")
    assert vera.http.delete(path).status_code == 204
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.", "Message deleted")
    expect(operator.rows.first.locator(".row-text")).to_have_text("Message deleted")
    # Nothing of it is left on the screen.
    assert "number is 471" not in page.content()


def test_what_stands_under_a_hold_stays(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    people.allow(r"409 \(Conflict\)", r"404 \(Not Found\)")

    def held(route: Any) -> None:
        # As the server answers when the hold came in this moment.
        body = '{"status": 409, "code": "held", "title": "Conflict", "detail": "Kept."}'
        route.fulfill(status=409, content_type="application/problem+json", body=body)

    page.route(f"**/v1/chats/{vera.chat_id}/messages/*", held)
    page.clock.install()
    act(page, "In three days.", "Delete")
    page.clock.run_for(8_000)
    expect(page.locator(".toast")).to_contain_text("Not deleted. The person is on hold")
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.")
    operator.composer.focus()
    page.keyboard.press("ArrowUp")
    page.get_by_label("Change the message").fill("To Bergen, that is.")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Not changed. The person is on hold")
    # What was written is not lost.
    expect(page.get_by_label("Change the message")).to_have_value("To Bergen, that is.")
    operator.sees("Hello from Vera", "In three days.", "To Oslo, that is.")
    judge(page, "a refused change")


def test_an_operator_has_only_their_own(people: People) -> None:
    owner, _vera = talking(people)
    account = owner.account
    page = people.owner(replace(account, http=join(people.server, account, "operator"))).page
    page.locator("a.row").first.click()
    expect(row(page, "In three days.")).to_be_visible()
    menus = page.get_by_role("button", name="More about this message")
    # The visitor's alone, for a request about data.
    expect(menus).to_have_count(1)
    menus.press("Enter")
    expect(page.get_by_role("menuitem")).to_have_text(["This is a privacy request"])
