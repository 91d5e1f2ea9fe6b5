"""What browsers and caches are told with every answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chathaven.base import clock
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from tests.driving import Server
from tests.interface.described import Route
from tests.interface.team import Company
from tests.product.served import serve

PAGES = ("/", "/join", "/app", "/app/chats", "/terms")
WHOLE = {
    "GET /v1/account/exports",
    "GET /v1/breaches/{breach_id}/mailings",
    "GET /v1/invitations",
    "GET /v1/legal/dpa/signatures",
    "GET /v1/legal/subprocessors",
    "GET /v1/operators",
    "GET /v1/privacy/checklist",
    "GET /v1/sessions",
    "GET /v1/sites",
    "GET /v1/tokens",
    "GET /v1/visitors/{visitor_id}/restrictions",
    "GET /v1/widget/me/requests",
}
"""Lists that people keep short by hand are answered whole; all others come in pages."""


def policy_of(answer: httpx.Response) -> dict[str, str]:
    """Returns the content security policy, by directive."""
    parts = (
        part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")
    )
    return {name: rest for name, _, rest in parts}


def test_answers_of_the_interface_are_kept_by_nobody(
    all_routes: list[Route], ours: Company
) -> None:
    tried = 0
    for route in all_routes:
        client = ours.visitor.http if route.may == "visitor" else ours.owner
        if route.method != "GET":
            continue
        with client.stream(
            "GET", route.address(ours.ids | {"site_key": ours.account.site_key})
        ) as answer:
            headers = answer.headers
        # An agreement is there once it was signed; its own test reads one.
        unsigned = "{signature_id}" in route.path and answer.status_code == 404
        assert answer.status_code == 200 or unsigned, route
        shared = route.may == "public" and headers["cache-control"].startswith("public")
        assert headers["cache-control"] == "no-store" or shared, route
        assert "set-cookie" not in headers, route
        assert headers["x-content-type-options"] == "nosniff", route
        assert headers["referrer-policy"] == "no-referrer", route
        assert headers["content-security-policy"].startswith("default-src 'none'"), route
        assert len(headers.get_list("x-content-type-options", split_commas=True)) == 1
        tried += 1
    assert tried >= 20


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/chats", "/v1/widget/none", "/v1/me/x"])
def test_refusals_carry_them_too(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path, timeout=30)
    assert answer.status_code in (401, 404)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_list_is_bounded(all_routes: list[Route]) -> None:
    unbounded = set()
    for route in all_routes:
        content = route.operation["responses"].get("200", {}).get("content", {})
        schema = route.resolved(content.get("application/json", {}).get("schema", {}))
        if route.method == "GET" and "items" in schema.get("properties", {}):
            limits = [known for name, known in route.queries() if name == "limit"]
            if not limits or limits[0].get("maximum", 10**9) > 200:
                unbounded.add(str(route))
    assert unbounded == WHOLE


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_only_our_own_scripts(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path, timeout=30)
    assert answer.status_code == 200
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "strict-transport-security" not in answer.headers
    if path.startswith("/app"):
        assert policy["require-trusted-types-for"] == "'script'"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"


def test_what_a_page_says_of_itself_is_not_said_again_otherwise(server: Server) -> None:
    """Of two words on the referrer browsers follow the last, which would be the weaker one."""
    answer = httpx.get(f"{server.url}/rights/confirm", timeout=30)
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]


def test_the_frame_may_be_shown_by_the_pages_of_its_site_alone(
    server: Server, ours: Company
) -> None:
    frame = f"{server.url}/frame/{ours.account.site_key}"
    assert policy_of(httpx.get(frame, timeout=30))["frame-ancestors"] == "*"
    change = {"allowed_origins": ["https://shop.example", "https://www.shop.example:8443"]}
    answer = ours.owner.patch(f"/v1/sites/{ours.account.site_id}", json=change)
    assert answer.status_code == 200
    policy = policy_of(httpx.get(frame, timeout=30))
    assert policy["frame-ancestors"].split() == ["'self'", *change["allowed_origins"]]
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in str(policy)


def test_the_page_to_try_it_names_its_scripts(server: Server, ours: Company) -> None:
    address = f"{server.url}/try/{ours.account.site_key}"
    policies = [policy_of(httpx.get(address, timeout=30))["script-src"] for _ in range(2)]
    assert all(each.startswith("'nonce-") for each in policies)
    assert policies[0] != policies[1]


@pytest.mark.parametrize("named", ["Forwarded", "X-Forwarded-For", "X-Real-IP"])
def test_numbers_are_for_this_machine_and_not_for_who_comes_through_it(
    server: Server, named: str
) -> None:
    """Of a proxy that nobody has named in the settings everybody comes from here."""
    address = f"{server.url}/metrics"
    numbers = httpx.get(address, timeout=30)
    assert "chathaven_open_streams" in numbers.text
    assert numbers.headers["content-type"].count("charset") == 1
    assert httpx.get(address, headers={named: "192.0.2.7"}).status_code == 404


def test_a_head_is_a_get_without_its_body(server: Server) -> None:
    for path in ("/", "/health/live", "/widget.js", "/terms"):
        answer = httpx.head(server.url + path, timeout=30)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_https_is_demanded_once_it_is_there(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    async with serve(urls, tmp_path, keyring.path, "https://chat.example.com") as served:
        made = served.client()
        for path in ("/terms", "/v1/installation"):
            answer = await made.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_where_to_report_a_weakness_is_never_out_of_date(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    async with serve(urls, tmp_path, keyring.path, "https://chat.example.com") as served:
        with clock.ahead(timedelta(days=700)):
            answer = await served.client().get("/.well-known/security.txt")
            said = dict(line.split(": ", 1) for line in answer.text.splitlines())
            left = datetime.fromisoformat(said["Expires"]) - clock.now()
    assert timedelta(days=30) < left < timedelta(days=365), "as RFC 9116 wants it"
    assert said["Contact"] == "mailto:security@chat.example.com"
