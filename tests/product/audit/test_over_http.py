"""The audit log from outside: who opened which chat, lists, files, the check, the command."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from itertools import pairwise
from typing import Any

import pytest

from tests import forks
from tests.conftest import Api
from tests.driving import Account, Server, all_items, json_of
from tests.interface.rows import superuser

SECRET = "Zanzibar"


def lines(account: Account, **query: str) -> list[dict[str, Any]]:
    """The whole log, the newest first."""
    return all_items(account.http, "/v1/audit", **query)


def chatted(api: Api) -> tuple[Account, str, str]:
    """A company, a visitor's chat in it, and the visitor."""
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    visitor.say(SECRET)
    visitor.http.patch("/v1/widget/me", json={"name": SECRET})
    return account, visitor.chat_id, visitor.visitor_id


def test_who_opened_which_chat_is_there_once_and_says_nothing_of_it(api: Api) -> None:
    account, chat_id, visitor_id = chatted(api)
    for _ in range(3):
        assert account.http.get(f"/v1/chats/{chat_id}/events").status_code == 200
        assert account.http.get(f"/v1/visitors/{visitor_id}").status_code == 200
    [opened] = lines(account, action="chat-opened")
    assert opened["target_id"] == chat_id
    assert opened["actor_id"] == account.operator_id
    assert opened["credential_id"]
    [card] = lines(account, target_id=visitor_id)
    assert card["action"] == "visitor-opened"
    assert SECRET not in json.dumps(lines(account))
    # Messages write no lines.
    before = len(lines(account))
    account.say(chat_id, "An answer")
    assert len(lines(account)) == before


def test_what_is_not_there_was_opened_by_nobody(api: Api) -> None:
    account, _, _ = chatted(api)
    other, chat_id, visitor_id = chatted(api)
    assert account.http.get(f"/v1/chats/{chat_id}/events").status_code == 404
    assert account.http.get(f"/v1/visitors/{visitor_id}").status_code == 404
    found = lines(account) + lines(other)
    assert not {"chat-opened", "visitor-opened"} & {each["action"] for each in found}


def test_lists_are_paged_and_filtered(api: Api) -> None:
    account, _, _ = chatted(api)
    page = json_of(account.http.get("/v1/audit", params={"limit": 1}))
    assert len(page["items"]) == 1
    assert page["next"] == str(page["items"][0]["number"])
    everything = lines(account, limit="1")
    numbers = [each["number"] for each in everything]
    assert numbers == list(range(len(numbers), 0, -1))
    mine = lines(account, operator_id=account.operator_id)
    assert {each["actor_id"] for each in mine} == {account.operator_id}
    assert lines(account, action="never") == []
    assert account.http.get("/v1/audit?after=x").status_code == 422


def test_files_are_whole_and_no_formula(api: Api) -> None:
    account, _, _ = chatted(api)
    taken = account.http.get("/v1/audit/file?format=jsonl")
    found = [json.loads(line) for line in taken.text.splitlines()]
    assert [each["number"] for each in found] == list(range(1, len(found) + 1))
    assert all(after["previous"] == one["hash"] for one, after in pairwise(found))
    rows = list(csv.DictReader(io.StringIO(account.http.get("/v1/audit/file?format=csv").text)))
    assert [row["hash"] for row in rows][: len(found)] == [each["hash"] for each in found]
    assert lines(account, action="audit-taken")


def test_the_check_names_the_place(api: Api, server: Server) -> None:
    account, chat_id, _ = chatted(api)
    assert account.http.get(f"/v1/chats/{chat_id}/events").status_code == 200
    anchor = json_of(account.http.post("/v1/audit/anchors"), 201)
    assert anchor["number"] >= 2
    whole = json_of(account.http.get("/v1/audit/check"))
    assert whole["intact"]
    assert whole["anchored"] == anchor["number"]
    kept = account.http.get("/v1/audit/anchors").text.splitlines()
    assert [json.loads(line)["hash"] for line in kept] == [anchor["hash"]]
    assert json_of(account.http.get("/v1/receipts/check")) == {"intact": True, "broken": []}
    done = _command(server, "check", "--account", account.account_id)
    assert done.returncode == 0, done.stderr
    assert "audit log intact" in done.stdout
    with superuser(server) as database:
        database.execute(
            "DELETE FROM audit_lines WHERE account_id = %s AND number = 2", (account.account_id,)
        )
        database.commit()
    broken = json_of(account.http.get("/v1/audit/check"))
    assert not broken["intact"]
    assert [(each["what"], each["number"]) for each in broken["broken"]] == [("missing", 2)]
    done = _command(server, "check", "--account", account.account_id)
    assert done.returncode == 1
    assert "audit log: lines 2 to 2 are missing" in done.stdout


def _command(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forks.run(["audit", *arguments, "--data", server.data], os.environ)


@pytest.mark.parametrize("path", ["", "/check", "/file", "/anchors"])
def test_operators_do_not_read_it(api: Api, path: str) -> None:
    account = api.sign_up()
    body = {"name": "x", "scopes": ["chats:read", "settings:write"]}
    token = json_of(account.http.post("/v1/tokens", json=body), 201)["token"]
    with account.server.http(headers={"authorization": f"Bearer {token}"}) as script:
        assert script.get(f"/v1/audit{path}").status_code == 403
