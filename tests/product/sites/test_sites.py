"""Sites over HTTP: made, changed, deleted."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.database.transaction import Transaction
from chathaven.product.sites import delete
from tests.product.served import Company, Served

DEFAULT = {
    "color": "#2f6feb",
    "position": {"side": "right", "x": 20, "y": 20},
    "team_name": None,
    "greeting_online": {},
    "greeting_offline": {},
}


async def site(company: Company) -> dict[str, Any]:
    found: dict[str, Any] = (await company.owner.get("/v1/sites")).json()["items"][0]
    return found


async def test_makes_and_lists_sites(company: Company) -> None:
    answer = await company.owner.post("/v1/sites", json={"name": " Shop "})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["allowed_origins"], made["appearance"]) == ("Shop", [], DEFAULT)
    assert made["key"] in made["snippet"]
    listed = (await company.owner.get("/v1/sites")).json()
    assert [each["name"] for each in listed["items"]] == ["Lovelace & Co", "Shop"]
    assert listed["items"][1] == made
    assert len({each["key"] for each in listed["items"]}) == 2


async def test_a_patch_changes_what_it_names(company: Company) -> None:
    path = f"/v1/sites/{(await site(company))['id']}"
    change = {
        "color": "#AABBCC",
        "position": {"side": "left"},
        "team_name": " Ada's team ",
        "greeting_online": {"de": "Hallo", "en": "Hello"},
    }
    answer = await company.owner.patch(path, json={"appearance": change})
    assert answer.status_code == 200
    look = answer.json()["appearance"]
    assert look == {
        "color": "#aabbcc",
        "position": {"side": "left", "x": 20, "y": 20},
        "team_name": "Ada's team",
        "greeting_online": {"de": "Hallo", "en": "Hello"},
        "greeting_offline": {},
    }
    assert '"color": "#aabbcc"' in answer.json()["snippet"]
    answer = await company.owner.patch(
        path,
        json={"name": "Shop", "appearance": {"greeting_online": {"de": None}, "color": None}},
    )
    look = look | {"greeting_online": {"en": "Hello"}, "color": "#2f6feb"}
    assert (answer.json()["name"], answer.json()["appearance"]) == ("Shop", look)
    assert await site(company) == answer.json()
    assert (await company.owner.patch(path, json={})).json() == answer.json()


async def test_origins_are_kept_as_browsers_send_them(company: Company) -> None:
    path = f"/v1/sites/{(await site(company))['id']}"
    given = [
        "https://Example.COM/",
        "https://example.com:443",
        " http://localhost:3000 ",
        "http://example.com:80",
        "https://bücher.example",
        "http://[2001:DB8::1]:8080",
        "https://example.com.",
    ]
    answer = await company.owner.patch(path, json={"allowed_origins": given})
    assert answer.json()["allowed_origins"] == [
        "https://example.com",
        "http://localhost:3000",
        "http://example.com",
        "https://xn--bcher-kva.example",
        "http://[2001:db8::1]:8080",
    ]
    answer = await company.owner.patch(path, json={"allowed_origins": []})
    assert answer.json()["allowed_origins"] == []


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example.com",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://",
        "https://example.com/shop",
        "https://example.com?x",
        "https://example.com#x",
        "https://user@example.com",
        "https://example.com:99999",
        "https://example.com:port",
        "https://exa mple.com",
        "https://a..b",
        "https://example.com; script-src *",
        "https://example.com'",
        "null",
        "",
        "https://" + "a" * 300 + ".com",
        "http://[::1",
        "http://[abc]",
    ],
)
async def test_what_is_no_origin_is_not_taken(company: Company, origin: str) -> None:
    before = await site(company)
    answer = await company.owner.patch(
        f"/v1/sites/{before['id']}", json={"allowed_origins": ["https://fine.example", origin]}
    )
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] == "allowed_origins[1]"
    # "" is no origin, and what is too long for one is too long.
    assert error["reason"] in ("origin", "too_long")
    assert await site(company) == before


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"color": "red"}, "appearance.color", "color"),
        ({"color": "#fff"}, "appearance.color", "color"),
        ({"color": "#2f6feb;}"}, "appearance.color", "color"),
        ({"color": "#2f6feb\n"}, "appearance.color", "color"),
        ({"color": 7}, "appearance.color", "color"),
        ({"position": {"side": "top"}}, "appearance.position.side", "not_listed"),
        ({"position": {"x": -1}}, "appearance.position.x", "too_low"),
        ({"position": {"y": 10_000}}, "appearance.position.y", "too_high"),
        ({"position": {"x": 1.5}}, "appearance.position.x", "wrong_type"),
        ({"team_name": "x" * 61}, "appearance.team_name", "too_long"),
        ({"team_name": "two\nlines"}, "appearance.team_name", "one_line"),
        ({"greeting_online": {"tlh": "nuqneH"}}, "appearance.greeting_online", "some_of"),
        ({"greeting_online": {"en": 7}}, "appearance.greeting_online[...]", "wrong_type"),
        ({"greeting_offline": {"en": "x" * 301}}, "appearance.greeting_offline[...]", "too_long"),
        ({"font": "Comic Sans"}, "appearance.font", "not_known"),
    ],
)
async def test_names_what_cannot_be_taken(
    company: Company, change: dict[str, Any], field: str, reason: str
) -> None:
    before = await site(company)
    answer = await company.owner.patch(f"/v1/sites/{before['id']}", json={"appearance": change})
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["field"], error["reason"]) == (field, reason)
    assert await site(company) == before


async def test_two_patches_at_once_both_hold(company: Company) -> None:
    path = f"/v1/sites/{(await site(company))['id']}"
    patches = [{"greeting_online": {language: "x"}} for language in ("en", "de", "fr", "ar")]
    await asyncio.gather(
        *(company.owner.patch(path, json={"appearance": each}) for each in patches)
    )
    assert set((await site(company))["appearance"]["greeting_online"]) == {"en", "de", "fr", "ar"}


async def test_the_last_site_stays(company: Company) -> None:
    second = (await company.owner.post("/v1/sites", json={"name": "Shop"})).json()
    first = await site(company)
    answers = await asyncio.gather(
        *(company.owner.delete(f"/v1/sites/{each['id']}") for each in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "last_site"
    assert len((await company.owner.get("/v1/sites")).json()["items"]) == 1


async def test_a_deleted_site_is_not_found_by_its_key(served: Served, company: Company) -> None:
    made = (await company.owner.post("/v1/sites", json={"name": "Shop"})).json()
    cache = served.process.sites
    assert (await cache.by_key(made["key"])).name == "Shop"
    assert (await company.owner.delete(f"/v1/sites/{made['id']}")).status_code == 204
    assert await cache.by_key(made["key"]) is None
    assert await cache.by_id(UUID(company.id), UUID(made["id"])) is None
    assert (await company.owner.delete(f"/v1/sites/{made['id']}")).status_code == 404


async def test_a_site_that_is_needed_stays(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await company.owner.post("/v1/sites", json={"name": "Shop"})).json()

    async def needs(_tx: Transaction, site_id: UUID) -> bool:
        return site_id == UUID(made["id"])

    monkeypatch.setattr(delete, "in_use", [needs])
    answer = await company.owner.delete(f"/v1/sites/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "site_in_use")


async def test_a_change_is_seen_by_the_next_visitor(served: Served, company: Company) -> None:
    first = await site(company)
    cache = served.process.sites
    known = await cache.by_key(first["key"].upper())
    assert (known.account_id, known.site_id) == (UUID(company.id), UUID(first["id"]))
    await company.owner.patch(
        f"/v1/sites/{first['id']}", json={"allowed_origins": ["https://a.example"]}
    )
    for again in (
        await cache.by_key(first["key"]),
        await cache.by_id(known.account_id, known.site_id),
    ):
        assert again.allowed_origins == ("https://a.example",)
    assert await cache.by_key("0" * 24) is None
    assert await cache.by_key("x" * 10_000) is None


async def test_another_accounts_sites_do_not_exist(served: Served, company: Company) -> None:
    theirs = await site(await served.sign_up())
    path = f"/v1/sites/{theirs['id']}"
    for answer in (
        await company.owner.patch(path, json={"name": "Mine"}),
        await company.owner.delete(path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    cache = served.process.sites
    assert await cache.by_id(UUID(company.id), UUID(theirs["id"])) is None
    assert (await cache.by_key(theirs["key"])).name == theirs["name"]
