"""Every route against everybody: each is let in where the table says so, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import Api
from tests.driving import PASSWORD, Server
from tests.interface.described import Route, unknown_ids
from tests.interface.doors import (
    DOORS,
    ENDS_THE_CALLER,
    OPERATOR,
    OWN_AFFAIRS,
    PUBLIC,
    SCOPES,
    SIGNED_IN,
    expected,
)
from tests.interface.team import join, with_token


def test_the_table_names_every_route(all_routes: list[Route]) -> None:
    says = {str(route): route.may for route in all_routes}
    table = {name: SIGNED_IN if door == OWN_AFFAIRS else door for name, door in DOORS.items()}
    assert says == table


@pytest.fixture(scope="module")
def everybody(server: Server) -> Iterator[dict[str, httpx.Client]]:
    """One caller of each kind."""
    api = Api(server)
    account = api.sign_up()
    people = {
        "owner": account.http,
        "administrator": join(server, account, "administrator"),
        "operator": join(server, account, "operator"),
    }
    visitor = api.visitor(account.site_key).http
    # For making another one; the server does not know this header.
    visitor.headers["x-site"] = account.site_key
    callers = people | {"nobody": server.http(), "visitor": visitor}
    for scope in sorted(SCOPES | {"*"}):
        callers[f"owner/{scope}"] = with_token(server, account.http, scope)
    callers["administrator/*"] = with_token(server, people["administrator"], "*")
    yield callers
    for client in callers.values():
        client.close()
    api.close()


def test_each_is_let_in_where_the_table_says_so(
    server: Server, everybody: dict[str, httpx.Client], all_routes: list[Route]
) -> None:
    wrong = []
    for route in all_routes:
        for who, client in everybody.items():
            door = DOORS[str(route)]
            if door == PUBLIC and who != "nobody":
                continue
            own = fresh(server, who, client) if str(route) in ENDS_THE_CALLER else None
            status = _status(own or client, route)
            if own is not None:
                own.close()
            refused = status if status in (401, 403) else None
            if str(route) == "POST /v1/sessions":
                # The same status says here that the password is wrong: the door is open.
                refused = None
            if refused != expected(door, who) or status >= 500:
                wrong.append(f"{route} by {who}: {status}")
    assert wrong == []


def _status(client: httpx.Client, route: Route) -> int:
    body = route.body()
    with client.stream(route.method, route.address(unknown_ids()), json=body) as answer:
        return answer.status_code


def fresh(server: Server, who: str, client: httpx.Client) -> httpx.Client:
    """Returns a client of the same kind of caller, which may come to its end."""
    if who == "visitor":
        key = client.headers["x-site"]
        made = client.post(f"/v1/widget/{key}/visitors", json={"language": "en"}).json()
        return server.http(headers={"authorization": f"Bearer {made['token']}"})
    if "/" in who or who == "nobody":
        return server.http(headers=dict(client.headers))
    again = server.http()
    email = client.get("/v1/me").json()["operator"]["email"]
    signed_in = again.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert signed_in.status_code == 201
    return again


def test_an_operator_may_not_make_tokens_or_more_of_themselves(
    everybody: dict[str, httpx.Client],
) -> None:
    operator = everybody["operator"]
    me = operator.get("/v1/me").json()["operator"]["id"]
    for method, path, body in (
        ("POST", "/v1/tokens", {"name": "x", "scopes": ["*"]}),
        ("PATCH", f"/v1/operators/{me}", {"role": "owner"}),
        ("POST", "/v1/invitations", {"email": "eve@x.example", "role": "owner"}),
    ):
        answer = operator.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "settings:write" not in OPERATOR


def test_an_administrator_does_not_touch_owners(everybody: dict[str, httpx.Client]) -> None:
    administrator = everybody["administrator"]
    owner = next(
        each
        for each in administrator.get("/v1/operators").json()["items"]
        if each["role"] == "owner"
    )
    mine = administrator.get("/v1/me").json()["operator"]["id"]
    for method, path, body in (
        ("PATCH", f"/v1/operators/{owner['id']}", {"role": "operator"}),
        ("DELETE", f"/v1/operators/{owner['id']}", None),
        ("PATCH", f"/v1/operators/{mine}", {"role": "owner"}),
        ("POST", "/v1/invitations", {"email": "eve@x.example", "role": "owner"}),
    ):
        answer = administrator.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


def test_a_script_makes_nothing_that_outlives_it(everybody: dict[str, httpx.Client]) -> None:
    """A token of one scope cannot make one of another."""
    for who, client in everybody.items():
        if "/" in who and who != "owner/*":
            answer = client.post("/v1/tokens", json={"name": "more", "scopes": ["team:write"]})
            assert answer.status_code in (201, 403)
            assert (answer.status_code == 201) is (who == "administrator/*"), who
