"""A breach whose scope holds people, and batches of letters about it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.ground import Ground
from chathaven.product.records import mailing
from chathaven.product.records.mailing_model import BreachLetter
from tests.product.rights.desk import Someone, made, work
from tests.product.served import Company, Served

SAID = {"subject": "About your personal data", "text": "Somebody saw your chat on Monday."}
ON_GERMAN = {"subject": "Zu Ihren Daten", "text": "Am Montag hat jemand Ihren Chat gesehen."}


class Case:
    """A breach whose scope holds people."""

    def __init__(self, served: Served, company: Company) -> None:
        self.served, self.company = served, company
        self.path = ""
        self.scope_id = ""

    async def begin(self, *people: Someone) -> None:
        """Lets the owner open each person, and finds out who was in scope."""
        owner = self.company.owner
        since = now() - timedelta(minutes=1)
        for person in people:
            made(await owner.get(f"/v1/visitors/{person.id}"))
        body = {"title": "A laptop was stolen", "aware_at": now().isoformat(), "nature": []}
        breach = made(await owner.post("/v1/breaches", json=body), 201)
        self.path = f"/v1/breaches/{breach['id']}"
        question = {
            "kind": "operator",
            "id": self.company.owner_id,
            "since": since.isoformat(),
            "until": (now() + timedelta(minutes=1)).isoformat(),
        }
        scope = made(await owner.post(f"{self.path}/scopes", json=question), 201)
        self.scope_id = scope["id"]

    async def send(self, status: int = 202, **changes: Any) -> dict[str, Any]:
        """Starts a batch."""
        body = {"scope_id": self.scope_id, "letters": {"en": SAID, "de": ON_GERMAN}} | changes
        return made(await self.company.owner.post(f"{self.path}/mailings", json=body), status)

    async def shown(self) -> dict[str, Any]:
        """Returns the newest batch."""
        listed = made(await self.company.owner.get(f"{self.path}/mailings"))["items"]
        newest: dict[str, Any] = listed[0]
        return newest

    async def done(self) -> dict[str, Any]:
        """Works until the batch is done; looks again at once where it would wait."""
        for _ in range(5):
            await work(self.served, self.company)
            newest = await self.shown()
            if newest["finished_at"]:
                return newest
            await mailing.fill(
                self.served.process.ground, UUID(self.company.id), UUID(newest["id"])
            )
        raise AssertionError("the batch does not end")

    async def proof(self, batch: dict[str, Any]) -> dict[str, dict[str, str]]:
        """Returns the rows of the proof by person."""
        answer = await self.company.owner.get(f"{self.path}/mailings/{batch['id']}/file")
        assert answer.status_code == 200
        rows = csv.DictReader(io.StringIO(answer.text.lstrip("\N{BYTE ORDER MARK}")))
        return {row["visitor_id"]: row for row in rows}


async def letter_ids(ground: Ground, company: Company) -> list[UUID]:
    """Returns the ids of all letters of an account."""
    async with ground.database.transaction(UUID(company.id)) as tx:
        rows = await tx.all(select(BreachLetter).where(BreachLetter.account_id == tx.account_id))
    return [row.id for row in rows]
