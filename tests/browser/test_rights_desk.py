"""Requests about data: from the widget, a message and the form to the desk and its proof."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, People
from tests.browser.rights import VERA, begun, furnish
from tests.browser.test_accessibility import judge
from tests.driving import Account, json_of, sign_up, visit


def desk(people: People, account: Account, path: str = "", **options: Any) -> Page:
    """Opens the requests in the app."""
    page = people.owner(account, **options).page
    page.goto(f"{people.server.url}/app/requests{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_says_what_is_due_first(people: People, scheme: str) -> None:
    account = sign_up(people.server, company="Nordlicht")
    page = desk(people, account, color_scheme=scheme)
    expect(page.get_by_role("heading", name="No open requests")).to_be_visible()
    expect(page.get_by_text(f"/rights/{account.site_key}")).to_be_visible()
    judge(page, "no requests")
    furnish(account)
    # The list hears of it by itself.
    rows = page.get_by_role("list", name="Privacy requests").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(re.compile("days overdue"))
    expect(rows.nth(1)).to_contain_text(re.compile("Due in (2[789]|3[01]) days"))
    expect(page.get_by_role("link", name=re.compile("Requests")).first).to_contain_text("2")
    judge(page, "requests")
    page.get_by_role("radio", name="Overdue (1)").check()
    expect(rows).to_have_count(1)
    page.get_by_role("radio", name="Closed").check()
    expect(rows).to_contain_text(["Withdrawn"])


def test_a_request_is_approved_by_keyboard_and_closes_itself(people: People) -> None:
    account = sign_up(people.server, company="Nordlicht")
    ids = furnish(account)
    page = desk(people, account, f"/{ids['own']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Access · Vera Vogel")
    expect(page.get_by_text("All of it")).to_be_visible()
    judge(page, "a request")
    page.get_by_role("button", name="Approve and answer").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Approve and answer")
    letter = dialog.get_by_label("Letter")
    expect(letter).to_have_value(re.compile("Hello Vera Vogel"))
    judge(page, "a letter")
    letter.fill(letter.input_value().replace("Kind regards", "Yours"))
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("article")).to_contain_text("Yours")
    judge(page, "a letter's preview")
    dialog.get_by_role("button", name="Approve and send").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("This request is closed.")).to_be_visible()
    expect(page.get_by_text(re.compile(f"Sent .*{VERA}"))).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Done")).to_be_visible()


def test_refusing_extending_and_entering(people: People) -> None:
    account = sign_up(people.server, company="Nordlicht")
    page = desk(people, account)
    page.get_by_role("button", name="Enter a request").click()
    dialog = page.get_by_role("dialog", name="Enter a request")
    dialog.get_by_role("button", name="Enter a request").click()
    expect(dialog.get_by_text("Enter a name or an e-mail address.")).to_be_visible()
    judge(page, "entering")
    dialog.get_by_label("What is asked for").select_option("erasure")
    dialog.get_by_label("Who asks").fill("Wim")
    dialog.get_by_label("E-mail").fill("wim@visitor.example")
    dialog.get_by_role("button", name="Enter a request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erasure · Wim")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Extend by two months").click()
    dialog = page.get_by_role("dialog", name="Extend by two months")
    dialog.get_by_label("Reason").fill("Many chats")
    expect(dialog.get_by_label("Letter")).to_have_value(re.compile("one month: Many chats"))
    judge(page, "extending")
    dialog.get_by_role("button", name="Send and extend").click()
    expect(page.get_by_text("Received · extended")).to_be_visible()
    page.get_by_role("button", name="I know who it is").click()
    dialog = page.get_by_role("dialog", name="I know who it is")
    dialog.get_by_label("Reason").fill("Known number")
    dialog.get_by_role("button", name="I know who it is").click()
    page.get_by_role("button", name="Refuse", exact=True).click()
    dialog = page.get_by_role("dialog", name="Refuse")
    dialog.get_by_label("Ground").select_option("legal_duty")
    dialog.get_by_label("Reason").fill("An invoice")
    expect(dialog.get_by_label("Letter")).to_have_value(
        re.compile(r"17\(3\)\(b\)[\s\S]*An invoice")
    )
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("article")).to_contain_text("Art. 77 GDPR")
    dialog.get_by_role("button", name="Refuse and send").click()
    expect(page.get_by_text("This request is closed.")).to_be_visible()
    expect(page.get_by_text("A law requires us to keep it")).to_be_visible()


def test_an_answer_does_not_leave_out_a_visitor_with_the_same_address(people: People) -> None:
    account = sign_up(people.server, company="Nordlicht")
    furnish(account)
    page = desk(people, account)
    page.get_by_role("button", name="Enter a request").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Who asks").fill("V. Vogel")
    dialog.get_by_label("E-mail", exact=True).fill(VERA)
    dialog.get_by_label("Language of our letters").select_option("de")
    dialog.get_by_role("button", name="Enter a request").click()
    title = page.get_by_role("heading", name="Access · V. Vogel")
    expect(title).to_be_focused()
    page.get_by_role("button", name="I know who it is").click()
    dialog.get_by_role("button", name="I know who it is").click()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    expect(dialog.locator(".field-error")).to_contain_text("Say why first.")
    dialog.get_by_label("Reason").fill("Called from the known number")
    dialog.get_by_role("button", name="I know who it is").click()
    expect(page.locator(".toast")).to_contain_text("Identity known")
    expect(title).to_be_focused()
    page.get_by_role("button", name="Approve and answer").click()
    expect(dialog.get_by_text("A visitor has the same address")).to_be_visible()
    expect(dialog.get_by_label("Letter")).to_have_value(re.compile("Guten Tag V. Vogel"))
    judge(page, "an answer that would leave somebody out")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="It is this one").click()
    # Once that is known, the answer is drafted for them.
    expect(page.get_by_role("heading", name="Is it one of these?")).to_have_count(0)
    page.get_by_role("button", name="Approve and answer").click()
    expect(dialog.get_by_label("Letter")).to_have_value(re.compile("{link}"))
    expect(dialog.get_by_text("A visitor has the same address")).to_have_count(0)


def test_a_message_becomes_a_request(people: People) -> None:
    operator = people.owner()
    vera = visit(people.server, operator.account.site_key)
    vera.say("Please delete everything about me")
    operator.open_chat()
    page = operator.page
    page.get_by_role("button", name="More about this message").click()
    page.get_by_role("menuitem", name="This is a privacy request").click()
    dialog = page.get_by_role("dialog", name="This is a privacy request")
    expect(dialog).to_contain_text("Please delete everything about me")
    judge(page, "marking a message")
    dialog.get_by_label("Erasure").check()
    dialog.get_by_role("button", name="Make it a request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Erasure")
    number = page.url.rsplit("/", 1)[1]
    expect(page.locator(".lead")).to_contain_text(f"No. {number[-8:]}")
    page.get_by_text("Whole number", exact=True).click()
    expect(page.get_by_role("region", name="Whole number")).to_contain_text(number)
    page.get_by_role("button", name="Approve and answer").click()
    dialog = page.get_by_role("dialog", name="Approve and answer")
    expect(dialog).to_contain_text("It cannot come back")
    dialog.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("What is left is this proof")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erasure")
    judge(page, "the proof")


def test_a_message_of_a_closed_request_may_become_a_new_one(people: People) -> None:
    operator = people.owner()
    account, page = operator.account, operator.page
    vera = visit(people.server, account.site_key)
    said = vera.say("What do you hold about me?")
    body = {"kind": "access", "seq": said["seq"]}
    first = json_of(account.http.post(f"/v1/chats/{said['chat_id']}/requests", json=body), 201)
    step = {"to": "withdrawn", "reason": "Called"}
    json_of(account.http.post(f"/v1/requests/{first['id']}/steps", json=step), 201)
    operator.open_chat()
    page.get_by_role("button", name="More about this message").click()
    page.get_by_role("menuitem", name="This is a privacy request").click()
    dialog = page.get_by_role("dialog", name="This is a privacy request")
    dialog.get_by_role("button", name="Make it a request").click()
    expect(dialog).to_contain_text("It was closed on")
    judge(page, "a closed request before a new one")
    dialog.get_by_role("button", name="Make a new one").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Access")
    assert first["id"] not in page.url
    expect(page.get_by_role("button", name="Approve and answer")).to_be_visible()
    # The short number is enough to say which other one is meant.
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="It is there twice").click()
    other = page.get_by_role("dialog").get_by_label("Number of the other request")
    other.fill("No. 00000000")
    page.get_by_role("dialog").get_by_role("button", name="It is there twice").click()
    expect(page.get_by_role("dialog").locator(".field-error")).to_contain_text("No request has")
    other.fill(f"No. {first['id'][-8:]}")
    page.get_by_role("dialog").get_by_role("button", name="It is there twice").click()
    expect(page.get_by_text("This request is closed.")).to_be_visible()
    page.get_by_role("link", name="The other request").click()
    page.wait_for_url(re.compile(first["id"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_visitor_asks_in_the_widget(people: People, scheme: str) -> None:
    account = sign_up(people.server, company="Nordlicht")
    visitor = begun(people, account, viewport=PHONE, color_scheme=scheme)
    visitor.panel.get_by_role("button", name="Privacy").click()
    visitor.panel.get_by_text("Ask about your data").click()
    judge(visitor.frame, "asking in the widget")
    visitor.panel.get_by_label("Correct my data").check()
    visitor.panel.get_by_label("What is it about?").fill("My name is Vera")
    visitor.panel.get_by_role("button", name="Send the request").click()
    asked = visitor.panel.locator(".asking .question")
    expect(asked).to_contain_text("Being looked at")
    expect(asked).to_contain_text("You have an answer by")
    judge(visitor.frame, "asked in the widget")
    [item] = json_of(account.http.get("/v1/requests"))["items"]
    whole = json_of(account.http.get(f"/v1/requests/{item['id']}"))
    assert (whole["text"], item["kind"]) == ("My name is Vera", "correction")


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("ar", "dark")])
def test_the_form_works_without_scripts(people: People, locale: str, scheme: str) -> None:
    account = sign_up(people.server, company="Nordlicht")
    options: dict[str, Any] = {"java_script_enabled": False, "viewport": PHONE}
    page = people.context(locale=locale, color_scheme=scheme, **options).new_page()
    page.goto(f"{people.server.url}/rights/{account.site_key}")
    people.allow(r"status of 422")
    page.locator("button[type=submit]").click()
    expect(page.locator(".wrong")).to_have_count(2)
    page.locator("input[value=erasure]").check()
    page.locator("#email").fill(VERA)
    page.locator("button[type=submit]").click()
    [item] = json_of(account.http.get("/v1/requests"))["items"]
    expect(page.get_by_role("status")).to_contain_text(item["id"])
    scripted = people.context(locale=locale, color_scheme=scheme, viewport=PHONE).new_page()
    scripted.goto(f"{people.server.url}/rights/{account.site_key}")
    judge(scripted, "the form")
    assert scripted.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    confirm(scripted, account, item["id"])


def confirm(page: Page, account: Account, request_id: str) -> None:
    """Opens the link of the letter and presses its button."""
    link = None
    for _ in range(300):
        found = [each for each in account.server.outbox() if request_id in each.read_text()]
        texts = [_plain(each) for each in found]
        link = next(
            (m[0] for t in texts if (m := re.search(r"http\S+/rights/confirm#\S+", t))), None
        )
        if link:
            break
        page.wait_for_timeout(100)
    assert link is not None, "no letter came"
    page.goto(account.server.url + link[link.index("/rights/") :])
    judge(page, "a link's page")
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible()
    state = json_of(account.http.get(f"/v1/requests/{request_id}"))["request"]["state"]
    assert state == "verified"


def _plain(path: Path) -> str:
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(letter.get_content())


@pytest.mark.parametrize("path", ["", "own", "late"])
def test_on_a_phone_nothing_is_cut_off(people: People, path: str) -> None:
    account = sign_up(people.server, company="Nordlicht")
    ids = furnish(account)
    page = desk(people, account, f"/{ids[path]}" if path else "", viewport=PHONE)
    shown = (
        page.get_by_role("list").filter(has_text="Wim") if not path else page.locator(".timeline")
    )
    expect(shown).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    judge(page, f"on a phone {path}")
