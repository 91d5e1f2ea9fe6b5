"""Nothing before the click (A-25-1): no request but the page and the loader, nothing stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.hosts import hosting, snippet
from tests.browser.people import People, Visitor
from tests.driving import sign_up

QUIET_MS = 1_500
STORED = """async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((each) => each.name),
  caches: window.caches ? await caches.keys() : [],
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
})"""
NOTHING = {
    "cookies": "",
    "local": [],
    "session": [],
    "databases": [],
    "caches": [],
    "workers": 0,
}
OPENED = """
for (const name of ["WebSocket", "EventSource", "RTCPeerConnection", "BroadcastChannel"]) {
  const real = window[name];
  window.opened = window.opened || [];
  window[name] = new Proxy(real, { construct(target, given) {
    window.opened.push(name);
    return new target(...given);
  } });
}
navigator.sendBeacon = () => { window.opened.push("beacon"); return true; };
"""


def paths(people: People) -> list[str]:
    return [urlsplit(request.url).path for request in people.requests]


def stored(page: Page) -> Any:
    return page.evaluate(STORED)


def test_a_fresh_page_stores_and_asks_nothing(people: People) -> None:
    account = sign_up(people.server)
    context = people.context()
    context.add_init_script(OPENED)
    visitor = Visitor(context.new_page())
    visitor.page.goto(f"{people.server.url}/try/{account.site_key}")
    expect(visitor.launcher).to_be_visible()
    visitor.page.wait_for_timeout(QUIET_MS)
    assert paths(people) == [f"/try/{account.site_key}", "/widget.js"]
    assert context.cookies() == []
    assert stored(visitor.page) == NOTHING
    assert visitor.page.evaluate("window.opened") == []
    assert len(visitor.page.frames) == 1
    assert [(c["origin"]) for c in context.storage_state()["origins"]] == []


def test_after_the_click_only_the_own_origin_is_asked(people: People) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key)
    visitor.open()
    # Looking is not writing: still nothing is stored, and nobody is a visitor.
    visitor.page.wait_for_timeout(QUIET_MS)
    frame = visitor.frame
    assert frame.evaluate(STORED) == NOTHING
    assert visitor.page.context.cookies() == []
    assert not people.paths(f"/v1/widget/{account.site_key}/visitors")
    assert not people.paths("/v1/widget/me/stream")
    visitor.write("now I write")
    visitor.has_sent()
    kept = set(frame.evaluate("Object.keys(localStorage)"))
    own = f"chathaven.{account.site_key}."
    assert kept == {f"{own}token"}
    assert visitor.page.context.cookies() == []
    assert {f"{u.scheme}://{u.netloc}" for u in map(urlsplit, asked(people))} == {people.server.url}


def asked(people: People) -> list[str]:
    return [request.url for request in people.requests if not request.url.startswith("data:")]


def test_a_strict_page_of_another_origin(people: People) -> None:
    account = sign_up(people.server)
    url = people.server.url
    nonce = "c2hvcA"
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; frame-src {url}; img-src data:;"
        " base-uri 'none'; require-trusted-types-for 'script'"
    )
    body = snippet(url, account.site_key).replace("<script", f'<script nonce="{nonce}"')
    with hosting(body, policy) as host:
        context = people.context()
        visitor = Visitor(context.new_page())
        visitor.page.goto(host.origin)
        expect(visitor.launcher).to_be_visible()
        visitor.page.wait_for_timeout(QUIET_MS)
        assert asked(people) == [f"{host.origin}/", f"{url}/widget.js"]
        assert context.cookies() == []
        assert stored(visitor.page) == NOTHING
        visitor.open()
        visitor.write("from another origin")
        visitor.has_sent()
        assert stored(visitor.page) == NOTHING
        assert {f"{u.scheme}://{u.netloc}" for u in map(urlsplit, asked(people))} == {
            host.origin,
            url,
        }
        chat = account.http.get("/v1/chats").json()["items"][0]
        assert chat["visitor"]["page_url"] == f"{host.origin}/"
        account.say(chat["id"], "welcome")
        visitor.sees("from another origin", "welcome")


BLOCKED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
  if (window.parent !== window) Object.defineProperty(window, name, {
    get() { throw new DOMException("blocked", "SecurityError"); },
  });
}
if (window.parent !== window) {
  navigator.locks.request = () => Promise.reject(new DOMException("blocked", "SecurityError"));
  window.BroadcastChannel = class {
    constructor() { throw new DOMException("blocked", "SecurityError"); }
  };
}
"""


def test_with_blocked_storage_the_chat_lives_in_memory(people: People) -> None:
    account = sign_up(people.server)
    context = people.context()
    context.add_init_script(BLOCKED)
    visitor = Visitor(context.new_page())
    visitor.page.goto(f"{people.server.url}/try/{account.site_key}")
    visitor.open()
    visitor.write("without storage")
    visitor.has_sent()
    chat = account.http.get("/v1/chats").json()["items"][0]
    account.say(chat["id"], "we hear you")
    visitor.sees("without storage", "we hear you")
    visitor.close()
    visitor.open()
    visitor.sees("without storage", "we hear you")


def test_listed_origins_keep_other_pages_out(people: People) -> None:
    people.allow("frame-ancestors", "Refused to frame|Framing")
    account = sign_up(people.server)
    with (
        hosting(snippet(people.server.url, account.site_key)) as listed,
        hosting(snippet(people.server.url, account.site_key)) as foreign,
    ):
        change = {"allowed_origins": [listed.origin]}
        answer = account.http.patch(f"/v1/sites/{account.site_id}", json=change)
        assert answer.status_code == 200, answer.text
        visitor = Visitor(people.context().new_page())
        visitor.page.goto(listed.origin)
        visitor.open()
        visitor.write("from a listed page")
        visitor.has_sent()
        stranger = Visitor(people.context().new_page())
        stranger.page.goto(foreign.origin)
        stranger.launcher.click()
        # To the loader, a chat that is kept out and one that is away are the same.
        expect(stranger.launcher).to_have_accessible_name("Chat (Offline ↻)")
        expect(stranger.page.locator("chathaven-widget iframe")).to_have_count(0)
