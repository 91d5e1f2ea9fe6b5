"""Whoever objected is not written to, until they say yes themselves (A-17-6)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.ground import Ground
from chathaven.product.consents.kept_model import AddressKey, SuppressedAddress
from tests.product.consents.kept import Person, ask, come, erased, made
from tests.product.served import Company, Served, fresh_email


async def mailing(company: Company) -> list[str]:
    listed = made(await company.owner.get("/v1/visitors", params={"marketing": "yes"}))
    return [str(each["email"]) for each in listed["items"]]


async def counted(company: Company) -> dict[str, Any]:
    return made(await company.owner.get("/v1/suppressions"))


async def consenting(served: Served, company: Company, email: str) -> Person:
    person = await come(served, company, email)
    await person.says(email=email, marketing="yes")
    return person


async def test_an_erased_address_is_kept_as_a_hash_and_gets_no_mail(
    served: Served, company: Company
) -> None:
    await ask(company)
    email = fresh_email("vera")
    first = await consenting(served, company, email)
    certificate, _ = await erased(served, company, first, do_not_contact=True)
    [kept] = [each for each in certificate["retained"] if each["store"] == "suppressed_addresses"]
    assert kept["until"] == "revoked"
    assert await counted(company) == {
        "total": 1,
        "grounds": {"objection": 0, "do-not-contact": 1},
    }
    ground: Ground = served.process.ground
    async with ground.database.transaction(UUID(company.id)) as tx:
        [row] = await tx.all(
            select(SuppressedAddress).where(SuppressedAddress.account_id == tx.account_id)
        )
    assert len(row.address) == 16
    assert email not in json.dumps(certificate)

    # An operator cannot bring the address back, by whatever way it comes.
    second = await come(served, company, fresh_email("later"))
    await second.says(email=second.email, marketing="yes")
    made(await company.owner.patch(f"/v1/visitors/{second.id}", json={"email": email.upper()}))
    assert await mailing(company) == []
    shown = made(await company.owner.get(f"/v1/visitors/{second.id}"))
    assert shown["do_not_contact"] is True
    third = await come(served, company, email)
    await third.says(email=email, marketing="no")
    change = {"marketing": "yes", "reason": "said so on the phone"}
    refused = await company.owner.patch(f"/v1/visitors/{third.id}", json=change)
    assert (refused.status_code, refused.json()["code"]) == (409, "do_not_contact")
    assert await mailing(company) == []

    # The person can.
    await third.says(marketing="yes")
    assert email in await mailing(company)
    assert (await counted(company))["total"] == 0


async def test_the_widget_does_not_tell_a_stranger_who_objected(
    served: Served, company: Company
) -> None:
    await ask(company)
    email = fresh_email("vera")
    made(await company.owner.post("/v1/suppressions", json={"email": email}))
    for address in (email, fresh_email("nobody")):
        stranger = await come(served, company, address)
        answer = await stranger.http.patch("/v1/widget/me", json={"email": address})
        assert (answer.status_code, answer.json()["code"]) == (422, "marketing_answer_required")
        said = await stranger.says(email=address, marketing="no")
        assert said["marketing"]["answer"] == "no"


async def test_it_can_be_revoked_and_that_makes_no_permission(
    served: Served, company: Company
) -> None:
    await ask(company)
    email = fresh_email("vera")
    person = await come(served, company, email)
    await person.says(email=email, marketing="no")
    for _ in range(2):
        made(await company.owner.post("/v1/suppressions", json={"email": email}))
    assert (await counted(company))["total"] == 1
    check = await company.owner.post("/v1/suppressions/check", json={"email": email.title()})
    assert made(check) == {"suppressed": True}
    revoke = await company.owner.post("/v1/suppressions/revocation", json={"email": email})
    assert made(revoke) == {"suppressed": False}
    again = await company.owner.post("/v1/suppressions/revocation", json={"email": email})
    assert again.status_code == 404
    assert await mailing(company) == []


async def test_each_account_has_a_key_of_its_own(served: Served, company: Company) -> None:
    email = fresh_email("vera")
    made(await company.owner.post("/v1/suppressions", json={"email": email}))
    ground: Ground = served.process.ground
    account_id = UUID(company.id)
    async with ground.database.transaction(account_id) as tx:
        [before] = await tx.all(select(AddressKey).where(AddressKey.account_id == account_id))
    ground.vault.forget_account(account_id)
    check = await company.owner.post("/v1/suppressions/check", json={"email": email})
    assert made(check) == {"suppressed": True}
    # The key stands sealed, and is another for every account.
    other = await served.sign_up()
    made(await other.owner.post("/v1/suppressions", json={"email": email}))
    async with ground.database.transaction(UUID(other.id)) as tx:
        [foreign] = await tx.all(select(AddressKey).where(AddressKey.account_id == tx.account_id))
    assert before.key != foreign.key
