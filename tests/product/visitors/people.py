"""Visitors of one account, and what operators do with them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.conftest import Api
from tests.driving import Account, VisitorClient, all_items, json_of
from tests.interface.rows import superuser


@dataclass
class Person:
    """A visitor who said something."""

    client: VisitorClient
    said: dict[str, Any]

    @property
    def id(self) -> str:
        """The visitor's id."""
        return self.client.visitor_id

    @property
    def path(self) -> str:
        """Their address for operators."""
        return f"/v1/visitors/{self.id}"

    @property
    def chat_id(self) -> str:
        """Their chat."""
        return str(self.said["chat_id"])


def come(api: Api, account: Account, name: str) -> Person:
    """Comes, says something, and says a name and an address."""
    client = api.visitor(account.site_key)
    said = client.say(f"I am {name}")
    profile = {"name": name, "email": f"{name.lower()}@visitor.example"}
    json_of(client.http.patch("/v1/widget/me", json=profile))
    return Person(client, said)


def merge(account: Account, one: Person, into: Person) -> httpx.Response:
    """Says that two are one."""
    return account.http.post(f"{one.path}/merge", json={"into": into.id})


def part(account: Account, one: Person) -> httpx.Response:
    """Says that they are not."""
    return account.http.delete(f"{one.path}/merge")


def hold(account: Account, one: Person) -> dict[str, Any]:
    """Puts somebody on hold; returns the hold."""
    review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"matter": "A dispute", "review_at": review}
    return json_of(account.http.post(f"{one.path}/holds", json=body), 201)


def listed(account: Account, **asked: Any) -> list[str]:
    """Returns the ids of the visitors that a list shows."""
    return [each["id"] for each in all_items(account.http, "/v1/visitors", **asked)]


def until_erased(account: Account, erasure_id: str) -> None:
    """Waits until an erasure is done."""
    deadline = time.monotonic() + 90
    while True:
        found = json_of(account.http.get(f"/v1/erasures/{erasure_id}"))
        if found["status"] in {"live", "final"}:
            return
        assert time.monotonic() < deadline, f"the erasure is {found['status']}"
        time.sleep(0.02)


def rows_about(account: Account, *people: Person) -> int:
    """Counts what the database holds of people: visitors, chats, events and keys."""
    ids = [each.id for each in people]
    with superuser(account.server) as connection:
        found = 0
        for table, column in (
            ("visitors", "id"),
            ("chats", "visitor_id"),
            ("events", "visitor_id"),
            ("person_keys", "person_id"),
        ):
            query = f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s::uuid[])"
            row = connection.execute(query, (ids,)).fetchone()
            found += row[0] if row else 0
    return found
