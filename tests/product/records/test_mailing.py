"""Letters to those concerned by a breach: one batch, one letter a person, and proof of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest

from chathaven.base.clock import now
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import NotSent, Post
from chathaven.product.records import mailing, mailing_send
from tests.product.records.mailed import ON_GERMAN, SAID, Case, letter_ids
from tests.product.rights.desk import come, letters_to, made
from tests.product.served import Company, Served, fresh_email


async def test_each_is_told_once_in_their_language_with_proof(
    served: Served, company: Company
) -> None:
    one, two = fresh_email("one"), fresh_email("two")
    first = await come(served, company, email=one)
    second = await come(served, company, email=two, language="de-AT")
    nobody = await come(served, company)
    case = Case(served, company)
    await case.begin(first, second, nobody)
    started = await case.send()
    batch = await case.done()
    assert batch["total"] == 3
    assert {name: n for name, n in batch["counts"].items() if n} == {"sent": 2, "no-address": 1}
    proof = await case.proof(batch)
    assert proof[first.id]["state"] == proof[second.id]["state"] == "sent"
    assert proof[nobody.id]["state"] == "no-address"
    assert proof[first.id]["letter_sha256"] == started["hashes"]["en"]
    assert proof[second.id]["letter_sha256"] == started["hashes"]["de"]
    assert started["hashes"]["en"] == mailing.text_hash(SAID["subject"], SAID["text"] + "\n")
    [letter] = letters_to(served, two)
    assert str(letter["subject"]) == ON_GERMAN["subject"]
    # Another batch of the same breach writes to nobody who was told, unless it is said.
    await case.send()
    assert (await case.done())["total"] == 1
    await case.send(again=True)
    assert (await case.done())["total"] == 3
    assert len(letters_to(served, one)) == 2
    shown = made(await company.owner.get(case.path))
    assert shown["people_told_at"] is not None
    notes = made(await company.owner.get(f"{case.path}/notes"))["items"]
    assert [note["kind"] for note in notes].count("mailing-done") == 3


async def test_a_letter_that_is_not_written_to_its_end_is_refused(
    served: Served, company: Company
) -> None:
    case = Case(served, company)
    await case.begin(await come(served, company, email=fresh_email()))
    form = made(await company.owner.get(f"{case.path}/letter", params={"language": "de"}))
    text = {"subject": form["subject"], "text": form["text"]}
    refused = await case.send(422, letters={"de": text})
    assert refused["code"] == "letter_unfinished"
    # Of an account that has set nobody to ask, that place is open too.
    assert "[…]" in form["text"]
    text["text"] = "Somebody saw what you wrote. Ask: […]"
    refused = await case.send(422, letters={"de": text})
    assert refused["code"] == "letter_unfinished"
    assert (await case.send(422, letters={}))["code"] == "invalid"
    assert (await case.send(422, letters={"xx": SAID}))["code"] == "invalid"
    assert (await case.send(422, certainties=["maybe"]))["code"] == "invalid"
    assert (await case.send(404, scope_id=company.owner_id))["code"] == "not_found"


async def test_killed_before_it_was_noted_nobody_gets_it_twice(
    served: Served, company: Company, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = fresh_email()
    case = Case(served, company)
    await case.begin(await come(served, company, email=address))
    await case.send()
    account_id = UUID(company.id)
    batch = await case.shown()
    await mailing.fill(ground, account_id, UUID(batch["id"]))
    [letter_id] = await letter_ids(ground, company)
    real = Post.send

    async def killed(self: Post, *given: Any, **named: Any) -> None:
        await real(self, *given, **named)
        raise RuntimeError("killed after the post took it")

    monkeypatch.setattr(Post, "send", killed)
    with pytest.raises(RuntimeError):
        await mailing_send.send_letter(ground, account_id, letter_id)
    monkeypatch.setattr(Post, "send", real)
    # In the folder the same letter lies once; a mail server cannot be asked, so it is unclear.
    monkeypatch.setattr(Post, "kind", "smtp")
    await mailing_send.send_letter(ground, account_id, letter_id)
    batch = await case.done()
    assert batch["counts"]["unclear"] == 1
    assert len(letters_to(served, address)) == 1
    # People may decide to send it once more all the same.
    again = f"{case.path}/mailings/{batch['id']}/again"
    assert made(await company.owner.post(again, json={}), 202)["finished_at"] is not None
    made(await company.owner.post(again, json={"unclear": True}), 202)
    assert (await case.done())["counts"]["sent"] == 1
    assert len(letters_to(served, address)) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (
            aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(550, "no", "a")]),
            "failed",
        ),
        (aiosmtplib.SMTPReadTimeoutError("silent"), "unclear"),
        (aiosmtplib.SMTPResponseException(451, "later"), "sent"),
    ],
)
async def test_what_a_server_says_decides(
    served: Served,
    company: Company,
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
    error: aiosmtplib.SMTPException,
    state: str,
) -> None:
    case = Case(served, company)
    await case.begin(await come(served, company, email=fresh_email()))
    await case.send()
    batch = await case.shown()
    account_id = UUID(company.id)
    await mailing.fill(ground, account_id, UUID(batch["id"]))
    [letter_id] = await letter_ids(ground, company)
    tried = []

    async def deliver(self: Post, url: str, letter: Any) -> None:
        tried.append(letter["Message-ID"])
        if len(tried) == 1:
            raise error

    monkeypatch.setattr(Post, "_deliver", deliver)
    post = ground.post
    monkeypatch.setattr(post, "_smtp_url", "smtp://mail.example:25")
    if state == "sent":
        with pytest.raises(NotSent):
            await mailing_send.send_letter(ground, account_id, letter_id)
    for _ in range(2):
        await mailing_send.send_letter(ground, account_id, letter_id)
    counts = (await case.shown())["counts"]
    assert counts[state] == 1
    # The same letter bears the same name, however often it is handed over.
    assert len(set(tried)) == 1
    assert len(tried) == (2 if state == "sent" else 1)
    monkeypatch.undo()


async def test_whoever_is_erased_meanwhile_is_not_written_to(
    served: Served, company: Company, ground: Ground
) -> None:
    address = fresh_email()
    person = await come(served, company, email=address)
    case = Case(served, company)
    await case.begin(person)
    await case.send()
    batch = await case.shown()
    await mailing.fill(ground, UUID(company.id), UUID(batch["id"]))
    made(await company.owner.delete(f"/v1/visitors/{person.id}"), 202)
    job = "DELETE FROM breach_letters WHERE account_id = %s AND visitor_id = %s"
    async with ground.database.transaction(UUID(company.id)) as tx:
        await (await tx.driver()).execute(job, (company.id, person.id))
    batch = await case.done()
    assert batch["counts"]["sent"] == 0
    assert letters_to(served, address) == []


async def test_two_at_once_are_one_batch(served: Served, company: Company) -> None:
    case = Case(served, company)
    await case.begin(await come(served, company, email=fresh_email()))
    await case.send()
    assert (await case.send(409))["code"] == "mailing_under_way"
    await case.done()


async def test_scopes_go_on_behind_a_page(served: Served, company: Company) -> None:
    case = Case(served, company)
    await case.begin(await come(served, company, email=fresh_email()))
    question = {
        "kind": "operator",
        "id": company.owner_id,
        "since": (now() - timedelta(minutes=2)).isoformat(),
        "until": now().isoformat(),
    }
    for _ in range(2):
        made(await company.owner.post(f"{case.path}/scopes", json=question), 201)
    seen, after = [], None
    for _ in range(3):
        query = {"limit": "1"} | ({"after": after} if after else {})
        page = made(await company.owner.get(f"{case.path}/scopes", params=query))
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
    assert after is None
    assert len(set(seen)) == 3
    wrong = await company.owner.get(f"{case.path}/scopes", params={"after": "x"})
    assert wrong.status_code == 422
