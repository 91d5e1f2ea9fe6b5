"""Signing up: everything at once, or nothing."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from tests.product.served import PASSWORD, Served, fresh_email, serve


async def test_makes_account_owner_site_and_session(served: Served) -> None:
    company = await served.sign_up(company="Lovelace & Co")
    made = company.made
    assert made["account"]["company"] == "Lovelace & Co"
    assert made["operator"]["role"] == "owner"
    assert made["operator"]["email"] == company.email
    assert made["site"]["name"] == "Lovelace & Co"
    assert len(made["site"]["key"]) == 24
    assert set(made["site"]["key"]) <= set("0123456789abcdef")

    me = (await company.owner.get("/v1/me")).json()
    assert me == {
        "operator": made["operator"],
        "account": made["account"],
        "terms_due": None,
    }
    sites = (await company.owner.get("/v1/sites")).json()["items"]
    assert [site["key"] for site in sites] == [made["site"]["key"]]


async def test_speaks_the_language_of_the_browser(served: Served) -> None:
    client = served.client(**{"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    made = (await client.post("/v1/accounts", json=served.sign_up_body())).json()
    assert made["operator"]["language"] == "de"


async def test_the_cookie_is_out_of_reach_of_scripts(served: Served) -> None:
    answer = await served.client().post("/v1/accounts", json=served.sign_up_body())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("chathaven=chs_")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/", "max-age=604800"}


async def test_the_cookie_is_secure_and_of_this_host_alone_under_https(
    served: Served, urls: Any, keyring: Any
) -> None:
    public_url = "https://chat.example.com"
    async with serve(urls, served.data, keyring.path, public_url) as secure:
        answer = await secure.client().post("/v1/accounts", json=secure.sign_up_body())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-chathaven=chs_")
    assert "; secure" in cookie.lower()
    assert "domain=" not in cookie.lower()


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{upper}"])
async def test_an_email_signs_up_once(served: Served, spelling: str) -> None:
    company = await served.sign_up()
    email = spelling.format(company.email, upper=company.email.upper())
    answer = await served.client().post("/v1/accounts", json=served.sign_up_body(email=email))
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"


async def test_of_two_that_race_one_is_made_and_nothing_of_the_other(served: Served) -> None:
    before = await _counts(served)
    body = served.sign_up_body()
    answers = await asyncio.gather(
        *(served.client().post("/v1/accounts", json=body) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"email_taken"}
    after = await _counts(served)
    assert {name: after[name] - before[name] for name in after} == {"directory": 2}
    kept = next(answer for answer in answers if answer.status_code == 201)
    tables = ("accounts", "account_keys", "operators", "sessions", "sites")
    account_id = kept.json()["account"]["id"]
    assert await _rows(served, account_id, tables) == dict.fromkeys(tables, 1)


async def test_stale_terms_are_not_accepted(served: Served) -> None:
    body = served.sign_up_body(accepted_terms="2020-01-01")
    answer = await served.client().post("/v1/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "terms_stale")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""),
        ("company", "   "),
        ("company", "x" * 201),
        ("company", "two\nlines"),
        ("name", ""),
        ("name", "x" * 10_000),
        ("name", "bell\u0007"),
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("email", "ada@example.com\nBcc: eve@example.com"),
        ("email", "a b@example.com"),
        ("email", "ada@-example.com"),
        ("email", f"{'a' * 250}@example.com"),
        ("password", "x" * 11),
        ("password", "x" * 129),
        ("name", 7),
        ("name", None),
    ],
)
async def test_names_the_field_that_cannot_be_taken(
    served: Served, field: str, value: object
) -> None:
    before = await _counts(served)
    body = dict(served.sign_up_body()) | {field: value}
    answer = await served.client().post("/v1/accounts", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert [each["field"] for each in problem["errors"]] == [field]
    if isinstance(value, str) and len(value) > 5:
        assert value not in answer.text
    assert await _counts(served) == before


@pytest.mark.parametrize("name", ["آدا لوفلايس", "Ada 👩🏽‍💻 Lovelace", "Łucja Żółć", "x" * 200])
async def test_takes_names_of_the_whole_world(served: Served, name: str) -> None:
    company = await served.sign_up(name=name, company=name)
    assert company.made["operator"]["name"] == name
    assert company.made["site"]["name"] == name


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed"),
        (b"\xff\xfe", "application/json", 400, "malformed"),
        (b"[]", "application/json", 422, "invalid"),
        (b"{}", "application/json", 422, "invalid"),
        (b'{"company": "a\\u0000b"}', "application/json", 422, "invalid"),
        (b"{}", "text/plain", 415, "unsupported_media"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media"),
        (b"{" + b" " * 70_000 + b"}", "application/json", 413, "too_large"),
    ],
)
async def test_says_what_is_wrong_with_a_body(
    served: Served, content: bytes, kind: str, status: int, code: str
) -> None:
    answer = await served.client().post(
        "/v1/accounts", content=content, headers={"content-type": kind}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_refuses_fields_it_does_not_know(served: Served) -> None:
    body = served.sign_up_body() | {"role": "owner"}
    answer = await served.client().post("/v1/accounts", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "role")


async def test_refuses_what_a_foreign_page_sends(served: Served) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await served.client().post(
            "/v1/accounts", json=served.sign_up_body(), headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


async def test_one_address_signs_up_ten_times_an_hour(served: Served) -> None:
    client = served.client()
    body = served.sign_up_body(email="not an address at all")
    wrong = [await client.post("/v1/accounts", json=body) for _ in range(12)]
    assert {answer.status_code for answer in wrong} == {422}
    stale = served.sign_up_body(accepted_terms="old")
    tries = [await client.post("/v1/accounts", json=stale) for _ in range(11)]
    assert [answer.status_code for answer in tries] == [409] * 10 + [429]
    assert int(tries[-1].headers["retry-after"]) > 0


async def test_says_what_newcomers_ask(served: Served) -> None:
    client = served.client()
    terms = (await client.get("/v1/legal/terms")).json()
    assert terms["version"] == served.terms.version
    assert terms["sha256"] == hashlib.sha256(terms["text"].encode()).hexdigest()
    german = await client.get("/v1/legal/terms", params={"language": "de-AT"})
    assert german.json()["language"] == "de"
    assert german.json()["version"] == terms["version"]
    installation = (await client.get("/v1/installation")).json()
    assert installation["name"] == "Chathaven"
    assert installation["mail"] == "outbox"
    assert installation["public_url"] == served.public_url
    assert "de" in installation["languages"]


async def test_nothing_readable_is_stored(served: Served) -> None:
    email = fresh_email("grace")
    company = await served.sign_up(email=email, name="Grace Hopper")
    async with served.process.ground.database.transaction(company.made["account"]["id"]) as tx:
        rows = await tx.session.execute(
            text("SELECT o::text, a::text FROM operators o, accounts a")
        )
        stored = str(rows.all())
    for readable in (email, "Grace", "Lovelace", PASSWORD):
        assert readable not in stored
        assert readable.encode().hex() not in stored


async def _counts(served: Served) -> dict[str, int]:
    """What there is of the tables that no tenant guards."""
    async with served.process.ground.database.transaction() as tx:
        count = (await tx.session.execute(text("SELECT count(*) FROM directory"))).scalar()
    return {"directory": count}


async def _rows(served: Served, account_id: str, tables: tuple[str, ...]) -> dict[str, int]:
    found = {}
    async with served.process.ground.database.transaction(account_id) as tx:
        for table in tables:
            rows = await tx.session.execute(text(f"SELECT count(*) FROM {table}"))
            found[table] = rows.scalar()
    return found
