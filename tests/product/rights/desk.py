"""Working on requests, as the tests need it: the queue's jobs by hand, letters, and people."""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any
from uuid import UUID

import httpx

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.ground import Ground
from tests.product.served import Company, Served

MOST_JOBS = 60


class Someone:
    """A visitor of a company, with a token."""

    def __init__(self, http: httpx.AsyncClient, id: str) -> None:
        self.http = http
        self.id = id

    async def say(self, text: str) -> dict[str, Any]:
        """Writes a message; returns what was acknowledged."""
        body = {"id": str(new_id()), "text": text}
        return made(await self.http.post("/v1/widget/me/messages", json=body), 201)

    async def ask(self, kind: str, **more: Any) -> dict[str, Any]:
        """Asks for a right in the widget."""
        answer = await self.http.post("/v1/widget/me/requests", json={"kind": kind, **more})
        return made(answer, 201)

    async def own(self) -> list[dict[str, Any]]:
        """Returns the visitor's own requests."""
        items = made(await self.http.get("/v1/widget/me/requests"))["items"]
        assert isinstance(items, list)
        return items


async def come(served: Served, company: Company, **profile: str) -> Someone:
    """Comes as a visitor to the first site or the one of `site_key`; with a profile where given."""
    http = served.client()
    key = profile.pop("site_key", company.made["site"]["key"])
    body = {"language": profile.pop("language", "en")}
    started = made(await http.post(f"/v1/widget/{key}/visitors", json=body), 201)
    http.headers["authorization"] = f"Bearer {started['token']}"
    if profile:
        made(await http.patch("/v1/widget/me", json=profile))
    return Someone(http, started["visitor"]["id"])


def made(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Returns the body of an answer, whose status must be this one."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


async def send_form(served: Served, company: Company, **given: str) -> httpx.Response:
    """Sends the public form as a browser without scripts does."""
    address = f"/rights/{company.made['site']['key']}"
    headers = {"origin": served.public_url, "sec-fetch-site": "same-origin"}
    return await served.client().post(address, data=given, headers=headers)


async def enter(company: Company, kind: str, **given: Any) -> dict[str, Any]:
    """Enters a request as an operator."""
    body = {"kind": kind, "via": "letter", **given}
    return made(await company.owner.post("/v1/requests", json=body), 201)


async def read(company: Company, request_id: str) -> dict[str, Any]:
    """Returns a request whole."""
    return made(await company.owner.get(f"/v1/requests/{request_id}"))


async def draft(company: Company, request_id: str, kind: str, **query: str) -> dict[str, Any]:
    """Returns subject and text of a letter from the templates."""
    path = f"/v1/requests/{request_id}/letter"
    found = made(await company.owner.get(path, params={"kind": kind, **query}))
    return {"subject": found["subject"], "text": found["text"]}


async def act(
    company: Company, request_id: str, what: str, status: Any = 201, **body: Any
) -> dict[str, Any]:
    """Does something with a request."""
    answer = await company.owner.post(f"/v1/requests/{request_id}/{what}", json=body)
    return made(answer, status)


async def approve(company: Company, request_id: str, **body: Any) -> dict[str, Any]:
    """Approves a request with the letter as it was drafted."""
    letter = await draft(company, request_id, "answer")
    return await act(company, request_id, "approval", **letter, **body)


async def work(served: Served, company: Company) -> int:
    """Runs every job of an account that is due, and what comes of them; returns how many."""
    ground: Ground = served.process.ground
    for done in range(MOST_JOBS):
        async with ground.database.transaction() as tx:
            rows = await (await tx.driver()).execute(
                "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE args->>'account_id' = %s AND status = 'todo'"
                " AND coalesce(scheduled_at, '-infinity') <= %s ORDER BY id LIMIT 1)"
                " RETURNING task_name, args",
                (company.id, now()),
            )
            row = await rows.fetchone()
        if row is None:
            return done
        name, args = row
        await ground.queue._app.tasks[name].func(**args)
    raise AssertionError("the jobs do not come to an end")


async def planned(served: Served, request_id: str, name: str) -> list[str]:
    """Returns the days for which a job about a request is enqueued."""
    ground: Ground = served.process.ground
    async with ground.database.transaction() as tx:
        rows = await (await tx.driver()).execute(
            "SELECT (scheduled_at AT TIME ZONE 'UTC')::date::text FROM procrastinate_jobs"
            " WHERE task_name = %s AND args->>'id' = %s AND scheduled_at IS NOT NULL ORDER BY 1",
            (name, request_id),
        )
        return [each for (each,) in await rows.fetchall()]


def letters_to(served: Served, address: str) -> list[email.message.EmailMessage]:
    """Returns the letters to an address, the oldest first."""
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((served.data / "outbox").glob("*.eml"))
    ]
    return [each for each in found if str(each["to"]) == address]


def code_in(letter: email.message.EmailMessage, page: str) -> str:
    """Returns the code in the link of a letter."""
    found = re.search(rf"/rights/{page}#(\S+)", letter.get_content())
    assert found is not None, letter.get_content()
    return found[1]


async def use(served: Served, page: str, code: str) -> httpx.Response:
    """Presses the button of a link's page."""
    headers = {"origin": served.public_url}
    return await served.client().post(f"/rights/{page}", data={"code": code}, headers=headers)


def account(company: Company) -> UUID:
    """The account's id."""
    return UUID(company.id)
