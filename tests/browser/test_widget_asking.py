"""The e-mail address and the permission that goes with it: asked once, answered freely."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.people import PHONE, People
from tests.browser.rights import QUESTION, VERA, asking, begun, button, chats, equal, the_visitor
from tests.driving import json_of, visit


def test_yes_and_no_are_equal_and_neither_is_chosen(people: People) -> None:
    account = asking(people.server)
    for options in ({}, {"viewport": PHONE}, {"viewport": {"width": 320, "height": 640}}):
        visitor = begun(people, account, **options)
        question = visitor.panel.get_by_role("group", name="Advertising by e-mail")
        equal(button(question, "Yes"), button(question, "No"))
        equal(button(visitor, "Not now"), button(visitor, "Save"))


def test_no_email_without_an_answer(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    field = visitor.panel.get_by_label("E-mail", exact=True)
    field.fill("not an address")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_role("alert").filter(has_text="whole address")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("kari@shop.example")
    field.press("Enter")
    expect(visitor.panel.get_by_role("alert").filter(has_text="Yes or No")).to_be_visible()
    expect(button(visitor, "Yes")).to_be_focused()
    assert the_visitor(account)["email"] is None
    button(visitor, "No").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example.")).to_be_visible()
    told = the_visitor(account)
    assert (told["email"], told["marketing"]["answer"]) == ("kari@shop.example", "no")
    # "No" stops nothing.
    visitor.write("and to Sweden?")
    visitor.sees("Do you ship to Norway?", "and to Sweden?")
    visitor.has_sent()
    visitor.page.reload()
    visitor.open()
    visitor.sees("Do you ship to Norway?", "and to Sweden?")
    expect(visitor.panel.get_by_label("E-mail", exact=True)).to_have_count(0)


def test_a_question_that_came_later_is_asked_too(people: People) -> None:
    account = asking(people.server, question=False)
    visitor = begun(people, account)
    marketing = {"enabled": True, "texts": {"en": QUESTION}}
    json_of(account.http.patch("/v1/settings", json={"email_request": {"marketing": marketing}}))
    people.allow(r"422 \(Unprocessable")
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    assert the_visitor(account)["email"] is None
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example.")).to_be_visible()
    assert the_visitor(account)["marketing"]["answer"] == "yes"


def test_nobody_says_yes_to_words_that_they_have_not_read(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Yes").click()
    wider = {"enabled": True, "texts": {"en": "May our partners write to you, too?"}}
    json_of(account.http.patch("/v1/settings", json={"email_request": {"marketing": wider}}))
    people.allow(r"409 \(Conflict\) .*/v1/widget/me\)")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("May our partners write to you, too?")).to_be_visible()
    expect(button(visitor, "Yes")).to_have_attribute("aria-pressed", "false")
    assert the_visitor(account)["email"] is None
    button(visitor, "No").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example.")).to_be_visible()
    assert the_visitor(account)["marketing"]["answer"] == "no"


def test_the_field_that_is_wrong_is_seen_whole_in_a_low_window(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account, viewport={"width": 640, "height": 400})
    field = visitor.panel.get_by_label("E-mail", exact=True)
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_role("alert").filter(has_text="whole address")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=1)


def test_asked_once_and_only_while_nobody_is_there(people: People) -> None:
    account = asking(people.server, "offline", question=False)
    visitor = begun(people, account)
    email = visitor.panel.get_by_label("E-mail", exact=True)
    expect(email).to_be_visible()
    people.owner(account)
    expect(email).to_have_count(0)
    account = asking(people.server, "always", question=False)
    visitor = begun(people, account)
    button(visitor, "Not now").click()
    expect(visitor.composer).to_be_focused()
    visitor.page.reload()
    visitor.open()
    visitor.sees("Do you ship to Norway?")
    expect(visitor.panel.get_by_label("E-mail", exact=True)).to_have_count(0)


def test_marketing_is_withdrawn_in_two_clicks(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Advertising by e-mail: Yes.")).to_be_visible()
    visitor.close()
    visitor.open()
    button(visitor, "Privacy").click()
    button(visitor, "No").click()
    expect(visitor.panel.get_by_text(re.compile("^Your answer: No"))).to_be_visible()
    assert the_visitor(account)["marketing"]["answer"] == "no"
    visitor.panel.get_by_text("Record of your answers").click()
    expect(
        visitor.panel.get_by_text(re.compile("^Advertising by e-mail: You withdrew your agreement"))
    ).to_be_visible()


def test_who_wants_no_advertising_ever_is_known_after_the_erasure(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    visitor.panel.get_by_label("E-mail", exact=True).fill(VERA)
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text(f"Your e-mail address: {VERA}.")).to_be_visible()
    button(visitor, "Privacy").click()
    button(visitor, "Erase everything").click()
    button(visitor, "Continue").click()
    never = visitor.panel.get_by_label("Send me no advertising, ever")
    expect(never).not_to_be_checked()
    box = never.bounding_box()
    assert box is not None
    # Beside its words, and no wider than a box to tick.
    assert box["width"] < 30
    never.check()
    with visitor.page.expect_response("**/v1/widget/me/erasure?*") as asked:
        button(visitor, "Erase for good").click()
    erasure = asked.value.json()["erasure"]["id"]
    expect(visitor.panel.get_by_text(erasure)).to_be_visible()
    expect(button(visitor, "Download certificate")).to_be_visible(timeout=30_000)
    assert chats(account) == []
    # Who comes with this address is not to be written to; only their own yes would change that.
    again = visit(people.server, account.site_key)
    again.say("hello")
    known = {"email": VERA, "marketing": "no"}
    json_of(again.http.patch("/v1/widget/me", json=known))
    other = visit(people.server, account.site_key)
    other.say("hello")
    json_of(other.http.patch("/v1/widget/me", json=known | {"email": "kari@shop.example"}))
    barred = {
        each["visitor"]["email"]: each["visitor"]["do_not_contact"] for each in chats(account)
    }
    assert barred == {VERA: True, "kari@shop.example": False}
