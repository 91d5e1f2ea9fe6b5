"""The audit log, the record of processing and the register of breaches, in the app."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chathaven.base.clock import now
from tests.browser.people import PHONE, People
from tests.browser.privacy_steps import customer, saved
from tests.browser.test_accessibility import judge
from tests.driving import json_of
from tests.interface.rows import superuser
from tests.interface.team import letter_to

LOOKS: list[Any] = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark"}, id="dark"),
    pytest.param({"color_scheme": "light", "viewport": PHONE}, id="phone"),
]


def picture(page: Page, name: str) -> None:
    """Takes a picture where a folder for pictures is named."""
    folder = os.environ.get("CHATHAVEN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def fits(page: Page) -> None:
    """Nothing stands out at the side."""
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("look", LOOKS)
def test_the_audit_log_is_read_checked_and_taken_along(
    people: People, look: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    operator = people.owner(**look)
    page, account = operator.page, operator.account
    visitor = customer(account, "Vera", marketing=None)
    chat_id = visitor.chat_id
    assert account.http.get(f"/v1/chats/{chat_id}/events").status_code == 200
    page.goto(f"{people.server.url}/app/settings/audit")
    expect(page.get_by_role("heading", name="Audit log", level=1)).to_be_visible()
    log = page.get_by_role("region", name="Log").or_(page.locator(".records-log"))
    expect(log.first).to_contain_text("opened a chat")
    page.get_by_label("What was done").select_option("chat-opened")
    rows = page.locator(".records-log > li")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(account.name)
    expect(rows).to_contain_text(chat_id)
    expect(rows).not_to_contain_text("Vera")
    page.get_by_role("button", name="Check the chain").press("Enter")
    expect(page.locator("#main").get_by_text("Intact. Lines checked")).to_be_visible()
    expect(page.get_by_text("The receipts of consents are intact, too.")).to_be_visible()
    judge(page, "the audit log")
    fits(page)
    picture(page, f"audit-{request.node.callspec.id}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download JSON").click()
    lines = saved(kept.value).read_text().splitlines()
    assert {"chat-opened", "signed-up"} <= {json.loads(line)["action"] for line in lines}
    assert "Vera" not in "".join(lines)
    with superuser(people.server) as database:
        database.execute(
            "UPDATE audit_lines SET actor_id = gen_random_uuid()"
            " WHERE account_id = %s AND number = 2",
            (account.account_id,),
        )
        database.commit()
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text("Line 2 was changed.")).to_be_visible()
    judge(page, "a broken audit log")


@pytest.mark.parametrize("look", LOOKS)
def test_the_record_says_who_the_company_is_and_what_changed(
    people: People, look: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    operator = people.owner(**look)
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/records")
    expect(page.get_by_text("Version 1 of")).to_be_visible()
    page.get_by_label("Country").fill("Norway")
    page.get_by_label("Country").blur()
    expect(page.get_by_text("Version 2 of")).to_be_visible()
    expect(page.locator("b", has_text="Answering people who write in the chat")).to_be_visible()
    page.get_by_label("To", exact=True).fill((now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("added · – → Norway")).to_be_visible()
    judge(page, "the record of processing")
    fits(page)
    picture(page, f"records-{request.node.callspec.id}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download PDF").click()
    assert saved(kept.value).read_bytes().startswith(b"%PDF")
    page.get_by_label("Which record").select_option("processor")
    expect(page.get_by_text("You run this installation yourself")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_a_breach_from_its_entry_to_its_end(
    people: People, look: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    operator = people.owner(**look)
    page, account = operator.page, operator.account
    visitor = customer(account, "Vera", marketing=None)
    assert account.http.get(f"/v1/chats/{visitor.chat_id}/events").status_code == 200
    page.goto(f"{people.server.url}/app/settings/breaches")
    expect(page.get_by_text("No breach so far.")).to_be_visible()
    judge(page, "an empty register")
    page.get_by_role("button", name="Enter a breach").click()
    dialog = page.get_by_role("dialog", name="Enter a breach")
    act = dialog.get_by_role("button", name="Enter a breach")
    act.click()
    expect(dialog.get_by_text("This is needed.")).to_be_visible()
    judge(page, "entering a breach")
    dialog.get_by_label("Title").fill("A lost laptop")
    dialog.get_by_label("What happened").fill("It was left in a train.")
    act.click()
    expect(page.get_by_role("heading", name="Breach 1", level=1)).to_be_visible()
    expect(page.get_by_text("hours left to tell the authority")).to_be_visible()
    expect(page.get_by_text("Before it can be closed:")).to_be_visible()
    page.get_by_label("Likely consequences").fill("Names may be read.")
    page.get_by_label("What was done against it").fill("Sessions were ended.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".toast", has_text="Saved").first).to_be_visible()
    page.get_by_label("Does the authority have to be told?").select_option("not-needed")
    page.get_by_label("Reasons for the decision").fill("The disk is encrypted.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Before it can be closed:")).to_have_count(0)
    page.get_by_label("How many people, about").fill("some")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".field-error", has_text="Write a whole number")).to_be_visible()
    page.get_by_role("button", name="Find them").click()
    expect(page.get_by_label("Which one")).to_be_focused()
    page.get_by_label("Which one").select_option(account.operator_id)
    page.get_by_role("button", name="Find them").click()
    expect(page.locator("small", has_text="Opened: 1")).to_be_visible()
    judge(page, "a breach")
    fits(page)
    picture(page, f"breach-{request.node.callspec.id}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download CSV").click()
    assert visitor.visitor_id in saved(kept.value).read_text()
    page.get_by_role("button", name="Close this breach").click()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    page.get_by_role("link", name="All breaches").click()
    expect(page.get_by_role("heading", name="Breaches", level=1)).to_be_focused()
    expect(page.get_by_text("Closed", exact=True)).to_be_visible()


def test_a_breach_has_an_address(people: People) -> None:
    operator = people.owner()
    page, http = operator.page, operator.account.http
    body = {"title": "A lost laptop", "aware_at": now().isoformat()}
    made = json_of(http.post("/v1/breaches", json=body), 201)
    title = page.get_by_role("heading", name="Breach 1", level=1)
    page.goto(f"{people.server.url}/app/settings/breaches/{made['id']}")
    expect(title).to_be_visible()
    page.get_by_role("link", name="All breaches").click()
    expect(page.get_by_role("heading", name="Breaches", level=1)).to_be_focused()
    page.get_by_role("link", name="Look at it Breach 1").press("Enter")
    page.wait_for_url(re.compile(f"/breaches/{made['id']}$"))
    expect(title).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", name="Breaches", level=1)).to_be_focused()
    page.goto(f"{people.server.url}/app/settings/breaches/{made['id'][:-4]}0000")
    expect(page.get_by_role("alert").filter(has_text="There is no such breach.")).to_be_visible()


def test_those_concerned_are_written_to(people: People) -> None:
    operator = people.owner()
    page, account = operator.page, operator.account
    # Other tests of this server write to other people.
    name = f"Vera-{account.account_id[-12:]}"
    visitor = customer(account, name, marketing=None)
    json_of(account.http.get(f"/v1/chats/{visitor.chat_id}/events"))
    body = {"title": "A lost laptop", "aware_at": now().isoformat()}
    path = f"/v1/breaches/{json_of(account.http.post('/v1/breaches', json=body), 201)['id']}"
    page.goto(f"{people.server.url}/app/settings{path.removeprefix('/v1')}")
    expect(page.get_by_text("First find above whose data was in scope.")).to_be_visible()
    page.get_by_label("Which one").select_option(account.operator_id)
    page.get_by_role("button", name="Find them").click()
    letter = page.get_by_label("Letter", exact=True)
    act = page.get_by_role("button", name="Send the letters")
    act.click()
    # The form's brackets are still there, and nobody is asked whether to send them.
    expect(page.locator(".field-error")).to_contain_text("The letter is not finished")
    dialog = page.get_by_role("dialog", name="Write to 1 person?")
    expect(dialog).to_have_count(0)
    letter.fill("A laptop was lost. It was encrypted.")
    act.click()
    expect(dialog).to_contain_text("cannot be called back")
    judge(page, "before writing to those concerned")
    dialog.get_by_role("button", name="Send the letters").click()
    expect(page.get_by_text("Sent: 1")).to_be_visible()
    judge(page, "letters to those concerned")
    fits(page)
    with page.expect_download() as kept:
        page.locator("li", has_text="Sent: 1").get_by_role("link", name="Download CSV").click()
    assert visitor.visitor_id in saved(kept.value).read_text()
    assert "It was encrypted." in letter_to(people.server, f"{name.lower()}@customer.example")
