"""Erasures in the app with receipts and certificates, and the page where a person fetches theirs."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chathaven.base.clock import now
from tests.browser.people import DESKTOP, PHONE, People
from tests.browser.test_accessibility import judge
from tests.driving import json_of, visit
from tests.product.privacy.test_erase import until_live


def picture(page: Page, name: str) -> None:
    """Keeps a picture where somebody wants to look at it."""
    folder = os.environ.get("CHATHAVEN_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_erasures_are_listed_with_their_certificates(
    people: People, viewport: dict[str, int], scheme: str
) -> None:
    operator = people.owner(viewport=viewport, color_scheme=scheme)
    account, page = operator.account, operator.page
    # Who is gone a moment after they wrote may be asked for before the app hears of it.
    people.allow(r"404 \(Not Found\) .*/v1/chats/")
    page.goto(f"{people.server.url}/app/settings/privacy")
    section = page.locator("section.part", has=page.get_by_role("heading", name="Erasures"))
    expect(section.get_by_text("Nobody was erased yet.")).to_be_visible()
    for held in (False, True):
        visitor = visit(people.server, account.site_key)
        with closing(visitor.http):
            visitor.say("Hello")
            if held:
                review = (now() + timedelta(days=30)).isoformat()
                body = {"matter": "The shop against Vera", "review_at": review}
                path = f"/v1/visitors/{visitor.visitor_id}/holds"
                json_of(account.http.post(path, json=body), 201)
            path = f"/v1/visitors/{visitor.visitor_id}"
            erasure = json_of(account.http.delete(path), 202)["erasure"]
            if not held:
                until_live(account, erasure["id"])
    page.reload()
    lines = section.locator(".erasures > li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Waiting")
    expect(lines.first).to_contain_text("A legal hold keeps this data")
    assert "Vera" not in section.inner_text()
    done = lines.nth(1)
    expect(done).to_contain_text("Done in live systems")
    expect(done).to_contain_text("Asked for by your team")
    done.get_by_text("Receipts").focus()
    page.keyboard.press("Enter")
    expect(done.get_by_text("Looked at again afterwards")).to_be_visible()
    with page.expect_download() as download:
        done.get_by_role("button", name="Download certificate").click()
    certificate = json.loads(Path(download.value.path()).read_text())
    assert certificate["stage"] == "live"
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide"
    judge(page, f"the list of erasures, {scheme}")
    picture(page, f"erasures-{scheme}-{viewport['width']}")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_fetches_their_certificate_without_scripts(
    people: People, viewport: dict[str, int], scheme: str
) -> None:
    account = people.owner().account
    visitor = visit(people.server, account.site_key)
    with closing(visitor.http):
        visitor.say("Hello")
        asked = json_of(visitor.http.post("/v1/widget/me/erasure"), 202)
    until_live(account, asked["erasure"]["id"])
    context = people.context(java_script_enabled=False, viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{people.server.url}/verify?language=en")
    page.get_by_label("Number of the erasure").fill(asked["erasure"]["id"])
    page.get_by_label("Key", exact=True).fill("00" * 32)
    page.get_by_role("button", name="Fetch").click()
    expect(page.get_by_text("There is no erasure of this number and key.")).to_be_visible()
    page.get_by_label("Key", exact=True).fill(asked["nonce"])
    page.get_by_role("button", name="Fetch").click()
    expect(page.get_by_text("Done in all live systems.")).to_be_visible()
    expect(page.get_by_role("status", name="Result")).to_contain_text("It is yours")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide"
    text = page.get_by_label("The file: copy it and keep it").input_value()
    picture(page, f"verify-{scheme}-{viewport['width']}")
    page.get_by_label("Paste a certificate").fill(text)
    page.get_by_label("Your key, if you were given one").fill(asked["nonce"])
    page.get_by_role("button", name="Check").click()
    result = page.get_by_role("status", name="Result")
    expect(result).to_contain_text("IT IS YOURS")
    page.get_by_label("Paste a certificate").fill(text.replace('"left": 0', '"left": 1', 1))
    page.get_by_role("button", name="Check").click()
    expect(result).to_contain_text("NOT GENUINE")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide"


def test_the_widget_hands_the_certificate_over(people: People) -> None:
    operator = people.owner()
    visitor = people.visitor(operator.account.site_key)
    visitor.launcher.click()
    visitor.write("Hello")
    visitor.has_sent()
    panel = visitor.panel
    panel.get_by_role("button", name="Privacy").click()
    panel.get_by_role("button", name="Erase everything").click()
    panel.get_by_role("button", name="Continue").click()
    panel.get_by_role("button", name="Erase for good").click()
    expect(panel.get_by_text("Everything about you is being erased")).to_be_visible()
    keep = panel.get_by_role("button", name="Download certificate")
    expect(keep).to_be_visible(timeout=20_000)
    with visitor.page.expect_download() as download:
        keep.click()
    certificate = json.loads(Path(download.value.path()).read_text())
    assert certificate["subject"]["holder"]
    later = panel.get_by_role("link", name="Fetch it later with number and key")
    expect(later).to_have_attribute("href", "/verify?language=en")
