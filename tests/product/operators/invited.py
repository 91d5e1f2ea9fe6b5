"""Inviting somebody, as the tests need it."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from chathaven.product.operators.jobs import send_invitation
from tests.product.served import PASSWORD, Company, fresh_email


@dataclass
class Member:
    """Somebody who was invited and has come."""

    client: httpx.AsyncClient
    id: str
    email: str


async def invite(company: Company, address: str, role: str = "operator") -> str:
    """Invites somebody and has the letter written. Returns the invitation's id."""
    body = {"email": address, "role": role}
    answer = await company.owner.post("/v1/invitations", json=body)
    assert answer.status_code == 201, answer.text
    await write_letter(company, answer.json()["id"])
    return str(answer.json()["id"])


async def write_letter(company: Company, invitation_id: str) -> None:
    """Does what the queue does with the job of an invitation."""
    ground = company.served.process.ground
    await send_invitation(ground, UUID(company.id), UUID(invitation_id))


def letters(data: Path) -> list[email.message.EmailMessage]:
    """Returns the letters in the outbox, the oldest first."""
    files = sorted((data / "outbox").glob("*.eml")) if (data / "outbox").exists() else []
    return [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files
    ]


def link_token(letter: email.message.EmailMessage) -> str:
    """Returns the token in a letter's link."""
    found = re.search(r"/join#(\S+)", letter.get_content())
    assert found is not None
    return found.group(1)


async def join(company: Company, role: str) -> Member:
    """Invites somebody who accepts."""
    address = fresh_email("member")
    invitation_id = await invite(company, address, role)
    client = company.served.client()
    token = link_token(letters(company.served.data)[-1])
    body = {"token": token, "name": "Grace Hopper", "password": PASSWORD}
    answer = await client.post("/v1/invitations/accept", json=body)
    assert answer.status_code == 201, answer.text
    return Member(client, invitation_id, address)
