"""A company with everybody and everything that has an id."""

from __future__ import annotations

import email
import email.policy
import io
import re
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
from PIL import Image

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from tests.conftest import Api
from tests.driving import PASSWORD, Account, Server, VisitorClient, json_of, sign_up

CANARY = "Zanzibar"
"""Stands in every text of a company that others must not see."""


@dataclass
class Company:
    """An account with a team, a visitor who wrote, and the ids of all of it."""

    account: Account
    visitor: VisitorClient
    ids: dict[str, str]

    @property
    def owner(self) -> httpx.Client:
        """The owner's browser."""
        return self.account.http


def with_token(server: Server, maker: httpx.Client, *scopes: str) -> httpx.Client:
    """Makes a token with scopes and returns a client that carries it."""
    body = {"name": "script", "scopes": list(scopes)}
    made = maker.post("/v1/tokens", json=body)
    assert made.status_code == 201, made.text
    return bearer(server, made.json()["token"])


def bearer(server: Server, token: str) -> httpx.Client:
    """Returns a client that carries a token."""
    headers = {"authorization": f"Bearer {token}"}
    return httpx.Client(base_url=server.url, headers=headers, timeout=30)


def letter_to(server: Server, address: str) -> str:
    """Returns the text of the letter to an address, once it is there."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for path in (server.data / "outbox").glob("*.eml"):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if address in str(letter["to"]):
                body = letter.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        time.sleep(0.02)
    raise AssertionError("no letter came")


def join(server: Server, account: Account, role: str) -> httpx.Client:
    """Invites somebody, accepts, and returns their browser."""
    address = f"{role}.{account.account_id[-12:]}@example.com"
    made = account.http.post("/v1/invitations", json={"email": address, "role": role})
    assert made.status_code == 201, made.text
    token = re.search(r"/join#(\S+)", letter_to(server, address))
    assert token is not None
    browser = httpx.Client(base_url=server.url, timeout=30)
    body = {"token": token[1], "name": f"{role} {CANARY}", "password": PASSWORD}
    joined = browser.post("/v1/invitations/accept", json=body)
    assert joined.status_code == 201, joined.text
    return browser


def settle(server: Server, api: Api) -> Company:
    """Signs a company up and makes one of everything in it."""
    account = api.sign_up(company=f"{CANARY} Ltd", name=f"Ada {CANARY}")
    visitor = api.visitor(account.site_key)
    said = visitor.say(f"Hello from {CANARY}")
    file_id = sent_picture(visitor)
    profile = {"name": f"Vera {CANARY}", "email": f"{CANARY}.{visitor.visitor_id}@example.com"}
    assert visitor.http.patch("/v1/widget/me", json=profile).status_code == 200
    http = account.http
    invitation = _made(
        http, "/v1/invitations", {"email": f"{CANARY}@x.example", "role": "operator"}
    )
    token = _made(http, "/v1/tokens", {"name": CANARY, "scopes": ["chats:read"]})
    sessions = http.get("/v1/sessions").json()["items"]
    erased = api.visitor(account.site_key)
    erased.say("Forget me")
    asked = http.delete(f"/v1/visitors/{erased.visitor_id}")
    assert asked.status_code == 202, asked.text
    ids = {
        "chat_id": said["chat_id"],
        "visitor_id": visitor.visitor_id,
        "operator_id": account.operator_id,
        "session_id": sessions[0]["id"],
        "token_id": token["id"],
        "invitation_id": invitation["id"],
        "site_id": account.site_id,
        "erasure_id": at_rest(http, asked.json()["erasure"]["id"]),
        "export_id": ready(http, account.password),
        "certificate_id": closed_account(server),
        # Its company is its own host, so nothing is signed and nobody is announced there;
        # tests/product/legal tries those of others.
        "signature_id": str(new_id()),
        "subprocessor_id": str(new_id()),
        "hold_id": held(api, account),
        "run_id": counted(http),
        **asked_about(http),
        "message_id": said["id"],
        "file_id": file_id,
        **breach(http, account.operator_id),
        "account_id": account.account_id,
    }
    return Company(account, visitor, ids)


def sent_picture(visitor: VisitorClient) -> str:
    """Sends a picture; returns its id."""
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    file = {"file": (f"{CANARY}.png", drawn.getvalue())}
    body = {"id": str(new_id())}
    sent = visitor.http.post("/v1/widget/me/files", data=body, files=file)
    return str(json_of(sent, 201)["id"])


def let_go(company: Company) -> None:
    """Ends what values that were good have brought upon the visitor, who would stay unseen."""
    for each in company.owner.get("/v1/restrictions").json()["items"]:
        path = f"/v1/visitors/{each['visitor']['id']}/restriction"
        if each["kind"] == "hold":
            path = f"/v1/holds/{each['id']}"
        assert company.owner.delete(path).status_code in (200, 204)
    path = f"/v1/visitors/{company.visitor.visitor_id}"
    assert company.owner.get(path).status_code == 200


def asked_about(http: httpx.Client) -> dict[str, str]:
    """Enters a request about somebody's data, and writes a letter; returns the ids of both."""
    body = {"kind": "access", "via": "letter", "name": f"Wim {CANARY}", "text": CANARY}
    request_id = str(_made(http, "/v1/requests", body)["request"]["id"])
    letter = {"subject": CANARY, "text": CANARY}
    written = _made(http, f"/v1/requests/{request_id}/letters", letter)["letters"]
    return {"request_id": request_id, "letter_id": written[0]["id"]}


def counted(http: httpx.Client) -> str:
    """Counts what has had its time, and waits for the report; returns the run's id."""
    run_id = str(json_of(http.post("/v1/retention/runs", json={"dry_run": True}), 202)["id"])
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if http.get(f"/v1/retention/runs/{run_id}").json()["status"] == "done":
            return run_id
        time.sleep(0.02)
    raise AssertionError("the run does not come to its end")


def held(api: Api, account: Account) -> str:
    """Puts somebody on hold; returns the hold's id."""
    visitor = api.visitor(account.site_key)
    visitor.say("Keep me")
    body = {"matter": CANARY, "review_at": (now() + timedelta(days=30)).isoformat()}
    return str(_made(account.http, f"/v1/visitors/{visitor.visitor_id}/holds", body)["id"])


def breach(http: httpx.Client, operator_id: str) -> dict[str, str]:
    """Enters a breach and asks whose data was in scope; returns the ids of both."""
    times = [(now() - timedelta(hours=hours)).isoformat() for hours in (1, 0)]
    made = _made(http, "/v1/breaches", {"title": CANARY, "aware_at": times[0]})
    asked = {"kind": "operator", "id": operator_id, "since": times[0], "until": times[1]}
    found = _made(http, f"/v1/breaches/{made['id']}/scopes", asked)
    ids = {"breach_id": made["id"], "scope_id": found["id"]}
    return ids | {"mailing_id": told(http, ids)}


def told(http: httpx.Client, ids: dict[str, str]) -> str:
    """Writes to those concerned by a breach, and waits until it is done; returns the batch's id."""
    path = f"/v1/breaches/{ids['breach_id']}/mailings"
    letters = {"en": {"subject": CANARY, "text": CANARY}}
    body = {"scope_id": ids["scope_id"], "letters": letters, "certainties": ["delivered"]}
    json_of(http.post(path, json=body), 202)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        [batch] = json_of(http.get(path))["items"]
        if batch["finished_at"] is not None:
            return str(batch["id"])
        time.sleep(0.02)
    raise AssertionError("the letters do not come to their end")


def at_rest(http: httpx.Client, erasure_id: str) -> str:
    """Waits until nothing moves any more for an erasure; returns its id."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if http.get(f"/v1/erasures/{erasure_id}").json()["status"] in {"live", "final"}:
            return erasure_id
        time.sleep(0.02)
    raise AssertionError("the erasure does not come to its end")


def ready(http: httpx.Client, password: str) -> str:
    """Exports the account, and waits until nothing moves any more; returns the export's id."""
    asked = http.post("/v1/account/exports", json={"password": password})
    assert asked.status_code == 202, asked.text
    export_id = str(asked.json()["id"])
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if http.get(f"/v1/account/exports/{export_id}").json()["status"] == "ready":
            return export_id
        time.sleep(0.02)
    raise AssertionError("the export does not come to its end")


@cache
def closed_account(server: Server) -> str:
    """Signs a company up and closes it; returns the id under which everybody finds that."""
    account = sign_up(server)
    body = {"confirm": "DELETE", "password": account.password}
    with closing(account.http) as http:
        closed = http.request("DELETE", "/v1/account", json=body)
    assert closed.status_code == 202, closed.text
    closed_id = str(closed.json()["erasure"]["id"])
    with server.http() as http:
        for _ in range(1_200):
            found = http.get(f"/v1/certificates/{closed_id}")
            if found.status_code == 200 and found.json()["status"] in ("live", "final"):
                return closed_id
            time.sleep(0.05)
    raise AssertionError("the account was not closed")


def _made(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
