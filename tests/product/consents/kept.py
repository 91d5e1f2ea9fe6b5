"""People who consented and were erased, as the tests of what is kept afterwards need them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from chathaven.product.privacy import erase
from tests.product.served import Company, Served, fresh_email

QUESTION = "May we write to you about our products?"


class Person:
    """A visitor with a token and an address."""

    def __init__(self, http: httpx.AsyncClient, id: UUID, email: str) -> None:
        self.http = http
        self.id = id
        self.email = email

    async def says(self, **body: Any) -> dict[str, Any]:
        """Answers, or tells something about themselves."""
        return made(await self.http.patch("/v1/widget/me", json=body))


def made(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Returns the body of an answer, whose status must be this one."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


async def ask(company: Company) -> None:
    """Lets the company ask for the permission to write."""
    marketing = {"enabled": True, "texts": {"en": QUESTION}}
    request = {"enabled": True, "when": "always", "marketing": marketing}
    made(await company.owner.patch("/v1/settings", json={"email_request": request}))


async def come(served: Served, company: Company, email: str) -> Person:
    """Comes as a new visitor, who has said nothing yet."""
    http = served.client()
    key = company.made["site"]["key"]
    started = made(await http.post(f"/v1/widget/{key}/visitors", json={"language": "en"}), 201)
    http.headers["authorization"] = f"Bearer {started['token']}"
    return Person(http, UUID(started["visitor"]["id"]), email)


async def answering(served: Served, company: Company, answer: str) -> Person:
    """Lets the company ask, and somebody come who says yes or no with their address."""
    await ask(company)
    person = await come(served, company, fresh_email("vera"))
    await person.says(email=person.email, marketing=answer)
    return person


async def erased(
    served: Served, company: Company, person: Person, **query: Any
) -> tuple[dict[str, Any], str]:
    """Erases somebody at their own wish; returns the certificate and their nonce."""
    asked = made(await person.http.post("/v1/widget/me/erasure", params=query), 202)
    job = erase.erase_visitor_job(served.process.ground, served.process.live)
    erasure_id = asked["erasure"]["id"]
    await job(account_id=UUID(company.id), id=UUID(erasure_id))
    shown = made(await company.owner.get(f"/v1/erasures/{erasure_id}"))
    return shown["certificate"], asked["nonce"]


async def proofs(company: Company, **shown: str) -> list[dict[str, Any]]:
    """Returns what whoever shows an address or a nonce is shown."""
    answer = await company.owner.post("/v1/consent-proofs/search", json=shown)
    found: list[dict[str, Any]] = made(answer)["items"]
    return found
