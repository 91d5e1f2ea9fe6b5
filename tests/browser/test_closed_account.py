"""Pages that still have the widget of an account that is gone: they show nothing and say nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.hosts import hosting, snippet
from tests.browser.people import People, Visitor
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
