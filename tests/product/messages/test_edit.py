"""Changing the text of a message: where it stands, on both streams, and by whom."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from chathaven.product.messages.edit import MOST_EDITS
from tests.conftest import Api
from tests.driving import Account, VisitorClient, all_items, json_of
from tests.product.messages.asking import (
    change,
    drop,
    in_chat,
    lasting,
    listening,
    operator_path,
    told,
    visitor_path,
)


def test_a_visitor_changes_their_message(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Helo")
    edited = json_of(change(visitor.http, visitor_path(said), "Hello"))
    assert (edited["id"], edited["seq"]) == (said["id"], said["seq"])
    for events in (account.events(said["chat_id"]), visitor.events()):
        [message, news] = events
        assert message["params"] == {"text": "Hello", "edited_at": edited["edited_at"]}
        assert message["created_at"] == said["created_at"]
        assert (news["type"], news["author"]["kind"]) == ("message-edited", "visitor")
        assert news["params"] == {
            "message_id": said["id"],
            "message_seq": said["seq"],
            "text": "Hello",
            "edited_at": edited["edited_at"],
        }


def test_an_operator_changes_their_own_message_alone(
    account: Account, visitor: VisitorClient
) -> None:
    said = visitor.say("Hello")
    answer = account.say(said["chat_id"], "Good dya")
    json_of(change(account.http, operator_path(answer), "Good day"))
    assert [event["params"].get("text") for event in visitor.events()] == [
        "Hello",
        "Good day",
        "Good day",
    ]
    theirs = change(account.http, operator_path(said), "I never said that")
    assert (theirs.status_code, theirs.json()["code"]) == (403, "forbidden")
    ours = change(visitor.http, visitor_path(answer), "I promise it")
    assert (ours.status_code, ours.json()["code"]) == (403, "forbidden")
    assert in_chat(visitor, said)["params"] == {"text": "Hello"}


def test_the_same_text_again_changes_nothing(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Hello")
    path = visitor_path(said)
    unchanged = json_of(change(visitor.http, path, "Hello"))
    assert unchanged == {"id": said["id"], "seq": said["seq"], "edited_at": None}
    first = json_of(change(visitor.http, path, "Hello there"))
    assert json_of(change(visitor.http, path, "Hello there")) == first
    assert len(visitor.events()) == 2


def test_former_texts_are_shown_to_nobody(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("one Quagga")
    for text in ("two Quagga", "three"):
        json_of(change(visitor.http, visitor_path(said), text))
    chat = f"/v1/chats/{said['chat_id']}"
    seen = [
        account.http.get("/v1/chats", params={"view": "all"}),
        account.http.get(chat),
        account.http.get(f"{chat}/events"),
        visitor.http.get("/v1/widget/me/events"),
    ]
    for answer in seen:
        assert "Quagga" not in answer.text
    assert all_items(account.http, "/v1/chats", view="all", q="quagga") == []
    for reader in (account.reader(last_id=0), visitor.reader(last_id=0)):
        events = told(reader, 3)
        assert [event["params"].get("text") for event in events] == ["three", None, "three"]


def test_former_texts_are_kept_for_exports(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("one")
    times = [json_of(change(visitor.http, visitor_path(said), text)) for text in ("two", "three")]
    copy = json_of(account.http.get(f"/v1/chats/{said['chat_id']}/export"))
    message = next(event for event in copy["events"] if event["id"] == said["id"])
    assert [each["text"] for each in message["edits"]] == ["one", "two"]
    assert [each["replaced_at"] for each in message["edits"]] == [t["edited_at"] for t in times]


def test_a_message_that_was_changed_is_still_the_one_that_was_sent(
    account: Account, visitor: VisitorClient
) -> None:
    body = {"id": str(uuid4()), "text": "Hello"}
    path = "/v1/widget/me/messages"
    said = json_of(visitor.http.post(path, json=body), 201)
    for text in ("Hello there", "Hello you"):
        json_of(change(visitor.http, visitor_path(said), text))
    assert json_of(visitor.http.post(path, json=body), 201) == said
    other = visitor.http.post(path, json=body | {"text": "Hello there"})
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    assert in_chat(visitor, said)["params"]["text"] == "Hello you"


def test_streams_carry_it_without_a_gap(account: Account, visitor: VisitorClient) -> None:
    with listening(account.reader()) as team, listening(visitor.reader()) as own:
        said = visitor.say("Helo")
        json_of(change(visitor.http, visitor_path(said), "Hello"))
        account.say(said["chat_id"], "Hi")
        for stream in (team, own):
            events = lasting(stream, 3)
            assert [event["type"] for event in events] == [
                "visitor-message",
                "message-edited",
                "operator-message",
            ]
            assert [event["seq"] for event in events] == [1, 2, 3]
    # Whoever was away during it is told of the change, and of nothing twice.
    events = told(visitor.reader(last_id=1), 2)
    assert [event["seq"] for event in events] == [2, 3]


def test_it_is_not_unread_and_opens_nothing(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Hello")
    chat = f"/v1/chats/{said['chat_id']}"
    account.http.post(f"{chat}/read", json={"seq": said["seq"]}).raise_for_status()
    json_of(account.http.patch(chat, json={"stage": "closed"}))
    json_of(change(visitor.http, visitor_path(said), "Hello there"))
    shown = json_of(account.http.get(chat))
    assert (shown["stage"], shown["unread"]) == ("closed", 0)
    # The last line of the list is what the message says now.
    assert shown["last_event"]["id"] == said["id"]
    assert shown["last_event"]["params"]["text"] == "Hello there"


@pytest.mark.parametrize("text", ["", " \n", "x" * 10_001, 7])
def test_what_could_not_be_sent_is_no_text_either(
    account: Account, visitor: VisitorClient, text: Any
) -> None:
    said = visitor.say("Hello")
    answer = visitor.http.patch(visitor_path(said), json={"text": text})
    assert answer.status_code in (400, 422), answer.text
    assert in_chat(visitor, said)["params"] == {"text": "Hello"}


def test_only_messages_can_be_changed(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Hello")
    json_of(account.http.patch(f"/v1/chats/{said['chat_id']}", json={"stage": "closed"}))
    closing = visitor.events()[-1]
    assert closing["type"] == "chat-closed"
    for id in (closing["id"], str(uuid4())):
        gone = change(account.http, operator_path(said | {"id": id}), "Hello")
        assert gone.status_code == 404
        assert drop(account.http, operator_path(said | {"id": id})).status_code == 404


def test_another_visitors_message_does_not_exist(
    api: Api, account: Account, visitor: VisitorClient
) -> None:
    said = visitor.say("Hello")
    other = api.visitor(account.site_key)
    other.say("Hi")
    assert change(other.http, visitor_path(said), "Mine").status_code == 404
    stranger = api.sign_up()
    assert change(stranger.http, operator_path(said), "Mine").status_code == 404
    assert in_chat(visitor, said)["params"] == {"text": "Hello"}


def test_there_is_an_end_to_changing(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("0")
    for number in range(1, MOST_EDITS + 1):
        json_of(change(visitor.http, visitor_path(said), str(number)))
    answer = change(visitor.http, visitor_path(said), "once more")
    assert (answer.status_code, answer.json()["code"]) == (409, "edited_too_often")
    assert drop(visitor.http, visitor_path(said)).status_code == 204


def test_the_audit_log_says_who_and_nothing_of_what(
    account: Account, visitor: VisitorClient
) -> None:
    said = visitor.say("Okapi one")
    json_of(change(visitor.http, visitor_path(said), "Okapi two"))
    answer = account.say(said["chat_id"], "Okapi three")
    json_of(change(account.http, operator_path(answer), "Okapi four"))
    page: httpx.Response = account.http.get("/v1/audit")
    lines = [line for line in json_of(page)["items"] if line["action"] == "message-edited"]
    found = {(line["actor_kind"], line["actor_id"], line["target_id"]) for line in lines}
    assert found == {
        ("visitor", visitor.visitor_id, said["id"]),
        ("operator", account.operator_id, answer["id"]),
    }
    assert "Okapi" not in page.text
