"""What protects people is noted before it is committed, and done again when a backup forgot it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chathaven.base.clock import now
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.engines.ledger import read
from chathaven.engines.ledger_changes import Change, Changes
from chathaven.entry.cli.restore_again import DoneAgain, do_again, in_words
from tests.product.consents.kept import Person, ask, come, made
from tests.product.served import Company, Served, fresh_email

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def seeing(served: Served, company: Company) -> AsyncIterator[Transaction]:
    database = served.process.ground.database
    async with database.transaction(UUID(company.id), sees=EVERYONE) as tx:
        yield tx


async def restored(served: Served, company: Company, made_at: datetime = LONG_AGO) -> DoneAgain:
    """Does what a restore does with the database as it stands, and the ledger."""
    ledger = served.process.ground.ledger
    found = read(ledger.body(), ledger.path)
    assert not found.faults
    async with seeing(served, company) as tx:
        return await do_again(tx, Changes([found], made_at))


async def say(person: Person, text: str) -> str:
    body = {"id": str(uuid4()), "text": text}
    return str(made(await person.http.post("/v1/widget/me/messages", json=body), 201)["id"])


async def chat_of(person: Person) -> UUID:
    return UUID(made(await person.http.get("/v1/widget/me"))["chat"]["id"])


async def texts(person: Person) -> list[str | None]:
    events = made(await person.http.get("/v1/widget/me/events"))["items"]
    return [each["params"].get("text") for each in events if each["type"] == "visitor-message"]


async def test_nothing_that_stands_is_done_twice(served: Served, company: Company) -> None:
    await ask(company)
    vera = await come(served, company, fresh_email("vera"))
    await vera.says(email=vera.email, marketing="yes")
    message = await say(vera, "Quagga")
    assert (await vera.http.delete(f"/v1/widget/me/messages/{message}")).status_code == 204
    await vera.says(marketing="no")
    owner, path = company.owner, f"/v1/visitors/{vera.id}"
    made(await owner.post("/v1/suppressions", json={"email": vera.email}))
    made(await owner.post(f"{path}/restriction", json={"ground": "accuracy"}), 201)
    review = (now() + timedelta(days=9)).isoformat()
    made(await owner.post(f"{path}/holds", json={"matter": "M", "review_at": review}), 201)
    ledger = served.process.ground.ledger
    kinds = [line.kind for line in read(ledger.body(), ledger.path).lines]
    assert kinds == [
        "deleted-by-visitor",
        "withdrawn",
        "suppressed-do-not-contact",
        "restricted",
        "held",
    ]
    assert await restored(served, company) == DoneAgain()
    assert in_words(DoneAgain()) == []


async def test_what_was_ended_before_the_backup_stays_ended(
    served: Served, company: Company
) -> None:
    await ask(company)
    vera = await come(served, company, fresh_email("vera"))
    for answer in ("yes", "no", "yes"):
        await vera.says(email=vera.email, marketing=answer)
    owner, path = company.owner, f"/v1/visitors/{vera.id}/restriction"
    made(await owner.post(path, json={"ground": "accuracy"}), 201)
    assert (await owner.delete(path)).status_code == 204
    made(await owner.post("/v1/suppressions", json={"email": vera.email}))
    made(await owner.post("/v1/suppressions/revocation", json={"email": vera.email}))
    assert await restored(served, company, now() + timedelta(days=2)) == DoneAgain()
    # What says yes again leaves no trace in the list: of a backup from before, nobody knows.
    assert await restored(served, company) == DoneAgain(addresses=1)


async def test_each_is_done_once_and_to_nobody_else(served: Served, company: Company) -> None:
    vera, otto = [await come(served, company, fresh_email(name)) for name in ("vera", "otto")]
    account, chat = UUID(company.id), await chat_of(vera)
    gone, stays = await say(vera, "Quagga"), await say(vera, "Zebra")
    await say(otto, "Okapi")
    early, late = now() - timedelta(minutes=2), now() - timedelta(minutes=1)
    deleted = "deleted-by-operator"
    served.process.ground.ledger.note_changes(
        [
            Change(deleted, account, (chat.bytes, UUID(gone).bytes), early),
            # The same id in somebody else's chat, and somebody else's account.
            Change(deleted, account, ((await chat_of(otto)).bytes, UUID(stays).bytes), early),
            Change(deleted, uuid4(), (chat.bytes, UUID(stays).bytes), early),
            *(Change("restricted", account, (vera.id.bytes,), at) for at in (early, late)),
            *(Change("held", account, (vera.id.bytes,), at) for at in (early, late)),
            # Of an account whose key came later: nobody could say whose hash it is.
            Change("suppressed-objection", account, (), late, kept=os.urandom(16)),
        ]
    )
    done = await restored(served, company)
    assert done == DoneAgain(messages=1, restrictions=3, lost=1)
    assert "Messages deleted: 1." in in_words(done)[0]
    assert "1 addresses could not be put on that list" in in_words(done)[-1]
    assert await texts(vera) == [None, "Zebra"]
    assert await texts(otto) == ["Okapi"]
    standing = made(await company.owner.get("/v1/restrictions"))["items"]
    assert {each["visitor"]["id"] for each in standing} == {str(vera.id)}
    assert sorted(each["kind"] for each in standing) == ["hold", "hold", "restriction"]
    assert {each["author"]["kind"] for each in standing} == {"system"}
    assert await restored(served, company) == DoneAgain(lost=1)


async def test_what_nobody_can_read_any_more_is_deleted_too(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, fresh_email("vera"))
    account, chat, message = UUID(company.id), await chat_of(vera), await say(vera, "Quagga")
    async with seeing(served, company) as tx:
        await (await tx.driver()).execute("DELETE FROM person_keys WHERE person_id = %s", [vera.id])
    served.process.ground.vault.forget(account, vera.id)
    change = Change("deleted-by-visitor", account, (chat.bytes, UUID(message).bytes), now())
    held = Change("held", account, (vera.id.bytes,), now())
    served.process.ground.ledger.note_changes([change, held])
    assert await restored(served, company) == DoneAgain(messages=1, restrictions=1)
    async with seeing(served, company) as tx:
        rows = await (await tx.driver()).execute(
            "SELECT params IS NULL, deleted_at IS NOT NULL FROM events WHERE id = %s", [message]
        )
        assert await rows.fetchall() == [(True, True)]


async def test_where_the_ledger_cannot_be_written_nothing_is_deleted(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, fresh_email("vera"))
    message = await say(vera, "Quagga")
    path = served.process.ground.ledger.path
    path.mkdir(parents=True)
    refused = await vera.http.delete(f"/v1/widget/me/messages/{message}")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert await texts(vera) == ["Quagga"]
    path.rmdir()
    assert (await vera.http.delete(f"/v1/widget/me/messages/{message}")).status_code == 204
    assert await texts(vera) == [None]
