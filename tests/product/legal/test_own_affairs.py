"""What an account finds out about itself: checklist, paragraph, register of sub-processors."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chathaven.base.languages import LANGUAGES
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.product.legal.jobs import tell_owners
from chathaven.product.legal.model import SubprocessorNotice
from chathaven.product.legal.subprocessors import notice_id
from tests.product.legal.conftest import hoster, write
from tests.product.legal.test_dpa import SIGNER
from tests.product.rights.desk import work
from tests.product.served import Company, serve


async def done(company: Company) -> dict[str, bool]:
    items = (await company.owner.get("/v1/privacy/checklist")).json()["items"]
    assert all(each["link"].startswith("/app/") for each in items)
    assert all(each["title_key"] == f"privacy.checklist.{each['id']}" for each in items)
    assert all(each["article"].startswith("Art. ") for each in items)
    return {each["id"]: each["done"] for each in items}


async def settings(company: Company, change: dict[str, Any]) -> None:
    answer = await company.owner.patch("/v1/settings", json=change)
    assert answer.status_code == 200, answer.text


async def test_the_ticks_of_the_checklist_fill_themselves(customer: Company) -> None:
    assert await done(customer) == {
        "terms": True,
        "dpa": False,
        "legal-text": False,
        "marketing": True,
        "origins": False,
        "contact": False,
        "second-owner": False,
    }
    texts = {"en": "We keep what you write."}
    await settings(customer, {"email_request": {"enabled": True}})
    assert (await done(customer))["marketing"] is False
    await settings(customer, {"email_request": {"marketing": {"enabled": True, "texts": texts}}})
    await settings(customer, {"general": {"legal_text": {"enabled": True, "texts": texts}}})
    await settings(customer, {"general": {"notification_email": "ops@example.com"}})
    site = customer.made["site"]["id"]
    change = {"allowed_origins": ["https://shop.example"]}
    assert (await customer.owner.patch(f"/v1/sites/{site}", json=change)).status_code == 200
    signed = await customer.owner.post("/v1/legal/dpa/signatures", json=SIGNER)
    assert signed.status_code == 201
    assert [name for name, ticked in (await done(customer)).items() if not ticked] == [
        "second-owner"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_paragraph_tells_what_is_set(customer: Company, language: str) -> None:
    async def text() -> str:
        shown = await customer.owner.get(
            "/v1/legal/privacy-paragraph", params={"language": language}
        )
        assert shown.json()["language"] == language
        return str(shown.json()["text"])

    plain = await text()
    assert "Lovelace & Co" in plain
    assert "Nordlicht GmbH" in plain
    assert "{" not in plain
    texts = {"en": "May we write to you?"}
    await settings(customer, {"general": {"legal_text": {"enabled": True, "texts": texts}}})
    shown = await text()
    await settings(customer, {"general": {"legal_text": {"requires_agreement": True}}})
    agreed = await text()
    request = {"enabled": True, "marketing": {"enabled": True, "texts": texts}}
    await settings(customer, {"email_request": request})
    asked = await text()
    assert len({plain, shown, agreed, asked}) == 4
    assert len(plain) < len(shown) < len(asked)


async def register(company_or_client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await company_or_client.get("/v1/legal/subprocessors")).json()[
        "items"
    ]
    return found


async def test_a_new_company_is_announced_and_can_be_objected_to(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    data = customer.served.data
    name = f"n{customer.id}"
    write(data, subprocessors=[hoster(name)])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        [entry] = await register(owner)
        # Its own date is long past: what is added later is announced thirty days ahead all the same.
        assert entry["state"] == "announced"
        from_day = datetime.fromisoformat(entry["in_force_from"])
        assert timedelta(days=29) < from_day - datetime.now(UTC) <= timedelta(days=30)

        ground = again.process.ground
        async with ground.database.transaction(UUID(customer.id)) as tx:
            notices = await tx.all(select(SubprocessorNotice).where(SubprocessorNotice.id == name))
            driver = await tx.driver()
            jobs = await driver.execute(
                "SELECT args->>'id' FROM procrastinate_jobs WHERE args->>'account_id' = %s",
                (customer.id,),
            )
            told = {row[0] for row in await jobs.fetchall()}
        assert str(notice_id(notices[0].sha256)) in told
        for _ in range(2):
            await tell_owners(ground, UUID(customer.id), notice_id(notices[0].sha256))
            await work(again, customer)
        [path] = (data / "outbox").glob("*.eml")
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert letter["to"] == customer.email
        assert entry["name"] in str(letter.get_content())

        path_of = "/v1/legal/subprocessors/{}/objections".format
        objected = await owner.post(path_of(name), json={"reason": "Too far away"})
        assert objected.status_code == 201
        assert objected.json()["state"] == "objected"
        again_objected = await owner.post(path_of(name), json={})
        assert again_objected.json()["objection"] == objected.json()["objection"]
        [entry] = await register(owner)
        assert entry["objection"]["reason"] == "Too far away"
        assert (await owner.post(path_of("nobody"), json={})).status_code == 404

        other = await again.sign_up()
        [theirs] = await register(other.owner)
        assert (theirs["state"], theirs["objection"]) == ("announced", None)
        async with ground.database.transaction() as tx:
            driver = await tx.driver()
            await driver.execute(
                "UPDATE subprocessor_notices SET in_force_from = now() WHERE id = %s", (name,)
            )
        late = await other.owner.post(path_of(name), json={})
        assert (late.status_code, late.json()["code"]) == (409, "objection_late")
        # Of who objected in time it stays objected.
        assert [each["state"] for each in await register(owner)] == ["objected"]
        assert [each["state"] for each in await register(other.owner)] == ["in-force"]
