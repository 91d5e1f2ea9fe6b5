"""The strict policies of our pages, in a real browser: nothing of ours is stopped by them."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.conftest import Api
from tests.driving import Server
from tests.interface.team import settle


def test_no_page_is_stopped_by_its_own_policy(browser: Browser, server: Server, api: Api) -> None:
    ours = settle(server, api)
    ours.visitor.say("Look at https://shop.example <b>here</b>")
    key = ours.account.site_key
    complaints: list[str] = []
    heard: list[str] = []
    context = browser.new_context(base_url=server.url)
    cookie = ours.owner.cookies["chathaven"]
    context.add_cookies([{"name": "chathaven", "value": cookie, "url": server.url}])
    shown = {}
    for path in ("/app", f"/frame/{key}", f"/try/{key}", "/terms"):
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        page.wait_for_timeout(1_500)
        shown[path] = page.locator("body").inner_text()
        heard += complaints
        trusted = page.evaluate("() => { try { document.createElement('div').innerHTML = 'x';"
                                " return false } catch { return true } }")  # fmt: skip
        assert trusted is path.startswith(("/app", "/frame")), path
        page.close()
        complaints.clear()  # our own try, which was to be stopped
    context.close()
    stopped = ("Content Security Policy", "TrustedHTML", "Refused to", "TypeError")
    assert [each for each in heard if any(word in each for word in stopped)] == []
    assert "Look at" in shown["/app"]
    assert all(len(text) > 20 for text in shown.values()), shown
