"""The OpenAPI document against the server, with whatever Schemathesis comes up with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Api
from tests.driving import Server
from tests.interface.described import Route

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
NO_END = "stream$"
"""Streams have no end; tests of their own read them."""
ENDS_ITSELF = "^/v1/widget/me/(session|erasure)$"
"""After these the token is nobody's, and nothing more would be tried."""
LEFT_OUT = (
    # Fields are judged further than a schema can say: e-mail addresses, blank texts, passwords.
    "positive_data_acceptance",
    # It adds wrong credentials beside ours, which stay good; `test_doors` tries each alone.
    "ignored_auth",
)


def run(server: Server, folder: Path, *arguments: str, without: str) -> str:
    """Runs Schemathesis; returns what it says, and fails when it found something."""
    done = subprocess.run(
        [
            *(str(SCHEMATHESIS), "run", f"{server.url}/v1/openapi.json", "--no-color"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--no-shrink"),
            *("--generation-deterministic", "--suppress-health-check", "all"),
            *("--exclude-path-regex", without, "--exclude-checks", ",".join(LEFT_OUT)),
            *arguments,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("who", ["operator", "visitor", "nobody"])
def test_the_server_does_what_the_document_says(
    server: Server, api: Api, tmp_path: Path, who: str
) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    body = {"name": "schema", "scopes": ["*"]}
    tokens = {
        "operator": account.http.post("/v1/tokens", json=body).json()["token"],
        "visitor": visitor.token,
    }
    token = ("-H", f"Authorization: Bearer {tokens[who]}") if who in tokens else ()
    without = f"{NO_END}|{ENDS_ITSELF}"
    if who == "operator":
        without += "|^/v1/widget/me"
    if who == "visitor":
        without += "|^/v1/(?!widget/)"
    said = run(server, tmp_path, *token, without=without)
    assert "Tested: 0" not in said
    assert "generated" in said


def test_every_route_says_how_to_prove_who_one_is(all_routes: list[Route]) -> None:
    for route in all_routes:
        schemes = {name for each in route.operation["security"] for name in each}
        wanted = {"public": set(), "visitor": {"visitor"}}.get(route.may, {"session", "token"})
        assert schemes == wanted, route


def test_every_route_says_what_can_go_wrong(
    document: dict[str, Any], all_routes: list[Route]
) -> None:
    named = document["components"]["responses"]
    for route in all_routes:
        problems = {status for status in route.operation["responses"] if status >= "4"}
        assert "503" in problems, route
        assert ("401" in problems) is (route.may != "public" or "/sessions" in route.path), route
        if route.body_schema() is not None:
            assert {"400", "413", "415", "422"} <= problems, route
        for status in problems:
            name = route.operation["responses"][status]["$ref"].rpartition("/")[2]
            assert list(named[name]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("below", ["x", "openapi.json", "openapi.yaml", "a/b"])
def test_below_the_document_is_nothing(server: Server, below: str) -> None:
    with server.http() as http:
        assert http.get("/v1/openapi.json").json()["info"]["title"] == "Chathaven"
        answer = http.get(f"/v1/openapi.json/{below}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"
