"""Visitors who come back at the same moment are recognised together, and each as himself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chathaven.base.ids import Secret
from chathaven.product.access.gate import VISITOR_PREFIX
from chathaven.product.visitors.recognise import VisitorRecogniser
from tests.engines.stream.reading import eventually, settled
from tests.product.served import Company, Served


class _Counting:
    """A database that counts transactions, and lets them wait."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.transactions = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    @asynccontextmanager
    async def transaction(self, account_id: Any = None) -> AsyncIterator[Any]:
        self.transactions += 1
        await self.go_on.wait()
        async with self._database.transaction(account_id) as tx:
            yield tx


async def _started(company: Company, count: int) -> dict[str, Secret]:
    """Starts visitors; returns their secrets by their id."""
    found = {}
    for _ in range(count):
        client = company.served.client()
        path = f"/v1/widget/{company.made['site']['key']}/visitors"
        answer = await client.post(path, json={"language": "en"})
        assert answer.status_code == 201, answer.text
        secret = Secret.parse(answer.json()["token"], VISITOR_PREFIX)
        assert secret is not None
        found[answer.json()["visitor"]["id"]] = secret
    return found


@pytest.fixture
def counting(served: Served) -> _Counting:
    return _Counting(served.process.ground.database)


async def test_each_of_many_is_recognised_in_few_transactions(
    served: Served, counting: _Counting
) -> None:
    one, other = await served.sign_up(), await served.sign_up()
    known = await _started(one, 20) | await _started(other, 5)
    recognise = VisitorRecogniser(counting)  # type: ignore[arg-type]  # it counts what it passes on
    found = await asyncio.gather(*(recognise(secret) for secret in known.values()))
    assert [str(each.id) for each in found if each] == list(known)
    assert [str(each.account_id) for each in found if each] == [one.id] * 20 + [other.id] * 5
    assert counting.transactions == 2


async def test_who_comes_while_others_are_looked_up_goes_with_the_next(
    served: Served, counting: _Counting
) -> None:
    secrets = list((await _started(await served.sign_up(), 6)).values())
    recognise = VisitorRecogniser(counting)  # type: ignore[arg-type]  # it counts what it passes on
    counting.go_on.clear()
    first = asyncio.create_task(recognise(secrets[0]))
    await eventually(lambda: counting.transactions == 1)
    later = [asyncio.create_task(recognise(secret)) for secret in secrets[1:]]
    await settled()
    assert counting.transactions == 1
    counting.go_on.set()
    assert all(await asyncio.gather(first, *later))
    assert counting.transactions == 2
    assert await recognise(secrets[0]) is not None


async def test_a_token_that_nobody_holds_is_nobody_also_beside_others(
    served: Served, counting: _Counting
) -> None:
    company = await served.sign_up()
    [known] = (await _started(company, 1)).values()
    unknown = Secret.new(VISITOR_PREFIX, known.account_id)
    recognise = VisitorRecogniser(counting)  # type: ignore[arg-type]  # it counts what it passes on
    found, missing = await asyncio.gather(recognise(known), recognise(unknown))
    assert found is not None
    assert missing is None


async def test_one_who_hangs_up_takes_nobody_with_him(served: Served, counting: _Counting) -> None:
    secrets = list((await _started(await served.sign_up(), 2)).values())
    recognise = VisitorRecogniser(counting)  # type: ignore[arg-type]  # it counts what it passes on
    counting.go_on.clear()
    gone, stays = (asyncio.create_task(recognise(secret)) for secret in secrets)
    await eventually(lambda: counting.transactions == 1)
    gone.cancel()
    counting.go_on.set()
    assert await stays is not None
    assert gone.cancelled()
