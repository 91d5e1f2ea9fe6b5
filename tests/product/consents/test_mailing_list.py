"""The list for mailing: whoever says yes at this moment, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import httpx

from chathaven.base.clock import now
from tests.product.consents.kept import ask, come, erased, made
from tests.product.consents.test_suppressed import mailing
from tests.product.served import Company, Served, fresh_email

WHO = ("stays", "refuses", "withdraws", "calls", "objects", "restricted", "held", "erased")


async def test_it_names_nobody_but_who_says_yes_now(served: Served, company: Company) -> None:
    await ask(company)
    people = {name: await come(served, company, fresh_email(name)) for name in WHO}
    # Who only came, and answered nothing.
    await come(served, company, fresh_email("silent"))
    for name, person in people.items():
        answer = "no" if name == "refuses" else "yes"
        await person.says(email=person.email, marketing=answer)
    there = {people[name].email for name in WHO if name != "refuses"}
    assert set(await mailing(company)) == there
    owner = company.owner

    async def change(what: httpx.Response, *gone: str) -> None:
        """Each change takes out exactly whom it is about, at once."""
        assert what.status_code < 300, what.text
        there.difference_update(people[name].email for name in gone)
        assert set(await mailing(company)) == there, gone

    def path(name: str) -> str:
        return f"/v1/visitors/{people[name].id}"

    withdraws = people["withdraws"].http
    await change(await withdraws.patch("/v1/widget/me", json={"marketing": "no"}), "withdraws")
    told = {"marketing": "no", "reason": "Said so on the phone"}
    await change(await owner.patch(path("calls"), json=told), "calls")
    body = {"email": people["objects"].email}
    await change(await owner.post("/v1/suppressions", json=body), "objects")
    body = {"ground": "claims"}
    await change(await owner.post(f"{path('restricted')}/restriction", json=body), "restricted")
    body = {"matter": "A dispute", "review_at": (now() + timedelta(days=30)).isoformat()}
    await change(await owner.post(f"{path('held')}/holds", json=body), "held")
    await erased(served, company, people["erased"])
    there.remove(people["erased"].email)
    assert await mailing(company) == [people["stays"].email]
    listed = made(await owner.get("/v1/visitors", params={"marketing": "yes"}))["items"]
    assert [each["marketing"]["answer"] for each in listed] == ["yes"]
    # Who is no longer restricted has still said yes.
    assert (await owner.delete(f"{path('restricted')}/restriction")).status_code == 204
    there.add(people["restricted"].email)
    assert set(await mailing(company)) == there
