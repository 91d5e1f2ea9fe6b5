"""Who was at a process that was killed is shown as gone within a minute, on screens that stay open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chathaven.base.ids import new_id
from chathaven.engines.stream.bus import PRESENCE_SECONDS, Bus, Present
from chathaven.engines.stream.hub import Hub
from chathaven.product.chats import presence as module
from chathaven.product.chats.presence import Presence
from tests.product.served import Company, Served

ONE, OTHER = new_id(), new_id()


class Clock:
    """The machine's clock as presence alone reads it: what waits goes on waiting by the real one."""

    moment = 1_000.0

    def monotonic(self) -> float:
        """Returns what was set."""
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


async def nothing(*_: object) -> list[tuple[int, bytes]]:
    return []


async def test_they_lapse_once_and_not_while_another_process_knows_them(clock: Clock) -> None:
    presence = Presence(Hub(nothing), Bus(None))
    account_id, gone, moved = new_id(), new_id(), new_id()
    assert presence.heard(Present(ONE, account_id, "visitor", [gone, moved])) == {gone, moved}
    clock.moment += 2 * PRESENCE_SECONDS
    assert presence.heard(Present(OTHER, account_id, "visitor", [moved])) == set()
    assert presence.lapsed() == []
    clock.moment += PRESENCE_SECONDS
    assert presence.here(account_id, "visitor") == {moved}
    assert presence.lapsed() == [(account_id, "visitor", gone)]
    assert presence.lapsed() == []
    clock.moment += 3 * PRESENCE_SECONDS
    assert presence.lapsed() == [(account_id, "visitor", moved)]
    assert presence._elsewhere == {}


async def test_who_comes_back_with_the_process_was_not_away(clock: Clock) -> None:
    presence = Presence(Hub(nothing), Bus(None))
    account_id, someone = new_id(), new_id()
    for _ in range(5):
        presence.heard(Present(ONE, account_id, "visitor", [someone]))
        clock.moment += PRESENCE_SECONDS
        assert presence.lapsed() == []


async def test_open_screens_are_told(
    served: Served, company: Company, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[UUID, str, str, Any]] = []
    process = served.process
    monkeypatch.setattr(process.live.publisher, "whisper_all", lambda *given: told.append(given))
    account_id, visitor = UUID(company.id), new_id()
    process.ears.heard(Present(ONE, account_id, "visitor", [visitor]))
    process.teller.look()
    clock.moment += 3 * PRESENCE_SECONDS
    process.teller.look()
    process.teller.look()
    signs = [
        {"kind": "visitor", "id": visitor, "online": True},
        {"kind": "visitor", "id": visitor, "online": False},
    ]
    assert told == [(account_id, "account", "presence", sign) for sign in signs]


def test_it_takes_less_than_a_minute() -> None:
    """As long as a process counts as heard, and until it is looked again."""
    assert 3 * PRESENCE_SECONDS + PRESENCE_SECONDS < 60
