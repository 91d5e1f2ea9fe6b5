"""Proof of consent outlives the person, says nothing of who it was, and goes after its time."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from chathaven.base.clock import now
from chathaven.engines.ground import Ground
from chathaven.engines.vault.signing import NotGenuine
from chathaven.product.consents.check import check_receipts
from chathaven.product.consents.kept_model import ConsentProof
from chathaven.product.legal.examine import examine
from chathaven.product.retention import run
from tests.product.consents.kept import QUESTION, answering, ask, come, erased, made, proofs
from tests.product.served import Company, Served, fresh_email


async def rows(ground: Ground, company: Company) -> list[ConsentProof]:
    async with ground.database.transaction(UUID(company.id)) as tx:
        return await tx.all(select(ConsentProof).where(ConsentProof.account_id == tx.account_id))


async def test_what_was_consented_is_found_by_address_and_by_nonce_alone(
    served: Served, company: Company, ground: Ground
) -> None:
    await ask(company)
    person = await come(served, company, fresh_email("vera"))
    await person.says(email=person.email, name="Vera Visitor", marketing="yes")
    await person.says(marketing="no")
    certificate, nonce = await erased(served, company, person)

    found = await proofs(company, email=person.email.upper())
    assert [(each["subject"], each["answer"]) for each in found] == [
        ("marketing", "given"),
        ("marketing", "withdrawn"),
    ]
    assert {each["text"] for each in found} == {QUESTION}
    assert {each["text_version"] for each in found} == {"1"}
    assert found == await proofs(company, nonce=nonce)
    assert await proofs(company, email=fresh_email("other")) == []
    assert await proofs(company, nonce="00" * 32) == []
    assert await proofs(company, nonce="not hex") == []

    [kept] = [each for each in certificate["retained"] if each["store"] == "consent_proofs"]
    assert kept["count"] == 2
    assert "17(3)(e)" in kept["ground"]
    said = json.dumps([found, certificate, [row.holder for row in await rows(ground, company)]])
    for secret in (person.email, "Vera", str(person.id), nonce):
        assert secret not in said
    # The chain of receipts still holds, and bears what the proofs name.
    assert await check_receipts(ground.database, UUID(company.id)) == []


async def test_the_person_reads_what_is_kept_with_their_key(
    served: Served, company: Company
) -> None:
    person = await answering(served, company, "yes")
    certificate, nonce = await erased(served, company, person)
    http = served.client()
    body = {"erasure_id": certificate["erasure_id"], "nonce": nonce}
    shown = made(await http.post("/v1/erasures/proofs", json=body))["items"]
    assert [each["answer"] for each in shown] == ["given"]
    wrong = await http.post("/v1/erasures/proofs", json={**body, "nonce": "00" * 32})
    assert wrong.status_code == 404


async def test_a_proof_is_signed_and_no_bit_of_it_can_be_changed(
    served: Served, company: Company, ground: Ground
) -> None:
    person = await answering(served, company, "yes")
    await erased(served, company, person)
    [document] = await proofs(company, email=person.email)
    checker = ground.signing.checker
    checker.check(document)
    assert examine(json.dumps(document).encode(), checker).genuine
    for name, value in document.items():
        if name != "signature":
            with pytest.raises(NotGenuine):
                checker.check({**document, name: f"{value}x"})


async def test_a_refusal_proves_no_consent_and_nothing_is_kept(
    served: Served, company: Company, ground: Ground
) -> None:
    person = await answering(served, company, "no")
    certificate, _ = await erased(served, company, person)
    assert await rows(ground, company) == []
    assert [each["store"] for each in certificate["retained"] if "proof" in each["store"]] == []


async def test_an_account_may_keep_none(served: Served, company: Company, ground: Ground) -> None:
    await ask(company)
    patch = {"privacy": {"retention": {"consent_months": 0}}}
    made(await company.owner.patch("/v1/settings", json=patch))
    person = await come(served, company, fresh_email("vera"))
    await person.says(email=person.email, marketing="yes")
    shown = made(await company.owner.get(f"/v1/visitors/{person.id}/erasure"))
    assert [each for each in shown["stays"] if each["store"] == "consent_proofs"] == []
    await erased(served, company, person)
    assert await rows(ground, company) == []


async def test_it_is_said_before_and_goes_after_its_time(
    served: Served, company: Company, ground: Ground
) -> None:
    person = await answering(served, company, "yes")
    shown = made(await company.owner.get(f"/v1/visitors/{person.id}/erasure"))
    [staying] = [each for each in shown["stays"] if each["store"] == "consent_proofs"]
    assert staying["count"] == 1
    assert shown["has_address"] is True
    await erased(served, company, person)

    async def older(days: int) -> None:
        async with ground.database.transaction(UUID(company.id)) as tx:
            moment = now() - timedelta(days=days)
            where = ConsentProof.account_id == tx.account_id
            await tx.run(update(ConsentProof).where(where).values(kept_from=moment))

    async def run_once() -> None:
        started = made(await company.owner.post("/v1/retention/runs", json={}), 202)
        job = run.step_job(ground, served.process.anchors)
        for _ in range(20):
            await job(account_id=UUID(company.id), id=UUID(started["id"]))
            seen = made(await company.owner.get(f"/v1/retention/runs/{started['id']}"))
            if seen["status"] == "done":
                return
        raise AssertionError("the run did not end")

    await older(3 * 365 - 1)
    await run_once()
    assert len(await rows(ground, company)) == 1
    await older(3 * 366 + 1)
    preview = made(await company.owner.get("/v1/retention/preview"))["classes"]
    [due] = [each for each in preview if each["code"] == "R4"]
    assert (due["rows"], due["period"], due["setting"]) == (1, 36, "consent_months")
    await run_once()
    assert await rows(ground, company) == []
    assert await proofs(company, email=person.email) == []


async def test_others_find_nothing_with_the_same_address(served: Served, company: Company) -> None:
    other = await served.sign_up()
    person = await answering(served, company, "yes")
    _, nonce = await erased(served, company, person)
    assert await proofs(other, email=person.email) == []
    assert await proofs(other, nonce=nonce) == []
