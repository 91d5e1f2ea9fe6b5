"""Restricting a person and putting them on hold in the app, and what their widget says of it."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import DESKTOP, PHONE, People
from tests.browser.privacy_steps import customer
from tests.browser.test_accessibility import judge
from tests.driving import json_of

PICTURES = os.environ.get("CHATHAVEN_PICTURES")


def look(page: Page, name: str, sizes: tuple[str, ...] = ("desktop", "phone")) -> None:
    """Judges the page as a desktop and a phone show it, light and dark, and keeps pictures."""
    for size in sizes:
        width, height = (DESKTOP if size == "desktop" else PHONE).values()
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
            judge(page, f"{name}, {size}, {scheme}")
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{name} is wider than a {size}"
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{scheme}.png")
    page.emulate_media(color_scheme="light")


def part_of(page: Page, title: str) -> Locator:
    """The part of a settings page under a title."""
    return page.locator("section.part").filter(has=page.get_by_role("heading", name=title))


def left(page: Page, said: str) -> None:
    """The chat is not in front any more, and what was done is what is said of it.

    Asked of the region for screen readers, which keeps the last words: the line itself goes by.
    """
    page.wait_for_url(re.compile("/app$"))
    expect(page.locator(".spoken[role=status]")).to_have_text(said)


def test_a_person_is_restricted_and_comes_back(people: People) -> None:
    operator, colleague = people.owner(), None
    page, account = operator.page, operator.account
    vera, otto = customer(account, "Vera", None), customer(account, "Otto", None)
    colleague = people.owner(account).page
    expect(colleague.get_by_text("Hello from Vera").first).to_be_visible()
    operator.rows.filter(has_text="Vera").click()
    page.get_by_role("button", name="Restrict …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").select_option("objection")
    dialog.get_by_label("In your words (optional)").fill("By letter of 3 March")
    look(page, "restrict-dialog", ("desktop",))
    # What is no longer there is asked for once more by what was on the screen.
    people.allow(r"404 \(Not Found\)")
    dialog.get_by_role("button", name="Restrict", exact=True).click()
    left(page, "Vera is restricted now.")
    expect(operator.rows.filter(has_text="Vera")).to_have_count(0)
    # The other screen forgets them without being asked to.
    expect(colleague.get_by_text("Hello from Vera")).to_have_count(0)
    expect(colleague.get_by_text("Hello from Otto").first).to_be_visible()
    page.goto(f"{people.server.url}/app/settings/privacy")
    part = part_of(page, "Restricted and held people")
    expect(part).to_contain_text("Vera")
    expect(part).to_contain_text("By letter of 3 March")
    part.get_by_role("button", name="Lift … Vera").click()
    page.get_by_role("dialog").get_by_role("button", name="Lift the restriction").click()
    expect(part).to_contain_text("Nobody is restricted or on hold.")
    expect(colleague.get_by_text("Hello from Vera").first).to_be_visible()
    assert {vera.chat_id, otto.chat_id} == {
        each["id"] for each in account.http.get("/v1/chats").json()["items"]
    }


def test_the_dialogs_on_a_phone(people: People) -> None:
    operator = people.owner(viewport=PHONE)
    page = operator.page
    customer(operator.account, "Vera", None)
    operator.rows.filter(has_text="Vera").click()
    page.get_by_role("button", name="Show or hide the person").click()
    for name, title in (("Restrict …", "restrict"), ("Put on hold …", "hold")):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        look(page, f"{title}-dialog", ("phone",))
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name=name)).to_be_focused()
        # Esc closes the dialog alone, not the card that it stands before.
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name=name)).to_be_focused()


def test_a_person_is_put_on_hold(people: People) -> None:
    operator = people.owner()
    page, account = operator.page, operator.account
    customer(account, "Vera", None)
    operator.rows.filter(has_text="Vera").click()
    people.allow(r"404 \(Not Found\)")
    page.get_by_role("button", name="Put on hold …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Put on hold", exact=True).click()
    expect(dialog.get_by_text("Say which dispute it is for.")).to_be_visible()
    dialog.get_by_label("Which dispute it is for").fill("Vera v. Nordlicht")
    dialog.get_by_label("Look at it again on").fill("2030-01-01")
    dialog.get_by_role("button", name="Put on hold", exact=True).click()
    expect(dialog.get_by_text("Choose a day from tomorrow")).to_be_visible()
    later = datetime.now(UTC) + timedelta(days=30)
    dialog.get_by_label("Look at it again on").fill(f"{later:%Y-%m-%d}")
    look(page, "hold-dialog", ("desktop",))
    dialog.get_by_role("button", name="Put on hold", exact=True).click()
    left(page, "Vera is on hold now.")
    page.goto(f"{people.server.url}/app/settings/privacy")
    part = part_of(page, "Restricted and held people")
    expect(part).to_contain_text("Vera v. Nordlicht")
    part.get_by_role("button", name="Renew … Vera").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    part.scroll_into_view_if_needed()
    look(page, "restricted-people")
    part.get_by_role("button", name="Release … Vera").click()
    page.get_by_role("dialog").get_by_role("button", name="Release the hold").click()
    expect(part).to_contain_text("Nobody is restricted or on hold.")


@pytest.mark.parametrize("kind", ["restriction", "hold"])
def test_the_widget_says_what_stands(people: People, kind: str) -> None:
    operator = people.owner()
    account = operator.account
    visitor = people.visitor(account.site_key)
    visitor.open()
    visitor.write("Hello")
    visitor.has_sent()
    [chat] = json_of(account.http.get("/v1/chats"))["items"]
    path = f"/v1/visitors/{chat['visitor']['id']}"
    if kind == "restriction":
        json_of(account.http.post(f"{path}/restriction", json={"ground": "claims"}), 201)
        words = "Your data is kept and not used"
    else:
        review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"matter": "Vera v. Nordlicht", "review_at": review}
        json_of(account.http.post(f"{path}/holds", json=body), 201)
        words = "Your data is kept for a legal dispute"
    people.allow(r"409 \(Conflict\) .*/messages")
    visitor.write("Is anybody there?")
    # Said plainly, and what was written is not lost.
    expect(visitor.panel.get_by_text(words)).to_be_visible()
    expect(visitor.composer).to_have_value("Is anybody there?")
    judge(visitor.frame, f"the widget under a {kind}")
    visitor.panel.get_by_role("button", name="Privacy").click()
    expect(visitor.panel.get_by_text(words)).to_be_visible()
    judge(visitor.frame, f"the privacy panel under a {kind}")
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"widget-{kind}.png")
    if kind == "restriction":
        assert account.http.delete(f"{path}/restriction").status_code == 204
        visitor.panel.get_by_role("button", name="Back").click()
        visitor.composer.press("Enter")
        visitor.sees("Hello", "Is anybody there?")


def test_retention_is_set_tried_and_run(people: People) -> None:
    operator = people.owner()
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/privacy")
    part = part_of(page, "Retention")
    part.get_by_label("How long: Conversations").select_option("6")
    expect(page.locator(".toast", has_text="Saved")).to_be_visible()
    settings = operator.account.http.get("/v1/settings").json()
    assert settings["privacy"]["retention"]["conversation_months"] == 6
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    part.get_by_role("button", name="Try without deleting").press("Enter")
    outcome = part.locator(".retention-outcome")
    expect(outcome).to_have_text("Tried, nothing was deleted: 0 due")
    expect(outcome).to_be_in_viewport()
    expect(page.locator(".spoken[role=status]")).to_have_text("Tried, nothing was deleted: 0 due")
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    part.get_by_role("button", name="Delete it now …").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(outcome).to_have_text("0 gone")
    part.scroll_into_view_if_needed()
    look(page, "retention")
    with page.expect_download() as download:
        part.get_by_role("link", name="Report").first.click()
    assert "chathaven-retention-report-1" in Path(download.value.path()).read_text()
