"""People's rights in the app: shown, taken along, erased; accounts, too."""

from __future__ import annotations

import json
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.privacy_steps import ask_for_marketing, confirm_erasure, customer, keeps, saved
from tests.browser.test_accessibility import judge
from tests.driving import Account

QUESTION = "May we write to you about new bicycles?"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_shown_exported_and_erased(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    ask_for_marketing(operator.account)
    visitor = customer(operator.account, "Ingrid")
    page = operator.page
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    expect(person.get_by_text("Yes", exact=True)).to_be_visible()
    person.get_by_text("The words that were answered").click()
    expect(person.get_by_text(QUESTION)).to_be_visible()
    judge(page, "a person's privacy")
    with page.expect_download() as kept:
        person.get_by_role("link", name="Export everything (ZIP)").click()
    assert "index.html" in ZipFile(saved(kept.value)).namelist()
    person.get_by_role("button", name="Erase").click()
    dialog = page.get_by_role("dialog", name="Erase everything about Ingrid?")
    expect(dialog.get_by_text("messages and other entries of the chat")).to_be_visible()
    expect(dialog).to_contain_text("It cannot come back")
    judge(page, "before erasing")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(person.get_by_role("button", name="Erase")).to_be_focused()
    person.get_by_role("button", name="Erase").click()
    confirm_erasure(page)
    done = page.get_by_role("dialog", name="Erased")
    expect(done.get_by_text("nothing is there any more")).to_be_visible()
    judge(page, "after erasing")
    with page.expect_download() as kept:
        done.get_by_role("button", name="Download certificate").click()
    certificate: dict[str, Any] = json.loads(saved(kept.value).read_text())
    assert "Ingrid" not in json.dumps(certificate)
    done.get_by_role("button", name="Close").click()
    expect(operator.rows).to_have_count(0)
    assert operator.account.http.get(f"/v1/visitors/{visitor.visitor_id}").status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_answer_is_changed_with_its_reason(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    ask_for_marketing(operator.account)
    visitor = customer(operator.account, "Ingrid")
    page = operator.page
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    person.get_by_role("button", name="Change …").click()
    dialog = page.get_by_role("dialog", name="Change the answer for Ingrid")
    dialog.get_by_role("button", name="Keep this answer").click()
    expect(dialog.get_by_text("Choose Yes or No")).to_be_visible()
    expect(dialog.get_by_text("Say why, for the receipt")).to_be_visible()
    judge(page, "changing an answer without one")
    dialog.get_by_role("radio", name="Yes").check()
    dialog.get_by_label("Reason").fill("Told us on the phone")
    dialog.get_by_role("button", name="Keep this answer").click()
    expect(dialog.get_by_text("That is the answer already")).to_be_visible()
    dialog.get_by_role("radio", name="No").check()
    dialog.get_by_role("button", name="Keep this answer").click()
    expect(dialog).to_have_count(0)
    expect(person.get_by_text("No", exact=True)).to_be_visible()
    expect(person.get_by_role("button", name="Change …")).to_be_focused()
    assert visitor.me["marketing"]["answer"] == "no"
    person.get_by_role("button", name="Consent history").click()
    history = page.get_by_role("dialog", name="Consent history")
    lines = history.get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Permission for advertising: withdrew")
    expect(lines.first).to_contain_text("Entered by an operator: Told us on the phone")
    expect(lines.nth(1)).to_contain_text("Permission for advertising: said yes")
    lines.nth(1).get_by_text("The words").click()
    expect(lines.nth(1)).to_contain_text(QUESTION)
    expect(lines.nth(1)).to_contain_text(visitor.me["receipts"][1]["hash"])
    judge(page, "the history of consents")
    page.keyboard.press("Escape")
    expect(history).to_have_count(0)


def test_every_screen_forgets_at_once(people: People) -> None:
    operator = people.owner()
    customer(operator.account, "Ingrid", marketing=None)
    operator.open_chat()
    page = operator.page
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator(".bubble")).to_have_count(1)
    second.get_by_label("Your answer").fill("a draft about Ingrid")
    keeps(second, "a draft about Ingrid")
    colleague = people.owner(operator.account).page
    colleague.goto(page.url)
    expect(colleague.locator(".bubble")).to_have_count(1)
    page.get_by_role("button", name="More about this chat").click()
    page.get_by_role("menuitem", name="Delete this chat and the visitor's data").click()
    confirm_erasure(page)
    for screen in (second, colleague):
        told = screen.locator(".toast", has_text="This chat was deleted with the visitor's data.")
        expect(told).to_be_visible()
        expect(screen.locator("a.row")).to_have_count(0)
        expect(screen.locator(".bubble")).to_have_count(0)
        assert "Ingrid" not in screen.evaluate("JSON.stringify(localStorage)")


def test_a_chat_is_exported(people: People) -> None:
    operator = people.owner()
    customer(operator.account, "Ingrid", marketing=None)
    operator.open_chat()
    page = operator.page
    page.get_by_role("button", name="More about this chat").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="Export chat (JSON)").click()
    assert "Hello from Ingrid" in saved(kept.value).read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visitors_are_found_listed_and_erased(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    account = operator.account
    customer(account, "Tomasz", marketing=None)
    ask_for_marketing(account)
    for name, answer in (("=Ingrid", "yes"), ("Jonas", "no"), ("Claire", "yes")):
        customer(account, name, answer)
    page = operator.page
    page.get_by_role("link", name="Visitors").click()
    lines = page.get_by_role("list", name="Visitors").get_by_role("listitem")
    expect(lines).to_have_count(4)
    judge(page, "visitors")
    page.get_by_role("radio", name="Said yes").check()
    expect(lines).to_have_count(2)
    page.get_by_role("radio", name="Not asked").check()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("Tomasz")
    page.get_by_role("radio", name="All").check()
    page.get_by_role("searchbox").fill("jonas")
    expect(lines).to_have_count(1)
    page.get_by_role("searchbox").fill("nobody at all")
    expect(page.get_by_text("Nobody matches this.")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    expect(lines).to_have_count(4)
    with page.expect_download() as kept:
        page.get_by_role("button", name="List of addresses for mailing").click()
    assert kept.value.suggested_filename.startswith("mailing-20")
    head, *rows = saved(kept.value).read_text(encoding="utf-8-sig").splitlines()
    assert "permission as of 20" in head
    assert sorted(row.split(",")[:2] for row in rows) == [
        ["'=ingrid@customer.example", "'=Ingrid"],
        ["claire@customer.example", "Claire"],
    ]
    page.get_by_role("checkbox", name="Choose Jonas").check()
    page.get_by_role("checkbox", name="Choose Claire").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_role("button", name="Erase").click()
    dialog = page.get_by_role("dialog", name="Erase 2 visitors?")
    expect(dialog.get_by_text("messages and other entries of the chat")).to_be_visible()
    act = dialog.get_by_role("button", name="Delete the data of 2 visitors")
    act.click()
    expect(dialog.get_by_text("Type 2, the number of visitors.")).to_be_visible()
    dialog.get_by_label("Type 2 to confirm").fill("2")
    judge(page, "before erasing two")
    act.click()
    done = page.get_by_role("dialog", name="2 visitors erased")
    expect(done.get_by_role("button", name="Download certificates")).to_be_visible()
    done.get_by_role("button", name="Close").click()
    expect(lines).to_have_count(2)
    assert len(account.http.get("/v1/visitors").json()["items"]) == 2


def fetch_elsewhere(people: People, account: Account) -> None:
    """In another browser where the owner is signed in, the file takes the password."""
    again = people.context(accept_downloads=True)
    with people.server.http() as http:
        signed_in = {"email": account.email, "password": account.password}
        assert http.post("/v1/sessions", json=signed_in).status_code == 201
        again.add_cookies(
            [
                {"name": c.name, "value": c.value or "", "url": people.server.url}
                for c in http.cookies.jar
            ]
        )
    left_open = again.new_page()
    left_open.goto(f"{people.server.url}/app/profile")
    left_open.get_by_role("link", name="Download").click()
    dialog = left_open.get_by_role("dialog", name="Download the export")
    judge(left_open, "asking before a download")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    with left_open.expect_download() as kept:
        dialog.get_by_role("button", name="Download").click()
    assert ZipFile(saved(kept.value)).namelist()
    left_open.close()


def test_an_account_is_taken_along_and_closed(people: People) -> None:
    operator = people.owner()
    account = operator.account
    customer(account, "Ingrid", marketing=None)
    page = operator.page
    page.goto(f"{people.server.url}/app/profile")
    page.get_by_role("button", name="Make an export").click()
    dialog = page.get_by_role("dialog", name="Take the account along")
    people.allow(r"422 \(Unprocessable .*/v1/account")
    dialog.get_by_label("Current password", exact=True).fill("not the password")
    dialog.get_by_role("button", name="Make an export").click()
    expect(dialog.get_by_text("This is not your current password.")).to_be_visible()
    judge(page, "asking for an export")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    dialog.get_by_role("button", name="Make an export").click()
    expect(dialog).to_have_count(0)
    fetch = page.get_by_role("link", name="Download")
    expect(fetch).to_be_visible()
    with page.expect_download() as kept:
        fetch.click()
    assert ZipFile(saved(kept.value)).namelist()
    judge(page, "the profile of an owner")
    fetch_elsewhere(people, account)
    page.get_by_role("button", name="Delete account").click()
    dialog = page.get_by_role("dialog", name="Delete the account of Nordlicht?")
    expect(dialog.get_by_text("message", exact=True)).to_be_visible()
    judge(page, "before closing the account")
    dialog.get_by_role("button", name="Delete the account for good").click()
    expect(dialog.get_by_text("Type DELETE, in capital letters.")).to_be_visible()
    dialog.get_by_label("Type DELETE to confirm").fill("DELETE")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    # From then on the server knows nobody of this account.
    people.allow(r"401 \(Unauthorized\)")
    dialog.get_by_role("button", name="Delete the account for good").click()
    expect(page.get_by_role("heading", name="The account is deleted")).to_be_visible()
    expect(page.get_by_text("nothing is there any more")).to_be_visible()
    judge(page, "after closing the account")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download certificate").click()
    assert "Nordlicht" not in saved(kept.value).read_text()
    page.reload()
    expect(page.get_by_role("button", name="Download certificate")).to_be_visible()
    page.get_by_role("link", name="To the start page").click()
    expect(page.get_by_role("button", name="Create account")).to_be_visible()


def test_an_address_gets_no_advertising_and_is_let_off(people: People) -> None:
    operator = people.owner()
    ask_for_marketing(operator.account)
    visitor = customer(operator.account, "Ingrid")
    page, path = operator.page, f"/v1/visitors/{visitor.visitor_id}"
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    person.get_by_role("button", name="No advertising to this address").press("Enter")
    expect(person.get_by_text("This address gets no advertising")).to_be_visible()
    assert operator.account.http.get(path).json()["do_not_contact"] is True
    judge(page, "an address without advertising")
    page.reload()
    expect(person.get_by_text("This address gets no advertising")).to_be_visible()
    person.get_by_role("button", name="Take it off the list …").click()
    dialog = page.get_by_role("dialog", name="Take ingrid@customer.example off the list?")
    expect(dialog).to_contain_text("It is no permission")
    dialog.get_by_role("button", name="Take it off").click()
    expect(person.get_by_text("This address gets no advertising")).to_have_count(0)
    assert operator.account.http.get(path).json()["do_not_contact"] is False
