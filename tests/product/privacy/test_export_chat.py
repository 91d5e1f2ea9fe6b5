"""One chat as a file: documented, whole, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of

ROOT = Path(__file__).parents[3]
DOCUMENTED = ROOT / "docs" / "api" / "chat-export-1.json"


@pytest.fixture
def schema(api: Api) -> dict[str, Any]:
    with api.server.http() as http:
        answer = http.get("/v1/schemas/chat-export-1.json")
    assert answer.headers["content-type"].startswith("application/schema+json")
    return json_of(answer)


def talk(api: Api, account: Account) -> VisitorClient:
    """A visitor who was shown a legal text, wrote, was answered, and whose chat was assigned."""
    text = {"general": {"legal_text": {"enabled": True, "texts": {"en": "We keep what you say."}}}}
    json_of(account.http.patch("/v1/settings", json=text))
    with api.server.http() as http:
        notice = json_of(http.get(f"/v1/widget/{account.site_key}"))["notice"]
    visitor = api.visitor(
        account.site_key, notice_id=notice["id"], page_url="https://shop.example/a"
    )
    visitor.say("Hello, is <b>anybody</b> there?")
    body = {"name": "Vera", "email": "vera@visitor.example"}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    account.say(visitor.chat_id, "Good morning")
    chat = f"/v1/chats/{visitor.chat_id}"
    json_of(account.http.patch(chat, json={"assignee_id": account.operator_id}))
    return visitor


def test_it_is_a_file_that_the_schema_describes(api: Api, schema: dict[str, Any]) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    answer = account.http.get(f"/v1/chats/{visitor.chat_id}/export")
    found = json_of(answer)
    assert answer.headers["content-type"] == "application/json"
    name = f"chat-{visitor.chat_id}.json"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    validator = jsonschema_rs.validator_for(schema)
    assert [str(error) for error in validator.iter_errors(found)] == []
    assert found["format"] == "chathaven-chat-1"
    listed = account.events(visitor.chat_id)
    for one, other in zip(found["events"], listed, strict=True):
        for field in ("seq", "id", "type", "author", "params", "created_at"):
            assert one[field] == other[field]
    assert found["events"][2]["author"]["name"] == account.name
    assert found["chat"]["assignee"] == {"id": account.operator_id, "name": account.name}
    assert found["visitor"]["email"] == "vera@visitor.example"
    [receipt] = found["receipts"]
    assert (receipt["answer"], receipt["text"]) == ("shown", "We keep what you say.")


def test_the_schema_refuses_what_is_not_a_chat(api: Api, schema: dict[str, Any]) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    found = json_of(account.http.get(f"/v1/chats/{visitor.chat_id}/export"))
    validator = jsonschema_rs.validator_for(schema)
    spoils: tuple[Callable[[Any], object], ...] = (
        lambda chat: chat.pop("events"),
        lambda chat: chat["events"][0].pop("author"),
        lambda chat: chat["events"][0]["params"].pop("text"),
        lambda chat: chat["chat"].update(stage="lost"),
        lambda chat: chat["receipts"][0].update(sha256="none"),
    )
    for spoil in spoils:
        spoilt = json.loads(json.dumps(found))
        spoil(spoilt)
        assert not validator.is_valid(spoilt)


def test_the_documented_schema_is_the_one_that_is_served(schema: dict[str, Any]) -> None:
    assert json.loads(DOCUMENTED.read_text()) == schema


def test_nobody_else_gets_it(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    visitor = talk(api, account)
    path = f"/v1/chats/{visitor.chat_id}/export"
    assert other.http.get(path).status_code == 404
    assert visitor.http.get(path).status_code == 401
    assert httpx.get(account.server.url + path, timeout=30).status_code == 401


def test_a_long_chat_comes_whole(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    for number in range(260):
        visitor.say(f"message {number}")
    found = json_of(account.http.get(f"/v1/chats/{visitor.chat_id}/export"))
    assert [event["seq"] for event in found["events"]] == list(range(1, 261))
    assert [event["params"]["text"] for event in found["events"]] == [
        f"message {number}" for number in range(260)
    ]
