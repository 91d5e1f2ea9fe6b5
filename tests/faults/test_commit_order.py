"""Numbers are given in the order of commits: a reader never passes one that comes later."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import psycopg

from chathaven.engines.database.embedded import running
from tests.driving import Server, VisitorClient, sign_up, visit
from tests.faults.crowd import Crowd
from tests.ground import private_folder

HELD = 1.5


async def post(client: httpx.AsyncClient, visitor: VisitorClient) -> dict[str, object]:
    body = {"id": str(uuid4()), "text": "behind a held one"}
    headers = {"authorization": f"Bearer {visitor.token}"}
    answer = await client.post("/v1/widget/me/messages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_transaction_that_is_held_open() -> None:
    """One writer numbers an event and waits; later ones of other chats must wait behind it."""
    with private_folder() as folder, Server(folder) as server:
        account = sign_up(server)
        crowd = Crowd(account, [visit(server, account.site_key) for _ in range(3)], [server.url])
        held, *others = crowd.visitors
        with running(server.data / "postgres") as (owner, *_):
            asyncio.run(hold(server, crowd, owner, held, others))
        numbers = [reader.numbers() for reader in crowd.accounts]
        assert numbers == [list(range(1, len(numbers[0]) + 1))] * 2
        # The first of each chat, and four behind the held transaction.
        assert len(numbers[0]) == 3 + 4


async def hold(
    server: Server, crowd: Crowd, owner: str, held: VisitorClient, others: list[VisitorClient]
) -> None:
    for visitor in crowd.visitors:
        visitor.say("the first of a chat")
    account_id = crowd.account.account_id
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=60) as client,
        await psycopg.AsyncConnection.connect(owner) as writer,
        asyncio.TaskGroup() as group,
    ):
        readers = [group.create_task(reader.run()) for reader in crowd.readers]
        await writer.execute("SELECT set_config('app.account', %s, true)", (account_id,))
        locked = "SELECT position FROM feeds WHERE account_id = %s FOR UPDATE"
        row = await (await writer.execute(locked, (account_id,))).fetchone()
        assert row == (3,)
        posts = [asyncio.create_task(post(client, visitor)) for visitor in others]
        await asyncio.sleep(HELD)
        assert not any(task.done() for task in posts), "a later event passed the held one"
        await writer.commit()
        for task in posts:
            await asyncio.wait_for(task, 60)
        for visitor in (held, *others[:1]):
            await post(client, visitor)
        async with asyncio.timeout(60):
            while any(reader.last < 7 for reader in crowd.accounts):
                await asyncio.sleep(0.02)
        for reading in readers:
            reading.cancel()
