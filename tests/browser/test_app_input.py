"""What an operator has typed is there until it is kept: beside a press, a refusal, a break."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from chathaven.base.clock import now
from tests.browser.people import People
from tests.browser.privacy_steps import customer
from tests.driving import json_of


def press_beside(page: Page) -> None:
    """Presses into the corner, which is beside every dialog."""
    page.mouse.click(5, 5)


def test_a_press_beside_a_dialog_loses_nothing_that_was_typed(people: People) -> None:
    page = people.owner().page
    page.goto(f"{people.server.url}/app/requests")
    enter = page.get_by_role("button", name="Enter a request").first
    dialog = page.get_by_role("dialog", name="Enter a request")
    enter.click()
    expect(dialog).to_be_visible()
    # Nothing is lost yet: it closes, and one goes on where one was.
    press_beside(page)
    expect(dialog).to_have_count(0)
    enter.click()
    dialog.get_by_label("In their words").fill("All of it")
    press_beside(page)
    expect(dialog.get_by_label("In their words")).to_have_value("All of it")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_token_that_is_shown_once_closes_on_purpose_only(people: People) -> None:
    page = people.owner().page
    page.goto(f"{people.server.url}/app/settings/tokens")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_label("What it is for").fill("Night")
    page.get_by_role("button", name="Make the token").click()
    made = page.get_by_role("dialog", name="Token “Night”")
    expect(made).to_contain_text("it is shown this one time only")
    # The keys go on within the dialog, though what was pressed is gone.
    assert made.evaluate("(dialog) => dialog.contains(document.activeElement)")
    press_beside(page)
    expect(made).to_be_visible()
    # A page without TLS has no clipboard; what is in a dialog is copied all the same.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    made.get_by_role("button", name="Copy").click()
    expect(made.get_by_role("button", name="Copied")).to_be_visible()
    made.get_by_role("button", name="I have kept it").click()
    expect(made).to_have_count(0)


def test_a_dialog_that_names_somebody_goes_with_the_sign_in(people: People) -> None:
    operator = people.owner()
    page = operator.page
    visitor = customer(operator.account, "Nobody", None)
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    expect(person.get_by_label("E-mail")).to_have_value("nobody@customer.example")
    page.get_by_role("button", name="Erase …").click()
    expect(page.get_by_role("dialog", name="Nobody")).to_be_visible()
    # A colleague has found out what they are called.
    path = f"/v1/visitors/{visitor.visitor_id}"
    json_of(operator.account.http.patch(path, json={"name": "Vera"}))
    expect(page.get_by_role("dialog", name="Vera")).to_be_visible()
    people.allow(r"401 \(Unauthorized\)")
    # Elsewhere: the password was changed, or the session was ended.
    assert operator.account.http.delete("/v1/sessions/current").status_code == 204
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Vera")).to_have_count(0)


def test_a_name_of_ones_own_stays_as_it_is_typed(people: People) -> None:
    operator = people.owner()
    page, http = operator.page, operator.account.http
    page.goto(f"{people.server.url}/app/profile")
    name = page.get_by_label("Your name", exact=True)
    name.fill("Ada ")
    expect(page.locator(".toast", has_text="Saved")).to_be_visible()
    # It was kept in the pause after the first word, without its space; here it is still there.
    assert json_of(http.get("/v1/me"))["operator"]["name"] == "Ada"
    expect(name).to_have_value("Ada ")
    name.press_sequentially("Byron")
    name.blur()
    expect(name).to_have_value("Ada Byron")
    people.allow(r"status of 503")
    page.route("**/v1/me", lambda route: route.fulfill(status=503, body="{}"))
    name.fill("Augusta")
    name.blur()
    expect(page.locator(".field-error")).to_be_visible()
    expect(name).to_have_value("Augusta")


def test_what_a_site_is_to_say_outlives_a_break(people: People) -> None:
    operator = people.owner()
    page, account = operator.page, operator.account
    page.goto(f"{people.server.url}/app/settings/site")
    team = page.get_by_label("Team name")
    people.allow(r"status of 503")
    page.route("**/v1/sites/*", lambda route: route.fulfill(status=503, body="{}"))
    team.fill("Nordlicht on the quay")
    team.blur()
    expect(page.locator(".toast-failed")).to_be_visible()
    expect(team).to_have_value("Nordlicht on the quay")
    page.unroute("**/v1/sites/*")
    # It goes with the next change of the site, or before it, when the stream comes back.
    with page.expect_response(lambda answer: "left" in (answer.request.post_data or "")):
        page.get_by_role("radio", name="Left").check()
    [site] = json_of(account.http.get("/v1/sites"))["items"]
    look = site["appearance"]
    assert (look["team_name"], look["position"]["side"]) == ("Nordlicht on the quay", "left")


def test_a_letter_is_kept_while_more_people_are_found(people: People) -> None:
    operator = people.owner()
    page, account = operator.page, operator.account
    visitor = customer(account, "Vera", None)
    json_of(account.http.get(f"/v1/chats/{visitor.chat_id}/events"))
    body = {"title": "A lost laptop", "aware_at": now().isoformat()}
    id = json_of(account.http.post("/v1/breaches", json=body), 201)["id"]
    page.goto(f"{people.server.url}/app/settings/breaches/{id}")
    which = page.get_by_label("Which one")
    which.select_option(account.operator_id)
    find = page.get_by_role("button", name="Find them")
    find.click()
    letter = page.get_by_label("Letter", exact=True)
    letter.fill("A laptop was lost.")
    answers = page.locator("li", has_text=re.compile("Opened: 1"))
    expect(answers).to_have_count(1)
    which.select_option(account.operator_id)
    find.click()
    expect(answers).to_have_count(2)
    expect(letter).to_have_value("A laptop was lost.")
    # Who was found last is meant.
    scopes = json_of(account.http.get(f"/v1/breaches/{id}/scopes"))["items"]
    expect(page.get_by_label("To the people of this answer")).to_have_value(scopes[0]["id"])


def test_a_key_searches_wherever_nobody_writes(people: People) -> None:
    operator = people.owner()
    page = operator.page
    customer(operator.account, "Vera", None)
    operator.open_chat()
    search = page.get_by_role("searchbox", name="Search chats")
    page.get_by_role("button", name="Close", exact=True).focus()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    page.keyboard.press("Escape")
    operator.composer.press("/")
    expect(operator.composer).to_have_value("/")
    page.get_by_role("button", name="Erase …").click()
    dialog = page.get_by_role("dialog")
    dialog.evaluate("(dialog) => dialog.focus()")
    page.keyboard.press("/")
    assert not search.evaluate("(field) => field.matches(':focus')")
