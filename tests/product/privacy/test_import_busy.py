"""An export of an account in which people wrote meanwhile: it comes in, and the account goes on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.product.chats.model import Chat, Event
from chathaven.product.consents.check import check_receipts
from chathaven.product.consents.model import Receipt
from chathaven.product.privacy import export_account, export_writing
from chathaven.product.privacy.export_rows import read_page
from chathaven.product.privacy.import_account import import_account
from chathaven.product.visitors.model import Visitor as VisitorRow
from tests.ground import migrated_database
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served, serve


@pytest.fixture
def elsewhere() -> Iterator[DatabaseUrls]:
    """The database of an empty installation."""
    with migrated_database() as urls:
        yield urls


async def exported(served: Served, company: Company) -> bytes:
    """Returns an account's export."""
    body = {"password": PASSWORD}
    made = (await company.owner.post("/v1/account/exports", json=body)).json()
    job = export_account.export_account_job(served.process.ground)
    # A job writes for a while, and then lets others; on a busy machine it takes more than one.
    shown: dict[str, Any] = {}
    while shown.get("status") != "ready":
        assert shown.get("status") != "failed"
        await job(account_id=UUID(company.id), id=UUID(made["id"]))
        shown = (await company.owner.get(f"/v1/account/exports/{made['id']}")).json()
    answer = await company.owner.get(f"/v1/account/exports/{made['id']}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


def keep(file: Path, body: bytes) -> None:
    file.write_bytes(body)


def once_behind(
    monkeypatch: pytest.MonkeyPatch, table: str, call: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Lets something happen right after the export has read a table."""
    waiting = [call]

    async def reading(tx: Transaction, what: Any, *more: Any, **named: Any) -> Any:
        found = await read_page(tx, what, *more, **named)
        if what.__tablename__ == table and waiting:
            await waiting.pop()()
        return found

    monkeypatch.setattr(export_writing, "read_page", reading)


async def values(database: Database, account: str, *wanted: Any) -> Sequence[Any]:
    async with database.transaction(UUID(account)) as tx:
        return await tx.values(select(*wanted))


@pytest.mark.parametrize("table", ["chats", "person_keys", "receipt_heads"])
async def test_whoever_writes_meanwhile_spoils_nothing(
    served: Served,
    company: Company,
    visitor: Visitor,
    elsewhere: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
) -> None:
    async def meanwhile() -> None:
        await visitor.say("written while the export was read")
        for number in range(2):
            late = await come(served, company)
            await late.say(f"I came while it was read {number}")
            body = {"email": "late@visitor.example"}
            assert (await late.http.patch("/v1/widget/me", json=body)).status_code == 200

    file = tmp_path / "account.zip"
    with monkeypatch.context() as planted:
        once_behind(planted, table, meanwhile)
        keep(file, await exported(served, company))
    data = tmp_path / "elsewhere"
    data.mkdir()
    keyring = data / "keyring.json"
    opened = Database(elsewhere.app, Vault(Keyring.open(keyring)))
    try:
        imported = await import_account(opened, served.process.ground.objects, file)
        assert await check_receipts(opened, UUID(company.id)) == []
        heads = dict(await values(opened, company.id, Chat.id, Chat.last_seq))
        said = dict(await last_events(opened, company.id))
        assert said.keys() <= heads.keys(), "no event without its chat"
        assert all(heads[chat] == last for chat, last in said.items())
        people = dict(await values(opened, company.id, VisitorRow.id, VisitorRow.chat_id))
        assert visitor.id in people
        assert set(people.values()) == heads.keys(), (
            "nobody without a chat, no chat without a person"
        )
        told = {row[0] for row in await values(opened, company.id, Receipt.visitor_id)}
        assert told <= people.keys()
    finally:
        await opened.close()
    async with serve(elsewhere, data, keyring) as there:
        await goes_on(there, company, imported.owner.text)


async def last_events(database: Database, account: str) -> Sequence[Any]:
    async with database.transaction(UUID(account)) as tx:
        return await tx.values(select(Event.chat_id, func.max(Event.seq)).group_by(Event.chat_id))


async def goes_on(there: Served, company: Company, link: str) -> None:
    """The owner comes in, answers everybody, and new people come and agree."""
    owner = there.client()
    body = {"token": link, "name": "Ada", "password": PASSWORD}
    assert (await owner.post("/v1/invitations/accept", json=body)).status_code == 201
    chats = (await owner.get("/v1/chats", params={"view": "all"})).json()["items"]
    assert chats
    for number, chat in enumerate(chats):
        id = str(UUID(int=number + 1))
        said = await owner.post(f"/v1/chats/{chat['id']}/messages", json={"id": id, "text": "Hi"})
        assert said.status_code == 201, said.text
        assert said.json()["seq"] == chat["last_seq"] + 1
    key = company.made["site"]["key"]
    notice = (await owner.get(f"/v1/widget/{key}")).json()["notice"]
    new = there.client()
    body = {"language": "en", "notice_id": notice["id"]}
    came = await new.post(f"/v1/widget/{key}/visitors", json=body)
    assert came.status_code == 201, came.text
