"""Many at once in one chat: changes, deletions, messages and corrections, and no gap at the end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import httpx

from tests.conftest import Api
from tests.driving import all_items, json_of
from tests.product.messages.asking import change, drop, operator_path, visitor_path

ROUNDS = 5


def at_once(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Calls all in the same moment; returns the answers in the order of the calls."""
    start = Barrier(len(calls))

    def go(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def test_nobody_waits_in_a_circle_and_no_number_is_missing(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    chat = visitor.say("Hello")["chat_id"]
    for turn in range(ROUNDS):
        said = visitor.say(f"one {turn}")
        answer = account.say(chat, f"two {turn}")
        edited, dropped, renamed, spoken = at_once(
            [
                partial(change, visitor.http, visitor_path(said), "changed"),
                partial(drop, account.http, operator_path(said)),
                partial(visitor.http.patch, "/v1/widget/me", json={"name": f"V{turn}"}),
                partial(change, account.http, operator_path(answer), "changed too"),
            ]
        )
        assert (dropped.status_code, renamed.status_code, spoken.status_code) == (204, 200, 200)
        assert edited.status_code == 200 or edited.json()["code"] == "message_deleted"
    events = visitor.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    told = ("seq", "id", "type", "params")
    assert [[each[name] for name in told] for each in account.events(chat)] == [
        [each[name] for name in told] for each in events
    ]
    # Whatever came first, a deleted message says nothing, and neither does news of its changes.
    messages = {each["id"]: each for each in events if each["type"] == "visitor-message"}
    news = [each for each in events if each["type"] == "message-edited"]
    assert not [
        each
        for each in news
        if "text" in each["params"] and each["params"]["message_id"] in messages
    ]
    assert [m["params"].get("text") for m in messages.values()] == ["Hello", *[None] * ROUNDS]
    [shown] = all_items(account.http, "/v1/chats", view="all")
    assert json_of(account.http.get(f"/v1/chats/{chat}"))["unread"] == shown["unread"] == 0
