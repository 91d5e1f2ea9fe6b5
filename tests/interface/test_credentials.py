"""What lets people in: of one kind only, for its time only, and never from a foreign page."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from tests.conftest import Api
from tests.driving import PASSWORD, Reader, Server
from tests.ground import private_folder
from tests.interface.rows import superuser
from tests.interface.team import Company, bearer, join
from tests.product.served import serve

WITHIN = 5.0
"""Seconds in which what was revoked stops working everywhere (C-07)."""
SLOW = 10.0
"""What a machine that stalls may take longer. Without being told, a stream ends after longer."""


def status(server: Server, path: str, **headers: str) -> int:
    return httpx.get(server.url + path, headers=headers, timeout=30).status_code


def test_a_secret_of_one_kind_is_none_of_another(server: Server, ours: Company) -> None:
    session = ours.owner.cookies["chathaven"]
    body = {"name": "script", "scopes": ["*"]}
    token = ours.owner.post("/v1/tokens", json=body).json()["token"]
    visitor = ours.visitor.token
    assert status(server, "/v1/me", cookie=f"chathaven={session}") == 200
    assert status(server, "/v1/me", authorization=f"Bearer {token}") == 200
    assert status(server, "/v1/widget/me", authorization=f"Bearer {visitor}") == 200
    refused = [
        ("/v1/me", {"authorization": f"Bearer {session}"}),
        ("/v1/me", {"authorization": f"Bearer {visitor}"}),
        ("/v1/me", {"cookie": f"chathaven={token}"}),
        ("/v1/me", {"cookie": f"chathaven={visitor}"}),
        ("/v1/me", {"authorization": f"Basic {token}"}),
        ("/v1/me", {"authorization": token}),
        ("/v1/me", {"authorization": f"Bearer {token}x"}),
        ("/v1/me", {"authorization": f"Bearer {token[:-1]}"}),
        ("/v1/me", {"authorization": "Bearer " + "x" * 4_000}),
        # A wrong token is not made good by a right cookie.
        ("/v1/me", {"authorization": "Bearer no", "cookie": f"chathaven={session}"}),
        ("/v1/widget/me", {"authorization": f"Bearer {token}"}),
        ("/v1/widget/me", {"authorization": f"Bearer {session}"}),
        ("/v1/widget/me", {"cookie": f"chathaven={session}"}),
        ("/v1/widget/me/stream", {"authorization": f"Bearer {token}"}),
        ("/v1/stream", {"authorization": f"Bearer {visitor}"}),
    ]
    for path, headers in refused:
        assert status(server, path, **headers) == 401, (path, headers)
    for path in ("/v1/me", "/v1/widget/me", "/v1/stream", "/v1/chats"):
        for secret in (token, session, visitor):
            assert status(server, f"{path}?token={secret}&access_token={secret}") == 401


def test_the_account_in_a_secret_is_not_believed(
    server: Server, ours: Company, theirs: Company
) -> None:
    """A secret names its account; with another's it is nobody's."""
    body = {"name": "script", "scopes": ["*"]}
    one = ours.owner.post("/v1/tokens", json=body).json()["token"]
    two = theirs.owner.post("/v1/tokens", json=body).json()["token"]
    mixed = two[:26] + one[26:]
    assert mixed not in (one, two)
    assert status(server, "/v1/me", authorization=f"Bearer {mixed}") == 401


def follow(reader: Reader) -> Callable[[], float]:
    """Opens a stream; returns what waits for its end and tells how long it took."""
    events = reader.read()
    assert next(events).name == "hello"

    def ended() -> float:
        begun = time.monotonic()
        with contextlib.suppress(httpx.TransportError):
            for event in events:
                if event.name == "ended":
                    break
        return time.monotonic() - begun

    return ended


@pytest.mark.parametrize(
    "how", ["sign out", "revoke session", "delete token", "new password", "remove", "stop"]
)
def test_what_is_revoked_stops_at_once_and_its_streams_end(
    server: Server, api: Api, how: str
) -> None:
    account = api.sign_up()
    owner = account.http
    path, stream, token_id = "/v1/me", "/v1/stream", ""
    if how == "stop":
        visitor = api.visitor(account.site_key)
        lost, path, stream = visitor.http, "/v1/widget/me", "/v1/widget/me/stream"
    elif how == "delete token":
        made = owner.post("/v1/tokens", json={"name": "x", "scopes": ["*"]}).json()
        lost, token_id = bearer(server, made["token"]), made["id"]
    elif how == "remove":
        lost = join(server, account, "administrator")
    else:
        lost = server.http()
        body = {"email": account.email, "password": account.password}
        assert lost.post("/v1/sessions", json=body).status_code == 201
    assert lost.get(path).status_code == 200
    ended = follow(Reader(lost, stream))
    with server.http(headers=dict(lost.headers), cookies=lost.cookies) as again:
        if how == "sign out":
            done = again.delete("/v1/sessions/current")
        elif how == "revoke session":
            [theirs] = [s for s in owner.get("/v1/sessions").json()["items"] if not s["current"]]
            done = owner.delete(f"/v1/sessions/{theirs['id']}")
        elif how == "delete token":
            done = owner.delete(f"/v1/tokens/{token_id}")
        elif how == "remove":
            me = again.get("/v1/me").json()["operator"]["id"]
            done = owner.delete(f"/v1/operators/{me}")
        elif how == "stop":
            done = again.delete("/v1/widget/me/session")
        else:
            change = {"current_password": account.password, "new_password": PASSWORD + "!"}
            done = owner.post("/v1/me/password", json=change)
        assert done.status_code == 204
        assert again.get(path, headers=dict(lost.headers)).status_code == 401
    assert ended() < WITHIN + SLOW
    lost.close()


def test_a_token_that_has_expired_is_nobodys(server: Server, api: Api) -> None:
    account = api.sign_up()
    soon = datetime.now(UTC) + timedelta(hours=1)
    body = {"name": "short", "scopes": ["*"], "expires_at": soon.isoformat()}
    made = account.http.post("/v1/tokens", json=body)
    assert made.status_code == 201
    assert made.json()["expires_at"].endswith("Z")
    with bearer(server, made.json()["token"]) as script:
        assert script.get("/v1/me").status_code == 200
        with superuser(server) as rows:
            rows.execute(
                "UPDATE api_tokens SET expires_at = now() WHERE id = %s", (made.json()["id"],)
            )
        deadline = time.monotonic() + WITHIN + SLOW
        while script.get("/v1/me").status_code != 401:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize(
    "when",
    [
        "2026-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "2050-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_a_token_lives_within_bounds(api: Api, when: str) -> None:
    owner = api.sign_up().http
    before = owner.get("/v1/tokens").json()
    body = {"name": "for ever", "scopes": ["*"], "expires_at": when}
    answer = owner.post("/v1/tokens", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "expires_at"
    assert owner.get("/v1/tokens").json() == before


def test_signing_in_gives_a_session_that_nobody_chose(server: Server, api: Api) -> None:
    account = api.sign_up()
    chosen = account.http.cookies["chathaven"]
    body = {"email": account.email, "password": account.password}
    for planted in (chosen, "chs_chosen-by-somebody-else"):
        with server.http(headers={"cookie": f"chathaven={planted}"}) as browser:
            answer = browser.post("/v1/sessions", json=body)
        assert answer.status_code == 201
        assert planted not in answer.headers["set-cookie"]


async def test_over_https_the_cookie_is_bound_to_the_host(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    async with serve(urls, tmp_path, keyring.path, "https://chat.example.com") as served:
        answer = await served.client().post("/v1/accounts", json=served.sign_up_body())
    name, _, rest = answer.headers["set-cookie"].partition("=")
    flags = {each.strip().lower() for each in rest.split(";")[1:]}
    assert name == "__Host-chathaven"
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)


def test_limits_hold_across_a_restart() -> None:
    body = {"email": "nobody@example.com", "password": "wrong horse battery"}
    with private_folder() as folder, Server(folder, CHATHAVEN_RATE_LIMITS="on") as own:
        with own.http() as http:
            statuses = [http.post("/v1/sessions", json=body).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        own.restart()
        answer = httpx.post(f"{own.url}/v1/sessions", json=body, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) > 0


def test_half_a_request_holds_nobody_up(server: Server, api: Api) -> None:
    """A hundred callers that never finish, at every stage of a request."""
    visitor = api.visitor(api.sign_up().site_key)
    address = ("127.0.0.1", server.port)
    head = b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    starts = (
        b"",
        b"PO",
        head,
        head + b"Content-Length: 60000\r\n\r\n{",
        head + b"X: " + b"x" * 900,
    )
    with contextlib.ExitStack() as held:
        for number in range(100):
            caller = held.enter_context(socket.create_connection(address, timeout=5))
            caller.sendall(starts[number % len(starts)])
        begun = time.monotonic()
        for _ in range(5):
            visitor.say("still served")
        assert time.monotonic() - begun < WITHIN + SLOW


def test_a_large_body_is_refused_before_it_is_sent(server: Server) -> None:
    head = (
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller:
        caller.sendall(head + b"{")
        assert caller.recv(4_096).startswith(b"HTTP/1.1 413 ")
