"""Steps that tests of the app's privacy pages share."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Download, Page, expect

from tests.driving import Account, VisitorClient, visit

QUESTION = "May we write to you about new bicycles?"


def ask_for_marketing(account: Account) -> None:
    """Switches the marketing question on."""
    change = {"enabled": True, "marketing": {"enabled": True, "texts": {"en": QUESTION}}}
    answer = account.http.patch("/v1/settings", json={"email_request": change})
    assert answer.status_code == 200, answer.text


def customer(account: Account, name: str, marketing: str | None = "yes") -> VisitorClient:
    """A visitor who said who they are, and wrote: a screen that shows the chat knows the name."""
    came = visit(account.server, account.site_key)
    given = {"name": name, "email": f"{name.lower()}@customer.example"}
    answer = came.http.patch(
        "/v1/widget/me", json=given | ({"marketing": marketing} if marketing else {})
    )
    assert answer.status_code == 200, answer.text
    came.say(f"Hello from {name}")
    return came


def saved(download: Download) -> Path:
    """Where a download was put."""
    assert download.failure() is None
    return Path(download.path())


def keeps(page: Page, words: str) -> None:
    """Waits until the browser has written something down."""
    for _ in range(600):
        if words in page.evaluate("JSON.stringify(localStorage)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser has not kept {words!r}")


def confirm_erasure(page: Page) -> None:
    """Does the deliberate act in the dialog."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem").first).to_be_visible()
    dialog.get_by_role("button", name="Delete this chat and the visitor's data").click()
