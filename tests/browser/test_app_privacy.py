"""Privacy in the app: what those in charge see, export, erase and set, as a person would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.people import People
from tests.browser.test_accessibility import judge
from tests.driving import Account, VisitorClient, visit

QUESTION = "May we write to you about new bicycles?"


def ask_for_marketing(account: Account) -> None:
    """Switches the marketing question on."""
    change = {"enabled": True, "marketing": {"enabled": True, "texts": {"en": QUESTION}}}
    answer = account.http.patch("/v1/settings", json={"email_request": change})
    assert answer.status_code == 200, answer.text


def customer(account: Account, name: str, marketing: str | None = "yes") -> VisitorClient:
    """A visitor who wrote, and said who they are."""
    came = visit(account.server, account.site_key)
    came.say(f"Hello from {name}")
    given = {"name": name, "email": f"{name.lower()}@customer.example"}
    answer = came.http.patch(
        "/v1/widget/me", json=given | ({"marketing": marketing} if marketing else {})
    )
    assert answer.status_code == 200, answer.text
    return came


def saved(download: Download) -> Path:
    """Where a download was put."""
    assert download.failure() is None
    return Path(download.path())


def keeps(page: Page, words: str) -> None:
    """Waits until the browser has written something down."""
    for _ in range(100):
        if words in page.evaluate("JSON.stringify(localStorage)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser has not kept {words!r}")


def confirm_erasure(page: Page) -> None:
    """Does the deliberate act in the dialog."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem").first).to_be_visible()
    dialog.get_by_role("button", name="Delete this chat and the visitor's data").click()


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
