"""Editing and deleting one's own messages in the widget."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.files import PDF, attach, named
from tests.browser.people import PHONE, People, Visitor
from tests.browser.rights import begun, button, card, chats, show
from tests.browser.test_accessibility import SCHEMES, judge
from tests.driving import Account, json_of, sign_up


def more(visitor: Visitor, text: str) -> Locator:
    """The button that opens the menu of a message."""
    return button(visitor.log.locator(".bubble").filter(has_text=text), "Edit or delete")


def message(account: Account, number: int = 0) -> dict[str, Any]:
    """A message of the only chat, as an operator has it."""
    found = account.events(chats(account)[0]["id"])
    return [each for each in found if each["type"].endswith("-message")][number]


def talking(people: People, *texts: str, **options: Any) -> tuple[Account, Visitor]:
    """A visitor has written, and everything is acknowledged."""
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key, **options)
    visitor.open()
    for text in texts:
        visitor.write(text)
    expect(visitor.log.locator(".waiting")).to_have_count(0)
    visitor.sees(*texts)
    return account, visitor


def test_a_message_is_edited_where_it_was_written(people: People) -> None:
    account, visitor = talking(people, "Do you ship to Norwai?", "Thanks")
    visitor.composer.fill("half a sentence")
    more(visitor, "Norwai").click()
    button(visitor, "Edit").click()
    expect(visitor.composer).to_be_focused()
    expect(visitor.composer).to_have_value("Do you ship to Norwai?")
    expect(visitor.panel.get_by_text("You are editing a message.")).to_be_visible()
    visitor.write("Do you ship to Norway?")
    visitor.sees("Do you ship to Norway?edited", "Thanks")
    expect(visitor.composer).to_have_value("half a sentence")
    assert message(account)["params"]["text"] == "Do you ship to Norway?"
    # The same in another tab, and after a reload.
    visitor.page.reload()
    visitor.open()
    visitor.sees("Do you ship to Norway?edited", "Thanks")


def test_with_the_keyboard_alone(people: People) -> None:
    account, visitor = talking(people, "first", "second")
    keyboard = visitor.page.keyboard
    expect(visitor.composer).to_be_focused()
    keyboard.press("ArrowUp")
    expect(visitor.composer).to_have_value("second")
    keyboard.press("Escape")
    expect(visitor.composer).to_have_value("")
    expect(visitor.composer).to_be_visible()
    keyboard.press("ArrowUp")
    keyboard.type("!")
    keyboard.press("Enter")
    visitor.sees("first", "second!edited")
    keyboard.press("Shift+Tab")
    expect(more(visitor, "second!")).to_be_focused()
    keyboard.press("Enter")
    expect(button(visitor, "Edit")).to_be_focused()
    keyboard.press("Escape")
    expect(more(visitor, "second!")).to_be_focused()
    keyboard.press("Enter")
    expect(button(visitor, "Edit")).to_be_focused()
    keyboard.press("Tab")
    expect(button(visitor, "Delete")).to_be_focused()
    keyboard.press("Enter")
    expect(visitor.log.locator(".gone")).to_be_focused()
    keyboard.press("Tab")
    expect(button(visitor, "Undo")).to_be_focused()
    keyboard.press("Enter")
    visitor.sees("first", "second!edited")
    expect(more(visitor, "second!")).to_be_focused()
    assert message(account, 1)["params"]["text"] == "second!"


def test_a_deletion_is_sent_when_nobody_has_undone_it(people: People) -> None:
    account, visitor = talking(people, "my number is 4711", "hello")
    more(visitor, "4711").click()
    button(visitor, "Delete").click()
    expect(visitor.log.locator(".gone")).to_contain_text("Message deleted")
    assert "deleted_at" not in message(account)["params"]
    expect(button(visitor, "Undo")).to_have_count(0)
    expect(visitor.log.locator(".gone")).to_have_text("Message deleted")
    expect(visitor.log.get_by_text("4711")).to_have_count(0)
    params = message(account)["params"]
    assert (params["deleted_by"], params.get("text")) == ("visitor", None)
    visitor.page.reload()
    visitor.open()
    visitor.sees("Message deleted", "hello")


def test_who_leaves_the_page_has_not_undone_it(people: People) -> None:
    account, visitor = talking(people, "one", "two")
    attach(visitor, named("offer.pdf", PDF))
    visitor.composer.press("Enter")
    expect(visitor.log.get_by_role("button", name="offer.pdf")).to_be_visible()
    more(visitor, "offer.pdf").click()
    expect(button(visitor, "Edit")).to_have_count(0)
    button(visitor, "Delete").click()
    expect(button(visitor, "Undo")).to_be_visible()
    visitor.page.reload()
    visitor.open()
    visitor.sees("one", "two", "Message deleted")
    assert "deleted_at" in message(account, 2)["params"]


def test_what_operators_change_is_changed_here(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    chat_id = chats(account)[0]["id"]
    said = account.say(chat_id, "It costs 40 €.")
    gone = account.say(chat_id, "That was for somebody else.")
    visitor.bubble("It costs 40 €.").wait_for()
    path = f"/v1/chats/{chat_id}/messages"
    json_of(account.http.patch(f"{path}/{said['id']}", json={"text": "It costs 49 €."}))
    assert account.http.delete(f"{path}/{gone['id']}").status_code == 204
    visitor.bubble("It costs 49 €.edited").wait_for()
    expect(visitor.log.get_by_text("somebody else")).to_have_count(0)
    expect(visitor.log.locator(".gone")).to_have_text("Message deleted")
    expect(visitor.log.locator(".group:not(.mine) .more")).to_have_count(0)


def test_an_edit_that_is_refused_keeps_what_was_written(people: People) -> None:
    account, visitor = talking(people, "one")
    people.allow(r"409 \(Conflict\)", r"ERR_INTERNET_DISCONNECTED")
    wrong = visitor.panel.locator(".composer [role=alert]")
    visitor.composer.press("ArrowUp")
    visitor.page.context.set_offline(True)
    visitor.write("two")
    expect(wrong).to_contain_text("That did not work, and nothing was changed.")
    expect(visitor.composer).to_have_value("two")
    visitor.page.context.set_offline(False)
    # The text has changed meanwhile: it is read, agreed to, and then the edit goes.
    show(account, "The new text.", agree=True)
    visitor.composer.press("Enter")
    expect(card(visitor)).to_contain_text("The new text.")
    expect(visitor.composer).to_have_value("two")
    button(card(visitor), "I agree").click()
    visitor.sees("twoedited")
    # Deleted by the team while it is being edited: what was written goes on by itself.
    visitor.composer.press("ArrowUp")
    chat_id = chats(account)[0]["id"]
    path = f"/v1/chats/{chat_id}/messages/{message(account)['id']}"
    assert account.http.delete(path).status_code == 204
    visitor.sees("Message deleted")
    visitor.write("three")
    expect(wrong).to_have_text("Message deleted")
    expect(visitor.composer).to_have_value("three")
    visitor.composer.press("Enter")
    visitor.sees("Message deleted", "three")


@SCHEMES
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de-DE", ("Bearbeiten oder löschen", "Löschen", "Rückgängig", "bearbeitet")),
        ("ar", ("تعديل أو حذف", "حذف", "تراجع", "معدّلة")),
    ],
)
def test_on_a_phone_in_any_state(
    people: People, scheme: str, language: str, words: tuple[str, ...]
) -> None:
    opens, delete, undo, edited = words
    options = {"viewport": PHONE, "has_touch": True, "locale": language, "color_scheme": scheme}
    _, visitor = talking(people, "first", "x" * 200, **options)
    visitor.composer.press("ArrowUp")
    judge(visitor.frame, "a message that is edited")
    visitor.write("y" * 200)
    expect(visitor.log.get_by_text(edited)).to_be_visible()
    button(visitor, opens).last.tap()
    judge(visitor.frame, "the menu of a message")
    button(visitor, delete).tap()
    expect(button(visitor, undo)).to_be_visible()
    assert not visitor.log.evaluate("(log) => log.scrollWidth > log.clientWidth")
    judge(visitor.frame, "a message that is about to be deleted")
    expect(button(visitor, undo)).to_have_count(0)
    judge(visitor.frame, "a deleted message")
