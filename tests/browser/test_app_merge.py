"""Merging visitors who are one person, from the card; and undoing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, Operator, People
from tests.browser.privacy_steps import customer
from tests.browser.test_accessibility import judge
from tests.browser.test_restriction import PICTURES, look
from tests.driving import VisitorClient, json_of

LOOKS: list[Any] = [
    pytest.param({}, id="desktop"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone-dark"),
]


def two(people: People, **options: Any) -> tuple[Operator, VisitorClient, VisitorClient]:
    """An operator before the card of Vera, who also wrote from her phone as Veronika."""
    operator = people.owner(**options)
    vera = customer(operator.account, "Vera", None)
    phone = customer(operator.account, "Veronika", None)
    operator.rows.filter(has_text="Hello from Vera").click()
    if options.get("viewport") == PHONE:
        operator.page.get_by_role("button", name="Show or hide the person").click()
    expect(operator.page.get_by_role("heading", name="Same person")).to_be_visible()
    return operator, vera, phone


def card(page: Page) -> Any:
    """Who is the same person, on the card."""
    return page.get_by_role("region", name="Same person").get_by_role("listitem")


@pytest.mark.parametrize("options", LOOKS)
def test_two_visitors_become_one_person_and_two_again(
    people: People, options: dict[str, Any]
) -> None:
    operator, vera, phone = two(people, **options)
    page, http = operator.page, operator.account.http
    page.get_by_role("button", name="Merge with another visitor …").press("Enter")
    dialog = page.get_by_role("dialog", name="Who is the same person as Vera?")
    search = dialog.get_by_label("Find by name or e-mail")
    # It begins with what is known of her; she herself is not offered.
    expect(search).to_have_value("vera@customer.example")
    expect(dialog.get_by_text("Nobody else is found.")).to_be_visible()
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(dialog.locator(".field-error")).to_have_text("Choose the other visitor.")
    search.fill("veronika")
    dialog.get_by_role("radio", name="Veronika").press("Space")
    expect(dialog.get_by_text("Veronika and Vera become one person:")).to_be_visible()
    expect(dialog).to_contain_text("nobody there sees the other chat")
    expect(dialog).to_contain_text("You can undo it at any time.")
    judge(page, "merging")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"app-merging-{len(options)}.png")
    dialog.get_by_role("button", name="Merge", exact=True).press("Enter")
    expect(dialog).to_have_count(0)
    expect(card(page)).to_have_count(2)
    expect(card(page).nth(0)).to_contain_text("This chat")
    expect(card(page).nth(1)).to_contain_text("Open chat")
    judge(page, "a person of two visitors")
    merged = json_of(http.get(f"/v1/visitors/{vera.visitor_id}"))["merged"]
    assert [each["id"] for each in merged] == [phone.visitor_id]
    card(page).get_by_role("link", name="Veronika").click()
    page.wait_for_url(f"**/{phone.chat_id}*")
    if options:
        page.get_by_role("button", name="Show or hide the person").click()
    expect(card(page).nth(1)).to_contain_text("This chat")
    page.get_by_role("button", name="Undo merge Veronika").press("Enter")
    expect(card(page)).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Veronika is a person of their own again.")
    assert json_of(http.get(f"/v1/visitors/{vera.visitor_id}"))["merged"] == []


def test_a_merge_is_taken_back_at_once_and_seen_by_others(people: People) -> None:
    operator, vera, phone = two(people)
    page, http = operator.page, operator.account.http
    into = {"into": vera.visitor_id}
    json_of(http.post(f"/v1/visitors/{phone.visitor_id}/merge", json=into))
    # Another one did it: the card hears of it.
    expect(card(page)).to_have_count(2)
    look(page, "app-merged", ("desktop",))
    page.get_by_role("button", name="Undo merge Veronika").click()
    expect(card(page)).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(card(page)).to_have_count(2)
    page.get_by_role("button", name="Erase …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The same person, and done to them too: Veronika")
    judge(page, "erasing a person of two visitors")


def test_what_may_not_be_merged_is_said_plainly(people: People) -> None:
    operator, _vera, phone = two(people)
    page, http = operator.page, operator.account.http
    third = customer(operator.account, "Otto", None)
    into = {"into": phone.visitor_id}
    json_of(http.post(f"/v1/visitors/{third.visitor_id}/merge", json=into))
    page.get_by_role("button", name="Merge with another visitor …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Find by name or e-mail").fill("veronika")
    dialog.get_by_role("radio", name="Veronika").check()
    people.allow(r"409 \(Conflict\)")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "One of them was merged before. Undo that first."
    )
    judge(page, "a refused merge")
