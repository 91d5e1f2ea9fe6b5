"""An invitation, from the letter to the operator."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from sqlalchemy import text

from chathaven.base.clock import now
from chathaven.engines.mail.post import NotSent
from tests.product.operators.invited import invite, join, letters, link_token, write_letter
from tests.product.served import PASSWORD, Company, Served, fresh_email


def acceptance(token: str) -> dict[str, str]:
    return {"token": token, "name": "Grace Hopper", "password": PASSWORD}


async def test_the_letter_lands_in_the_outbox(served: Served, company: Company) -> None:
    address = fresh_email("grace")
    invitation_id = await invite(company, address, "administrator")
    (letter,) = letters(served.data)
    assert letter["To"] == address
    assert letter["Subject"] == "Join Lovelace & Co on Chathaven"
    assert f"{served.public_url}/join#chi_" in letter.get_content()
    (listed,) = (await company.owner.get("/v1/invitations")).json()["items"]
    assert (listed["id"], listed["email"]) == (invitation_id, address)
    assert listed["role"] == "administrator"
    assert listed["sent_at"] is not None
    assert set(listed) == {"id", "email", "role", "created_at", "expires_at", "sent_at"}


async def test_whoever_accepts_is_in(served: Served, company: Company) -> None:
    address = fresh_email("grace")
    invitation_id = await invite(company, address, "administrator")
    token = link_token(letters(served.data)[0])
    client = served.client(**{"accept-language": "fr"})
    looked = await client.post("/v1/invitations/look", json={"token": token})
    assert looked.status_code == 200
    expected = {"company": "Lovelace & Co", "email": address, "role": "administrator"}
    assert looked.json() == expected

    answer = await client.post("/v1/invitations/accept", json=acceptance(token))
    assert answer.status_code == 201
    assert answer.headers["set-cookie"].startswith("chathaven=chs_")
    assert answer.json() == (await client.get("/v1/me")).json()
    operator = answer.json()["operator"]
    assert (operator["id"], operator["email"]) == (invitation_id, address)
    assert (operator["role"], operator["language"]) == ("administrator", "fr")
    assert answer.json()["account"]["id"] == company.id
    assert (await company.owner.get("/v1/invitations")).json()["items"] == []
    await served.sign_in(address)

    for path, body in (("look", {"token": token}), ("accept", acceptance(token))):
        again = await client.post(f"/v1/invitations/{path}", json=body)
        assert (again.status_code, again.json()["code"]) == (404, "invitation_not_found")


async def test_two_cannot_accept_one_invitation(served: Served, company: Company) -> None:
    await invite(company, fresh_email("grace"))
    body = acceptance(link_token(letters(served.data)[0]))
    answers = await asyncio.gather(
        *(served.client().post("/v1/invitations/accept", json=body) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404]
    assert len((await company.owner.get("/v1/operators")).json()["items"]) == 2


async def test_sending_again_kills_the_old_link(served: Served, company: Company) -> None:
    invitation_id = await invite(company, fresh_email("grace"))
    before = (await company.owner.get("/v1/invitations")).json()["items"][0]["expires_at"]
    answer = await company.owner.post(f"/v1/invitations/{invitation_id}/resend")
    assert answer.status_code == 202
    assert answer.json()["expires_at"] > before
    await write_letter(company, invitation_id)
    old, new = (link_token(letter) for letter in letters(served.data))
    client = served.client()
    statuses = [
        (await client.post("/v1/invitations/look", json={"token": token})).status_code
        for token in (old, new)
    ]
    assert statuses == [404, 200]


async def test_a_withdrawn_invitation_leaves_no_key(served: Served, company: Company) -> None:
    address = fresh_email("grace")
    invitation_id = await invite(company, address)
    assert (await company.owner.delete(f"/v1/invitations/{invitation_id}")).status_code == 204
    token = link_token(letters(served.data)[0])
    answer = await served.client().post("/v1/invitations/accept", json=acceptance(token))
    assert answer.json()["code"] == "invitation_not_found"
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        keys = await tx.session.execute(
            text("SELECT count(*) FROM person_keys WHERE person_id = :id"), {"id": invitation_id}
        )
        assert keys.scalar() == 0
    # The job of an invitation that is gone writes nothing.
    await write_letter(company, invitation_id)
    assert len(letters(served.data)) == 1
    again = await company.owner.delete(f"/v1/invitations/{invitation_id}")
    assert again.status_code == 404
    await invite(company, address)


async def test_an_expired_invitation_makes_room(served: Served, company: Company) -> None:
    address = fresh_email("grace")
    invitation_id = await invite(company, address)
    body = {"email": address.upper(), "role": "operator"}
    answer = await company.owner.post("/v1/invitations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_invited")

    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        await tx.session.execute(
            text("UPDATE invitations SET expires_at = :at"), {"at": now() - timedelta(seconds=1)}
        )
    token = link_token(letters(served.data)[0])
    looked = await served.client().post("/v1/invitations/look", json={"token": token})
    assert looked.status_code == 404
    answer = await company.owner.post("/v1/invitations", json=body)
    assert answer.status_code == 201
    assert answer.json()["id"] != invitation_id


async def test_invites_nobody_who_is_here(served: Served, company: Company) -> None:
    member = await join(company, "operator")
    for address in (member.email, company.email.title()):
        body = {"email": address, "role": "operator"}
        answer = await company.owner.post("/v1/invitations", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_of_two_who_invite_the_same_person_one_does(served: Served, company: Company) -> None:
    body = {"email": fresh_email("grace"), "role": "operator"}
    answers = await asyncio.gather(
        *(company.owner.post("/v1/invitations", json=body) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len((await company.owner.get("/v1/invitations")).json()["items"]) == 1


async def test_an_email_of_another_account_cannot_join(served: Served, company: Company) -> None:
    stranger = await served.sign_up()
    await invite(company, stranger.email)
    body = acceptance(link_token(letters(served.data)[0]))
    answer = await served.client().post("/v1/invitations/accept", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert len((await company.owner.get("/v1/operators")).json()["items"]) == 1
    assert len((await company.owner.get("/v1/invitations")).json()["items"]) == 1


async def test_another_accounts_invitations_do_not_exist(served: Served, company: Company) -> None:
    stranger = await served.sign_up()
    invitation_id = await invite(stranger, fresh_email("grace"))
    for answer in (
        await company.owner.delete(f"/v1/invitations/{invitation_id}"),
        await company.owner.post(f"/v1/invitations/{invitation_id}/resend"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len((await stranger.owner.get("/v1/invitations")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "grace", "role": "operator"}, "email"),
        ({"email": "a@b.cd\r\nBcc: e@f.gh", "role": "operator"}, "email"),
        ({"email": "grace@example.com", "role": "king"}, "role"),
        ({"email": "grace@example.com"}, "role"),
        ({"role": "operator"}, "email"),
    ],
)
async def test_names_what_cannot_be_taken(
    company: Company, body: dict[str, Any], field: str
) -> None:
    answer = await company.owner.post("/v1/invitations", json=body)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("token", ["", "x", "chi_", "chi_" + "A" * 64, "chs_" + "A" * 64, "💬"])
async def test_a_made_up_token_stands_for_nothing(served: Served, token: str) -> None:
    client = served.client()
    for path, body in (("look", {"token": token}), ("accept", acceptance(token))):
        answer = await client.post(f"/v1/invitations/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "invitation_not_found")


async def test_guesses_at_links_are_limited(served: Served) -> None:
    client = served.client()
    body = {"token": "chi_" + "A" * 64}
    answers = [await client.post("/v1/invitations/look", json=body) for _ in range(52)]
    assert {answer.status_code for answer in answers[:50]} == {404}
    assert answers[-1].status_code == 429


async def test_a_letter_that_was_not_taken_names_nobody(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = fresh_email("grace")

    def refuse(*_: object) -> None:
        raise aiosmtplib.SMTPRecipientRefused(550, "no such user", address)

    monkeypatch.setattr(served.process.ground.post, "_keep", refuse)
    with pytest.raises(NotSent) as caught:
        await invite(company, address)
    assert address not in str(caught.value)
    assert caught.value.__suppress_context__
    (listed,) = (await company.owner.get("/v1/invitations")).json()["items"]
    assert listed["sent_at"] is None


async def forget_others(served: Served, company: Company) -> None:
    """Takes away what other tests left in the queue: a worker would do all of it first."""
    async with served.process.ground.database.transaction() as tx:
        await (await tx.driver()).execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'account_id' <> %s", (company.id,)
        )


async def test_the_queue_sends_the_letter(served: Served, company: Company) -> None:
    body = {"email": fresh_email("grace"), "role": "operator"}
    await company.owner.post("/v1/invitations", json=body)
    await forget_others(served, company)
    worker = asyncio.create_task(served.process.work())
    try:
        async with asyncio.timeout(60):
            while body["email"] not in [letter["To"] for letter in letters(served.data)]:
                await asyncio.sleep(0.05)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    sent = [letter for letter in letters(served.data) if letter["To"] == body["email"]]
    token = link_token(sent[0])
    looked = await served.client().post("/v1/invitations/look", json={"token": token})
    assert (len(sent), looked.status_code) == (1, 200)
