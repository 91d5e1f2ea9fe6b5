"""What the page around the widget can do: `window.chathaven`, and `window.chaport`."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.hosts import hosting, snippet
from tests.browser.people import DESKTOP, PHONE, People, Visitor
from tests.driving import sign_up

QUEUED = """<script>
window.seen = [];
window.chathaven = window.chathaven || [];
chathaven.push(["on", ["ready", () => seen.push("never called so")]]);
chathaven.push(["open"]);
</script>"""


def test_calls_wait_for_the_script(people: People) -> None:
    account = sign_up(people.server)
    with hosting(QUEUED + snippet(people.server.url, account.site_key)) as host:
        visitor = Visitor(people.context().new_page())
        visitor.page.goto(host.origin)
        expect(visitor.composer).to_be_visible()
        assert visitor.page.evaluate("chathaven.getWidgetState()") == "open"


def test_the_interface_of_the_page(people: People) -> None:
    account = sign_up(people.server)
    with hosting(snippet(people.server.url, account.site_key)) as host:
        visitor = Visitor(people.context().new_page())
        page = visitor.page
        page.goto(host.origin)
        expect(visitor.launcher).to_be_visible()
        page.evaluate("""() => {
          window.seen = [];
          for (const name of ["ready", "chat.started"])
            chathaven.on(name, () => seen.push(name));
          chathaven.on("widget.stateChange", ({ state }) => seen.push(state));
          chathaven.on("chat.unreadChange", ({ count }) => seen.push(count));
        }""")
        assert page.evaluate("chathaven.getWidgetState()") == "closed"
        page.evaluate("chathaven.setVisitorData({ name: 'Grace', email: 'grace@example.com' })")
        page.evaluate("chathaven.open()")
        expect(visitor.composer).to_be_visible()
        page.evaluate("chathaven.toggle()")
        expect(visitor.composer).to_be_hidden()
        page.evaluate("chathaven.q('open', [])")
        visitor.write("it is me")
        visitor.has_sent()
        chat = account.http.get("/v1/chats").json()["items"][0]
        for _ in range(300):
            chat = account.http.get("/v1/chats").json()["items"][0]
            if chat["visitor"]["name"]:
                break
            page.wait_for_timeout(100)
        assert (chat["visitor"]["name"], chat["visitor"]["email"]) == (
            "Grace",
            "grace@example.com",
        )
        page.evaluate("chathaven.close()")
        account.say(chat["id"], "hello Grace")
        expect(visitor.launcher).to_have_accessible_name("Chat (1)")
        seen = page.evaluate("seen")
        words = [each for each in seen if isinstance(each, str)]
        assert words == ["ready", "open", "closed", "open", "chat.started", "closed"]
        assert seen[-1] == 1
        page.evaluate("chathaven.stopSession()")
        page.evaluate("chathaven.open()")
        visitor.sees()
        visitor.write("somebody else")
        visitor.has_sent()
        assert len(account.http.get("/v1/chats").json()["items"]) == 2


def test_the_chat_inside_an_element(people: People) -> None:
    account = sign_up(people.server)
    place = '<div id="here" style="width: 420px; height: 500px"></div>'
    with hosting(place + snippet(people.server.url, account.site_key)) as host:
        visitor = Visitor(people.context().new_page())
        visitor.page.goto(host.origin)
        expect(visitor.launcher).to_be_visible()
        visitor.page.evaluate("chathaven.openIn({ selector: '#here' })")
        expect(visitor.composer).to_be_visible()
        box = visitor.page.locator("#here iframe").bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (420, 500)
        visitor.write("inside")
        visitor.has_sent()


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_chat_out_of_reach_says_so_and_is_tried_again(
    people: People, viewport: dict[str, int], side: str
) -> None:
    account = sign_up(people.server)
    people.allow_losses()
    more = f'"es", appearance: {{ position: {{ side: "{side}", x: 20, y: 20 }} }}'
    with hosting(snippet(people.server.url, account.site_key, language=more)) as host:
        visitor = Visitor(people.context(viewport=viewport).new_page())
        page = visitor.page
        page.goto(host.origin)
        expect(visitor.launcher).to_be_visible()
        page.context.set_offline(True)
        visitor.launcher.click()
        # Whatever the browser has put into the frame, nobody sees it.
        expect(page.locator("chathaven-widget iframe")).to_have_css("opacity", "0")
        expect(visitor.launcher).to_have_accessible_name("Chat (Sin conexión ↻)")
        expect(visitor.launcher).to_be_focused()
        expect(page.locator("chathaven-widget iframe")).to_have_count(0)
        assert urlsplit(page.url).netloc == urlsplit(host.origin).netloc
        box = visitor.launcher.locator("b").bounding_box()
        assert box is not None
        assert 0 < box["x"] < box["x"] + box["width"] < viewport["width"]
        page.context.set_offline(False)
        visitor.open()
        page.evaluate("chathaven.close()")
        expect(visitor.launcher).to_have_accessible_name("Chat")


def test_a_page_made_for_chaport(people: People) -> None:
    account = sign_up(people.server)
    body = (
        f'<script>window.chaportConfig = {{ appId: "{account.site_key}" }};'
        "window.chaport = { _q: [], _l: {}, q() { this._q.push(arguments); },"
        " on(e, fn) { (this._l[e] = this._l[e] || []).push(fn); } };"
        "window.ready = 0; chaport.on('ready', () => { window.ready += 1; });"
        "chaport.q('open');</script>"
        f'<script async src="{people.server.url}/javascripts/insert.js"></script>'
    )
    with hosting(body) as host:
        visitor = Visitor(people.context().new_page())
        visitor.page.goto(host.origin)
        expect(visitor.composer).to_be_visible()
        assert visitor.page.evaluate("window.ready") == 1
        assert visitor.page.evaluate("chaport === chathaven")
        visitor.page.evaluate("chaport.close()")
        expect(visitor.composer).to_be_hidden()
