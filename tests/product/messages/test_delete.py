"""Deleting a message: nothing of what it said is left, and everybody sees that it was."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient, all_items, json_of
from tests.interface.rows import superuser
from tests.interface.team import join
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


def test_a_visitor_deletes_their_message(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Quagga")
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    for events in (account.events(said["chat_id"]), visitor.events()):
        [message, news] = events
        assert (message["seq"], message["type"]) == (said["seq"], "visitor-message")
        assert message["params"].keys() == {"deleted_at", "deleted_by"}
        assert message["params"]["deleted_by"] == "visitor"
        assert news["type"] == "message-deleted"
        assert news["params"] == message["params"] | {
            "message_id": said["id"],
            "message_seq": said["seq"],
        }


def test_former_texts_go_with_it(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("one Quagga")
    kept = visitor.say("another Quagga")
    json_of(change(visitor.http, visitor_path(kept), "Another one"))
    for text in ("two Quagga", "three Quagga"):
        json_of(change(visitor.http, visitor_path(said), text))
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    chat = f"/v1/chats/{said['chat_id']}"
    copy = json_of(account.http.get(f"{chat}/export"))
    texts = [event["params"].get("text") for event in copy["events"]]
    assert texts == [None, "Another one", "Another one", None, None, None]
    [other] = [event for event in copy["events"] if event.get("edits")]
    assert other["id"] == kept["id"]
    assert "Quagga" not in account.http.get(f"{chat}/events").text
    assert all_items(account.http, "/v1/chats", view="all", q="quagga") == []
    for reader in (account.reader(last_id=0), visitor.reader(last_id=0)):
        assert [event["seq"] for event in told(reader, 6)] == [1, 2, 3, 4, 5, 6]


def test_what_is_deleted_stays_deleted(account: Account, visitor: VisitorClient) -> None:
    body = {"id": str(uuid4()), "text": "Hello"}
    path = "/v1/widget/me/messages"
    said = json_of(visitor.http.post(path, json=body), 201)
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    # An outbox that was not told that it was sent tries again: acknowledged, and not back.
    assert json_of(visitor.http.post(path, json=body), 201) == said
    assert "text" not in in_chat(visitor, said)["params"]
    for answer in (
        drop(visitor.http, visitor_path(said)),
        drop(account.http, operator_path(said)),
        change(visitor.http, visitor_path(said), "Hello"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "message_deleted")
    assert len(visitor.events()) == 2


def test_who_may_delete_what(api: Api, account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Hello")
    with closing(join(api.server, account, "operator")) as operator:
        assert drop(operator, operator_path(said)).status_code == 403
        body = {"id": str(uuid4()), "text": "Hi"}
        chat = f"/v1/chats/{said['chat_id']}/messages"
        theirs = json_of(operator.post(chat, json=body), 201)
        other = json_of(operator.post(chat, json=body | {"id": str(uuid4())}), 201)
        assert drop(operator, operator_path(theirs)).status_code == 204
        with closing(join(api.server, account, "administrator")) as administrator:
            # Another's words are deleted by those who answer for the company, and put in nobody's
            # mouth by anybody.
            assert change(administrator, operator_path(other), "No").status_code == 403
            assert drop(administrator, operator_path(other)).status_code == 204
    assert drop(visitor.http, visitor_path(other)).status_code == 403
    assert drop(account.http, operator_path(said)).status_code == 204
    assert {event["params"].get("deleted_by") for event in visitor.events()} == {"operator"}


def test_another_visitors_message_does_not_exist(
    api: Api, account: Account, visitor: VisitorClient
) -> None:
    said = visitor.say("Hello")
    other = api.visitor(account.site_key)
    other.say("Hi")
    assert drop(other.http, visitor_path(said)).status_code == 404
    assert drop(api.sign_up().http, operator_path(said)).status_code == 404
    assert in_chat(visitor, said)["params"] == {"text": "Hello"}


def test_what_is_unread_is_counted_anew(account: Account, visitor: VisitorClient) -> None:
    first, second = visitor.say("one"), visitor.say("two")
    chat = f"/v1/chats/{first['chat_id']}"
    with listening(account.reader()) as team:
        assert drop(visitor.http, visitor_path(first)).status_code == 204
        sign = next(event.data for event in team if event.name == "read")
        assert (sign["chat_id"], sign["unread"]) == (first["chat_id"], 1)
    assert json_of(account.http.get(chat))["unread"] == 1
    assert drop(visitor.http, visitor_path(second)).status_code == 204
    assert json_of(account.http.get(chat))["unread"] == 0
    visitor.say("three")
    account.http.post(f"{chat}/read", json={"seq": 1}).raise_for_status()
    assert json_of(account.http.get(chat))["unread"] == 1

    answers = [account.say(first["chat_id"], text) for text in ("a", "b")]
    assert visitor.me["chat"]["unread"] == 2
    assert drop(account.http, operator_path(answers[0])).status_code == 204
    assert visitor.me["chat"]["unread"] == 1
    assert json_of(account.http.get(chat))["unread"] == 0


def test_one_that_was_read_is_counted_no_more(account: Account, visitor: VisitorClient) -> None:
    first, _ = visitor.say("one"), visitor.say("two")
    chat = f"/v1/chats/{first['chat_id']}"
    account.http.post(f"{chat}/read", json={"seq": first["seq"]}).raise_for_status()
    assert drop(visitor.http, visitor_path(first)).status_code == 204
    assert json_of(account.http.get(chat))["unread"] == 1


def test_the_last_line_says_that_it_is_deleted(account: Account, visitor: VisitorClient) -> None:
    visitor.say("one")
    said = visitor.say("two")
    chat = f"/v1/chats/{said['chat_id']}"
    json_of(account.http.patch(chat, json={"stage": "closed"}))
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    [shown] = all_items(account.http, "/v1/chats", view="closed")
    assert (shown["stage"], shown["last_event"]["id"]) == ("closed", said["id"])
    assert shown["last_event"]["params"].keys() == {"deleted_at", "deleted_by"}


def test_streams_carry_it_without_a_gap(account: Account, visitor: VisitorClient) -> None:
    with listening(account.reader()) as team, listening(visitor.reader()) as own:
        said = visitor.say("Hello")
        assert drop(account.http, operator_path(said)).status_code == 204
        account.say(said["chat_id"], "Hi")
        for stream in (team, own):
            events = lasting(stream, 3)
            assert [event["seq"] for event in events] == [1, 2, 3]
            assert events[1]["type"] == "message-deleted"
            assert events[1]["params"]["message_id"] == said["id"]


@pytest.mark.parametrize("kind", ["hold", "restriction"])
def test_under_a_hold_or_restricted_nothing_changes(
    account: Account, visitor: VisitorClient, kind: str
) -> None:
    said = visitor.say("Hello")
    answer = account.say(said["chat_id"], "Hi")
    path = f"/v1/visitors/{visitor.visitor_id}"
    if kind == "hold":
        review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"matter": "A dispute", "review_at": review}
        json_of(account.http.post(f"{path}/holds", json=body), 201)
    else:
        json_of(account.http.post(f"{path}/restriction", json={"ground": "claims"}), 201)
    code = "held" if kind == "hold" else "processing_restricted"
    before = visitor.events()
    for tried in (
        change(visitor.http, visitor_path(said), "No"),
        drop(visitor.http, visitor_path(said)),
    ):
        assert (tried.status_code, tried.json()["code"]) == (409, code)
    # To operators there is no such chat.
    assert change(account.http, operator_path(answer), "No").status_code == 404
    assert drop(account.http, operator_path(said)).status_code == 404
    assert visitor.events() == before


def test_on_disk_it_is_marked_by_its_time_alone(
    api: Api, account: Account, visitor: VisitorClient
) -> None:
    said = visitor.say("Hello")
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    with superuser(api.server) as connection:
        rows = connection.execute(
            "SELECT seq, deleted_at IS NOT NULL FROM events WHERE account_id = %s ORDER BY seq",
            (account.account_id,),
        ).fetchall()
    assert rows == [(1, True), (2, False)]


def test_the_audit_log_says_who(account: Account, visitor: VisitorClient) -> None:
    said = visitor.say("Okapi")
    assert drop(account.http, operator_path(said)).status_code == 204
    page = account.http.get("/v1/audit")
    [line] = [each for each in json_of(page)["items"] if each["action"] == "message-deleted"]
    assert (line["actor_id"], line["target_kind"]) == (account.operator_id, "message")
    assert line["target_id"] == said["id"]
    assert "Okapi" not in page.text


def _send_file(visitor: VisitorClient, id: str) -> dict[str, Any]:
    file = {"file": ("quagga.txt", b"Quagga were here")}
    return json_of(visitor.http.post("/v1/widget/me/files", data={"id": id}, files=file), 201)


def _objects(account: Account) -> list[Path]:
    folder = account.server.data / "files"
    return [
        path for path in folder.rglob("*") if path.is_file() and account.account_id in str(path)
    ]


def test_a_file_goes_with_its_message(account: Account, visitor: VisitorClient) -> None:
    id = str(uuid4())
    said = _send_file(visitor, id)
    place = f"/v1/chats/{said['chat_id']}/files/{id}"
    assert account.http.get(place).content == b"Quagga were here"
    assert len(_objects(account)) == 1
    assert change(visitor.http, visitor_path(said), "Zebra").json()["code"] == "no_text"
    assert drop(visitor.http, visitor_path(said)).status_code == 204
    assert in_chat(visitor, said)["params"].keys() == {"deleted_at", "deleted_by"}
    assert account.http.get(place).status_code == 404
    assert visitor.http.get(f"/v1/widget/me/files/{id}").status_code == 404
    assert _objects(account) == []
    with superuser(account.server) as connection:
        left = connection.execute(
            "SELECT count(*) FROM files WHERE account_id = %s", (account.account_id,)
        ).fetchone()
    assert left == (0,)
    # Sent once more by an outbox that was not told: acknowledged, and not back.
    assert _send_file(visitor, id) == said | {"file": None}
    assert _objects(account) == []
