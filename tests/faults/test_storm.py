"""Each message is sent one to five times, at once and in any order: one effect, one answer."""

from __future__ import annotations

import asyncio
import random
from uuid import uuid4

import httpx

from tests.driving import Server, sign_up, visit

MESSAGES = 60


def test_a_storm_of_repetitions(server: Server) -> None:
    account = sign_up(server)
    visitors = [visit(server, account.site_key) for _ in range(3)]
    wanted = {str(uuid4()): random.choice(visitors) for _ in range(MESSAGES)}
    tries = [(id, visitor) for id, visitor in wanted.items() for _ in range(random.randint(1, 5))]
    random.shuffle(tries)
    answers: dict[str, list[object]] = {id: [] for id in wanted}

    async def storm() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:

            async def once(id: str, token: str) -> None:
                answer = await client.post(
                    "/v1/widget/me/messages",
                    json={"id": id, "text": f"once: {id}"},
                    headers={"authorization": f"Bearer {token}"},
                )
                assert answer.status_code == 201, answer.text
                answers[id].append(answer.json())

            await asyncio.gather(*(once(id, visitor.token) for id, visitor in tries))

    asyncio.run(storm())
    for id, given in answers.items():
        assert given, id
        assert all(answer == given[0] for answer in given)
    for visitor in visitors:
        events = visitor.events()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert {event["id"] for event in events} == {id for id, v in wanted.items() if v is visitor}
        assert len(events) == sum(v is visitor for v in wanted.values())
        visitor.http.close()
    account.http.close()
