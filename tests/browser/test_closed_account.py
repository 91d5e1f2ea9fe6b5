"""Closing an account: what a legal hold has to say to it, and pages that still have its widget."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from chathaven.base.clock import now
from tests.browser.hosts import hosting, snippet
from tests.browser.people import People, Visitor
from tests.browser.privacy_steps import customer
from tests.browser.test_accessibility import judge
from tests.driving import json_of, sign_up


def test_a_live_page_shows_nothing_of_a_closed_account(people: People) -> None:
    account = sign_up(people.server)
    with hosting(snippet(people.server.url, account.site_key)) as shop:
        writing = Visitor(people.context().new_page())
        writing.page.goto(shop.origin)
        writing.open()
        writing.write("Hello?")
        writing.has_sent()
        leaving = {"confirm": "DELETE", "password": account.password}
        json_of(account.http.request("DELETE", "/v1/account", json=leaving), 202)
        # Who is in the middle of a chat is left alone with the page.
        expect(writing.page.locator("chathaven-widget")).to_have_count(0, timeout=20_000)
        # Who comes later opens nothing, and the page hears of no error.
        later = Visitor(people.context().new_page())
        later.page.goto(shop.origin)
        later.page.evaluate("chathaven.open()")
        expect(later.page.locator("chathaven-widget")).to_have_count(0, timeout=20_000)
        assert later.page.evaluate("chathaven.getWidgetState()") == "removed"
        assert later.page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0


def test_an_account_under_a_legal_hold_stays_until_it_is_released(people: People) -> None:
    operator = people.owner()
    page, account = operator.page, operator.account
    vera = customer(account, "Vera", None)
    hold = {"matter": "Case 17", "review_at": (now() + timedelta(days=30)).isoformat()}
    json_of(account.http.post(f"/v1/visitors/{vera.visitor_id}/holds", json=hold), 201)
    page.goto(f"{people.server.url}/app/profile")
    page.get_by_role("button", name="Delete account").click()
    dialog = page.get_by_role("dialog", name="Delete the account of Nordlicht?")
    notice = dialog.locator(".notice-danger")
    expect(notice).to_contain_text("A legal hold stands: what is evidence is not deleted.")
    judge(page, "closing an account under a legal hold")
    # Whoever tries all the same is refused in the same words, and nothing has gone.
    people.allow(r"409 \(Conflict\) .*/v1/account\)")
    dialog.get_by_label("Type DELETE to confirm").fill("DELETE")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    with page.expect_response("**/v1/account") as refused:
        dialog.get_by_role("button", name="Delete the account for good").click()
    assert (refused.value.status, refused.value.json()["code"]) == (409, "held")
    expect(notice).to_have_count(1)
    expect(dialog.get_by_label("Type DELETE to confirm")).to_have_value("DELETE")
    assert account.http.get("/v1/me").status_code == 200
    # From there it leads to who is held.
    notice.get_by_role("link", name="Restricted and held people").click()
    line = page.get_by_role("listitem").filter(has_text="Case 17")
    line.get_by_role("button", name="Release …").click()
    page.get_by_role("dialog").get_by_role("button", name="Release the hold").click()
    expect(page.get_by_text("Nobody is restricted or on hold.")).to_be_visible()
    page.goto(f"{people.server.url}/app/profile")
    page.get_by_role("button", name="Delete account").click()
    expect(dialog.get_by_text("message", exact=True)).to_be_visible()
    expect(notice).to_have_count(0)
    dialog.get_by_label("Type DELETE to confirm").fill("DELETE")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    people.allow(r"401 \(Unauthorized\)")
    dialog.get_by_role("button", name="Delete the account for good").click()
    expect(page.get_by_role("heading", name="The account is deleted")).to_be_visible()
    # What is not higher than the screen has no bar to scroll it.
    page.set_viewport_size({"width": 1280, "height": 2000})
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
