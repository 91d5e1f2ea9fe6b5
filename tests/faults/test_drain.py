"""SIGTERM under load: what was acknowledged stays, streams are told to come back, the end is soon."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.driving import Server, sign_up, visit
from tests.faults.crowd import Crowd
from tests.ground import private_folder

pytestmark = pytest.mark.slow


def test_a_server_that_is_told_to_end() -> None:
    with private_folder() as folder, Server(folder) as server:
        account = sign_up(server)
        visitors = [visit(server, account.site_key) for _ in range(4)]
        crowd = Crowd(account, visitors, [server.url])
        took: list[float] = []

        async def suffer() -> None:
            async with crowd.busy():
                counted = [0] * len(crowd.readers)
                for _ in range(3):
                    await crowd.all_read(since=counted)
                    counted = crowd.counted()
                    begun = time.monotonic()
                    assert await asyncio.to_thread(server.stop) == 0
                    took.append(time.monotonic() - begun)
                    await asyncio.to_thread(server.start)

        asyncio.run(suffer())
        crowd.judge()
        assert max(took) < 35
        for reader in crowd.readers:
            assert "bye" in reader.signs, f"{reader.name} was not told"
        assert "Traceback" not in server.log.read_text()
